//! Login names of the app's own (integration-side A3.4): made once, when an account is, and nobody is ever matched by them.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest login name before its number, in characters.
const LONGEST: usize = 64;

/// What stands where nothing is known that a name could be made of.
const NAMELESS: &str = "user";

/// What login names are made of. A number follows where somebody in the app has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
pub enum MakeLogin {
    /// None are made.
    #[default]
    #[serde(rename = "off")]
    Off,
    /// First and last name with a full stop between.
    #[serde(rename = "first.last")]
    FirstLast,
    /// What stands before the `@` of the email; without one first and last name.
    #[serde(rename = "email_name")]
    EmailName,
}

/// Whether new accounts get login names of the app's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct LoginNames {
    /// What they are made of.
    pub make: MakeLogin,
}

impl LoginNames {
    /// The name that an account would like to have; nothing if none are made. Never empty.
    pub fn wanted(self, first: &str, last: &str, email: &str) -> Option<String> {
        let before = email.split_once('@').map_or("", |(before, _)| before);
        let by_name = || {
            let parts = [plain(first), plain(last)];
            let parts = parts.iter().filter(|part| !part.is_empty());
            parts.map(String::as_str).collect::<Vec<_>>().join(".")
        };
        let wanted = match self.make {
            MakeLogin::Off => return None,
            MakeLogin::FirstLast => by_name(),
            MakeLogin::EmailName => Some(plain(before))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(by_name),
        };
        let short: String = wanted.chars().take(LONGEST).collect();
        Some(if short.is_empty() {
            NAMELESS.to_owned()
        } else {
            short
        })
    }
}

/// A text in small letters and digits, without accents and blanks. Full stops, hyphens and low lines stay inside.
fn plain(text: &str) -> String {
    let letters = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    let small = letters.flat_map(char::to_lowercase);
    let kept: String = small
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'))
        .nfc()
        .collect();
    kept.trim_matches(['.', '-', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_can_type() {
        let names = LoginNames {
            make: MakeLogin::FirstLast,
        };
        for (first, last, wanted) in [
            ("Ana", "Li", "ana.li"),
            ("Mary Ann", "O'Neil-Grün", "maryann.oneil-grun"),
            ("Jose\u{301}", "N\u{fa}\u{f1}ez", "jose.nunez"),
            ("", " Mo Li. ", "moli"),
            ("\u{5b89}", "\u{674e}", "\u{5b89}.\u{674e}"),
            ("", "\u{1f600}", "user"),
        ] {
            let made = names.wanted(first, last, "other@example.org");
            assert_eq!(made.as_deref(), Some(wanted));
        }
        let long = names.wanted(&"a".repeat(200), "Li", "").unwrap();
        assert_eq!(long.len(), LONGEST);
    }

    #[test]
    fn emails_give_names_where_there_are_any() {
        let names = LoginNames {
            make: MakeLogin::EmailName,
        };
        let made = |email: &str| names.wanted("Ana", "Li", email).unwrap();
        assert_eq!(made("A.Li_9+x@school.org"), "a.li_9x");
        assert_eq!(made(""), "ana.li");
        assert_eq!(made("@school.org"), "ana.li");
        assert_eq!(LoginNames::default().wanted("Ana", "Li", "a@b.org"), None);
    }
}
