//! How records find the accounts they belong to (integration-side A3.1, B8).

use homeroom_model::Kind;
use serde::Deserialize;

use super::normal;

/// What a record and an account may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The id in the SIS, compared as text: zeros in front count.
    SisId,
    /// The student's or teacher's number.
    Number,
    /// The id the state gave.
    StateId,
    /// The name the district issues for signing in.
    Username,
    /// The email.
    Email,
    /// First and last name, date of birth and a school.
    NameBirthdaySchool,
}

impl Key {
    /// Every key, the strongest first.
    pub const ALL: [Self; 6] = [
        Self::SisId,
        Self::Number,
        Self::StateId,
        Self::Username,
        Self::Email,
        Self::NameBirthdaySchool,
    ];

    /// The word for it in policies, reports and JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::SisId => "sis_id",
            Self::Number => "number",
            Self::StateId => "state_id",
            Self::Username => "username",
            Self::Email => "email",
            Self::NameBirthdaySchool => "name_birthday_school",
        }
    }

    /// The form in which values of the key are compared: text without blanks around, an email in small letters and composed
    /// Unicode; empty for a value that must not match anything, such as an email without an `@`.
    pub fn normal(self, value: &str) -> String {
        match self {
            Self::Email => normal::email(value),
            Self::NameBirthdaySchool => normal::folded(value),
            Self::SisId | Self::Number | Self::StateId | Self::Username => value.trim().to_owned(),
        }
    }

    pub(crate) fn line(self) -> &'static str {
        match self {
            Self::SisId => "matching.sis_id",
            Self::Number => "matching.number",
            Self::StateId => "matching.state_id",
            Self::Username => "matching.username",
            Self::Email => "matching.email",
            Self::NameBirthdaySchool => "matching.name_birthday_school",
        }
    }
}

/// What a rung does with an account that it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Links it.
    Auto,
    /// Proposes it.
    Suggest,
    /// Passes it over.
    Off,
}

/// What to do with a record while a proposal waits for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undecided {
    /// Nothing.
    HoldRecord,
    /// A blank account, which can be merged later.
    CreateProvisional,
}

/// The rungs, one per key, climbed from the strongest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ladder {
    sis_id: Act,
    number: Act,
    state_id: Act,
    username: Act,
    email: Act,
    name_birthday_school: Act,
    /// While a proposal waits, in the first sync: duplicates by the thousand are what is feared then.
    pub undecided_at_first: Undecided,
    /// While a proposal waits, later: a new pupil should be able to work today.
    pub undecided: Undecided,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            sis_id: Act::Auto,
            number: Act::Off,
            state_id: Act::Off,
            username: Act::Off,
            email: Act::Suggest,
            name_birthday_school: Act::Suggest,
            undecided_at_first: Undecided::HoldRecord,
            undecided: Undecided::CreateProvisional,
        }
    }
}

impl Ladder {
    /// What the rung of a key does. A name and a birthday never link by themselves, and an email of a contact neither
    /// (contacts share addresses with each other and with pupils).
    pub fn act(&self, kind: Kind, key: Key) -> Act {
        let act = match key {
            Key::SisId => self.sis_id,
            Key::Number => self.number,
            Key::StateId => self.state_id,
            Key::Username => self.username,
            Key::Email => self.email,
            Key::NameBirthdaySchool => self.name_birthday_school,
        };
        let never = key == Key::NameBirthdaySchool || (key == Key::Email && kind == Kind::Contact);
        if act == Act::Auto && never {
            Act::Suggest
        } else {
            act
        }
    }

    pub(super) fn trusts_emails(self) -> bool {
        self.email == Act::Auto
    }
}
