//! Giving ids, once a plan is to be carried out.

use std::collections::BTreeSet;

use homeroom_model::{IdRange, Kind, ObjectId, Timestamp};
use homeroom_segment::{
    Assigned, Assignment, Candidate, Departed, DepartedRecord, Given, NewRow, Origin, Snapshot,
    key_count, role_id_count,
};

use crate::fate::Fate;
use crate::people::{self, Person, RoleFrom};
use crate::plan::{Plan, ids_each, is_remembered};
use crate::returning::Settings;

/// Ids could not be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// Fewer ids were reserved than the plan needs.
    #[error("the plan needs {needed} ids, but {reserved} were reserved; reserve ids for this plan")]
    TooFewIds {
        /// What [`Plan::ids_needed`] says.
        needed: u64,
        /// How many the range has.
        reserved: u64,
    },
    /// The snapshot or the candidate is not the one the plan was made from.
    #[error("the plan was made from another snapshot or another candidate; compare again")]
    OtherInputs,
}

/// Carries a plan out on paper: gives ids, in the order of [`Kind::ALL`] and then of the candidate's rows, and says which
/// record stands where in the new snapshot.
///
/// Who comes back or stays keeps id and creation; who is updated is modified at `settings.now`; an employee gets an id for
/// the person and one per role, a contact one for the person and one for before version 3. The new set of departed records
/// is the old one without those who came back and those who have been away too long, and with those who leave now. A plan
/// that needs no ids takes `None`; that of an [`crate::undo`] never needs any.
pub fn assign(
    plan: &Plan,
    old: &Snapshot,
    departed: &Departed,
    candidate: &Candidate,
    ids: Option<IdRange>,
    settings: &Settings,
) -> Result<Assignment, AssignError> {
    let ids = ids.unwrap_or(IdRange {
        seconds: 0,
        fence: [0; 5],
        count: 0,
    });
    check(plan, old, candidate, &ids)?;
    let leaving = leave(plan, old, departed, settings);
    let mut assignment = Assignment::new(settings.now, ids, leaving);
    let mut giver = Giver {
        plan,
        old,
        ids,
        now: settings.now,
        next: 0,
    };
    for kind in Kind::ALL {
        let assigned = giver.kind(kind, candidate.table(kind).len());
        assignment.set(kind, assigned);
    }
    assignment.note_rekeyed(plan.rekeyed().to_vec());
    if plan.is_undo() {
        assignment.note_undo();
    }
    Ok(assignment)
}

fn check(
    plan: &Plan,
    old: &Snapshot,
    candidate: &Candidate,
    ids: &IdRange,
) -> Result<(), AssignError> {
    let (needed, reserved) = (plan.ids_needed(), ids.count);
    // The last id is there only if the range ends before the calendar of ids does.
    if needed > 0 && ids.get(needed - 1).is_none() {
        return Err(AssignError::TooFewIds { needed, reserved });
    }
    let fits = |kind: Kind| {
        let stay = plan.fates(kind).iter().filter(|fate| fate.old().is_some());
        candidate.table(kind).len() as usize == plan.fates(kind).len()
            && old.table(kind).len() as usize == stay.count() + plan.deleted(kind).len()
    };
    if plan.base() != old.number() || !Kind::ALL.into_iter().all(fits) {
        return Err(AssignError::OtherInputs);
    }
    Ok(())
}

/// The departed records after the publish.
fn leave(plan: &Plan, old: &Snapshot, departed: &Departed, settings: &Settings) -> Departed {
    let back: BTreeSet<_> = plan
        .returned()
        .iter()
        .map(DepartedRecord::absent_id)
        .collect();
    let stays = |record: &&DepartedRecord| {
        settings.in_time(record.left) && !back.contains(&record.absent_id())
    };
    let mut records: Vec<_> = departed.records().iter().filter(stays).copied().collect();
    for kind in Kind::ALL.into_iter().filter(|kind| is_remembered(*kind)) {
        if kind != Kind::Employee {
            for row in plan.deleted(kind) {
                records.extend(record(old, kind, *row, 0, settings.now));
            }
        }
    }
    // Roles leave one by one: their person may live on in another role, or they in another person.
    let table = old.table(Kind::Employee);
    let mut living = vec![[false; 3]; table.len() as usize];
    for person in plan.people() {
        for (role, from) in person.roles.iter().enumerate() {
            if let RoleFrom::Old(row) = from
                && let Some(slot) = living.get_mut(*row as usize).and_then(|l| l.get_mut(role))
            {
                *slot = true;
            }
        }
    }
    for (row, living) in (0..).zip(living) {
        for (role, _) in (0..).zip(living).filter(|(_, lives)| !lives) {
            records.extend(record(old, Kind::Employee, row, role, settings.now));
        }
    }
    Departed::new(records)
}

fn record(
    old: &Snapshot,
    kind: Kind,
    row: u32,
    role: u8,
    now: Timestamp,
) -> Option<DepartedRecord> {
    debug_assert!(usize::from(role) < key_count(kind));
    let table = old.table(kind);
    let key = table.key(row, role.into())?;
    let role_id = table.role_id(row, role.into()).unwrap_or_default();
    let ids = (table.id(row), role_id);
    Some(DepartedRecord::new(
        kind,
        role,
        key,
        ids,
        table.created(row),
        now,
    ))
}

