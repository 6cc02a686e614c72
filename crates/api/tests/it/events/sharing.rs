//! Rules of what is shared, of any kind and in any combination, and how they change from day to day.

use homeroom_model::{Allow, Field, Kind, Mask, ObjectId, Role, Scope};
use homeroom_segment::{Relation, Snapshot};
use homeroom_testkit::Dice;

/// Every field that can be hidden.
const FIELDS: [Field; 37] = [
    Field::SchoolExt,
    Field::SchoolPrincipal,
    Field::SchoolPhone,
    Field::SchoolLocation,
    Field::StudentNumber,
    Field::StudentStateId,
    Field::StudentPreferredName,
    Field::StudentGrade,
    Field::StudentGender,
    Field::StudentGraduationYear,
    Field::StudentDob,
    Field::StudentRace,
    Field::StudentHispanicEthnicity,
    Field::StudentHomeLanguage,
    Field::StudentEllStatus,
    Field::StudentIepStatus,
    Field::StudentFrlStatus,
    Field::StudentSection504Status,
    Field::StudentGiftedStatus,
    Field::StudentDisability,
    Field::StudentLocation,
    Field::StudentEmail,
    Field::StudentCredentials,
    Field::StudentExt,
    Field::TeacherNumber,
    Field::TeacherStateId,
    Field::TeacherTitle,
    Field::TeacherCredentials,
    Field::TeacherExt,
    Field::StaffDepartment,
    Field::StaffTitle,
    Field::StaffCredentials,
    Field::StaffExt,
    Field::EmployeeEmail,
    Field::ContactEmail,
    Field::ContactPhone,
    Field::SectionExt,
];

/// The fields that versions whose schema lacks them show to whom both sides opted in.
const OPT_IN: [Field; 3] = [
    Field::StudentFrlStatus,
    Field::StudentIepStatus,
    Field::StudentHomeLanguage,
];

/// Some records: those whose ids fall below a share of a thousand, another some for every salt.
#[derive(Clone, Copy)]
struct Share {
    salt: u64,
    of_thousand: u64,
}

impl Share {
    /// Hardly ever none of them.
    fn any(dice: &mut Dice) -> Self {
        let shares = [300, 500, 700, 850, 950, 980];
        let of_thousand = match dice.below(20) {
            0 => 0,
            number => shares[usize::try_from(number).unwrap() % shares.len()],
        };
        Self {
            salt: dice.any(),
            of_thousand,
        }
    }

    fn has(self, id: &ObjectId) -> bool {
        let seed = id.bytes().iter().fold(self.salt, |seed, byte| {
            Dice::new(seed ^ u64::from(*byte)).any()
        });
        Dice::new(seed).below(1000) < self.of_thousand
    }
}

/// What is shared.
#[derive(Clone)]
pub(crate) struct Rule {
    /// Some schools with their sections and their people, as a district shares by school; else every school.
    schools: Option<Share>,
    /// Some records of a kind, whatever they have to do with others.
    kinds: [Option<Share>; Kind::ALL.len()],
    /// Whether sections without students are left out, as they always are in use.
    attended: bool,
    pub(crate) mask: Mask,
}

/// Everything there is, sections without students too, with every field that any version may show.
pub(crate) fn everything() -> (Scope, Mask) {
    let mask = Mask {
        opted_in: OPT_IN.into_iter().collect(),
        ..Mask::EVERYTHING
    };
    (Scope::default(), mask)
}

impl Rule {
    /// Any rule.
    pub(crate) fn any(dice: &mut Dice) -> Self {
        let mut rule = Self {
            schools: None,
            kinds: [None; Kind::ALL.len()],
            attended: true,
            mask: Mask::EVERYTHING,
        };
        for _ in 0..=dice.below(4) {
            rule.change(dice);
        }
        rule
    }

    /// Changes one thing.
    pub(crate) fn change(&mut self, dice: &mut Dice) {
        let at = |dice: &mut Dice, end: usize| usize::try_from(dice.below(end as u64)).unwrap();
        // Fields and roles change seldom: what may have changed is everything then, and hides what is left out otherwise.
        match dice.below(20) {
            0..6 => self.schools = (dice.below(3) > 0).then(|| Share::any(dice)),
            6..14 => {
                let kind = at(dice, self.kinds.len());
                self.kinds[kind] = (dice.below(3) > 0).then(|| Share::any(dice));
            }
            14 => self.kinds = [None; Kind::ALL.len()],
            15 | 16 => self.attended = !self.attended,
            17 => {
                let role = Role::ALL[at(dice, Role::ALL.len())];
                self.mask.roles = if self.mask.shows_role(role) {
                    self.mask.roles.without(role)
                } else {
                    Mask::EVERYTHING.roles
                };
            }
            18 => {
                let bits = dice.any();
                let opted = (0..).zip(OPT_IN).filter(|(bit, _)| bits >> bit & 1 == 1);
                self.mask.opted_in = opted.map(|(_, field)| field).collect();
            }
            _ => {
                // None, few or most of them.
                let (bits, most) = (dice.any(), dice.below(3));
                let hidden = (0..).zip(FIELDS).filter(|(bit, _)| match most {
                    0 => false,
                    1 => bits >> bit & 7 == 1,
                    _ => bits >> bit & 3 != 1,
                });
                self.mask.hidden = hidden.map(|(_, field)| field).collect();
            }
        }
    }

    /// The scope that the rule means in a snapshot.
    pub(crate) fn scope(&self, snapshot: &Snapshot) -> Scope {
        let by_school = self.schools.map(|share| BySchool::new(snapshot, share));
        let students = snapshot.lists(Relation::SectionStudents);
        let mut scope = Scope::default();
        for kind in Kind::ALL {
            let share = self.kinds[kind as usize];
            let attended = self.attended && kind == Kind::Section;
            if share.is_none() && by_school.is_none() && !attended {
                continue;
            }
            let table = snapshot.table(kind);
            let rows = (0..table.len()).filter(|row| {
                share.is_none_or(|share| share.has(&table.id(*row)))
                    && by_school.as_ref().is_none_or(|by| by.has(kind, *row))
                    && !(attended && students.get(*row).is_empty())
            });
            scope = scope.with(kind, Allow::Only(rows.collect()));
        }
        scope
    }
}

/// Some schools and who belongs to them.
struct BySchool<'a> {
    snapshot: &'a Snapshot,
    share: Share,
}

impl<'a> BySchool<'a> {
    fn new(snapshot: &'a Snapshot, share: Share) -> Self {
        Self { snapshot, share }
    }

    fn has(&self, kind: Kind, row: u32) -> bool {
        let leads = |relation, to| {
            let mut rows = self.snapshot.lists(relation).get(row).iter();
            rows.any(|row| self.has(to, *row))
        };
        let named = |relation, from| {
            let mut rows = self.snapshot.back(relation).get(row).iter();
            rows.any(|row| self.has(from, *row))
        };
        match kind {
            Kind::School => self.share.has(&self.snapshot.table(kind).id(row)),
            Kind::Section => leads(Relation::SectionSchool, Kind::School),
            Kind::Student => leads(Relation::StudentSchools, Kind::School),
            Kind::Employee => {
                leads(Relation::TeacherSchools, Kind::School)
                    || leads(Relation::StaffSchools, Kind::School)
            }
            Kind::ContactLink => leads(Relation::LinkStudent, Kind::Student),
            Kind::Contact => named(Relation::LinkContact, Kind::ContactLink),
            Kind::Course => named(Relation::SectionCourse, Kind::Section),
            Kind::Term => named(Relation::SectionTerm, Kind::Section),
            Kind::Resource => true,
        }
    }
}
