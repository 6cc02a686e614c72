//! Telephones, emails and the words around contacts (district-side 3.7, 3.8).

use homeroom_model::{ContactType, Relationship, Text};
use memchr::memchr;

use crate::Tables;

/// A telephone number as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phone<'a> {
    /// Digits only, without the 1 before a number of ten digits and without an extension.
    pub(crate) digits: Text<'a>,
    /// Whether it has fewer than ten digits.
    pub(crate) short: bool,
}

/// Reads a telephone cell that is not empty.
pub(crate) fn phone(text: &str) -> Phone<'_> {
    let number = without_extension(text);
    let digits: Text<'_> = if number.bytes().all(|byte| byte.is_ascii_digit()) {
        number.into()
    } else {
        let digit = |letter: &char| letter.is_ascii_digit();
        number.chars().filter(digit).collect::<String>().into()
    };
    let digits = match digits {
        Text::Borrowed(all) => Text::Borrowed(national(all)),
        Text::Owned(all) if national(&all).len() < all.len() => national(&all).to_owned().into(),
        long @ Text::Owned(_) => long,
    };
    Phone {
        short: digits.len() < 10,
        digits,
    }
}

fn national(digits: &str) -> &str {
    match digits.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => rest,
        _ => digits,
    }
}

/// What stands before a letter or a number sign that follows at least seven digits.
fn without_extension(text: &str) -> &str {
    let mut digits = 0;
    for (at, letter) in text.char_indices() {
        if letter.is_ascii_digit() {
            digits += 1;
        } else if digits >= 7 && (letter.is_alphabetic() || letter == '#') {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

/// Whether a text has exactly one `@` and something on both sides of it.
pub(crate) fn is_email(text: &str) -> bool {
    let Some(at) = memchr(b'@', text.as_bytes()) else {
        return false;
    };
    let (name, host) = text.split_at(at);
    let host = host.get(1..).unwrap_or_default();
    !name.trim().is_empty() && !host.trim().is_empty() && memchr(b'@', host.as_bytes()).is_none()
}

/// What the type and the relationship of a contact say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkSaid {
    pub(crate) kind: ContactType,
    /// Whether the type was empty or not understood.
    pub(crate) kind_defaulted: bool,
    pub(crate) relationship: Option<Relationship>,
    /// Whether the relationship was not understood.
    pub(crate) relationship_defaulted: bool,
}

/// Reads the type and the relationship of a contact; both may be empty. Where the type is a word for a relationship and
/// the relationship is empty, the word fills both.
pub(crate) fn link(tables: &Tables, kind: &str, relationship: &str) -> LinkSaid {
    let word = tables.contact_type.get(kind);
    let related = tables.relationship.get(relationship);
    LinkSaid {
        kind: word.map_or(ContactType::Other, |word| word.kind),
        kind_defaulted: word.is_none(),
        relationship: if relationship.is_empty() {
            word.and_then(|word| word.relationship)
        } else {
            Some(related.unwrap_or(Relationship::Other))
        },
        relationship_defaulted: !relationship.is_empty() && related.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_are_digits() {
        for (text, digits, short) in [
            ("5551234567", "5551234567", false),
            ("15551234567", "5551234567", false),
            ("(474) 876-8441", "4748768441", false),
            ("+1 (474) 876-8441", "4748768441", false),
            ("523.442.2557 x14055", "5234422557", false),
            ("523-442-2557 ext 5", "5234422557", false),
            ("523-442-2557 Ext. 5", "5234422557", false),
            ("523-442-2557#12", "5234422557", false),
            ("Cell: 523-442-2557", "5234422557", false),
            ("442-2557", "4422557", true),
            ("442-2557 x3", "4422557", true),
            ("unknown", "", true),
            ("447911123456", "447911123456", false),
            ("11234567890123", "11234567890123", false),
        ] {
            let phone = phone(text);
            assert_eq!(
                (phone.digits.as_ref(), phone.short),
                (digits, short),
                "{text}"
            );
        }
        assert!(matches!(phone("15551234567").digits, Text::Borrowed(_)));
    }

    #[test]
    fn emails_have_one_at_and_two_sides() {
        for good in ["a@b", "o'brien-\u{f1}@x.org", "a b@c.d"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "@", "a@", "@b", "a", "a@b@c", " @b", "a@@b"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn words_of_contacts() {
        use ContactType as C;
        use Relationship as R;
        let tables = Tables::shipped();
        for (kind, relationship, expected, defaulted) in [
            (
                "Parent/Guardian",
                "Mother",
                (C::Guardian, Some(R::Parent)),
                (false, false),
            ),
            ("mother", "", (C::Guardian, Some(R::Parent)), (false, false)),
            ("Guardian", "", (C::Guardian, None), (false, false)),
            (
                "Emergency Contact 2",
                "",
                (C::Emergency, None),
                (false, false),
            ),
            (
                "contact 1",
                "Aunt/Uncle",
                (C::Primary, Some(R::AuntUncle)),
                (false, false),
            ),
            (
                "Secondary",
                "Self",
                (C::Secondary, Some(R::Myself)),
                (false, false),
            ),
            ("uncle", "", (C::Family, Some(R::AuntUncle)), (false, false)),
            (
                "uncle",
                "Grandfather",
                (C::Family, Some(R::Grandparent)),
                (false, false),
            ),
            ("cousin", "", (C::Family, Some(R::Other)), (false, false)),
            ("sibling", "", (C::Family, Some(R::Sibling)), (false, false)),
            (
                "Family",
                "step-sister",
                (C::Family, Some(R::Sibling)),
                (false, false),
            ),
            ("neighbor", "", (C::Other, None), (false, false)),
            ("", "Father", (C::Other, Some(R::Parent)), (true, false)),
            ("", "", (C::Other, None), (true, false)),
            ("Coach", "Coach", (C::Other, Some(R::Other)), (true, true)),
            (
                "Primary",
                "legal guardian",
                (C::Primary, Some(R::Parent)),
                (false, false),
            ),
        ] {
            let said = link(&tables, kind, relationship);
            assert_eq!(
                (said.kind, said.relationship),
                expected,
                "{kind}/{relationship}"
            );
            assert_eq!(
                (said.kind_defaulted, said.relationship_defaulted),
                defaulted,
                "{kind}/{relationship}"
            );
        }
        for &kind in <C as homeroom_model::ClosedList>::ALL {
            let text = homeroom_model::ClosedList::text(kind);
            assert_eq!(link(&tables, text, "").kind, kind);
            assert!(!link(&tables, text, "").kind_defaulted);
        }
    }
}
