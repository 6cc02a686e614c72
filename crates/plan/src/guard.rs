//! What can hold a plan back, and what it says (integration-side B9).

use std::fmt;

use homeroom_change::Share;
use homeroom_model::{Kind, ObjectId};

/// A limit that can hold a plan back, or part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// Nothing was ever applied: somebody looks first.
    FirstSync,
    /// Too many of a kind would leave.
    Removals,
    /// Too many of a kind would change.
    Updates,
    /// Too many of a kind would come.
    Creations,
    /// Too many of a kind would leave one school.
    SchoolRemovals,
    /// There is nothing left of a kind.
    TypeVanished,
    /// Too many would get power over other people's data.
    RoleGrants,
    /// Too many emails or sign-in names would change.
    Logins,
    /// Too many would lose their places in classes.
    Enrolments,
    /// A roster would lose most of its people.
    RosterShrink,
    /// A roster would be another.
    RosterReplaced,
    /// People took back what would be done again.
    Undone,
}

impl Guard {
    /// The guard's name in reports and in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::FirstSync => "first_sync",
            Self::Removals => "removals",
            Self::Updates => "updates",
            Self::Creations => "creations",
            Self::SchoolRemovals => "school_removals",
            Self::TypeVanished => "type_vanished",
            Self::RoleGrants => "role_grants",
            Self::Logins => "logins",
            Self::Enrolments => "enrolments",
            Self::RosterShrink => "roster_shrink",
            Self::RosterReplaced => "roster_replaced",
            Self::Undone => "undone",
        }
    }

    /// Whether it holds single actions and lets the rest of the plan go on.
    pub fn holds_actions(self) -> bool {
        matches!(
            self,
            Self::RoleGrants | Self::RosterShrink | Self::RosterReplaced | Self::Undone
        )
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A guard that tripped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The guard.
    pub guard: Guard,
    /// The kind of record it looked at; `None` for the plan as a whole.
    pub kind: Option<Kind>,
    /// The school or section it looked at; `None` for the district.
    pub place: Option<ObjectId>,
    /// What it found: so many of so many that were there.
    pub measured: Share,
    /// What it allows, in words.
    pub allowed: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.map_or("records", Kind::table);
        let place = match (self.guard, self.place) {
            (Guard::RosterShrink | Guard::RosterReplaced, Some(section)) => {
                format!(" of section {}", section.to_hex())
            }
            (_, Some(school)) => format!(" of school {}", school.to_hex()),
            _ => String::new(),
        };
        let (measured, allowed) = (self.measured, &self.allowed);
        match self.guard {
            Guard::FirstSync => {
                f.write_str("this is the first sync: somebody should look at the plan first")
            }
            Guard::Removals | Guard::SchoolRemovals => {
                write!(
                    f,
                    "{measured} {kind}{place} would leave; allowed are {allowed}"
                )
            }
            Guard::Updates => write!(f, "{measured} {kind} would change; allowed are {allowed}"),
            Guard::Creations => write!(f, "{measured} {kind} would be new; allowed are {allowed}"),
            Guard::TypeVanished => {
                write!(f, "nothing would be left of {kind}: {measured} would leave")
            }
            Guard::RoleGrants => write!(
                f,
                "{} people would become staff or administrators; allowed are {allowed}",
                measured.part
            ),
            Guard::Logins => write!(
                f,
                "{measured} {kind} would sign in differently; allowed are {allowed}"
            ),
            Guard::Enrolments => write!(
                f,
                "{measured} places of students in classes would be lost; allowed are {allowed}"
            ),
            Guard::RosterShrink => write!(
                f,
                "{measured} students{place} would leave; allowed are {allowed}"
            ),
            Guard::RosterReplaced => write!(
                f,
                "{measured} students{place} would be exchanged for others"
            ),
            Guard::Undone => write!(
                f,
                "{} changes would do again what was undone",
                measured.part
            ),
        }
    }
}
