//! What a plan's changes have in common: the same people under other keys, keys that lost zeros, columns that were swapped,
//! a file that was cut off. Found once, while both sides are at hand; guards judge the numbers, patterns put them in words.

mod cut;
mod timetable;
mod without_ids;

use homeroom_model::{Grade, Kind};
use homeroom_segment::{Evidence, Rekeyed, Relation, Row, fields};

use crate::compare::Comparison;
use crate::counts::Served;
use crate::fate::Fate;
use crate::limit::Share;
use crate::pairs::{Fingerprint, Pairs};
use crate::people::RoleFrom;
use crate::plan::KindPlan;

/// The types whose records have a key of their own.
pub(crate) const KEYED: [Served; 5] = [
    Served::Schools,
    Served::Students,
    Served::Teachers,
    Served::Staff,
    Served::Sections,
];

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signs {
    /// Likely pairs of a record that goes and one that comes, ascending.
    pub(crate) rekeyed: Vec<Rekeyed>,
    by_type: [TypeSigns; Served::ALL.len()],
    /// Students who change their primary school.
    pub(crate) moved_school: u64,
    /// Students who are one grade higher.
    pub(crate) promoted: u64,
    /// Sections that keep none of the students they had.
    pub(crate) emptied: Share,
}

/// What was found among the records of one type.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TypeSigns {
    /// Pairs by what is not the key: the same person, the same place in the timetable.
    pub(crate) same: u64,
    /// Pairs whose keys differ in capital letters only.
    pub(crate) case: u64,
    /// Pairs whose keys differ in zeros in front only.
    pub(crate) zeros: u64,
    /// Records that had an email and have another, or none.
    pub(crate) emails: u64,
    /// Published records that have an email, counted if any has another.
    pub(crate) with_email: u64,
    /// Records that have another name or date of birth.
    pub(crate) names: u64,
    /// Those of them whose first and last name changed places.
    pub(crate) swapped: u64,
    /// How much of the end of the type's records is gone, if it looks cut off.
    pub(crate) cut: Option<Share>,
}

impl Signs {
    pub(crate) fn of(&self, kind: Served) -> TypeSigns {
        let signs = self.by_type.get(kind as usize);
        signs.copied().unwrap_or_default()
    }

    fn of_mut(&mut self, kind: Served) -> &mut TypeSigns {
        #[expect(
            clippy::indexing_slicing,
            reason = "there are signs for every type, in the order of the enum"
        )]
        &mut self.by_type[kind as usize]
    }
}

/// Where the records of a type with a key of their own are kept.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) role: usize,
    /// The field that holds the key.
    pub(crate) key: usize,
    /// Email, first and last name, for people who can be mixed up.
    person: Option<[usize; 3]>,
}

/// Where a type's records are; `None` for types without keys of their own.
pub(crate) fn place(served: Served) -> Option<Place> {
    use fields::{employee as e, student as s};
    let place = |kind, role, key, person| {
        Some(Place {
            kind,
            role,
            key,
            person,
        })
    };
    let [teacher, staff] = [
        [e::TEACHER_EMAIL, e::TEACHER_FIRST, e::TEACHER_LAST],
        [e::STAFF_EMAIL, e::STAFF_FIRST, e::STAFF_LAST],
    ];
    match served {
        Served::Schools => place(Kind::School, 0, fields::school::SIS_ID, None),
        Served::Students => {
            let student = [s::EMAIL, s::FIRST, s::LAST];
            place(Kind::Student, 0, s::SIS_ID, Some(student))
        }
        Served::Teachers => place(Kind::Employee, 0, e::TEACHER_SIS_ID, Some(teacher)),
        Served::Staff => place(Kind::Employee, 1, e::STAFF_ID, Some(staff)),
        Served::Sections => place(Kind::Section, 0, fields::section::SIS_ID, None),
        _ => None,
    }
}

/// Looks at everything that changes. Nothing that stays as it is is read, so a quiet day costs nothing.
pub(crate) fn find(comparison: &Comparison<'_>, kinds: &[KindPlan]) -> Signs {
    let mut finder = Finder {
        comparison,
        kinds,
        signs: Signs::default(),
    };
    for served in KEYED {
        finder.keys(served);
        finder.edits(served);
        finder.cut(served);
    }
    finder.with_email();
    finder.contacts();
    finder.courses();
    finder.moves();
    finder.emptied();
    finder.signs.rekeyed.sort_unstable();
    finder.signs
}

