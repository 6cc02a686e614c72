//! Which employee keeps which id when roles merge and part (district-side 5.3): worked out from who had what before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use homeroom_model::ObjectId;
use homeroom_simulator::{Noun, Truth};

use super::keys::{Ids, Key};

#[derive(Default)]
pub(super) struct People {
    /// The user of each role of the last publish, by the role's id. Roles that came earlier have smaller ids.
    before: BTreeMap<ObjectId, ObjectId>,
    /// Whose each id of a user ever was.
    owners: HashMap<ObjectId, u64>,
    /// How often two users became one, and one became two.
    pub(super) merged: usize,
    pub(super) split: usize,
}

impl People {
    /// Whose every id of a user ever was, ascending.
    pub(super) fn owners(&self) -> BTreeMap<ObjectId, u64> {
        self.owners
            .iter()
            .map(|(id, person)| (*id, *person))
            .collect()
    }

    /// Enters what was published. Called after the ids of roles were looked at.
    pub(super) fn enter(&mut self, truth: &Truth, published: &BTreeMap<Key, Ids>) {
        // Roles by user, as they are and as they should be.
        let mut found: BTreeMap<ObjectId, BTreeSet<ObjectId>> = BTreeMap::new();
        let mut expected: BTreeMap<u64, BTreeSet<ObjectId>> = BTreeMap::new();
        for ((noun, key), ids) in published {
            if !matches!(noun, Noun::Teacher | Noun::Staff) {
                continue;
            }
            let user = ids.user.expect("an employee has an id");
            let record = truth.record(*noun, key).expect("what is published is true");
            found.entry(user).or_default().insert(ids.id);
            expected.entry(record.user).or_default().insert(ids.id);
            // Two numbers for a person whose roles are under two emails.
            let person = record.user / 2;
            let owner = *self.owners.entry(user).or_insert(person);
            assert_eq!(
                owner, person,
                "{}: user {user} is somebody else",
                truth.day.date
            );
        }
        let groups: BTreeSet<_> = expected.values().collect();
        let users: BTreeSet<_> = found.values().collect();
        assert_eq!(
            users, groups,
            "{}: who is one user with whom",
            truth.day.date
        );
        for (user, roles) in &found {
            self.check(*user, roles, &found, truth);
        }
        let now = |roles: &BTreeSet<ObjectId>, user: &ObjectId| {
            let roles = roles.iter().map(|role| (*role, *user));
            roles.collect::<Vec<_>>()
        };
        let before = std::mem::take(&mut self.before);
        for (user, roles) in &found {
            let had: BTreeSet<_> = roles.iter().filter_map(|role| before.get(role)).collect();
            self.merged += usize::from(had.len() > 1);
            self.before.extend(now(roles, user));
        }
        let users: BTreeSet<_> = before.values().collect();
        for user in users {
            let roles = before.iter().filter(|(_, had)| *had == user);
            let has: BTreeSet<_> = roles
                .filter_map(|(role, _)| self.before.get(role))
                .collect();
            self.split += usize::from(has.len() > 1);
        }
    }

    /// The oldest role that was there before brings the user's id, unless an older role took it elsewhere.
    fn check(
        &self,
        user: ObjectId,
        roles: &BTreeSet<ObjectId>,
        found: &BTreeMap<ObjectId, BTreeSet<ObjectId>>,
        truth: &Truth,
    ) {
        let had = |role: &ObjectId| self.before.get(role).copied();
        let Some((oldest, former)) = roles.iter().find_map(|role| Some((role, had(role)?))) else {
            return;
        };
        if former == user {
            return;
        }
        let taken = found.get(&former).is_some_and(|others| {
            let mut others = others.iter();
            others.any(|role| role < oldest && had(role) == Some(former))
        });
        assert!(
            taken,
            "{}: user {former} became {user} though nobody else has a claim",
            truth.day.date
        );
    }
}
