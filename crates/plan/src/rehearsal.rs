//! Matching rehearsed: how well each rung would find the accounts that an app has, before anything is linked (integration-side
//! A3.13), and which rows of a table of old and new ids fit nothing (A3.14).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;

use crate::known::{Account, Known, KnownError, Local};
use crate::policy::{Act, Key, Policy};
use crate::records;
use crate::values;

/// How well each rung would do, kinds and rungs in their order, the strongest rung first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// One for each kind of person, rung and field that records have.
    pub rungs: Vec<Rehearsed>,
}

/// How well one field of one rung would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// The kind of record.
    pub kind: Kind,
    /// The rung.
    pub key: Key,
    /// The field; blank for a rung of several.
    pub field: &'static str,
    /// What the policy lets the rung do.
    pub act: Act,
    /// Records that nobody knows yet.
    pub records: u64,
    /// Those with a blank value, or one that must not match anything.
    pub blank: u64,
    /// Those that fit no account.
    pub none: u64,
    /// Those that fit exactly one, which no other record fits.
    pub one: u64,
    /// Those that fit several accounts, or one that others fit too.
    pub many: u64,
    /// Some of those that fit none, by id.
    pub none_samples: Vec<ObjectId>,
    /// Some of those that fit one, with the account.
    pub one_samples: Vec<(ObjectId, Local)>,
    /// Some of those that fit several, with the accounts.
    pub many_samples: Vec<(ObjectId, Vec<Local>)>,
}

/// At most so many samples of each sort.
const SAMPLES: usize = 5;

const PEOPLE: [Kind; 3] = [Kind::Student, Kind::Employee, Kind::Contact];

/// Tries every rung on the records that nobody knows yet, also those that the policy has switched off. Nothing is decided by
/// it: whoever reads it chooses the rungs.
pub fn rehearse(
    mirror: &Snapshot,
    known: &dyn Known,
    policy: &Policy,
) -> Result<Rehearsal, KnownError> {
    let mut rehearsal = Rehearsal::default();
    for kind in PEOPLE.into_iter().filter(|kind| policy.wants(*kind)) {
        let linked = known.links(kind)?;
        let linked: BTreeSet<ObjectId> = linked.into_iter().map(|link| link.source).collect();
        let table = mirror.table(kind);
        let new: Vec<u32> = (0..table.len())
            .filter(|row| !linked.contains(&table.id(*row)))
            .collect();
        for (key, field) in fields(kind) {
            let tried = Tried {
                mirror,
                known,
                kind,
                key,
                field,
            };
            let act = policy.ladder.act(kind, key);
            rehearsal.rungs.push(tried.on(&new, act)?);
        }
    }
    Ok(rehearsal)
}

/// The fields by which records of a kind can be found, the strongest first.
fn fields(kind: Kind) -> Vec<(Key, &'static str)> {
    match kind {
        Kind::Student => vec![
            (Key::SisId, "sis_id"),
            (Key::Number, "student_number"),
            (Key::StateId, "state_id"),
            (Key::Username, "username"),
            (Key::Email, "email"),
            (Key::NameBirthdaySchool, ""),
        ],
        Kind::Employee => vec![
            (Key::SisId, "teacher_sis_id"),
            (Key::SisId, "staff_sis_id"),
            (Key::Number, "teacher_number"),
            (Key::StateId, "teacher_state_id"),
            (Key::Username, "teacher_username"),
            (Key::Username, "staff_username"),
            (Key::Email, "teacher_email"),
            (Key::Email, "staff_email"),
            (Key::Email, "admin_email"),
        ],
        Kind::Contact => vec![(Key::SisId, "sis_id"), (Key::Email, "email")],
        _ => Vec::new(),
    }
}

/// One field of one rung.
struct Tried<'a> {
    mirror: &'a Snapshot,
    known: &'a dyn Known,
    kind: Kind,
    key: Key,
    field: &'static str,
}

impl Tried<'_> {
    fn on(&self, rows: &[u32], act: Act) -> Result<Rehearsed, KnownError> {
        let mut rehearsed = Rehearsed {
            kind: self.kind,
            key: self.key,
            field: self.field,
            act,
            records: rows.len() as u64,
            blank: 0,
            none: 0,
            one: 0,
            many: 0,
            none_samples: Vec::new(),
            one_samples: Vec::new(),
            many_samples: Vec::new(),
        };
        let mut fits: Vec<(ObjectId, Vec<Local>)> = Vec::new();
        let mut of: BTreeMap<Local, u64> = BTreeMap::new();
        let table = self.mirror.table(self.kind);
        for row in rows {
            let values = self.values(*row);
            if values.is_empty() {
                rehearsed.blank += 1;
                continue;
            }
            let mut accounts = BTreeSet::new();
            for value in values {
                let found = self.known.accounts(self.kind, self.key, &value)?;
                accounts.extend(
                    found
                        .iter()
                        .filter(|account| self.is_free(account))
                        .map(|account| account.local),
                );
            }
            for account in &accounts {
                *of.entry(*account).or_default() += 1;
            }
            fits.push((table.id(*row), accounts.into_iter().collect()));
        }
        for (source, accounts) in fits {
            match &accounts[..] {
                [] => {
                    rehearsed.none += 1;
                    sample(&mut rehearsed.none_samples, source);
                }
                [account] if of.get(account) == Some(&1) => {
                    rehearsed.one += 1;
                    sample(&mut rehearsed.one_samples, (source, *account));
                }
                _ => {
                    rehearsed.many += 1;
                    sample(&mut rehearsed.many_samples, (source, accounts));
                }
            }
        }
        Ok(rehearsed)
    }

    /// Whether no record of the mirror has the account already.
    fn is_free(&self, account: &Account) -> bool {
        let table = self.mirror.table(self.kind);
        account.linked.is_none_or(|id| table.find(&id).is_none())
    }

    /// What a record has in the field, in the form in which it is compared.
    fn values(&self, row: u32) -> Vec<String> {
        if self.field.is_empty() {
            return records::keys(self.mirror, self.kind, row, self.key);
        }
        let fields = values::all(self.kind);
        let field = fields.iter().find(|field| field.name == self.field);
        let text = field.map(|field| field.text(self.mirror, self.kind, row));
        let value = text.map(|text| self.key.normal(&text));
        value
            .into_iter()
            .filter(|value| !value.is_empty())
            .collect()
    }
}