struct Finder<'a> {
    comparison: &'a Comparison<'a>,
    kinds: &'a [KindPlan],
    signs: Signs,
}

impl<'a> Finder<'a> {
    fn plan(&self, kind: Kind) -> Option<&'a KindPlan> {
        self.kinds.get(kind as usize)
    }

    /// The rows of the old table that go.
    fn gone(&self, place: Place) -> Vec<u32> {
        if place.kind == Kind::Employee {
            return self.comparison.roles_gone(place.role).collect();
        }
        let deleted = self.plan(place.kind).map(|plan| plan.deleted.as_slice());
        deleted.unwrap_or(&[]).to_vec()
    }

    /// The rows of the candidate that come for the first time.
    fn come(&self, place: Place) -> Vec<u32> {
        if place.kind == Kind::Employee {
            let people = (0..).zip(&self.comparison.people);
            let new = people.filter(|(_, person)| {
                let role = person.roles.get(place.role);
                role == Some(&RoleFrom::New)
            });
            return new.map(|(row, _)| row).collect();
        }
        let fates = self.plan(place.kind).map(|plan| plan.fates.as_slice());
        let rows = (0..).zip(fates.unwrap_or(&[]));
        let new = rows.filter(|(_, fate)| **fate == Fate::Created);
        new.map(|(row, _)| row).collect()
    }

    fn old_row(&self, kind: Kind, row: u32) -> Row<'a> {
        self.comparison.old.table(kind).row(row)
    }

    fn new_row(&self, kind: Kind, row: u32) -> Row<'a> {
        self.comparison.candidate.table(kind).row(row)
    }

    /// Records under other keys.
    fn keys(&mut self, served: Served) {
        let Some(place) = place(served) else { return };
        let (gone, come) = (self.gone(place), self.come(place));
        if gone.is_empty() || come.is_empty() {
            return;
        }
        let kind = place.kind;
        let by = |print: fn(&str) -> Option<Fingerprint>| {
            let key = |row: Row<'_>| print(row.text(place.key));
            let old = gone.iter().map(|row| (*row, key(self.old_row(kind, *row))));
            let new = come.iter().map(|row| (*row, key(self.new_row(kind, *row))));
            Pairs::find(old, new)
        };
        let case = by(Fingerprint::without_case);
        let zeros = by(Fingerprint::without_zeros);
        let (evidence, same) = self.same(served, place, &gone, &come);
        let signs = self.signs.of_mut(served);
        signs.case = case.len() as u64;
        signs.zeros = zeros.len() as u64;
        signs.same = same.len() as u64;
        // The better evidence first: of what is paired already the others say nothing new.
        let found = [
            (evidence, same),
            (Evidence::KeyWithoutCase, case),
            (Evidence::KeyWithoutZeros, zeros),
        ];
        self.note(kind, place.role, found);
    }

    /// Adds pairs of which neither side is part of another.
    fn note(
        &mut self,
        kind: Kind,
        role: usize,
        found: impl IntoIterator<Item = (Evidence, Vec<(u32, u32)>)>,
    ) {
        let (mut old_rows, mut new_rows) =
            (roaring::RoaringBitmap::new(), roaring::RoaringBitmap::new());
        for (evidence, pairs) in found {
            for (old, candidate) in pairs {
                if old_rows.contains(old) || new_rows.contains(candidate) {
                    continue;
                }
                old_rows.insert(old);
                new_rows.insert(candidate);
                self.signs.rekeyed.push(Rekeyed {
                    kind,
                    role: u8::try_from(role).unwrap_or(u8::MAX),
                    old,
                    candidate,
                    evidence,
                });
            }
        }
    }

    /// Pairs by what is not the key.
    fn same(
        &self,
        served: Served,
        place: Place,
        gone: &[u32],
        come: &[u32],
    ) -> (Evidence, Vec<(u32, u32)>) {
        let kind = place.kind;
        let by = |print: &dyn Fn(Row<'_>) -> Option<Fingerprint>| {
            let old = gone
                .iter()
                .map(|row| (*row, print(self.old_row(kind, *row))));
            let new = come
                .iter()
                .map(|row| (*row, print(self.new_row(kind, *row))));
            Pairs::find(old, new)
        };
        match served {
            Served::Schools => (
                Evidence::Name,
                by(&|row| Fingerprint::without_case(row.text(fields::school::NAME))),
            ),
            Served::Students => (Evidence::NameAndDob, by(&student)),
            Served::Sections => (Evidence::SectionPlace, self.sections(gone, come)),
            _ => {
                let email = place.person.map_or(place.key, |[email, ..]| email);
                (
                    Evidence::Email,
                    by(&|row| Fingerprint::without_case(row.text(email))),
                )
            }
        }
    }

    /// Emails and names of people who stay.
    fn edits(&mut self, served: Served) {
        let Some((place, [email, first, last])) =
            place(served).and_then(|place| Some((place, place.person?)))
        else {
            return;
        };
        let Some(plan) = self.plan(place.kind) else {
            return;
        };
        let mut signs = self.signs.of(served);
        for (row, fate) in (0..).zip(&plan.fates) {
            if fate.is_unchanged() {
                continue;
            }
            let Some(old) = self.before(place, row, *fate) else {
                continue;
            };
            let (was, is) = (self.old_row(place.kind, old), self.new_row(place.kind, row));
            let differs = |field: usize| was.bytes(field) != is.bytes(field);
            signs.emails += u64::from(differs(email) && !was.bytes(email).is_empty());
            let dob = place.kind == Kind::Student && differs(fields::student::DOB);
            signs.names += u64::from(differs(first) || differs(last) || dob);
            let swapped = differs(first)
                && was.bytes(first) == is.bytes(last)
                && was.bytes(last) == is.bytes(first);
            signs.swapped += u64::from(swapped);
        }
        *self.signs.of_mut(served) = signs;
    }

    /// How many emails of employees there are, of all roles that files have.
    fn with_email(&mut self) {
        let kinds = [Served::Teachers, Served::Staff];
        if kinds.iter().all(|kind| self.signs.of(*kind).emails == 0) {
            return;
        }
        let table = self.comparison.old.table(Kind::Employee);
        for kind in kinds {
            let email = place(kind).and_then(|place| Some(place.person?[0]));
            let has = |row: &u32| email.is_some_and(|at| !table.row(*row).bytes(at).is_empty());
            let count = (0..table.len()).filter(has).count();
            self.signs.of_mut(kind).with_email = count as u64;
        }
    }

    /// The row of the old table that holds the same record, or role.
    fn before(&self, place: Place, row: u32, fate: Fate) -> Option<u32> {
        if place.kind != Kind::Employee {
            return fate.old();
        }
        let person = self.comparison.people.get(row as usize)?;
        match person.roles.get(place.role)? {
            RoleFrom::Old(old) => Some(*old),
            RoleFrom::Nowhere | RoleFrom::Returned(_) | RoleFrom::New => None,
        }
    }

    /// Students who change their primary school or are promoted.
    fn moves(&mut self) {
        let Some(plan) = self.plan(Kind::Student) else {
            return;
        };
        let (old, candidate) = (self.comparison.old, self.comparison.candidate);
        let relation = Relation::StudentSchool;
        let rank = |row: Row<'_>| row.known::<Grade>(fields::student::GRADE)?.rank();
        for (row, fate) in (0..).zip(&plan.fates) {
            if let Fate::Updated(before) = *fate {
                let (was, is) = (
                    rank(self.old_row(Kind::Student, before)),
                    rank(self.new_row(Kind::Student, row)),
                );
                let promoted = was
                    .zip(is)
                    .is_some_and(|(was, is)| (1..=2).contains(&(is - was)));
                self.signs.promoted += u64::from(promoted);
                let school = candidate.lists(relation).get(row).first();
                let school = school.and_then(|row| self.comparison.matches(Kind::School).old(*row));
                let moved = school.is_none() || school != old.lists(relation).first(before);
                self.signs.moved_school += u64::from(moved);
            }
        }
    }

    fn emptied(&mut self) {
        let Some(plan) = self.plan(Kind::Section) else {
            return;
        };
        let (old, candidate) = (self.comparison.old, self.comparison.candidate);
        let relation = Relation::SectionStudents;
        for (row, fate) in (0..).zip(&plan.fates) {
            let Some(before) = fate.old() else { continue };
            let had = !old.lists(relation).get(before).is_empty();
            self.signs.emptied.whole += u64::from(had);
            let empty = candidate.lists(relation).get(row).is_empty();
            self.signs.emptied.part += u64::from(had && empty);
        }
    }
}

/// The same student: name and date of birth, else email.
fn student(row: Row<'_>) -> Option<Fingerprint> {
    use fields::student as f;
    let dob = row.bytes(f::DOB);
    if dob.is_empty() {
        return Fingerprint::without_case(row.text(f::EMAIL));
    }
    Fingerprint::of_person(row.text(f::FIRST), row.text(f::LAST), dob)
}
