//! Approving part of a plan: some schools, some types. The rest stays as it is published.
//!
//! The result is a candidate again, mixed from old and new rows, and goes down the same way as any other. A record waits or
//! comes as a whole. Whose school decides: the one a record has afterwards, else the one it had; people who merge or split
//! go together, by the first of their schools; courses and terms by the first school that teaches them. A pair of two
//! records comes as soon as one of the two is approved and the other is there; it goes with either of them. Courses, terms
//! and contacts that something approved needs come along, and those that something kept needs stay.

mod attribution;
mod mixture;

use std::collections::BTreeSet;
use std::fmt;

use homeroom_model::Kind;
use homeroom_segment::{Candidate, Snapshot, Spools};
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// The types that are approved together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Schools.
    Schools,
    /// Students with their contacts.
    Students,
    /// Teachers, staff and district admins.
    Staff,
    /// Sections with their enrollments, courses and terms.
    Sections,
    /// Resources.
    Resources,
}

impl Part {
    /// Every part, in the order in which they are best approved.
    pub const ALL: [Self; 5] = [
        Self::Schools,
        Self::Students,
        Self::Staff,
        Self::Sections,
        Self::Resources,
    ];

    /// The part's name, as on the command line.
    pub fn text(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Students => "students",
            Self::Staff => "staff",
            Self::Sections => "sections",
            Self::Resources => "resources",
        }
    }

    /// The part of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.text() == text)
    }

    /// The part that the records of a kind belong to.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::School => Self::Schools,
            Kind::Student | Kind::Contact | Kind::ContactLink => Self::Students,
            Kind::Employee => Self::Staff,
            Kind::Section | Kind::Course | Kind::Term => Self::Sections,
            Kind::Resource => Self::Resources,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// What is approved: records of these types in these schools.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// SIS ids of schools; `None` for all of them, and what belongs to no school besides (resources, district admins).
    pub schools: Option<BTreeSet<String>>,
    /// Types; `None` for all.
    pub types: Option<BTreeSet<Part>>,
}

impl Selection {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    fn has_type(&self, kind: Kind) -> bool {
        let types = self.types.as_ref();
        types.is_none_or(|types| types.contains(&Part::of(kind)))
    }

    fn has_school(&self, school: Option<&str>) -> bool {
        let schools = self.schools.as_ref();
        schools.is_none_or(|schools| school.is_some_and(|school| schools.contains(school)))
    }
}

/// Records that would lose their school, and what must go along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inconsistency {
    /// The type that must be approved too.
    pub part: Part,
    /// SIS id of the school in question.
    pub school: String,
    /// How many records it is about.
    pub records: u64,
    /// What is wrong and what to do, in a sentence.
    pub sentence: String,
}

/// A part of a plan could not be taken out of it.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// It would not be consistent.
    #[error("{}", sentences(.0))]
    Inconsistent(Vec<Inconsistency>),
    /// The snapshot or the candidate is not the one the plan was made from.
    #[error("the plan was made from another snapshot or another candidate; compare again")]
    OtherInputs,
    /// A spool could not be written; free space on the disk and try again.
    #[error("the approved part could not be written: {0}")]
    Write(#[from] std::io::Error),
}

fn sentences(inconsistencies: &[Inconsistency]) -> String {
    let sentences = inconsistencies.iter().map(|one| one.sentence.as_str());
    sentences.collect::<Vec<_>>().join(" ")
}

/// The candidate that carries out the selected part of a plan and leaves the rest as it is published. `old` and `candidate`
/// are those the plan was made from, which must not be that of an undo. Everything selected gives the candidate itself,
/// nothing selected what is published.
///
/// Memory: 16 bytes per record of both sides, and the relations of a candidate.
pub fn part(
    old: &Snapshot,
    candidate: &Candidate,
    plan: &Plan,
    selection: &Selection,
    spools: &dyn Spools,
) -> Result<Candidate, PartError> {
    let fits = |kind: Kind| candidate.table(kind).len() as usize == plan.fates(kind).len();
    if plan.base() != old.number() || plan.is_undo() || !Kind::ALL.into_iter().all(fits) {
        return Err(PartError::OtherInputs);
    }
    let sides = attribution::Sides {
        old,
        candidate,
        plan,
    };
    let approved = attribution::approve(&sides, selection);
    mixture::mix(&sides, &approved, spools)
}
