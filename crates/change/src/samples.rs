//! Some of the records that change, so that a person sees what a number means.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Candidate, Relation, Row, Snapshot, fields};

use crate::action::{Verb, Words, hashed, label};
use crate::counts::Served;
use crate::fate::Fate;
use crate::people::{ROLES, RoleFrom};
use crate::plan::Plan;
use crate::summary::{Sample, SummaryLimits};

/// Samples per type, and per school and type. Of more than are wanted those with the smallest SIS ids are kept, so that the
/// order of files does not count.
pub(crate) struct Samples<'a> {
    plan: &'a Plan,
    old: &'a Snapshot,
    candidate: &'a Candidate,
    limits: &'a SummaryLimits,
    district: BTreeMap<(Served, Verb), Smallest>,
    schools: HashMap<(School, Served, Verb), Smallest>,
    /// For each of the old table's schools its row in the candidate, if it is still there.
    stays: Vec<Option<u32>>,
    by_sis_id: HashMap<&'a str, School>,
}

/// A school: a row of the candidate, or of the old table if it goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum School {
    New(u32),
    Old(u32),
}

/// A record that changes, before anything is said about it.
#[derive(Clone, Copy)]
struct Change {
    served: Served,
    kind: Kind,
    verb: Verb,
    /// The role, for employees.
    role: Option<usize>,
    /// Rows of the old table and of the candidate.
    old: Option<u32>,
    new: Option<u32>,
}

/// The records with the smallest names.
#[derive(Default)]
struct Smallest(BTreeMap<String, Change>);

impl Smallest {
    fn add(&mut self, name: &str, change: Change, most: usize) {
        if self.0.len() >= most
            && self
                .0
                .last_key_value()
                .is_none_or(|(last, _)| name >= last.as_str())
        {
            return;
        }
        self.0.insert(name.to_owned(), change);
        if self.0.len() > most {
            self.0.pop_last();
        }
    }
}

