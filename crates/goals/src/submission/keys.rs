//! The key of a progress metric: what can be one at all, and that it should be a noun and a past verb (clever-api 8.1,
//! integration-side D1), which is warned about and never enforced.

use super::{MINUTES, STUDENT};

/// Longest key of a progress metric, in characters; its label for people is no longer either.
pub const KEY_CHARACTERS: usize = 64;

/// Which texts can be keys, for whoever has to write another one.
pub const KEY_RULE: &str = "one to 64 characters without line breaks or blanks around them, and neither minutes nor clever_id";

/// Whether a text can be the key of a progress metric, in either form of a body. Sender and receiver ask the same, so what the
/// one sends the other takes.
pub fn is_key(text: &str) -> bool {
    is_line(text) && text != MINUTES && text != STUDENT
}

/// Whether a text can be what people read of a metric: one to [`KEY_CHARACTERS`] characters, none of them a control character,
/// without blanks around them.
pub fn is_line(text: &str) -> bool {
    let characters = text.chars().count();
    (1..=KEY_CHARACTERS).contains(&characters)
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

/// What is odd about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Not small letters, digits and underscores.
    Spelling,
    /// One word only: what was done, or with what, is missing.
    OneWord,
    /// The last word does not look like a past verb.
    NotDone,
}

impl Doubt {
    /// What to make of it, for the app's owner.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Spelling => {
                "write the key in small letters with underscores, like lessons_completed"
            }
            Self::OneWord => "name what was done with what, like lessons_completed",
            Self::NotDone => {
                "let the key count finished work and say so: a noun and a past verb, like books_read"
            }
        }
    }
}

/// Past verbs that do not end in "ed".
const IRREGULAR: [&str; 16] = [
    "read", "done", "won", "built", "written", "taken", "learnt", "met", "made", "sung", "spoken",
    "heard", "begun", "solved", "drawn", "run",
];

/// What is odd about a key, if anything.
pub fn doubt(key: &str) -> Option<Doubt> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !key.bytes().all(plain) || key.split('_').any(str::is_empty) {
        return Some(Doubt::Spelling);
    }
    match key.rsplit_once('_') {
        None => Some(Doubt::OneWord),
        Some((_, verb)) if verb.ends_with("ed") || IRREGULAR.contains(&verb) => None,
        Some(_) => Some(Doubt::NotDone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_line_or_means_something_else_is_no_key() {
        let (long, wide) = ("k".repeat(64), "é".repeat(64));
        let (longer, wider) = ("k".repeat(65), "é".repeat(65));
        for (text, key, line) in [
            ("lessons_completed", true, true),
            ("Lessons completed, all \"of\" them", true, true),
            (long.as_str(), true, true),
            // Characters count, not bytes.
            (wide.as_str(), true, true),
            (longer.as_str(), false, false),
            (wider.as_str(), false, false),
            ("", false, false),
            (" ", false, false),
            (" books_read", false, false),
            ("books_read\u{a0}", false, false),
            ("books\nread", false, false),
            ("books\tread", false, false),
            ("\u{0}", false, false),
            ("minutes", false, true),
            ("clever_id", false, true),
            // Keys are compared as they stand.
            ("Minutes", true, true),
        ] {
            assert_eq!((is_key(text), is_line(text)), (key, line), "{text:?}");
        }
        assert!(KEY_RULE.contains(&KEY_CHARACTERS.to_string()));
    }

    #[test]
    fn nouns_and_past_verbs_pass_and_others_are_doubted() {
        for (key, expected) in [
            ("lessons_completed", None),
            ("books_read", None),
            ("math_facts_mastered", None),
            ("progress", Some(Doubt::OneWord)),
            ("LessonsCompleted", Some(Doubt::Spelling)),
            ("lessons completed", Some(Doubt::Spelling)),
            ("_completed", Some(Doubt::Spelling)),
            ("", Some(Doubt::Spelling)),
            ("lesson_count", Some(Doubt::NotDone)),
        ] {
            assert_eq!(doubt(key), expected, "{key}");
        }
    }
}
