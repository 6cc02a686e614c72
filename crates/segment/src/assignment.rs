//! Which record stands where in a new snapshot, and under which id. The room `change` decides it; [`crate::build`]
//! writes it down.

use homeroom_model::{IdRange, Kind, ObjectId, Timestamp};

use crate::departed::Departed;
use crate::ledger::Evidence;
use crate::table::Table;

/// Stands for "no row" in maps of row numbers. No table has that many rows: its last row number would be this one.
pub(crate) const NO_ROW: u32 = u32::MAX;

/// What one row of a new table is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The row of the old table, just as it is; relations lead to the same records as before.
    Kept(u32),
    /// The candidate's content under the id, the ids of roles and the creation of this row of the old table.
    Updated(u32),
    /// The candidate's content, created now: under the id with this index in the range, which for a contact is followed
    /// by the id of its role. Not for employees, whose roles may have ids already.
    Created(u32),
    /// The candidate's content under the identity with this index in the list handed to [`Assigned::new`].
    Given(u32),
}

/// One row of a new table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRow {
    /// The candidate's row of the same record.
    pub candidate: u32,
    /// Where identity and content come from.
    pub origin: Origin,
}

/// The identity of a record that has not just that of an old row: somebody who came back, a person with other roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The record's id.
    pub id: ObjectId,
    /// Ids of its roles; zeros for a role it does not have, and past the number the kind has.
    pub role_ids: [ObjectId; 3],
    /// When it was first published.
    pub created: Timestamp,
    /// The row of the old table with the same id, if there is one: then the record is updated, else created.
    pub old: Option<u32>,
}

/// The rows of one new table, ids ascending, and where rows of the old table and of the candidate went.
#[derive(Default)]
pub struct Assigned {
    rows: Vec<NewRow>,
    given: Vec<Given>,
    of_old: Vec<u32>,
    of_candidate: Vec<u32>,
}

impl Assigned {
    /// The rows of a new table in ascending order of their ids; `given` holds what [`Origin::Given`] points at.
    /// The old table has `old_rows` rows, the candidate's `candidate_rows`. Memory: 20 bytes a row.
    pub fn new(rows: Vec<NewRow>, given: Vec<Given>, old_rows: u32, candidate_rows: u32) -> Self {
        let mut of_old = vec![NO_ROW; old_rows as usize];
        let mut of_candidate = vec![NO_ROW; candidate_rows as usize];
        for (number, row) in (0..).zip(&rows) {
            let old = match row.origin {
                Origin::Kept(old) | Origin::Updated(old) => Some(old),
                Origin::Created(_) => None,
                Origin::Given(at) => given.get(at as usize).and_then(|given| given.old),
            };
            if let Some(slot) = old.and_then(|old| of_old.get_mut(old as usize)) {
                *slot = number;
            }
            if let Some(slot) = of_candidate.get_mut(row.candidate as usize) {
                *slot = number;
            }
        }
        Self {
            rows,
            given,
            of_old,
            of_candidate,
        }
    }

    /// The rows of the new table.
    pub fn rows(&self) -> &[NewRow] {
        &self.rows
    }

    /// The new row of a row of the old table; `None` if the record was deleted.
    pub fn of_old(&self, row: u32) -> Option<u32> {
        let new = self.of_old.get(row as usize).copied();
        new.filter(|row| *row != NO_ROW)
    }

    /// The new row of a row of the candidate.
    pub fn of_candidate(&self, row: u32) -> Option<u32> {
        let new = self.of_candidate.get(row as usize).copied();
        new.filter(|row| *row != NO_ROW)
    }

    pub(crate) fn moved(&self) -> &[u32] {
        &self.of_old
    }

    /// The row of the old table that has the same id.
    pub(crate) fn before(&self, row: &NewRow) -> Option<u32> {
        match row.origin {
            Origin::Kept(old) | Origin::Updated(old) => Some(old),
            Origin::Created(_) => None,
            Origin::Given(at) => self.given.get(at as usize)?.old,
        }
    }
}

