//! What the app's roster knows, in the orders that planning reads it.

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Hash;

use crate::action::Action;
use crate::asked::{Asked, Dispute};
use crate::policy::{Key, Powers};

/// The app's own key of an entity of one kind. It means nothing outside the app's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Local(pub i64);

/// Whether a source id is what its entity is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The id the source uses now.
    Active,
    /// A second id that the source uses now for the same account: old-style records of one person (integration-side A3.8).
    Joint,
    /// An id the source used before: whoever shows up with it is the same (integration-side B8, rung 1).
    Alias,
}

impl LinkState {
    /// Whether the source uses the id now.
    pub fn is_live(self) -> bool {
        self != Self::Alias
    }
}

/// How a record stood when the district was last applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was there.
    Present,
    /// It was there and broke a rule: the last good values are kept (integration-side A2.4).
    Quarantined,
    /// It was not: people who left, archived classes.
    Gone,
}

/// A source id and the entity it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The source id.
    pub source: ObjectId,
    /// The entity.
    pub local: Local,
    /// Whether it is the id in use.
    pub state: LinkState,
    /// How the record stood when the district was last applied.
    pub standing: Standing,
    /// Whether the entity has further active links (old-style teacher and admin records of one person).
    pub joined: bool,
    /// Whether somebody changed the entity in the app since it was last applied.
    pub touched: bool,
    /// [`crate::Digest`] of the values last applied; zeros if none were.
    pub applied: Hash,
    /// Of a section: digest of the members last applied.
    pub members: Hash,
}

impl Link {
    /// Whether the source had the record when the district was last applied.
    pub fn is_present(&self) -> bool {
        self.standing != Standing::Gone
    }
}

/// Where a value came from (integration-side B2 cells).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The source.
    Source,
    /// A person in the app.
    User,
    /// A stand-in for a missing value.
    Filler,
    /// Computed.
    Derived,
    /// An upload of the app's own.
    Import,
}

/// A value of an entity as it stands in the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The field's name, as in the policy.
    pub field: String,
    /// What the app shows.
    pub value: String,
    /// What the source said when it was last applied.
    pub base: String,
    /// Where `value` came from.
    pub origin: Origin,
}

/// An entity as it stands in the app: fields that are not named are blank.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Entity {
    /// Its values, by name ascending.
    pub cells: Vec<Cell>,
}

impl Entity {
    /// What stands in a field; blank if nothing does.
    pub fn value(&self, field: &str) -> &str {
        self.cell(field).map_or("", |cell| cell.value.as_str())
    }

    /// A field's cell.
    pub fn cell(&self, field: &str) -> Option<&Cell> {
        let found = self.cells.binary_search_by(|cell| (*cell.field).cmp(field));
        found.ok().and_then(|at| self.cells.get(at))
    }
}

/// An account that a record may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its key.
    pub local: Local,
    /// The id it is linked to, if that record was present when the district was last applied.
    pub linked: Option<ObjectId>,
    /// The id it was linked to, if that record was gone then.
    pub former: Option<ObjectId>,
    /// Whether it may do more in the app than its role in the source says: never taken over (integration-side A3.2).
    pub privileged: bool,
    /// Whether an administrator of the app suspended it.
    pub suspended: bool,
    /// Whether its address was verified by the app.
    pub verified: bool,
}

/// Somebody in a section, as the app has it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The account.
    pub person: Local,
    /// Teacher or student.
    pub role: Role,
    /// Place among the teachers, 0 for the primary one; 0 for students.
    pub position: u16,
    /// Whether the source says so. A person of the app may have added the others (integration-side B6).
    pub source: bool,
}

/// Why the roster could not be read. Names what was read, never what stands there.
#[derive(Debug, thiserror::Error)]
#[error("the app's roster cannot be read ({what})")]
pub struct KnownError {
    /// What was read.
    pub what: &'static str,
    /// What went wrong.
    #[source]
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

/// What the app's roster knows of one district. No method looks beyond that district, so nothing can match across two.
pub trait Known {
    /// Every link of a kind, active and alias, source ids ascending.
    fn links(&self, kind: Kind) -> Result<Vec<Link>, KnownError>;

