//! A plan in words: one line per record that changes, with the reason. Natural keys and ids only; of a person whose key
//! holds a name or an email (a contact without an id in the SIS, a district admin), a few digits of the key's hash.

use std::collections::BTreeMap;
use std::fmt;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Candidate, Hash, Relation, Row, Snapshot, fields, fields_of};

use serde::{Serialize, Serializer};

use crate::fate::Fate;
use crate::people::{self, Person, ROLES, RoleFrom};
use crate::plan::Plan;

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// It is published for the first time, or after too long.
    Create,
    /// It comes back under the id it had.
    Restore,
    /// It changes.
    Update,
    /// It goes.
    Delete,
}

impl Verb {
    /// Every verb, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Create, Self::Restore, Self::Update, Self::Delete];

    /// The word for it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Restore => "restore",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Serialize for Verb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

/// Why something is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing with its key is published.
    New,
    /// It was away for less than the time after which ids are not given back.
    Returned,
    /// It is no longer sent.
    Absent,
    /// A field of its row changed; the column's name.
    Field(&'static str),
    /// It leads to other records than before.
    Leads(Relation),
    /// Its ties to students changed.
    Links,
    /// The person has a role it did not have.
    Gains(Role),
    /// The person no longer has a role.
    Loses(Role),
    /// The roles of this person are now another's: the one with this id, `None` if it has none yet.
    MergedInto(Option<ObjectId>),
    /// A role of this person was part of the one with this id.
    SplitFrom(ObjectId),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new"),
            Self::Returned => f.write_str("came back"),
            Self::Absent => f.write_str("no longer sent"),
            Self::Field(name) => f.write_str(name),
            Self::Leads(relation) => f.write_str(relation.name()),
            Self::Links => f.write_str("ties to students"),
            Self::Gains(role) => write!(f, "gains the role {}", role.text()),
            Self::Loses(role) => write!(f, "loses the role {}", role.text()),
            Self::MergedInto(Some(id)) => write!(f, "merged into {id}"),
            Self::MergedInto(None) => f.write_str("merged into a new person"),
            Self::SplitFrom(id) => write!(f, "was part of {id}"),
        }
    }
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What is done.
    pub verb: Verb,
    /// To a record of this kind.
    pub kind: Kind,
    /// The natural key, as far as it may be shown.
    pub key: String,
    /// The id, if the record has one already.
    pub id: Option<ObjectId>,
    /// Why; at least one reason.
    pub reasons: Vec<Reason>,
}

impl fmt::Display for Action {
    /// One line: `update students 1042 (5f00…): grade, student_schools`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.verb.text(), self.kind, self.key)?;
        if let Some(id) = self.id {
            write!(f, " ({id})")?;
        }
        let mut before = ": ";
        for reason in &self.reasons {
            write!(f, "{before}{reason}")?;
            before = ", ";
        }
        Ok(())
    }
}

impl Plan {
    /// The plan line by line: kinds in the order of [`Kind::ALL`]; inside a kind first what comes and changes, in the
    /// candidate's order, then what goes, ids ascending. `old` and `candidate` are those the plan was made from.
    pub fn actions<'a>(
        &'a self,
        old: &'a Snapshot,
        candidate: &'a Candidate,
    ) -> impl Iterator<Item = Action> + 'a {
        let words = Words::new(self, old, candidate);
        let words = std::rc::Rc::new(words);
        Kind::ALL.into_iter().flat_map(move |kind| {
            let (changing, going) = (words.clone(), words.clone());
            let fates = (0..).zip(self.fates(kind));
            let fates = fates.filter(|(_, fate)| !fate.is_unchanged());
            let changes = fates.map(move |(row, fate)| changing.change(kind, row, *fate));
            let deleted = self.deleted(kind).iter();
            changes.chain(deleted.map(move |row| going.deletion(kind, *row)))
        })
    }
}

/// Finds words for a plan.
pub(crate) struct Words<'a> {
    plan: &'a Plan,
    old: &'a Snapshot,
    candidate: &'a Candidate,
    /// Where roles of old employees went that did not stay with their person's id.
    heirs: BTreeMap<u32, u32>,
}

