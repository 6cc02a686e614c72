//! Sections and what they name: terms, courses, teachers, students.

use homeroom_model::ObjectId;
use homeroom_testkit::toy;
use homeroom_wire::Object;
use serde_json::json;

use super::Village;
use super::ids::{names, next_id, short};

impl Village {
    pub(super) fn new_section(&mut self) -> String {
        let number = self.number("section");
        let school = self.one(self.shared_schools()).unwrap_or(1);
        let mut made = self.river.section(number).in_school(school);
        let (term, course) = (1 + self.dice.below(2), 1 + self.dice.below(3));
        if self.is_one() || self.river.has(toy::term(term)) {
            made = made.term(term);
        }
        if self.is_one() || self.river.has(toy::course(course)) {
            made = made.course(course);
        }
        let id = made.put();
        let all = self.students();
        let pupils = self.some(&all, 14);
        let all = self.teachers();
        let teachers = self.some(&all, 2);
        self.filled(id, &pupils, &teachers);
        format!(
            "{} in school {school} with {} students",
            short(id),
            pupils.len()
        )
    }

    pub(super) fn filled(
        &mut self,
        section: ObjectId,
        students: &[ObjectId],
        teachers: &[ObjectId],
    ) {
        let hexes = |ids: &[ObjectId]| ids.iter().map(|id| id.to_hex()).collect::<Vec<_>>();
        let (students, teachers) = (hexes(students), hexes(teachers));
        self.river.change(section, |document| {
            document["students"] = json!(students);
            document["teacher"] = json!(teachers.first());
            document["teachers"] = json!(teachers);
        });
    }

    pub(super) fn other_teacher(&mut self) -> Option<String> {
        let section = self.one(self.sections())?;
        let all = self.teachers();
        let mut teachers = self.some(&all, 2);
        teachers.truncate(3);
        let hexes: Vec<_> = teachers.iter().map(|id| id.to_hex()).collect();
        self.river.change(section, |document| {
            document["teacher"] = json!(hexes.first());
            document["teachers"] = json!(hexes);
        });
        let names: Vec<_> = teachers.into_iter().map(short).collect();
        Some(format!("{} has [{}]", short(section), names.join(", ")))
    }

    pub(super) fn section_ends(&mut self) -> Option<String> {
        let id = self.one(self.sections())?;
        if self.sections().len() < 2 {
            return None;
        }
        self.river.delete(id);
        Some(short(id))
    }

    pub(super) fn another_class(&mut self) -> Option<String> {
        let id = self.one(self.sections())?;
        let all = self.students();
        let (students, all) = (self.some(&all, 12), self.teachers());
        let teachers = self.some(&all, 2);
        self.filled(id, &students, &teachers);
        Some(format!(
            "{} has {} other students",
            short(id),
            students.len()
        ))
    }

    pub(super) fn section_new_id(&mut self) -> Option<String> {
        let old = self.one(self.sections())?;
        let id = toy::section(self.number("section"));
        let mut document = self.river.document(old);
        document["id"] = json!(id.to_hex());
        self.river.put(Object::Section, document);
        self.river.delete(old);
        Some(format!("{} is {} now", short(old), short(id)))
    }

    pub(super) fn section_renamed(&mut self) -> Option<String> {
        let id = self.one(self.sections())?;
        let turn = self.number("name");
        self.river.change(id, |document| {
            document["name"] = json!(format!("Class {turn}"));
            document["period"] = json!((1 + turn % 8).to_string());
        });
        Some(format!("{} is called Class {turn}", short(id)))
    }

    /// A term or a course is made anew: its sections name the new one.
    pub(super) fn new_id_of(&mut self, object: Object) -> Option<String> {
        if self.is_one() {
            return None;
        }
        let old = self.one(self.river.ids(object))?;
        let id = next_id(old);
        let mut document = self.river.document(old);
        document["id"] = json!(id.to_hex());
        self.river.put(object, document);
        self.renamed_everywhere(old, id);
        self.river.delete(old);
        Some(format!("{} is {} now", short(old), short(id)))
    }

    pub(super) fn term_ends(&mut self) -> Option<String> {
        if self.is_one() {
            return None;
        }
        let id = self.one(self.river.ids(Object::Term))?;
        if self.river.ids(Object::Term).len() < 2 {
            return None;
        }
        self.river.delete(id);
        Some(short(id))
    }

    pub(super) fn course_renamed(&mut self) -> Option<String> {
        if self.is_one() {
            return None;
        }
        let id = self.one(self.river.ids(Object::Course))?;
        let turn = self.number("name");
        self.river.change(id, |document| {
            document["name"] = json!(format!("Course {turn}"));
        });
        Some(format!("{} is called Course {turn}", short(id)))
    }

    /// A class names somebody who is not shared.
    pub(super) fn nobody_is_named(&mut self) -> Option<String> {
        let section = self.one(self.sections())?;
        let nobody = toy::student(900_000 + self.dice.below(5));
        if names(&self.river.document(section), nobody) {
            return None;
        }
        self.river.enrol(section, nobody);
        Some(format!("{} in {}", short(nobody), short(section)))
    }
}