/// A record that left and one that came, which probably are the same under two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rekeyed {
    /// The kind of both.
    pub kind: Kind,
    /// For employees the role, as in [`crate::Table::role_id`]; else 0.
    pub role: u8,
    /// The row of the old table.
    pub old: u32,
    /// The row of the candidate.
    pub candidate: u32,
    /// What both have in common.
    pub evidence: Evidence,
}

/// A whole new snapshot: which rows its tables have, and which records have departed by then.
pub struct Assignment {
    now: Timestamp,
    ids: IdRange,
    departed: Departed,
    tables: Vec<Assigned>,
    rekeyed: Vec<Rekeyed>,
    undo: bool,
}

impl Assignment {
    /// An assignment without rows. `now` becomes the time of creation and modification, `ids` is what
    /// [`Origin::Created`] counts in, `departed` is the set of the new snapshot.
    pub fn new(now: Timestamp, ids: IdRange, departed: Departed) -> Self {
        Self {
            now,
            ids,
            departed,
            tables: Kind::ALL.iter().map(|_| Assigned::default()).collect(),
            rekeyed: Vec::new(),
            undo: false,
        }
    }

    /// Notes which records probably are the same under another key, for the ledger.
    pub fn note_rekeyed(&mut self, rekeyed: Vec<Rekeyed>) {
        self.rekeyed = rekeyed;
    }

    /// Notes that an older snapshot is published again, for the ledger.
    pub fn note_undo(&mut self) {
        self.undo = true;
    }

    pub(crate) fn rekeyed(&self) -> &[Rekeyed] {
        &self.rekeyed
    }

    pub(crate) fn is_undo(&self) -> bool {
        self.undo
    }

    /// Whether an id comes from the range of this publish.
    pub(crate) fn is_fresh(&self, id: ObjectId) -> bool {
        let IdRange {
            seconds,
            fence,
            count,
        } = self.ids;
        let [_, _, _, _, found @ .., _, _, _] = *id.bytes();
        count > 0 && found == fence && (seconds..=self.ids.last_second()).contains(&id.seconds())
    }

    /// Sets the rows of a kind.
    pub fn set(&mut self, kind: Kind, rows: Assigned) {
        if let Some(slot) = self.tables.get_mut(kind as usize) {
            *slot = rows;
        }
    }

    /// The rows of a kind.
    #[expect(
        clippy::indexing_slicing,
        reason = "there are rows for every kind, in the order of the enum"
    )]
    pub fn of(&self, kind: Kind) -> &Assigned {
        &self.tables[kind as usize]
    }

    /// When the new snapshot is made.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The departed records of the new snapshot.
    pub fn departed(&self) -> &Departed {
        &self.departed
    }

    /// The identity of a new row; zeros past the end. `old` is the old table of the same kind.
    pub(crate) fn identity(&self, kind: Kind, row: u32, old: &Table) -> Given {
        let assigned = self.of(kind);
        let none = Given {
            id: ObjectId::default(),
            role_ids: [ObjectId::default(); 3],
            created: self.now,
            old: None,
        };
        match assigned.rows.get(row as usize).map(|row| row.origin) {
            None => none,
            Some(Origin::Kept(row) | Origin::Updated(row)) => Given {
                id: old.id(row),
                role_ids: old.role_ids(row),
                created: old.created(row),
                old: Some(row),
            },
            Some(Origin::Created(at)) => {
                let id = |at: u64| self.ids.get(at).unwrap_or_default();
                let mut role_ids = [ObjectId::default(); 3];
                if let ([first, ..], Kind::Contact) = (&mut role_ids, kind) {
                    *first = id(u64::from(at) + 1);
                }
                Given {
                    id: id(u64::from(at)),
                    role_ids,
                    ..none
                }
            }
            Some(Origin::Given(at)) => assigned.given.get(at as usize).copied().unwrap_or(none),
        }
    }
}