impl<'a> Samples<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        old: &'a Snapshot,
        candidate: &'a Candidate,
        limits: &'a SummaryLimits,
    ) -> Self {
        let (table, rows) = (old.table(Kind::School), candidate.table(Kind::School));
        let mut stays = vec![None; table.len() as usize];
        for (row, fate) in (0..).zip(plan.fates(Kind::School)) {
            if let Some(slot) = fate.old().and_then(|old| stays.get_mut(old as usize)) {
                *slot = Some(row);
            }
        }
        let named = |row: Row<'a>, school| (row.text(fields::school::SIS_ID), school);
        let gone = (0..table.len()).map(|row| named(table.row(row), School::Old(row)));
        let here = (0..rows.len()).map(|row| named(rows.row(row), School::New(row)));
        Self {
            plan,
            old,
            candidate,
            limits,
            district: BTreeMap::new(),
            schools: HashMap::new(),
            stays,
            by_sis_id: gone.chain(here).collect(),
        }
    }

    /// Looks at everything that changes.
    pub(crate) fn collect(&mut self) {
        let simple = [
            (Served::Schools, Kind::School),
            (Served::Students, Kind::Student),
            (Served::Contacts, Kind::Contact),
            (Served::Sections, Kind::Section),
            (Served::Courses, Kind::Course),
            (Served::Terms, Kind::Term),
        ];
        for (served, kind) in simple {
            for (row, fate) in (0..).zip(self.plan.fates(kind)) {
                if let Some(verb) = verb(*fate) {
                    self.add(Change {
                        served,
                        kind,
                        verb,
                        role: None,
                        old: fate.old(),
                        new: Some(row),
                    });
                }
            }
            for row in self.plan.deleted(kind) {
                self.add(Change {
                    served,
                    kind,
                    verb: Verb::Delete,
                    role: None,
                    old: Some(*row),
                    new: None,
                });
            }
        }
        let roles = [Served::Teachers, Served::Staff, Served::DistrictAdmins];
        for (role, served) in roles.into_iter().enumerate() {
            self.role(role, served);
        }
    }

    fn role(&mut self, role: usize, served: Served) {
        let kind = Kind::Employee;
        let mut lives = vec![false; self.old.table(kind).len() as usize];
        let people = self.plan.people();
        for ((row, person), fate) in (0..).zip(people).zip(self.plan.fates(kind)) {
            let from = person.roles.get(role).copied().unwrap_or_default();
            if let RoleFrom::Old(old) = from
                && let Some(slot) = lives.get_mut(old as usize)
            {
                *slot = true;
            }
            let (verb, old) = match from {
                RoleFrom::Nowhere => continue,
                RoleFrom::New => (Verb::Create, None),
                RoleFrom::Returned(_) => (Verb::Restore, None),
                RoleFrom::Old(_) if fate.is_unchanged() => continue,
                RoleFrom::Old(old) if fate.old() == Some(old) && self.same_role(role, row, old) => {
                    continue;
                }
                RoleFrom::Old(old) => (Verb::Update, Some(old)),
            };
            self.add(Change {
                served,
                kind,
                verb,
                role: Some(role),
                old,
                new: Some(row),
            });
        }
        for (row, lives) in (0..).zip(lives) {
            if !lives && self.old.table(kind).key(row, role).is_some() {
                self.add(Change {
                    served,
                    kind,
                    verb: Verb::Delete,
                    role: Some(role),
                    old: Some(row),
                    new: None,
                });
            }
        }
    }

    fn same_role(&self, role: usize, row: u32, old: u32) -> bool {
        let Some(named) = ROLES.get(role) else {
            return true;
        };
        let (new_row, old_row) = (
            self.candidate.table(Kind::Employee).row(row),
            self.old.table(Kind::Employee).row(old),
        );
        let words = Words::without_heirs(self.plan, self.old, self.candidate);
        let relations: &[Relation] = match role {
            0 => &[Relation::TeacherSchool, Relation::TeacherSchools],
            1 => &[Relation::StaffSchools],
            _ => &[],
        };
        crate::people::fields_of(*named).all(|field| new_row.bytes(field) == old_row.bytes(field))
            && relations
                .iter()
                .all(|relation| words.same_keys(*relation, row, old))
    }

    fn add(&mut self, change: Change) {
        let name = self.name(change);
        let most = self.limits.samples;
        let key = (change.served, change.verb);
        self.district
            .entry(key)
            .or_default()
            .add(&name, change, most);
        if let Some(school) = self.school(change) {
            let most = self.limits.school_samples;
            let key = (school, change.served, change.verb);
            self.schools
                .entry(key)
                .or_default()
                .add(&name, change, most);
        }
    }

    /// The samples of a type.
    pub(crate) fn of_district(&self, kind: Served) -> Vec<Sample> {
        let verbs = Verb::ALL.into_iter();
        let found = verbs.filter_map(|verb| self.district.get(&(kind, verb)));
        found.flat_map(|smallest| self.told(smallest)).collect()
    }

    /// The samples of a type in a school.
    pub(crate) fn of_school(&self, school: &str, kind: Served) -> Vec<Sample> {
        let Some(school) = self.by_sis_id.get(school) else {
            return Vec::new();
        };
        let verbs = Verb::ALL.into_iter();
        let found = verbs.filter_map(|verb| self.schools.get(&(*school, kind, verb)));
        found.flat_map(|smallest| self.told(smallest)).collect()
    }

    fn told(&self, smallest: &Smallest) -> Vec<Sample> {
        let changes = smallest.0.iter();
        changes
            .map(|(name, change)| self.sample(name, *change))
            .collect()
    }

    fn sample(&self, name: &str, change: Change) -> Sample {
        let words = Words::without_heirs(self.plan, self.old, self.candidate);
        let fates = self.plan.fates(change.kind);
        let (clever_id, reasons) = match change.new {
            None => (self.old_id(change), Vec::new()),
            Some(row) => {
                let fate = fates.get(row as usize).copied().unwrap_or(Fate::Created);
                let action = words.change(change.kind, row, fate);
                let id = self.old_id(change).or(action.id);
                (id, action.reasons)
            }
        };
        let mut fields: Vec<_> = reasons.iter().map(ToString::to_string).collect();
        if fields.is_empty() {
            fields.push("no longer sent".to_owned());
        }
        Sample {
            action: change.verb,
            sis_id: name.to_owned(),
            clever_id,
            school: self.school(change).map(|school| self.sis_id(school)),
            fields,
        }
    }

    fn old_id(&self, change: Change) -> Option<ObjectId> {
        Some(self.old.table(change.kind).id(change.old?))
    }

    fn row(&self, change: Change) -> Row<'a> {
        match (change.new, change.old) {
            (Some(row), _) => self.candidate.table(change.kind).row(row),
            (None, old) => self.old.table(change.kind).row(old.unwrap_or(u32::MAX)),
        }
    }

    /// What a record is called: the SIS id of its role, for employees.
    fn name(&self, change: Change) -> Cow<'a, str> {
        use fields::employee as f;
        let row = self.row(change);
        let key = |role: usize| match (change.new, change.old) {
            (Some(row), _) => {
                let keys = self.candidate.table(change.kind).keys(row);
                keys.get(role).copied()
            }
            (None, old) => self.old.table(change.kind).key(old?, role),
        };
        match (change.kind, change.role) {
            (Kind::Student, _) => Cow::Borrowed(row.text(fields::student::SIS_ID)),
            (Kind::Section, _) => Cow::Borrowed(row.text(fields::section::SIS_ID)),
            (_, Some(0)) => Cow::Borrowed(row.text(f::TEACHER_SIS_ID)),
            (_, Some(1)) => Cow::Borrowed(row.text(f::STAFF_ID)),
            (_, Some(role)) => Cow::Owned(hashed(key(role).as_ref())),
            (kind, None) => Cow::Owned(label(kind, row, key(0).as_ref())),
        }
    }

    /// A record's school, the one in the old snapshot for what goes.
    fn school(&self, change: Change) -> Option<School> {
        let relation = match change.served {
            Served::Students => Relation::StudentSchool,
            Served::Teachers => Relation::TeacherSchool,
            Served::Staff => Relation::StaffSchools,
            Served::Sections => Relation::SectionSchool,
            _ => return None,
        };
        if let Some(row) = change.new {
            let school = self.candidate.lists(relation).get(row).first()?;
            return Some(School::New(*school));
        }
        let school = self.old.lists(relation).first(change.old?)?;
        let stays = self.stays.get(school as usize).copied().flatten();
        Some(stays.map_or(School::Old(school), School::New))
    }

    fn sis_id(&self, school: School) -> String {
        let row = match school {
            School::New(row) => self.candidate.table(Kind::School).row(row),
            School::Old(row) => self.old.table(Kind::School).row(row),
        };
        row.text(fields::school::SIS_ID).to_owned()
    }
}

fn verb(fate: Fate) -> Option<Verb> {
    match fate {
        Fate::Unchanged(_) => None,
        Fate::Updated(_) => Some(Verb::Update),
        Fate::Created => Some(Verb::Create),
        Fate::Restored(_) => Some(Verb::Restore),
    }
}
