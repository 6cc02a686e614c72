//! What every id stood for, and why a thing has another id than before.

use std::collections::{BTreeMap, HashMap};

use homeroom_model::{ObjectId, Timestamp};
use homeroom_simulator::{Noun, Truth};

use super::keys::{Ids, Key};
use crate::site::DAY;

/// A record that returns sooner than this gets its id back (district-side 5.2).
const REMEMBERED: i64 = 300 * DAY;

/// Why a thing has another id: the causes that district-side 5.2 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// It has another natural key.
    Rekeyed,
    /// It was away for 300 days or more.
    Forgotten,
    /// A course or a term that no section used for a while.
    Unused,
}

/// The last that was published of a thing.
#[derive(Clone)]
struct Entry {
    key: String,
    id: ObjectId,
    /// When it left; `None` while it is there.
    left: Option<Timestamp>,
}

#[derive(Default)]
pub(super) struct Book {
    /// By what it really is.
    things: BTreeMap<(Noun, u64), Entry>,
    /// What each id ever given stands for.
    owners: HashMap<ObjectId, (Noun, u64)>,
    /// Each key's last id, and when it left.
    ids: BTreeMap<Key, (ObjectId, Option<Timestamp>)>,
    pub(super) causes: BTreeMap<Cause, usize>,
    /// Things that came back under the id they had.
    pub(super) returned: usize,
}

impl Book {
    /// Enters what was published, and what is true of it.
    pub(super) fn enter(&mut self, truth: &Truth, published: &BTreeMap<Key, Ids>, now: Timestamp) {
        let date = truth.day.date;
        for ((noun, key), ids) in published {
            let record = truth.record(*noun, key).expect("what is published is true");
            let thing = (*noun, record.entity);
            let owner = *self.owners.entry(ids.id).or_insert(thing);
            assert_eq!(
                owner, thing,
                "{date}: {} stands for another {noun:?}",
                ids.id
            );
            self.enter_key((*noun, key.clone()), ids.id, truth, now);
            self.enter_thing(thing, key, ids.id, truth, now);
        }
        for (key, (_, left)) in &mut self.ids {
            if left.is_none() && !published.contains_key(key) {
                *left = Some(now);
            }
        }
        for ((noun, _), entry) in &mut self.things {
            if entry.left.is_none() && !published.contains_key(&(*noun, entry.key.clone())) {
                entry.left = Some(now);
            }
        }
    }

    /// A key keeps its id, over an absence too unless that was too long; then it has one that was never given.
    fn enter_key(&mut self, key: Key, id: ObjectId, truth: &Truth, now: Timestamp) {
        let (noun, date) = (key.0, truth.day.date);
        let Some((had, left)) = self.ids.insert(key, (id, None)) else {
            return;
        };
        let keeps = left.is_none_or(|left| is_remembered(noun, left, now));
        assert_eq!(
            had == id,
            keeps,
            "{date}: {noun:?} {had}, gone {left:?}, is {id}"
        );
        self.returned += usize::from(keeps && left.is_some());
    }

    /// A thing has another id for a cause only.
    fn enter_thing(
        &mut self,
        thing: (Noun, u64),
        key: &str,
        id: ObjectId,
        truth: &Truth,
        now: Timestamp,
    ) {
        let entry = Entry {
            key: key.to_owned(),
            id,
            left: None,
        };
        let Some(had) = self.things.insert(thing, entry) else {
            return;
        };
        let cause = if had.id == id {
            return;
        } else if had.key != key {
            Cause::Rekeyed
        } else if had
            .left
            .is_some_and(|left| now.millis() - left.millis() >= REMEMBERED)
        {
            Cause::Forgotten
        } else if had.left.is_some() && !is_remembered(thing.0, now, now) {
            Cause::Unused
        } else {
            panic!(
                "{}: {:?} has another id without a cause",
                truth.day.date, thing
            );
        };
        *self.causes.entry(cause).or_default() += 1;
    }
}

impl Book {
    /// Every so manieth id that was ever given, with what it stands for and whether it is published.
    pub(super) fn some(&self, step: usize) -> Vec<(ObjectId, (Noun, u64), bool)> {
        let mut ids: Vec<_> = self.owners.iter().collect();
        ids.sort_unstable();
        let some = ids.into_iter().step_by(step.max(1));
        some.map(|(id, thing)| (*id, *thing, self.is_published(*id, *thing)))
            .collect()
    }

    fn is_published(&self, id: ObjectId, thing: (Noun, u64)) -> bool {
        let entry = self.things.get(&thing);
        entry.is_some_and(|entry| entry.id == id && entry.left.is_none())
    }

    /// The id that a thing has now, if it is published.
    pub(super) fn id_of(&self, thing: (Noun, u64)) -> Option<ObjectId> {
        let entry = self.things.get(&thing).filter(|entry| entry.left.is_none());
        entry.map(|entry| entry.id)
    }

    /// What an id stands for.
    pub(super) fn owner(&self, id: ObjectId) -> Option<(Noun, u64)> {
        self.owners.get(&id).copied()
    }
}

fn is_remembered(noun: Noun, left: Timestamp, now: Timestamp) -> bool {
    !matches!(noun, Noun::Course | Noun::Term) && now.millis() - left.millis() < REMEMBERED
}
