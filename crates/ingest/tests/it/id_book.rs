//! What each id ever stood for.

use std::collections::{BTreeMap, HashMap, HashSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Hash, Snapshot};

/// A record that has an id: its kind, the role, and the natural key.
type Owner = (Kind, usize, Hash);

/// Every id that was ever published.
#[derive(Default)]
pub(crate) struct IdBook {
    owners: HashMap<ObjectId, Owner>,
    ids: BTreeMap<Owner, ObjectId>,
    /// Ids of employees, whose owners change as roles come and go.
    people: HashSet<ObjectId>,
    /// The ids of the snapshot before, by owner.
    before: BTreeMap<Owner, ObjectId>,
}

impl IdBook {
    /// Enters a snapshot that follows those entered before, less than 300 days after the first. Fails if an id stands
    /// for something else than before, or if a record has another id than it had.
    pub(crate) fn enter(&mut self, snapshot: &Snapshot) {
        let mut now = BTreeMap::new();
        for kind in Kind::ALL {
            let table = snapshot.table(kind);
            for row in 0..table.len() {
                if kind == Kind::Employee {
                    let id = table.id(row);
                    assert!(!self.owners.contains_key(&id), "{id} was no person's");
                    self.people.insert(id);
                }
                for role in 0..3 {
                    let Some(key) = table.key(row, role) else {
                        continue;
                    };
                    let own = table.role_id(row, role);
                    let id = match kind {
                        Kind::Employee => own.expect("a role has an id"),
                        _ => table.id(row),
                    };
                    self.enter_one((kind, role, key), id);
                    now.insert((kind, role, key), id);
                    if kind == Kind::Contact {
                        // The id before version 3, beside the contact's own.
                        self.enter_one((kind, 1, key), own.expect("a contact has two ids"));
                    }
                }
            }
        }
        self.before = now;
    }

    /// How many ids were ever published.
    pub(crate) fn len(&self) -> usize {
        self.owners.len() + self.people.len()
    }

    fn enter_one(&mut self, owner: Owner, id: ObjectId) {
        assert!(!self.people.contains(&id), "{id} is a person's");
        if let Some(before) = self.owners.insert(id, owner) {
            assert_eq!(before, owner, "{id} is used again");
        }
        let had = self.ids.insert(owner, id);
        // Courses and terms do not get their ids back once they left.
        let returns = !matches!(owner.0, Kind::Course | Kind::Term);
        let had = had.filter(|_| returns || self.before.contains_key(&owner));
        assert!(had.is_none_or(|had| had == id), "{owner:?} has another id");
    }
}