fn sample<T>(samples: &mut Vec<T>, one: T) {
    if samples.len() < SAMPLES {
        samples.push(one);
    }
}

/// A row of a table of old and new ids, as a person uploads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The kinds of record it may be about.
    pub kinds: Vec<Kind>,
    /// Whether the ids are the source's; otherwise they are those of the SIS.
    pub source_ids: bool,
    /// The old id.
    pub old: String,
    /// The new one.
    pub new: String,
}

/// Why a row of such a table does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misfit {
    /// An id is not written as the source's are.
    NoId,
    /// Both ids are the same.
    Same,
    /// The app knows nobody by the old id.
    OldUnknown,
    /// The source still shares the old id.
    OldStillThere,
    /// The source shares nobody with the new id.
    NewUnknown,
    /// The new id has an account of its own.
    NewTaken,
}

impl Misfit {
    /// The word for it in reports.
    pub fn text(self) -> &'static str {
        match self {
            Self::NoId => "no_id",
            Self::Same => "same",
            Self::OldUnknown => "old_unknown",
            Self::OldStillThere => "old_still_there",
            Self::NewUnknown => "new_unknown",
            Self::NewTaken => "new_taken",
        }
    }
}

/// The rows that would do nothing, by their places in the table, and why. `base` is the mirror that was applied last.
pub fn misfits(
    rows: &[Crossing],
    base: &Snapshot,
    mirror: &Snapshot,
    known: &dyn Known,
) -> Result<Vec<(usize, Misfit)>, KnownError> {
    let mut links: BTreeMap<Kind, BTreeSet<ObjectId>> = BTreeMap::new();
    let mut numbers: BTreeMap<(Kind, bool), BTreeMap<String, ObjectId>> = BTreeMap::new();
    for kind in rows.iter().flat_map(|row| &row.kinds) {
        if !links.contains_key(kind) {
            let of = known.links(*kind)?;
            links.insert(*kind, of.into_iter().map(|link| link.source).collect());
            numbers.insert((*kind, false), by_number(base, *kind));
            numbers.insert((*kind, true), by_number(mirror, *kind));
        }
    }
    let find = |row: &Crossing, kind: Kind, now: bool| {
        let text = if now { &row.new } else { &row.old };
        if row.source_ids {
            return ObjectId::from_hex(text);
        }
        numbers.get(&(kind, now))?.get(text).copied()
    };
    let judge = |row: &Crossing| -> Option<Misfit> {
        if row.old == row.new {
            return Some(Misfit::Same);
        }
        let ids = [&row.old, &row.new].map(|text| ObjectId::from_hex(text));
        if row.source_ids && ids.contains(&None) {
            return Some(Misfit::NoId);
        }
        let mut worst = Misfit::OldUnknown;
        for kind in &row.kinds {
            let known = |id: &ObjectId| links.get(kind).is_some_and(|of| of.contains(id));
            let shared = |id: &ObjectId| mirror.table(*kind).find(id).is_some();
            let Some(old) = find(row, *kind, false).filter(known) else {
                continue;
            };
            let why = match find(row, *kind, true).filter(shared) {
                _ if shared(&old) => Misfit::OldStillThere,
                None => Misfit::NewUnknown,
                Some(new) if known(&new) => Misfit::NewTaken,
                Some(_) => return None,
            };
            worst = worst.max(why);
        }
        Some(worst)
    };
    let misfits = (0..).zip(rows);
    Ok(misfits
        .filter_map(|(place, row)| judge(row).map(|why| (place, why)))
        .collect())
}

/// Who has an id in the SIS.
fn by_number(snapshot: &Snapshot, kind: Kind) -> BTreeMap<String, ObjectId> {
    let table = snapshot.table(kind);
    let rows = (0..table.len()).flat_map(|row| {
        let ids = records::sis_ids(snapshot, kind, row).into_iter();
        ids.map(move |(_, id)| (id.to_owned(), table.id(row)))
    });
    rows.collect()
}
