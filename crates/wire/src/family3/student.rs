use homeroom_model::{Field, Kind};
use homeroom_segment::Relation;
use homeroom_segment::fields::student as f;

use crate::people::primary_school;
use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(super) fn student(&mut self, row: u32) {
        let view = self.view;
        let table = view.snapshot.table(Kind::Student);
        let data = self.open(table, row);
        self.text(b",\"name\":{\"first\":\"", data.bytes(f::FIRST));
        self.text(b",\"middle\":\"", data.bytes(f::MIDDLE));
        self.text(b",\"last\":\"", data.bytes(f::LAST));
        self.raw(b"}");
        if view.mask.shows(Field::StudentEmail) {
            self.optional(b",\"email\":\"", data.bytes(f::EMAIL));
        }
        self.created_and_modified();
        self.id_field(b",\"roles\":{\"student\":{\"legacy_id\":\"", &table.id(row));
        self.text(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        if let Some(school) = primary_school(view, Kind::Student, row) {
            let id = view.snapshot.table(Kind::School).id(school);
            self.id_field(b",\"school\":\"", &id);
        }
        let schools = view.snapshot.lists(Relation::StudentSchools).get(row);
        self.shown_schools(b",\"schools\":[", schools.iter().copied());
        // No source gives both dates of an enrollment at a school yet, so there is none to show (settled).
        self.raw(b",\"enrollments\":[]");
        self.numbers_and_year(data);
        self.demographics(data);
        self.sensitive(data);
        self.programmes(data);
        self.personal(data);
        self.ext(data, f::EXT, Field::StudentExt);
        self.created_and_modified();
        self.raw(b"}}}");
    }
}
