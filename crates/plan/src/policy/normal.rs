//! Forms in which texts are compared.

use unicode_normalization::UnicodeNormalization as _;

/// An email in small letters and composed Unicode without blanks around; empty unless it holds exactly one `@` with
/// something on both sides (integration-side B8, rung 4).
pub(super) fn email(text: &str) -> String {
    // ASCII is composed already, and nearly all addresses are ASCII.
    let text = if text.is_ascii() {
        text.trim().to_ascii_lowercase()
    } else {
        text.trim().nfc().collect::<String>().to_lowercase()
    };
    let mut parts = text.split('@');
    let whole = match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(after), None) => !before.is_empty() && !after.is_empty(),
        _ => false,
    };
    if whole && !text.contains(char::is_whitespace) {
        text
    } else {
        String::new()
    }
}

/// A text in which neither case nor the way accents are composed nor runs of blanks matter.
pub(super) fn folded(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_compared_as_people_mean_them() {
        assert_eq!(email(" Ana.Li@School.ORG "), "ana.li@school.org");
        assert_eq!(email("jose\u{301}@x.org"), "jos\u{e9}@x.org");
        for none in ["", "jsmith.school.org", "@x", "a@", "a@b@c", "a b@c.org"] {
            assert_eq!(email(none), "", "{none}");
        }
    }

    #[test]
    fn names_fold() {
        assert_eq!(folded("  Mary  ANN\tJosé"), folded("mary ann jose\u{301}"));
    }
}
