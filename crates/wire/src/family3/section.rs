use homeroom_model::{Field, Grade, Kind, Role, Subject};
use homeroom_segment::Relation;
use homeroom_segment::fields::section as f;

use super::Writer;

impl Writer<'_, '_> {
    pub(super) fn section(&mut self, row: u32) {
        let data = self.open(self.view.snapshot.table(Kind::Section), row);
        self.points_at(b",\"school\":\"", Relation::SectionSchool, row);
        self.points_at(b",\"course\":\"", Relation::SectionCourse, row);
        self.points_at(b",\"term_id\":\"", Relation::SectionTerm, row);
        self.teachers(row);
        self.students(row);
        self.text(b",\"name\":\"", data.bytes(f::NAME));
        self.text(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        self.optional(b",\"section_number\":\"", data.bytes(f::NUMBER));
        self.optional(b",\"period\":\"", data.bytes(f::PERIOD));
        self.listed::<Grade, _>(b",\"grade\":\"", data, f::GRADE);
        self.listed::<Subject, _>(b",\"subject\":\"", data, f::SUBJECT);
        self.ext(data, f::EXT, Field::SectionExt);
        self.created_and_modified();
        self.raw(b"}");
    }

    /// The one record a relation leads to, if the view shows it.
    fn points_at<const N: usize>(&mut self, key: &[u8; N], relation: Relation, row: u32) {
        let target = self.view.snapshot.lists(relation).first(row);
        if let Some(target) = target.filter(|target| self.view.shows(relation.to(), *target)) {
            let id = self.view.snapshot.table(relation.to()).id(target);
            self.id_field(key, &id);
        }
    }

    /// `teacher` and `teachers`: those that the view shows. The first of them is the primary teacher; a section without
    /// one has no `teacher` (settled).
    fn teachers(&mut self, row: u32) {
        let view = self.view;
        let shown = view.mask.shows_role(Role::Teacher);
        let teachers = view.snapshot.lists(Relation::SectionTeachers).get(row);
        let teachers = teachers.iter().copied();
        let teachers = teachers.filter(|teacher| shown && view.shows(Kind::Employee, *teacher));
        let table = view.snapshot.table(Kind::Employee);
        if let Some(primary) = teachers.clone().next() {
            self.id_field(b",\"teacher\":\"", &table.id(primary));
        }
        self.ids(b",\"teachers\":[", table, teachers);
    }

    fn students(&mut self, row: u32) {
        let view = self.view;
        let shown = view.mask.shows_role(Role::Student);
        let students = view.snapshot.lists(Relation::SectionStudents).get(row);
        let students = students.iter().copied();
        let students = students.filter(|student| shown && view.shows(Kind::Student, *student));
        let table = view.snapshot.table(Kind::Student);
        self.ids(b",\"students\":[", table, students);
    }
}
