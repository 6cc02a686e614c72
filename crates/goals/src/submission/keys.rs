//! The key of a progress metric: a noun and a past verb (clever-api 8.1, integration-side D1). Warned about, never enforced.

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
