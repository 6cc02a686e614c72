//! Classes that the engine makes, for apps in which a student is in one class (integration-side A6.1, `generated_class`):
//! everybody of one grade in one school, and all who teach any of them in a section that is taken.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Grade, Kind, ObjectId, Role};
use homeroom_segment::{Relation, fields};

use crate::action::{Action, Change, Op, Place};
use crate::copies::by_id;
use crate::known::{Link, Origin};
use crate::made;
use crate::planner::{PlanError, Planner};
use crate::reason::Reason;
use crate::values::Digest;

const LINE: &str = "many_classes";

/// A class there has to be.
struct Class {
    school: ObjectId,
    name: String,
    grade: String,
    students: BTreeSet<ObjectId>,
    teachers: BTreeSet<ObjectId>,
}

impl Planner<'_> {
    /// Plans the classes that the engine makes.
    pub(crate) fn generated(&mut self) -> Result<(), PlanError> {
        let links = self.made.remove(&Kind::Section).unwrap_or_default();
        let classes = if self.policy.places.generates() {
            self.classes()
        } else {
            BTreeMap::new()
        };
        let mut links: BTreeMap<ObjectId, Link> = by_id(links);
        for (id, class) in classes {
            match links.remove(&id) {
                Some(link) => self.known_class(link, &class)?,
                None => self.new_class(id, &class),
            }
        }
        // A class without students is put away once the read can say that they are gone.
        let whole = self.input.reach.contains(Kind::Student, &[]);
        for link in links
            .into_values()
            .filter(|link| link.is_present() && whole)
        {
            self.act_on(Kind::Section, &link, Op::Archive, Reason::Unused, LINE);
        }
        Ok(())
    }

    fn classes(&self) -> BTreeMap<ObjectId, Class> {
        let mirror = self.input.mirror;
        let (students, schools) = (mirror.table(Kind::Student), mirror.table(Kind::School));
        let employees = mirror.table(Kind::Employee);
        let mut classes: BTreeMap<ObjectId, Class> = BTreeMap::new();
        for row in 0..students.len() {
            let source = students.id(row);
            let school = mirror.lists(Relation::StudentSchool).first(row);
            let Some(school) = school.filter(|_| self.people.contains_key(&source)) else {
                continue;
            };
            let grade = students.row(row).listed::<Grade>(fields::student::GRADE);
            let grade = grade.text().to_owned();
            let id = made::class_of(&schools.id(school), &grade);
            let class = classes.entry(id).or_insert_with(|| Class {
                school: schools.id(school),
                name: class_name(schools.row(school).text(fields::school::NAME), &grade),
                grade,
                students: BTreeSet::new(),
                teachers: BTreeSet::new(),
            });
            class.students.insert(source);
            for section in mirror.back(Relation::SectionStudents).get(row) {
                if self.sections.contains(*section) {
                    let teachers = mirror.lists(Relation::SectionTeachers).get(*section).iter();
                    let teachers = teachers.map(|teacher| employees.id(*teacher));
                    class
                        .teachers
                        .extend(teachers.filter(|teacher| self.people.contains_key(teacher)));
                }
            }
        }
        classes
    }

    fn new_class(&mut self, id: ObjectId, class: &Class) {
        let places = class.places();
        let act = |op: Op, applied| Action {
            kind: Kind::Section,
            source: Some(id),
            local: None,
            op,
            reason: Reason::New,
            line: LINE,
            applied,
            held: false,
        };
        let (made, enrol) = (
            act(
                Op::MakeClass {
                    school: class.school,
                    name: class.name.clone(),
                    grade: class.grade.clone(),
                },
                class.digest(),
            ),
            act(Op::Enrol { members: places }, class.members()),
        );
        self.act(made);
        self.act(enrol);
    }

    fn known_class(&mut self, link: Link, class: &Class) -> Result<(), PlanError> {
        let kind = Kind::Section;
        if !link.is_present() {
            self.act_on(kind, &link, Op::Restore, Reason::Returned, LINE);
        }
        let applied = class.digest();
        if link.applied != applied || link.touched {
            let shown = self.known.entity(kind, link.local)?;
            let before = shown.value("name").to_owned();
            let changes: Vec<_> = (before != class.name)
                .then(|| Change {
                    field: "name",
                    before,
                    after: class.name.clone(),
                    origin: Origin::Derived,
                })
                .into_iter()
                .collect();
            let op = if changes.is_empty() {
                Op::Refresh
            } else {
                Op::Update { changes }
            };
            self.act(Action {
                kind,
                source: Some(link.source),
                local: Some(link.local),
                op,
                reason: Reason::Changed,
                line: LINE,
                applied,
                held: false,
            });
        }
        self.members_of(
            &link,
            Some(link.local),
            (class.places(), class.members()),
            &BTreeSet::new(),
        )
    }
}

impl Class {
    /// Teachers by source id, then students.
    fn places(&self) -> Vec<Place> {
        let teachers = (0..).zip(&self.teachers).map(|(position, source)| Place {
            source: *source,
            role: Role::Teacher,
            position,
        });
        let students = self.students.iter().map(|source| Place {
            source: *source,
            role: Role::Student,
            position: 0,
        });
        teachers.chain(students).collect()
    }

    fn digest(&self) -> homeroom_segment::Hash {
        let values = [self.name.as_str(), self.grade.as_str()];
        Digest::of_values(values.into_iter().map(Into::into))
    }

    fn members(&self) -> homeroom_segment::Hash {
        Digest::of_members(&self.teachers, &self.students)
    }
}

fn class_name(school: &str, grade: &str) -> String {
    let parts = [school, if grade.is_empty() { "" } else { "grade" }, grade];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
