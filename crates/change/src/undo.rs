//! Publishing an older snapshot again (layout, idea 1: undo is a new publish of the old rows).

use std::collections::HashMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{
    Candidate, CandidateTable, DepartedRecord, Hash, Snapshot, Table, role_id_count,
};

use crate::compare::Comparison;
use crate::fate::Fate;
use crate::matches::Matches;
use crate::people::{Person, RoleFrom, last};
use crate::plan::Plan;
use crate::returning::Settings;

/// The plan that makes `current` say again what `target`, an older snapshot of the same district, says: with the ids that
/// records, roles, links, courses and terms had then. `candidate` must be [`Candidate::of_snapshot`] of `target`.
///
/// Records are matched by their ids and not by their keys, so that merges, splits and new keys are undone too; nobody gets
/// a new id. Afterwards every row and relation is the target's, the time of creation included; only the time of the last
/// change is that of the undo where something changed. Who has come since leaves, and may come back within the days of
/// `settings`, as after any publish.
pub fn undo(
    current: &Snapshot,
    target: &Snapshot,
    candidate: &Candidate,
    settings: &Settings,
) -> Plan {
    let mut returned = Returned {
        settings,
        records: Vec::new(),
    };
    let people = people(current, target, &mut returned);
    let by_id =
        |table: &Table, rows: &CandidateTable| matches(table, target.table(table.kind()), rows);
    let comparison = Comparison::new(current, candidate, people, by_id);
    let plan = comparison.plan(&mut |kind, row| {
        if kind == Kind::Employee {
            let person = comparison.people.get(row as usize);
            let back = person.and_then(|person| person.returned);
            return back.map_or(Fate::Created, Fate::Restored);
        }
        Fate::Restored(returned.add(target.table(kind), row, 0))
    });
    Plan {
        returned: returned.records,
        undo: true,
        ..plan
    }
}

/// The rows with the same ids; the candidate's rows are the target's.
fn matches(current: &Table, target: &Table, rows: &CandidateTable) -> Matches {
    let mut matches = Matches::none(current, rows);
    let mut old = 0;
    for row in 0..target.len().min(rows.len()) {
        let id = target.id(row);
        while old < current.len() && current.id(old) < id {
            old += 1;
        }
        if old < current.len() && current.id(old) == id {
            matches.join(row, old);
        }
    }
    matches
}

/// Each person of the target: where its roles are now, by their ids.
fn people(current: &Snapshot, target: &Snapshot, returned: &mut Returned<'_>) -> Vec<Person> {
    let (now, then) = (current.table(Kind::Employee), target.table(Kind::Employee));
    let roles = role_id_count(Kind::Employee);
    let mut rows: HashMap<ObjectId, u32> = HashMap::with_capacity(now.len() as usize);
    for row in 0..now.len() {
        let ids = (0..roles).filter_map(|role| now.role_id(row, role));
        rows.extend(ids.map(|id| (id, row)));
    }
    let person = |row: u32| {
        let mut person = Person {
            old: now.find(&then.id(row)),
            ..Person::default()
        };
        for (role, slot) in person.roles.iter_mut().enumerate() {
            let Some(id) = then.role_id(row, role) else {
                continue;
            };
            *slot = if let Some(old) = rows.get(&id) {
                RoleFrom::Old(*old)
            } else {
                let at = returned.add(then, row, role);
                person.returned = person.returned.or(Some(at));
                RoleFrom::Returned(at)
            };
        }
        if person.old.is_some() {
            person.returned = None;
        } else if person.returned.is_none() {
            // All its roles are other people's now.
            person.returned = Some(returned.add(then, row, 0));
        }
        person
    };
    (0..then.len()).map(person).collect()
}

/// Records that come back with the ids they had.
struct Returned<'a> {
    settings: &'a Settings,
    records: Vec<DepartedRecord>,
}

impl Returned<'_> {
    /// Adds a record, or the role of one, of the target that is not published now; returns its number.
    fn add(&mut self, table: &Table, row: u32, role: usize) -> u32 {
        let key: Hash = table.key(row, role).unwrap_or_default();
        let ids = (table.id(row), table.role_id(row, role).unwrap_or_default());
        self.records.push(DepartedRecord::new(
            table.kind(),
            u8::try_from(role).unwrap_or(u8::MAX),
            key,
            ids,
            table.created(row),
            self.settings.now,
        ));
        last(&self.records)
    }
}
