//! Which class somebody is in where the app knows one class per person (integration-side A6.1, `default_first` and
//! `default_last`). The roster is the memory: who is in a class that the source still names stays there, so that nothing flips
//! back and nothing has to be kept beside it.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Relation;
use roaring::RoaringBitmap;

use crate::known::{Link, Local};
use crate::plan::Finding;
use crate::planner::{PlanError, Planner};
use crate::policy::{Classes, Schools};
use crate::values::leads_to;

/// The class of each person who may be in one only, by rows of the mirror.
#[derive(Default)]
pub(crate) struct Chosen {
    /// The class, by role and the person's row.
    class: BTreeMap<(Role, u32), u32>,
    /// People whose class was lost, so that another one was chosen.
    pub(crate) moved: BTreeSet<ObjectId>,
}

/// Rows of the sections somebody is in, and whether they are in one that the source has no longer.
type Now = BTreeMap<(Local, Role), (BTreeSet<u32>, bool)>;

impl Chosen {
    /// Whether somebody may be in a class.
    pub(crate) fn allows(&self, role: Role, person: u32, section: u32) -> bool {
        let class = self.class.get(&(role, person));
        class.is_none_or(|class| *class == section)
    }
}

impl Planner<'_> {
    /// Chooses for everybody, given the links of sections.
    pub(crate) fn choose(&mut self, sections: &[Link]) -> Result<(), PlanError> {
        let one = |role: Role| {
            let classes = self.policy.places.classes_of(role);
            matches!(classes, Classes::DefaultFirst | Classes::DefaultLast).then_some(classes)
        };
        let wanted: Vec<_> = [Role::Student, Role::Teacher]
            .into_iter()
            .filter_map(|role| Some((role, one(role)?)))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let now = self.seats_now(sections)?;
        for (role, classes) in wanted {
            self.choose_role(role, classes == Classes::DefaultLast, &now);
        }
        Ok(())
    }

    /// Where people are now, as the source said when it was applied last: rows of sections, and whether a class is among them
    /// that the source has no longer.
    fn seats_now(&self, sections: &[Link]) -> Result<Now, PlanError> {
        let table = self.input.mirror.table(Kind::Section);
        let rows: BTreeMap<Local, Option<u32>> = sections
            .iter()
            .filter(|link| link.is_present())
            .map(|link| (link.local, table.find(&link.source)))
            .collect();
        let mut now = Now::new();
        for (section, member) in self.known.seats()? {
            // Seats of a class that is put away already are nobody's choice.
            let Some(row) = rows.get(&section).filter(|_| member.source) else {
                continue;
            };
            let (held, lost) = now.entry((member.person, member.role)).or_default();
            match row {
                Some(row) => drop(held.insert(*row)),
                None => *lost = true,
            }
        }
        Ok(now)
    }

    fn choose_role(&mut self, role: Role, last: bool, now: &Now) {
        let (kind, relation) = side(role);
        let mirror = self.input.mirror;
        for person in 0..mirror.table(kind).len() {
            let source = mirror.table(kind).id(person);
            let Some(account) = self.people.get(&source).copied() else {
                continue;
            };
            let listed = mirror.back(relation).get(person).iter().copied();
            let listed: BTreeSet<u32> = listed
                .filter(|section| {
                    self.sections.contains(*section) && self.is_at_home(role, person, *section)
                })
                .collect();
            let held = account.and_then(|account| now.get(&(account, role)));
            let stays = held.and_then(|(held, _)| held.intersection(&listed).next());
            let next = if last { listed.last() } else { listed.first() };
            if let Some(class) = stays.or(next) {
                self.chosen.class.insert((role, person), *class);
            }
            let was_somewhere = held.is_some_and(|(held, gone)| *gone || !held.is_empty());
            if stays.is_none() && next.is_some() && was_somewhere {
                self.chosen.moved.insert(source);
            }
        }
    }

    /// Whether a class lies in a school that somebody belongs to where only the primary one counts.
    pub(crate) fn is_at_home(&self, role: Role, person: u32, section: u32) -> bool {
        if self.policy.places.schools_of(role) != Schools::PrimaryOnly {
            return true;
        }
        let mirror = self.input.mirror;
        let primary = if role == Role::Student {
            Relation::StudentSchool
        } else {
            Relation::TeacherSchool
        };
        let primary = mirror.lists(primary).first(person);
        let school = mirror.lists(Relation::SectionSchool).first(section);
        primary
            .zip(school)
            .is_none_or(|(primary, school)| primary == school)
    }

    /// Tells of schools that are left out because only the primary one counts.
    pub(crate) fn other_schools(&mut self, kind: Kind, taken: &RoaringBitmap) {
        let (role, primary, field) = match kind {
            Kind::Student => (Role::Student, Relation::StudentSchool, "schools"),
            Kind::Employee => (Role::Teacher, Relation::TeacherSchool, "teacher_schools"),
            _ => return,
        };
        if self.policy.places.schools_of(role) != Schools::PrimaryOnly {
            return;
        }
        let mirror = self.input.mirror;
        for row in taken {
            let has_primary = mirror.lists(primary).first(row).is_some();
            if has_primary && schools_of(self, role, row).len() > 1 {
                self.plan.findings.push(Finding {
                    kind,
                    source: mirror.table(kind).id(row),
                    field,
                    code: "other_school",
                    other: None,
                    rejected: false,
                    reaction: "drop",
                });
            }
        }
    }

    /// The ids of a section's people of one role, in order, that these rules leave.
    pub(crate) fn seated(&self, role: Role, section: u32) -> Vec<ObjectId> {
        let (kind, relation) = side(role);
        let mirror = self.input.mirror;
        let table = mirror.table(kind);
        let rows = mirror.lists(relation).get(section).iter();
        rows.filter(|person| {
            self.chosen.allows(role, **person, section) && self.is_at_home(role, **person, section)
        })
        .map(|person| table.id(*person))
        .collect()
    }
}

/// The kind of people of a role, and how a section names them.
pub(crate) fn side(role: Role) -> (Kind, Relation) {
    if role == Role::Student {
        (Kind::Student, Relation::SectionStudents)
    } else {
        (Kind::Employee, Relation::SectionTeachers)
    }
}

/// The schools of somebody in a role, without repeats.
pub(crate) fn schools_of(planner: &Planner<'_>, role: Role, row: u32) -> BTreeSet<ObjectId> {
    let mirror = planner.input.mirror;
    let relations: &[Relation] = match role {
        Role::Student => &[Relation::StudentSchools, Relation::StudentSchool],
        Role::Teacher => &[Relation::TeacherSchools, Relation::TeacherSchool],
        Role::Staff => &[Relation::StaffSchools],
        Role::DistrictAdmin | Role::Contact => &[],
    };
    relations
        .iter()
        .flat_map(|relation| leads_to(mirror, *relation, row))
        .collect()
}