/// Gives ids out of a range, one after the other.
struct Giver<'a> {
    plan: &'a Plan,
    old: &'a Snapshot,
    ids: IdRange,
    now: Timestamp,
    next: u64,
}

impl Giver<'_> {
    fn kind(&mut self, kind: Kind, rows: u32) -> Assigned {
        let table = self.old.table(kind);
        let mut given = Vec::new();
        // Rows that keep the place of an old row, by that row; and rows that do not, with their ids.
        let mut staying: Vec<Option<NewRow>> = vec![None; table.len() as usize];
        let mut coming: Vec<(ObjectId, NewRow)> = Vec::new();
        for (candidate, fate) in (0..).zip(self.plan.fates(kind)) {
            let origin = match kind {
                Kind::Employee => self.person(candidate, *fate, &mut given),
                _ => self.record(kind, *fate, &mut given),
            };
            let row = NewRow { candidate, origin };
            match fate.old() {
                Some(old) => {
                    if let Some(slot) = staying.get_mut(old as usize) {
                        *slot = Some(row);
                    }
                }
                None => coming.push((self.id_of(origin, &given), row)),
            }
        }
        coming.sort_unstable_by_key(|(id, _)| *id);
        let mut coming = coming.into_iter().peekable();
        let mut merged = Vec::with_capacity(rows as usize);
        for (old, row) in (0..).zip(staying) {
            let id = table.id(old);
            while let Some((_, row)) = coming.next_if(|(new, _)| *new < id) {
                merged.push(row);
            }
            merged.extend(row);
        }
        merged.extend(coming.map(|(_, row)| row));
        Assigned::new(merged, given, table.len(), rows)
    }

    fn id_of(&self, origin: Origin, given: &[Given]) -> ObjectId {
        match origin {
            Origin::Created(at) => self.ids.get(at.into()).unwrap_or_default(),
            Origin::Given(at) => given.get(at as usize).map_or(ObjectId::default(), |g| g.id),
            Origin::Kept(_) | Origin::Updated(_) => ObjectId::default(),
        }
    }

    /// A record of any kind but employees.
    fn record(&mut self, kind: Kind, fate: Fate, given: &mut Vec<Given>) -> Origin {
        match fate {
            Fate::Unchanged(old) => Origin::Kept(old),
            Fate::Updated(old) => Origin::Updated(old),
            Fate::Created => {
                let at = u32::try_from(self.next).unwrap_or(u32::MAX);
                self.next += ids_each(kind);
                Origin::Created(at)
            }
            Fate::Restored(at) => {
                let record = self.plan.returned().get(at as usize);
                let mut role_ids = [ObjectId::default(); 3];
                if let ([first, ..], 1..) = (&mut role_ids, role_id_count(kind)) {
                    *first = record.map(|record| record.role_id).unwrap_or_default();
                }
                given.push(Given {
                    id: record.map(|record| record.id).unwrap_or_default(),
                    role_ids,
                    created: record.map_or(self.now, |record| record.created),
                    old: None,
                });
                Origin::Given(people::last(given))
            }
        }
    }

    fn person(&mut self, candidate: u32, fate: Fate, given: &mut Vec<Given>) -> Origin {
        let person = self.plan.people().get(candidate as usize);
        let person = person.copied().unwrap_or_default();
        match fate {
            Fate::Unchanged(old) => Origin::Kept(old),
            Fate::Updated(old) if self.has_same_roles(&person, old) => Origin::Updated(old),
            _ => {
                let identity = self.identity(&person);
                given.push(identity);
                Origin::Given(people::last(given))
            }
        }
    }

    /// Whether the roles, and so their ids, are those of the old row.
    fn has_same_roles(&self, person: &Person, old: u32) -> bool {
        let table = self.old.table(Kind::Employee);
        let mut roles = person.roles.iter().enumerate();
        roles.all(|(role, from)| match from {
            RoleFrom::Nowhere => table.role_id(old, role).is_none(),
            from => *from == RoleFrom::Old(old),
        })
    }

    fn identity(&mut self, person: &Person) -> Given {
        let table = self.old.table(Kind::Employee);
        let back = person
            .returned
            .and_then(|at| self.plan.returned().get(at as usize));
        let (id, created) = match (person.old, back) {
            (Some(row), _) => (table.id(row), table.created(row)),
            (None, Some(record)) => (record.id, record.created),
            (None, None) => {
                let returned = self.plan.returned();
                (
                    self.give(),
                    people::created(person, table, returned, self.now),
                )
            }
        };
        let mut role_ids = [ObjectId::default(); 3];
        for (role, (slot, from)) in role_ids.iter_mut().zip(person.roles).enumerate() {
            *slot = match from {
                RoleFrom::Nowhere => ObjectId::default(),
                RoleFrom::Old(row) => table.role_id(row, role).unwrap_or_default(),
                RoleFrom::Returned(at) => {
                    let record = self.plan.returned().get(at as usize);
                    record.map(|record| record.role_id).unwrap_or_default()
                }
                RoleFrom::New => self.give(),
            };
        }
        Given {
            id,
            role_ids,
            created,
            old: person.old,
        }
    }

    fn give(&mut self) -> ObjectId {
        let id = self.ids.get(self.next).unwrap_or_default();
        self.next += 1;
        id
    }
}
