//! What a plan looks like as a whole, in words (integration-side A4.4).

use std::fmt;

use homeroom_model::{Kind, ObjectId};

/// Something a plan looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// Many records have another id and are the same otherwise.
    MassRekey,
    /// A school is no longer shared.
    SchoolUnshared,
    /// There is nothing left of a kind.
    TypeVanished,
    /// Most classes are exchanged for new ones in the middle of the year.
    TermRollover,
    /// The same around the change of the school year.
    YearRollover,
    /// A field is blank for everybody.
    FieldUnshared,
    /// Many people would get power over other people's data.
    RoleEscalation,
    /// The source still says what people took back.
    Undone,
}

impl PatternKind {
    /// The word for it in reports and in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::MassRekey => "mass_rekey",
            Self::SchoolUnshared => "school_unshared",
            Self::TypeVanished => "type_vanished",
            Self::TermRollover => "term_rollover",
            Self::YearRollover => "year_rollover",
            Self::FieldUnshared => "field_unshared",
            Self::RoleEscalation => "role_escalation",
            Self::Undone => "undone",
        }
    }

    /// What somebody could do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::MassRekey => {
                "approve it: accounts, work and groups stay with the people; ask the district what changed its ids"
            }
            Self::SchoolUnshared => {
                "ask the district whether it meant to stop sharing the school; if it shares it again, the hold closes by itself"
            }
            Self::TypeVanished => {
                "ask the district: usually a sharing rule or an export broke; nothing is lost while this is held"
            }
            Self::TermRollover => {
                "approve it if a term begins; set the dates of the window so that it passes by itself next time"
            }
            Self::YearRollover => {
                "approve it if the school year begins; offers to carry classes over come with it"
            }
            Self::FieldUnshared => {
                "ask the district whether it meant to stop sharing the field; values that are there can be kept by the policy"
            }
            Self::RoleEscalation => {
                "look at each of the people: staff and administrators see the data of whole schools"
            }
            Self::Undone => {
                "ask the district to correct its data, then the hold closes by itself; approve it to let the changes happen after all"
            }
        }
    }
}

impl fmt::Display for PatternKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A pattern of a plan and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What it looks like.
    pub pattern: PatternKind,
    /// The kind of record.
    pub kind: Option<Kind>,
    /// The school.
    pub school: Option<ObjectId>,
    /// The field.
    pub field: Option<&'static str>,
    /// How many records.
    pub records: u64,
}
