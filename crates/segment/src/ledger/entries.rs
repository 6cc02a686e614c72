//! What one publish has to say of ids.

use homeroom_model::{Kind, ObjectId, Role};

use super::{Evidence, KEY, LedgerEntry, LedgerEvent};
use crate::assignment::{Assignment, Origin};
use crate::candidate::Candidate;
use crate::fields;
use crate::hash::Hash;
use crate::parts::BuildError;
use crate::row::Row;
use crate::snapshot::Snapshot;
use crate::table::{key_count, role_id_count};

/// Takes an entry, and whether its id was given just now.
type Emit<'e> = &'e mut dyn FnMut(LedgerEntry, bool) -> Result<(), BuildError>;

/// The roles of employees in the order in which tables keep their ids.
const ROLES: [Role; 3] = [Role::Teacher, Role::Staff, Role::DistrictAdmin];

/// The entries of one publish.
pub(super) struct Entries<'a> {
    old: &'a Snapshot,
    candidate: &'a Candidate,
    assignment: &'a Assignment,
    snapshot: u32,
    /// The person of each role id that is not simply where it was, ascending.
    people: Vec<(ObjectId, ObjectId)>,
}

/// A record's ids.
struct Ids {
    id: ObjectId,
    role_ids: [ObjectId; 3],
}

impl<'a> Entries<'a> {
    pub(super) fn new(
        old: &'a Snapshot,
        candidate: &'a Candidate,
        assignment: &'a Assignment,
    ) -> Self {
        let (assigned, table) = (assignment.of(Kind::Employee), old.table(Kind::Employee));
        let mut people = Vec::new();
        for (row, new) in (0..).zip(assigned.rows()) {
            if matches!(new.origin, Origin::Given(_)) {
                let identity = assignment.identity(Kind::Employee, row, table);
                let roles = identity.role_ids.into_iter();
                let roles = roles.filter(|id| *id != ObjectId::default());
                people.extend(roles.map(|role| (role, identity.id)));
            }
        }
        people.sort_unstable();
        Self {
            old,
            candidate,
            assignment,
            snapshot: u32::try_from(old.number() + 1).unwrap_or(u32::MAX),
            people,
        }
    }

    /// Calls back with every entry, in an order that is always the same.
    pub(super) fn each(&self, emit: Emit<'_>) -> Result<(), BuildError> {
        for kind in Kind::ALL {
            let assigned = self.assignment.of(kind);
            for (row, new) in (0..).zip(assigned.rows()) {
                if matches!(new.origin, Origin::Created(_) | Origin::Given(_)) {
                    self.here(kind, row, emit)?;
                }
            }
            for row in 0..self.old.table(kind).len() {
                if assigned.of_old(row).is_none() {
                    self.gone(kind, row, emit)?;
                } else if kind == Kind::Employee {
                    self.roles_gone(kind, row, emit)?;
                }
            }
        }
        self.rekeyed(emit)
    }

    fn entry(&self, kind: Kind, id: ObjectId, event: LedgerEvent) -> LedgerEntry {
        LedgerEntry {
            id,
            snapshot: self.snapshot,
            event,
            kind,
            role: None,
            evidence: Evidence::None,
            other: None,
            key: [0; KEY],
        }
    }

    /// A record whose identity is not just that of an old row.
    fn here(&self, kind: Kind, row: u32, emit: Emit<'_>) -> Result<(), BuildError> {
        let identity = self.assignment.identity(kind, row, self.old.table(kind));
        let ids = Ids {
            id: identity.id,
            role_ids: identity.role_ids,
        };
        let new = self.assignment.of(kind).rows().get(row as usize);
        let candidate = new.map_or(u32::MAX, |row| row.candidate);
        let table = self.candidate.table(kind);
        let (packed, keys) = (table.row(candidate), table.keys(candidate));
        if identity.old.is_none() {
            let first = (0..).zip(keys).find(|(_, key)| **key != Hash::default());
            let (role, key) = first.map_or((0, Hash::default()), |(role, key)| (role, *key));
            let entry = LedgerEntry {
                evidence: evidence(kind, role, packed),
                key: short(&key),
                ..self.entry(kind, ids.id, self.comes(ids.id))
            };
            emit(entry, self.is_fresh(ids.id))?;
            if self.is_fresh(ids.id) {
                self.origins(kind, &ids, emit)?;
            }
        }
        self.roles_here(kind, &ids, (packed, keys), emit)
    }

