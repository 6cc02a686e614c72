use homeroom_model::{Field, Kind};
use homeroom_segment::fields::school as f;

use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(crate) fn school(&mut self, row: u32) {
        let mask = *self.view.mask;
        let data = self.open(self.view.snapshot.table(Kind::School), row);
        self.text(b",\"name\":\"", data.bytes(f::NAME));
        self.text(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        self.text(b",\"school_number\":\"", data.bytes(f::NUMBER));
        self.optional(b",\"state_id\":\"", data.bytes(f::STATE_ID));
        self.optional(b",\"nces_id\":\"", data.bytes(f::NCES_ID));
        self.optional(b",\"mdr_number\":\"", data.bytes(f::MDR_NUMBER));
        self.grade(b",\"low_grade\":\"", data, f::LOW_GRADE);
        self.grade(b",\"high_grade\":\"", data, f::HIGH_GRADE);
        if mask.shows(Field::SchoolPrincipal) {
            self.parts(
                b",\"principal\":{",
                &[
                    (b"name\":\"", data.bytes(f::PRINCIPAL)),
                    (b"email\":\"", data.bytes(f::PRINCIPAL_EMAIL)),
                ],
            );
        }
        if mask.shows(Field::SchoolPhone) {
            self.optional(b",\"phone\":\"", data.bytes(f::PHONE));
        }
        if mask.shows(Field::SchoolLocation) {
            self.optional_parts(
                b",\"location\":{",
                &[
                    (b"address\":\"", data.bytes(f::ADDRESS)),
                    (b"city\":\"", data.bytes(f::CITY)),
                    (b"state\":\"", data.bytes(f::STATE)),
                    (b"zip\":\"", data.bytes(f::ZIP)),
                ],
            );
        }
        self.ext(data, f::EXT, Field::SchoolExt);
        self.created_and_modified();
        self.raw(b"}");
    }
}
