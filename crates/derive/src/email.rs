//! Emails as they are compared (district-side 3.8 and 5.3). What is served is the email as sent.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The email for comparison: trimmed, NFKC, lower case. `None` unless it has exactly one `@` with text on both sides:
/// such an email merges nobody and is no duplicate of another.
pub(crate) fn comparable(email: &str) -> Option<Cow<'_, str>> {
    let email = email.trim();
    let email = if email.is_ascii() {
        if email.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(email.to_ascii_lowercase())
        } else {
            Cow::Borrowed(email)
        }
    } else {
        // Lower-casing can undo a composition, so it is composed again.
        let lower: String = email.nfkc().flat_map(char::to_lowercase).collect();
        Cow::Owned(lower.nfkc().collect())
    };
    let (name, host) = email.split_once('@')?;
    let whole = !name.trim().is_empty() && !host.trim().is_empty() && !host.contains('@');
    whole.then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_compare_without_case_and_width() {
        for (email, expected) in [
            ("ana@example.org", Some("ana@example.org")),
            (" Ana@Example.ORG ", Some("ana@example.org")),
            ("ANA@EXAMPLE.ORG", Some("ana@example.org")),
            ("Ｚoë＠example.org", Some("zoë@example.org")),
            ("Zoe\u{308}@example.org", Some("zoë@example.org")),
            ("İda@example.org", Some("i\u{307}da@example.org")),
            ("", None),
            ("ana", None),
            ("@example.org", None),
            ("ana@", None),
            (" @ ", None),
            ("ana@example@org", None),
        ] {
            assert_eq!(comparable(email).as_deref(), expected, "{email}");
        }
    }
}