    /// The people whose roles a new person has now.
    fn origins(&self, kind: Kind, ids: &Ids, emit: Emit<'_>) -> Result<(), BuildError> {
        if kind != Kind::Employee {
            return Ok(());
        }
        let mut told = [ObjectId::default(); 3];
        for ((role, id), slot) in (0..).zip(ids.role_ids).zip(0..) {
            let Some(other) = self.person_before(role, &id) else {
                continue;
            };
            if told.contains(&other) {
                continue;
            }
            if let Some(slot) = told.get_mut(slot) {
                *slot = other;
            }
            let entry = LedgerEntry {
                evidence: Evidence::Email,
                other: Some(other),
                ..self.entry(kind, ids.id, LedgerEvent::SplitFrom)
            };
            emit(entry, false)?;
        }
        Ok(())
    }

    fn roles_here(
        &self,
        kind: Kind,
        ids: &Ids,
        (packed, keys): (Row<'_>, &[Hash]),
        emit: Emit<'_>,
    ) -> Result<(), BuildError> {
        for (role, id) in (0..).zip(ids.role_ids).take(role_id_count(kind)) {
            if id == ObjectId::default() {
                continue;
            }
            let before = match kind {
                Kind::Employee => self.person_before(role, &id),
                _ => None,
            };
            let (event, evidence) = match before {
                Some(person) if person == ids.id => continue,
                Some(_) => (LedgerEvent::MovedTo, Evidence::Email),
                None => (self.comes(id), evidence(kind, role, packed)),
            };
            let key = keys.get(usize::from(role)).copied().unwrap_or_default();
            let entry = LedgerEntry {
                role: Some(role),
                evidence,
                other: Some(ids.id),
                key: short(&key),
                ..self.entry(kind, id, event)
            };
            emit(entry, self.is_fresh(id))?;
        }
        Ok(())
    }

    /// A record of the old table whose id is no longer published.
    fn gone(&self, kind: Kind, row: u32, emit: Emit<'_>) -> Result<(), BuildError> {
        let table = self.old.table(kind);
        let roles = (0..key_count(kind)).find_map(|role| table.key(row, role));
        let mut entry = LedgerEntry {
            key: short(&roles.unwrap_or_default()),
            ..self.entry(kind, table.id(row), self.goes())
        };
        let heir = table
            .role_ids(row)
            .iter()
            .find_map(|id| self.person_now(id));
        if let Some(heir) = heir.filter(|_| kind == Kind::Employee) {
            if !self.assignment.is_undo() {
                entry.event = LedgerEvent::MergedInto;
                entry.evidence = Evidence::Email;
            }
            entry.other = Some(heir);
        }
        emit(entry, false)?;
        self.roles_gone(kind, row, emit)
    }

    /// The roles of an old row that nobody has any more.
    fn roles_gone(&self, kind: Kind, row: u32, emit: Emit<'_>) -> Result<(), BuildError> {
        let (assigned, table) = (self.assignment.of(kind), self.old.table(kind));
        let stays = assigned
            .of_old(row)
            .and_then(|new| assigned.rows().get(new as usize));
        if stays.is_some_and(|new| matches!(new.origin, Origin::Kept(_) | Origin::Updated(_))) {
            return Ok(());
        }
        for (role, id) in (0..).zip(table.role_ids(row)).take(role_id_count(kind)) {
            if id == ObjectId::default() || self.person_now(&id).is_some() {
                continue;
            }
            let key = table.key(row, usize::from(role)).unwrap_or_default();
            let entry = LedgerEntry {
                role: Some(role),
                other: Some(table.id(row)),
                key: short(&key),
                ..self.entry(kind, id, self.goes())
            };
            emit(entry, false)?;
        }
        Ok(())
    }

    /// Records that probably are the same under another key, both ways.
    fn rekeyed(&self, emit: Emit<'_>) -> Result<(), BuildError> {
        for rekeyed in self.assignment.rekeyed() {
            let kind = rekeyed.kind;
            let (assigned, table) = (self.assignment.of(kind), self.old.table(kind));
            let Some(row) = assigned.of_candidate(rekeyed.candidate) else {
                continue;
            };
            let new = self.assignment.identity(kind, row, table);
            let old = rekeyed.old;
            let mut pairs = Vec::new();
            if assigned.of_old(old).is_none() && new.old.is_none() {
                pairs.push((None, table.id(old), new.id));
            }
            if kind == Kind::Employee {
                let role = usize::from(rekeyed.role);
                let ids = table
                    .role_id(old, role)
                    .zip(new.role_ids.get(role).copied());
                pairs.extend(ids.map(|(old, new)| (Some(rekeyed.role), old, new)));
            }
            for (role, old, new) in pairs {
                let entry = |id, event, other| LedgerEntry {
                    role,
                    evidence: rekeyed.evidence,
                    other: Some(other),
                    ..self.entry(kind, id, event)
                };
                emit(entry(old, LedgerEvent::RekeyedTo, new), false)?;
                emit(entry(new, LedgerEvent::RekeyedFrom, old), false)?;
            }
        }
        Ok(())
    }

    fn is_fresh(&self, id: ObjectId) -> bool {
        self.assignment.is_fresh(id)
    }

    /// What it is called when an id that is not published comes.
    fn comes(&self, id: ObjectId) -> LedgerEvent {
        match (self.is_fresh(id), self.assignment.is_undo()) {
            (true, _) => LedgerEvent::Given,
            (false, true) => LedgerEvent::RestoredByUndo,
            (false, false) => LedgerEvent::Returned,
        }
    }

    fn goes(&self) -> LedgerEvent {
        if self.assignment.is_undo() {
            LedgerEvent::WithdrawnByUndo
        } else {
            LedgerEvent::Left
        }
    }

    /// The person who has a role's id in the old snapshot.
    fn person_before(&self, role: u8, id: &ObjectId) -> Option<ObjectId> {
        let table = self.old.table(Kind::Employee);
        let rows = self.old.by_role_id(*ROLES.get(usize::from(role))?);
        let of = |row: &u32| table.role_id(*row, role.into()).unwrap_or_default();
        let at = rows.binary_search_by_key(id, of).ok()?;
        Some(table.id(*rows.get(at)?))
    }

    /// The person who has a role's id now, if it moved or its person's roles changed.
    fn person_now(&self, id: &ObjectId) -> Option<ObjectId> {
        if *id == ObjectId::default() {
            return None;
        }
        let at = self.people.binary_search_by_key(id, |(role, _)| *role);
        Some(self.people.get(at.ok()?)?.1)
    }
}

/// By what a record is known, as its row says.
fn evidence(kind: Kind, role: u8, row: Row<'_>) -> Evidence {
    match kind {
        Kind::Employee if role == 2 => Evidence::ByHand,
        Kind::Employee if role == 1 && !row.bytes(fields::employee::STAFF_BY_HAND).is_empty() => {
            Evidence::ByHand
        }
        Kind::School | Kind::Student | Kind::Employee | Kind::Section | Kind::Resource => {
            Evidence::SisId
        }
        Kind::ContactLink => Evidence::ContactAndStudent,
        Kind::Term => Evidence::TermNameAndDates,
        Kind::Course if row.bytes(fields::course::NUMBER).is_empty() => Evidence::CourseName,
        Kind::Course => Evidence::CourseNumber,
        Kind::Contact if !row.bytes(fields::contact::SIS_ID).is_empty() => Evidence::ContactSisId,
        Kind::Contact if !row.bytes(fields::contact::EMAIL).is_empty() => Evidence::NameAndEmail,
        Kind::Contact if !row.bytes(fields::contact::PHONE).is_empty() => Evidence::NameAndPhone,
        Kind::Contact => Evidence::NameAndType,
    }
}

fn short(key: &Hash) -> [u8; KEY] {
    key.first_chunk().copied().unwrap_or_default()
}
