//! Cells: fields whose value deviates from the source's (integration-side B4).

use homeroom_model::Date;
use serde::{Deserialize, Serialize};

use crate::Value;

/// What is kept of a field that deviates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The source's value last applied.
    pub base: Value<'static>,
    /// The value here.
    pub value: Value<'static>,
    /// Who made it.
    pub origin: CellOrigin,
    /// How long it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
    /// Whose decision it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Who made a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellOrigin {
    /// The source.
    Source,
    /// A person.
    User,
    /// A stand-in for what is missing.
    Filler,
    /// The engine, from other values.
    Derived,
    /// An import.
    Import,
}

impl CellOrigin {
    /// Every origin.
    pub const ALL: [Self; 5] = [
        Self::Source,
        Self::User,
        Self::Filler,
        Self::Derived,
        Self::Import,
    ];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::User => "user",
            Self::Filler => "filler",
            Self::Derived => "derived",
            Self::Import => "import",
        }
    }

    /// The origin of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.text() == text)
    }
}

/// How long an override holds (integration-side A5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Until the source says the same.
    SourceAgrees,
    /// Until a day.
    Date(Date),
    /// For ever.
    Always,
}
