use homeroom_model::{Field, Kind, Subject};
use homeroom_segment::Relation;
use homeroom_segment::fields::section as f;

use crate::people::shown_teachers;
use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(super) fn section(&mut self, row: u32) {
        let data = self.open(self.view.snapshot.table(Kind::Section), row);
        self.points_at(b",\"school\":\"", Relation::SectionSchool, row);
        self.points_at(b",\"course\":\"", Relation::SectionCourse, row);
        self.points_at(b",\"term_id\":\"", Relation::SectionTerm, row);
        self.teachers(row);
        self.enrolled(row);
        self.section_particulars(data);
        self.listed::<Subject, _>(b",\"subject\":\"", data, f::SUBJECT);
        self.ext(data, f::EXT, Field::SectionExt);
        self.created_and_modified();
        self.raw(b"}");
    }

    /// `teacher` and `teachers`: those that the view shows. The first of them is the primary teacher; a section without
    /// one has no `teacher` (settled).
    fn teachers(&mut self, row: u32) {
        let view = self.view;
        let teachers = shown_teachers(view, row);
        let table = view.snapshot.table(Kind::Employee);
        if let Some(primary) = teachers.clone().next() {
            self.id_field(b",\"teacher\":\"", &table.id(primary));
        }
        self.ids(b",\"teachers\":[", table, teachers);
    }
}
