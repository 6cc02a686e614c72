//! Which records of the source an app takes, and whom it takes only with a class.

use homeroom_model::Kind;
use homeroom_segment::Relation;
use roaring::RoaringBitmap;

use super::Planner;
use crate::policy::WithoutClass;
use crate::records;

impl Planner<'_> {
    /// The rows of a kind that the app takes.
    pub(super) fn taken(&self, kind: Kind) -> RoaringBitmap {
        let mirror = self.input.mirror;
        let rows = 0..mirror.table(kind).len();
        match kind {
            // Where the engine makes the classes, the source's are only looked at.
            Kind::Section if self.policy.places.generates() => RoaringBitmap::new(),
            Kind::Section => self.sections.clone(),
            Kind::Contact => {
                let students = mirror.table(Kind::Student);
                let lives = |contact: &u32| {
                    let ties = mirror.back(Relation::LinkContact).get(*contact).iter();
                    let pupils =
                        ties.filter_map(|tie| mirror.lists(Relation::LinkStudent).first(*tie));
                    let mut ids = pupils.map(|pupil| students.id(pupil));
                    ids.any(|id| self.people.contains_key(&id))
                };
                rows.filter(lives).collect()
            }
            Kind::ContactLink => {
                let known = |relation: Relation, row: u32| {
                    let table = mirror.table(relation.to());
                    let target = mirror.lists(relation).first(row);
                    target.is_some_and(|target| self.people.contains_key(&table.id(target)))
                };
                rows.filter(|row| {
                    known(Relation::LinkContact, *row) && known(Relation::LinkStudent, *row)
                })
                .collect()
            }
            _ => rows.collect(),
        }
    }

    /// Whether somebody has a class that is taken; true for those who need none.
    pub(crate) fn has_class(&self, kind: Kind, row: u32) -> bool {
        let relation = match kind {
            Kind::Student => Relation::SectionStudents,
            Kind::Employee => {
                let roles = records::roles(self.input.mirror, kind, row);
                if roles.iter().any(|role| records::is_privileged(*role)) {
                    return true;
                }
                Relation::SectionTeachers
            }
            _ => return true,
        };
        let sections = self.input.mirror.back(relation).get(row);
        sections
            .iter()
            .any(|section| self.sections.contains(*section))
    }

    /// What the policy says of somebody without a class.
    pub(crate) fn without_class(&self, kind: Kind) -> WithoutClass {
        match kind {
            Kind::Student => self.policy.without_classes.students,
            Kind::Employee => self.policy.without_classes.teachers,
            _ => WithoutClass::Allow,
        }
    }
}