impl<'a> Words<'a> {
    fn new(plan: &'a Plan, old: &'a Snapshot, candidate: &'a Candidate) -> Self {
        let mut heirs = BTreeMap::new();
        for (row, person) in (0..).zip(plan.people()) {
            for from in person.roles {
                if let RoleFrom::Old(old) = from
                    && person.old != Some(old)
                {
                    heirs.entry(old).or_insert(row);
                }
            }
        }
        Self {
            heirs,
            ..Self::without_heirs(plan, old, candidate)
        }
    }

    /// Finds words for all but deletions.
    pub(crate) fn without_heirs(
        plan: &'a Plan,
        old: &'a Snapshot,
        candidate: &'a Candidate,
    ) -> Self {
        Self {
            plan,
            old,
            candidate,
            heirs: BTreeMap::new(),
        }
    }

    pub(crate) fn change(&self, kind: Kind, row: u32, fate: Fate) -> Action {
        let table = self.candidate.table(kind);
        let (verb, id) = match fate {
            Fate::Created => (Verb::Create, None),
            Fate::Restored(at) => {
                let record = self.plan.returned().get(at as usize);
                (Verb::Restore, record.map(|record| record.id))
            }
            Fate::Updated(old) | Fate::Unchanged(old) => {
                (Verb::Update, Some(self.old.table(kind).id(old)))
            }
        };
        let mut reasons = match (fate, fate.old()) {
            (_, Some(old)) if kind == Kind::Employee => self.person_reasons(row, old),
            (_, Some(old)) => self.reasons(kind, row, old, |_| true),
            (Fate::Restored(_), None) => vec![Reason::Returned],
            (_, None) => vec![Reason::New],
        };
        if kind == Kind::Employee && fate.old().is_none() {
            self.add_origins(row, &mut reasons);
        }
        Action {
            verb,
            kind,
            key: label(kind, table.row(row), table.keys(row).first()),
            id,
            reasons,
        }
    }

    fn deletion(&self, kind: Kind, row: u32) -> Action {
        let table = self.old.table(kind);
        let heir = self.heirs.get(&row).filter(|_| kind == Kind::Employee);
        let reason = heir.map_or(Reason::Absent, |heir| {
            let person = self.plan.people().get(*heir as usize);
            let returned = self.plan.returned();
            let id = person.and_then(|person| match (person.old, person.returned) {
                (Some(row), _) => Some(table.id(row)),
                (None, Some(at)) => returned.get(at as usize).map(|record| record.id),
                (None, None) => None,
            });
            Reason::MergedInto(id)
        });
        Action {
            verb: Verb::Delete,
            kind,
            key: label(kind, table.row(row), table.key(row, 0).as_ref()),
            id: Some(table.id(row)),
            reasons: vec![reason],
        }
    }

    /// What of a record changed; `concerns` leaves fields out.
    fn reasons(
        &self,
        kind: Kind,
        row: u32,
        old: u32,
        concerns: impl Fn(usize) -> bool,
    ) -> Vec<Reason> {
        let (new_row, old_row) = (
            self.candidate.table(kind).row(row),
            self.old.table(kind).row(old),
        );
        let fields = fields_of(kind).iter().enumerate();
        let changed =
            fields.filter(|(at, _)| concerns(*at) && new_row.bytes(*at) != old_row.bytes(*at));
        let mut reasons: Vec<_> = changed
            .map(|(_, field)| Reason::Field(field.name))
            .collect();
        for relation in Relation::of(kind) {
            if !self.same_keys(relation, row, old) {
                reasons.push(Reason::Leads(relation));
            }
        }
        if reasons.is_empty() && kind == Kind::Contact {
            reasons.push(Reason::Links);
        }
        reasons
    }

