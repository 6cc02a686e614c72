//! What each id ever stood for.

use std::collections::{BTreeMap, HashMap, HashSet};

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{Hash, Snapshot};

/// A record that has an id: its kind, the role, and the natural key.
type Owner = (Kind, usize, Hash);

/// A record that returns sooner than this gets its id back (district-side 5.2), in milliseconds.
const REMEMBERED: i64 = 300 * 24 * 3_600_000;

/// Every id that was ever published.
#[derive(Default)]
pub(crate) struct IdBook {
    owners: HashMap<ObjectId, Owner>,
    ids: BTreeMap<Owner, ObjectId>,
    /// Ids of employees, whose owners change as roles come and go.
    people: HashSet<ObjectId>,
    /// The ids of the snapshot before, by owner.
    before: BTreeMap<Owner, ObjectId>,
    /// When each record that is gone left.
    left: BTreeMap<Owner, Timestamp>,
}

impl IdBook {
    /// Enters a snapshot that follows those entered before, less than 300 days after the first.
    pub(crate) fn enter(&mut self, snapshot: &Snapshot) {
        self.enter_at(snapshot, Timestamp::from_millis(0));
    }

    /// Enters a snapshot that was published at a time, after those entered before. Fails if an id stands for something
    /// else than before, if a record that stayed or came back in time has another id than it had, or if one that came
    /// back late has the same.
    pub(crate) fn enter_at(&mut self, snapshot: &Snapshot, time: Timestamp) {
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
                    self.enter_one((kind, role, key), id, time);
                    now.insert((kind, role, key), id);
                    if kind == Kind::Contact {
                        // The id before version 3, beside the contact's own.
                        let own = own.expect("a contact has two ids");
                        self.enter_one((kind, 1, key), own, time);
                        now.insert((kind, 1, key), own);
                    }
                }
            }
        }
        let before = std::mem::replace(&mut self.before, now);
        for owner in before.into_keys() {
            if !self.before.contains_key(&owner) {
                self.left.insert(owner, time);
            }
        }
    }

    /// How many ids were ever published.
    pub(crate) fn len(&self) -> usize {
        self.owners.len() + self.people.len()
    }

    fn enter_one(&mut self, owner: Owner, id: ObjectId, time: Timestamp) {
        assert!(!self.people.contains(&id), "{id} is a person's");
        if let Some(before) = self.owners.insert(id, owner) {
            assert_eq!(before, owner, "{id} is used again");
        }
        let had = self.ids.insert(owner, id);
        // Courses and terms do not get their ids back once they left.
        let returns = !matches!(owner.0, Kind::Course | Kind::Term);
        let left = self.left.get(&owner);
        let away = left.map_or(0, |left| time.millis() - left.millis());
        let keeps = self.before.contains_key(&owner) || (returns && away < REMEMBERED);
        assert!(
            had.is_none_or(|had| (had == id) == keeps),
            "{owner:?}, away for {away} ms, has the wrong id"
        );
    }
}
