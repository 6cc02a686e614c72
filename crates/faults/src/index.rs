//! Which record is shown under which id: read from the source ahead of its client, so that ids in rosters are those of
//! records, and requests by a shown id find their way back.

use std::collections::{BTreeMap, HashMap, HashSet};

use homeroom_model::ObjectId;
use homeroom_wire::{Cursor, Object, Request, Route, Shape};
use serde_json::Value;

use crate::names::{Named, Names, is_student};
use crate::source::{Source, Unreadable};

/// What is known of the source's records, of one version under one token.
#[derive(Default)]
pub(crate) struct Index {
    /// What a real id is shown as, for every record ever seen: events go on naming those that are gone.
    shown: HashMap<ObjectId, ObjectId>,
    /// By object and shown id, the real one, for records that are there.
    real: HashMap<Object, BTreeMap<ObjectId, ObjectId>>,
    /// Second users of those that are split.
    apart: HashMap<ObjectId, ObjectId>,
    /// Records that are there, by real id.
    there: HashSet<ObjectId>,
    /// Students, by real id.
    pub(crate) students: Vec<ObjectId>,
}

impl Index {
    /// Reads the source anew; what was known of records that are gone stays known.
    pub(crate) async fn read(
        &mut self,
        names: &Names<'_>,
        source: &Source<'_>,
        asked: &Request,
    ) -> Result<(), Unreadable> {
        let mut read = Self {
            shown: std::mem::take(&mut self.shown),
            ..Self::default()
        };
        for route in Route::of_version(asked.version) {
            let people = matches!(route.gives, Object::User | Object::Student);
            let wanted = names.touches(route.gives) || people;
            // Lists below the district repeat those beside it; they are the only ones for nobody we look for.
            if route.takes_id() || route.shape != Shape::List || !wanted {
                continue;
            }
            for document in source.all(route.path).await? {
                read.learn(names, route.gives, &document);
            }
        }
        read.students.sort_unstable();
        read.students.dedup();
        *self = read;
        Ok(())
    }

    /// Takes note of a record.
    pub(crate) fn learn(&mut self, names: &Names<'_>, object: Object, document: &Value) {
        let Some(called) = names.of(object, document) else {
            return;
        };
        if is_student(object, document) {
            self.students.push(called.real);
        }
        self.there.insert(called.real);
        self.put(&called);
        let real = self.real.entry(object).or_default();
        for shown in [Some(called.shown), called.apart].into_iter().flatten() {
            real.insert(shown, called.real);
        }
        if let Some(apart) = called.apart {
            self.apart.insert(apart, called.real);
        }
    }

    /// The same of a record that is being answered, which may have changed since the source was read.
    pub(crate) fn learn_again(&mut self, names: &Names<'_>, object: Object, document: &Value) {
        let students = self.students.len();
        self.learn(names, object, document);
        self.students.truncate(students);
    }

    /// Takes note of what a record was called, unless it is there: then it is called by what it says today.
    pub(crate) fn remember(&mut self, named: &Named) {
        if !self.there.contains(&named.real) {
            self.put(named);
        }
    }

    fn put(&mut self, named: &Named) {
        let own = (named.real, named.shown);
        for (real, shown) in named.roles.iter().copied().chain([own]) {
            if real != shown {
                self.shown.insert(real, shown);
            }
        }
    }

    /// What a real id is shown as.
    pub(crate) fn shown(&self, real: ObjectId) -> ObjectId {
        self.shown.get(&real).copied().unwrap_or(real)
    }

    /// Whether an id is the second of a split user's.
    pub(crate) fn is_apart(&self, shown: ObjectId) -> bool {
        self.apart.contains_key(&shown)
    }

    /// The real id behind one that is shown, `None` where nothing is shown so.
    pub(crate) fn real(
        &self,
        names: &Names<'_>,
        object: Object,
        shown: ObjectId,
    ) -> Option<ObjectId> {
        if !names.touches(object) {
            return Some(shown);
        }
        self.real.get(&object)?.get(&shown).copied()
    }

    /// A cursor among shown ids as one among real ones. What is not shown (any more) lies behind what is before it.
    pub(crate) fn cursor(&self, names: &Names<'_>, object: Object, cursor: Cursor) -> Cursor {
        if !names.touches(object) {
            return cursor;
        }
        let Some(real) = self.real.get(&object) else {
            return cursor;
        };
        match cursor {
            Cursor::After(id) => {
                let before = real.range(..=id).next_back();
                Cursor::After(before.map_or(ObjectId::new([0; 12]), |(_, real)| *real))
            }
            Cursor::Before(id) => {
                let behind = real.range(id..).next();
                Cursor::Before(behind.map_or(ObjectId::new([0xff; 12]), |(_, real)| *real))
            }
            other => other,
        }
    }
}