    fn person_reasons(&self, row: u32, old: u32) -> Vec<Reason> {
        let table = self.old.table(Kind::Employee);
        let mut reasons = Vec::new();
        let mut quiet = vec![fields::employee::ROLES..=fields::employee::ROLES];
        let person = self.plan.people().get(row as usize);
        let person = person.copied().unwrap_or_default();
        for ((at, role), from) in ROLES.into_iter().enumerate().zip(person.roles) {
            let had = table.key(old, at).is_some();
            match (had, from != RoleFrom::Nowhere) {
                (false, true) => reasons.push(Reason::Gains(role)),
                (true, false) => reasons.push(Reason::Loses(role)),
                _ => continue,
            }
            quiet.push(people::fields_of(role));
        }
        let concerns = |field: usize| !quiet.iter().any(|fields| fields.contains(&field));
        reasons.extend(self.reasons(Kind::Employee, row, old, concerns));
        reasons
    }

    /// The persons that roles of a new person came from.
    fn add_origins(&self, row: u32, reasons: &mut Vec<Reason>) {
        let person = self.plan.people().get(row as usize);
        for from in person.map(|person| person.roles).unwrap_or_default() {
            if let RoleFrom::Old(old) = from {
                let split = Reason::SplitFrom(self.old.table(Kind::Employee).id(old));
                if !reasons.contains(&split) {
                    reasons.push(split);
                }
            }
        }
    }

    /// Whether a relation leads to records of the same keys and ids on both sides.
    pub(crate) fn same_keys(&self, relation: Relation, row: u32, old: u32) -> bool {
        let fates = self.plan.fates(relation.to());
        let same = |row: &u32| {
            let old = fates.get(*row as usize)?.old()?;
            let person = self.plan.people().get(*row as usize);
            let as_teacher =
                |person: &Person| matches!(person.roles, [from, ..] if from == RoleFrom::Old(old));
            (relation != Relation::SectionTeachers || person.is_some_and(as_teacher)).then_some(old)
        };
        let targets = self.candidate.lists(relation).get(row).iter();
        let mut mapped: Vec<_> = targets.map(same).collect();
        if relation.ascends() {
            mapped.sort_unstable();
            mapped.dedup();
        }
        let before = self.old.lists(relation).get(old).iter();
        mapped.into_iter().eq(before.map(|row| Some(*row)))
    }
}

/// A few digits of a key that may not be shown.
pub(crate) fn hashed(key: Option<&Hash>) -> String {
    let digits = key.into_iter().flatten().take(4);
    digits.fold(String::from("#"), |text, byte| format!("{text}{byte:02x}"))
}

/// The natural key of a record, as far as it may be shown.
pub(crate) fn label(kind: Kind, row: Row<'_>, key: Option<&Hash>) -> String {
    let hashed = || hashed(key);
    let joined = |parts: &[String]| {
        let parts = parts.iter().filter(|part| !part.is_empty());
        parts.cloned().collect::<Vec<_>>().join(" ")
    };
    match kind {
        Kind::School => row.text(fields::school::SIS_ID).to_owned(),
        Kind::Student => row.text(fields::student::SIS_ID).to_owned(),
        Kind::Section => row.text(fields::section::SIS_ID).to_owned(),
        Kind::Resource => row.text(fields::resource::RESOURCE_ID).to_owned(),
        Kind::Course => match row.text(fields::course::NUMBER) {
            "" => row.text(fields::course::NAME).to_owned(),
            number => number.to_owned(),
        },
        Kind::Term => {
            let day = |field| {
                row.date(field)
                    .map_or_else(String::new, |day| day.to_string())
            };
            let (start, end) = (day(fields::term::START), day(fields::term::END));
            joined(&[row.text(fields::term::NAME).to_owned(), start, end])
        }
        Kind::Contact => match row.text(fields::contact::SIS_ID) {
            "" => hashed(),
            id => id.to_owned(),
        },
        Kind::ContactLink => hashed(),
        Kind::Employee => {
            let role = |name: &str, id: &str| match id {
                "" => String::new(),
                id => format!("{name}:{id}"),
            };
            let teacher = role("teacher", row.text(fields::employee::TEACHER_SIS_ID));
            let staff = role("staff", row.text(fields::employee::STAFF_ID));
            match joined(&[teacher, staff]) {
                none if none.is_empty() => "district_admin".to_owned(),
                some => some,
            }
        }
    }
}
