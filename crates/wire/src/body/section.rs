use homeroom_model::{ClosedList, Kind, Role, Subject};
use homeroom_segment::fields::section as f;
use homeroom_segment::{Relation, Row};

use crate::people::{role_id, shown_teachers};
use crate::writer::Writer;

/// What sections of all families have in common.
impl Writer<'_, '_> {
    /// The one record a relation leads to, if the view shows it.
    pub(crate) fn points_at<const N: usize>(
        &mut self,
        key: &[u8; N],
        relation: Relation,
        row: u32,
    ) {
        let target = self.view.snapshot.lists(relation).first(row);
        if let Some(target) = target.filter(|target| self.view.shows(relation.to(), *target)) {
            let id = self.view.snapshot.table(relation.to()).id(target);
            self.id_field(key, &id);
        }
    }

    /// `students`: those that the view shows.
    pub(crate) fn enrolled(&mut self, row: u32) {
        let view = self.view;
        let shown = view.mask.shows_role(Role::Student);
        let students = view.snapshot.lists(Relation::SectionStudents).get(row);
        let students = students.iter().copied();
        let students = students.filter(|student| shown && view.shows(Kind::Student, *student));
        let table = view.snapshot.table(Kind::Student);
        self.ids(b",\"students\":[", table, students);
    }

    /// Name, numbers and grade.
    pub(crate) fn section_particulars(&mut self, data: Row<'_>) {
        self.text(b",\"name\":\"", data.bytes(f::NAME));
        self.text(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        self.optional(b",\"section_number\":\"", data.bytes(f::NUMBER));
        self.optional(b",\"period\":\"", data.bytes(f::PERIOD));
        self.grade(b",\"grade\":\"", data, f::GRADE);
    }

    /// The subject in the lists before version 3: always there, `other` where it is not known (clever-api 3.3).
    pub(crate) fn older_subject(&mut self, data: Row<'_>) {
        let subject = data.known(f::SUBJECT).unwrap_or(Subject::Other);
        self.raw(b",\"subject\":\"");
        self.raw(subject.text().as_bytes());
        self.raw(b"\"");
    }

    /// `teacher` and `teachers` by the ids of their roles: those that the view shows, the primary teacher first.
    pub(crate) fn older_teachers(&mut self, row: u32) {
        let view = self.view;
        let teachers = shown_teachers(view, row);
        let ids = teachers.filter_map(|teacher| role_id(view, Role::Teacher, teacher));
        if let Some(primary) = ids.clone().next() {
            self.id_field(b",\"teacher\":\"", &primary);
        }
        self.id_list(b",\"teachers\":[", ids);
    }
}
