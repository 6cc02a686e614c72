//! Seats: who is in which class, as a source's fact and a local wish (integration-side B6).

use serde::{Deserialize, Serialize};

/// A local wish about a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Somebody here added the person.
    Added,
    /// Somebody here removed the person.
    Removed,
}

impl Intent {
    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }

    /// The intent of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Added, Self::Removed]
            .into_iter()
            .find(|intent| intent.text() == text)
    }
}

/// What is known of one person in one class, as a student or as a teacher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Seat {
    /// Whether the source names the person.
    pub source: bool,
    /// What somebody here wishes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// Of teachers: 0 is the primary one, then in the order of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// The profile the person is there with, if not the account itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<i64>,
}

impl Seat {
    /// A student whom the source names.
    pub const STUDENT: Self = Self {
        source: true,
        intent: None,
        position: None,
        profile: None,
    };

    /// A teacher whom the source names, at a position.
    pub const fn teacher(position: i64) -> Self {
        Self {
            source: true,
            intent: None,
            position: Some(position),
            profile: None,
        }
    }

    /// Whether the person is a member: the table of integration-side B6.
    pub fn is_member(&self) -> bool {
        match self.intent {
            None => self.source,
            Some(Intent::Added) => true,
            Some(Intent::Removed) => false,
        }
    }

    /// Whether there is something to keep: neither named nor wished is no seat, and a wish that came true is none.
    pub fn is_needed(&self) -> bool {
        self.source || self.intent == Some(Intent::Added)
    }
}

/// One change of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatChange {
    /// The person.
    pub person: i64,
    /// As a teacher, or as a student.
    pub is_teacher: bool,
    /// What stands there before.
    pub before: Option<Seat>,
    /// What stands there after.
    pub after: Option<Seat>,
}

/// A seat as a scan shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatRow<'a> {
    /// The class.
    pub section: i64,
    /// The person.
    pub person: i64,
    /// As a teacher, or as a student.
    pub is_teacher: bool,
    /// What stands there.
    pub seat: Seat,
    /// Since when the person is a member, `YYYY-MM-DD`; nothing if the person is none.
    pub opened: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership_follows_the_table() {
        for (source, intent, member, needed) in [
            (true, None, true, true),
            (false, None, false, false),
            (false, Some(Intent::Added), true, true),
            (true, Some(Intent::Added), true, true),
            (true, Some(Intent::Removed), false, true),
            (false, Some(Intent::Removed), false, false),
        ] {
            let seat = Seat {
                source,
                intent,
                ..Seat::STUDENT
            };
            assert_eq!((seat.is_member(), seat.is_needed()), (member, needed));
        }
    }
}