    /// An entity's values.
    fn entity(&self, kind: Kind, local: Local) -> Result<Entity, KnownError>;

    /// Whether there are people of a kind without an active link, or any whose link is not present: without them no ladder
    /// has to be climbed.
    fn has_unlinked(&self, kind: Kind) -> Result<bool, KnownError>;

    /// The accounts of a kind for which a key has a value, ascending. Values are normalised as [`Key::normal`] does.
    fn accounts(&self, kind: Kind, key: Key, value: &str) -> Result<Vec<Account>, KnownError>;

    /// Who is in a section now, ascending.
    fn members(&self, section: Local) -> Result<Vec<Member>, KnownError>;

    /// Profiles, ended ones too, in any order. Asked for only where the policy has any, or had.
    fn profiles(&self) -> Result<Vec<Profile>, KnownError> {
        Ok(Vec::new())
    }

    /// Who is in which section now, all sections, in any order. Asked for only by policies of one class per person.
    fn seats(&self) -> Result<Vec<(Local, Member)>, KnownError> {
        Ok(Vec::new())
    }

    /// The course that people here gave a section: one the source never named. `None` if there is none.
    fn own_course(&self, section: Local) -> Result<Option<Local>, KnownError> {
        let _ = section;
        Ok(None)
    }

    /// People whom an open notice tells that they have no class.
    fn told(&self) -> Result<Vec<Local>, KnownError> {
        Ok(Vec::new())
    }

    /// What people with several roles may do now.
    fn powers(&self) -> Result<Powers, KnownError> {
        Ok(Powers::default())
    }

    /// Whether an action would do again what people took back by undoing a run, and nobody said since that it may be done
    /// (integration-side A4.10).
    fn is_undone(&self, action: &Action) -> Result<bool, KnownError> {
        let _ = action;
        Ok(false)
    }

    /// The questions that people were asked and that are not withdrawn, in any order: a question is asked once. What was
    /// accepted and done is left out where doing it twice would do something.
    fn asked(&self) -> Result<Vec<Asked>, KnownError> {
        Ok(Vec::new())
    }

    /// Contradictions that are open or were settled, in any order.
    fn disputes(&self) -> Result<Vec<Dispute>, KnownError> {
        Ok(Vec::new())
    }

    /// What is open of what was found wrong with records, in any order.
    fn findings(&self) -> Result<Vec<Found>, KnownError> {
        Ok(Vec::new())
    }

    /// Records that wait for a pick and that nobody picked or dropped.
    fn staged(&self) -> Result<BTreeSet<ObjectId>, KnownError> {
        Ok(BTreeSet::new())
    }

    /// What became of an account. Asked for accounts of questions and orders only.
    fn fate(&self, kind: Kind, local: Local) -> Result<Fate, KnownError>;

    /// The accounts that became part of one, each with the links that it brought in, as they would be if it were taken apart
    /// again, source ids ascending. Asked for rarely.
    fn brought_into(&self, kind: Kind, into: Local) -> Result<Vec<(Local, Vec<Link>)>, KnownError> {
        let _ = (kind, into);
        Ok(Vec::new())
    }
}

/// What became of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there.
    There,
    /// It became part of another.
    MergedInto(Local),
    /// It is not there, or was purged.
    Missing,
}

/// Something wrong with a record that the roster keeps as open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// The kind of record.
    pub kind: Kind,
    /// The record.
    pub source: ObjectId,
    /// The field.
    pub field: String,
    /// What is wrong.
    pub code: String,
}

/// A profile of the app (integration-side A3.9, A6.1, A6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its key.
    pub local: Local,
    /// Whose it is.
    pub person: Local,
    /// What it is for.
    pub ground: LocalGround,
    /// Whether it goes on.
    pub present: bool,
}

/// What a profile is for, by the app's own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LocalGround {
    /// A class.
    Section(Local),
    /// A school.
    School(Local),
    /// A role.
    Role(Role),
}

/// What was said of a record and an account that may belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nobody was asked.
    Unasked,
    /// The question waits for an answer.
    Pending,
    /// They do; the next plan does what follows from it.
    Accepted,
    /// They do not belong together.
    Rejected,
}
