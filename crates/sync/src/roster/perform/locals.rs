//! The app's records by source id; people of all kinds together.

use std::cell::RefCell;
use std::collections::HashMap;

use homeroom_model::ObjectId;
use homeroom_plan::{Op, Plan};
use homeroom_roster::{Kind, LinkState, Reading, RosterError};

/// What was asked for so far: a day's plan names few of the many records there are.
pub(super) struct Locals {
    district: i64,
    known: RefCell<HashMap<ObjectId, Option<i64>>>,
    /// Ids that were given up in this transaction, with the records they led to.
    earlier: HashMap<ObjectId, i64>,
    failed: RefCell<Option<RosterError>>,
}

/// Where an id is looked for, what plans name most often first.
const KINDS: [Kind; 5] = [
    Kind::Person,
    Kind::Section,
    Kind::School,
    Kind::Course,
    Kind::Term,
];

impl Locals {
    pub(super) fn new(district: i64) -> Self {
        Self {
            district,
            known: RefCell::default(),
            earlier: HashMap::new(),
            failed: RefCell::default(),
        }
    }

    /// Takes over what a plan knows already.
    pub(super) fn expect(&mut self, plan: &Plan) {
        let known = self.known.get_mut();
        for action in plan.actions() {
            let (Some(source), Some(local)) = (action.source, action.local) else {
                continue;
            };
            let of_members = matches!(
                action.op,
                Op::Enrol { .. } | Op::Unenrol { .. } | Op::RefreshMembers
            );
            if of_members {
                known.insert(source, Some(local.0));
            }
        }
    }

    /// The record that an id leads to now. Where the database cannot be read there is none, and [`Locals::failed`] says so.
    pub(super) fn get(&self, look: &dyn Reading, id: &ObjectId) -> Option<i64> {
        if let Some(known) = self.known.borrow().get(id) {
            return *known;
        }
        let found = self.look_up(look, id);
        let found = found.unwrap_or_else(|error| {
            self.failed.replace(Some(error));
            None
        });
        self.known.borrow_mut().insert(*id, found);
        found
    }

    fn look_up(&self, look: &dyn Reading, id: &ObjectId) -> Result<Option<i64>, RosterError> {
        let hex = id.to_hex();
        for kind in KINDS {
            let link = look.linked(self.district, kind, &hex)?;
            let lives =
                link.filter(|link| matches!(link.state, LinkState::Active | LinkState::Joint));
            if let Some(link) = lives {
                return Ok(Some(link.entity));
            }
        }
        Ok(None)
    }

    /// An id leads to a record from now on.
    pub(super) fn insert(&mut self, id: ObjectId, local: i64) {
        self.known.get_mut().insert(id, Some(local));
    }

    /// A record has another id from now on.
    pub(super) fn rekey(&mut self, from: ObjectId, to: ObjectId, local: i64) {
        self.insert(to, local);
        self.remove(&from);
        self.earlier.insert(from, local);
    }

    /// The record that an id leads to, or led to before this transaction gave it up: what was there when it was planned.
    pub(super) fn planned(&self, look: &dyn Reading, id: &ObjectId) -> Option<i64> {
        let now = self.get(look, id);
        now.or_else(|| self.earlier.get(id).copied())
    }

    /// An id leads nowhere any more.
    pub(super) fn remove(&mut self, id: &ObjectId) {
        self.known.get_mut().insert(*id, None);
    }

    /// Whether something could not be read.
    pub(super) fn failed(&self) -> Result<(), RosterError> {
        self.failed.take().map_or(Ok(()), Err)
    }
}
