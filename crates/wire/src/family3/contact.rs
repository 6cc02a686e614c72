use homeroom_model::{ContactType, Field, Kind, PhoneType, Relationship, Role};
use homeroom_segment::Relation;
use homeroom_segment::fields::{contact as f, link};

use crate::writer::Writer;

impl Writer<'_, '_> {
    /// A contact's whole name stands in `last`, alone (clever-api 2.3).
    pub(super) fn contact(&mut self, row: u32) {
        let mask = *self.view.mask;
        let table = self.view.snapshot.table(Kind::Contact);
        let data = self.open(table, row);
        self.text(b",\"name\":{\"last\":\"", data.bytes(f::NAME));
        self.raw(b"}");
        if mask.shows(Field::ContactEmail) {
            self.optional(b",\"email\":\"", data.bytes(f::EMAIL));
        }
        self.created_and_modified();
        let legacy_id = table.role_id(row, 0).unwrap_or_default();
        self.id_field(b",\"roles\":{\"contact\":{\"legacy_id\":\"", &legacy_id);
        self.optional(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        if mask.shows(Field::ContactPhone) {
            self.optional(b",\"phone\":\"", data.bytes(f::PHONE));
            self.listed::<PhoneType, _>(b",\"phone_type\":\"", data, f::PHONE_TYPE);
        }
        self.relationships(row);
        self.raw(b"}}}");
    }

    /// The ties to students that the view shows, oldest first.
    fn relationships(&mut self, row: u32) {
        self.raw(b",\"student_relationships\":[");
        let view = self.view;
        let students = view.snapshot.table(Kind::Student);
        let links = view.snapshot.table(Kind::ContactLink);
        let shown = view.mask.shows_role(Role::Student);
        let ties = view.snapshot.back(Relation::LinkContact).get(row).iter();
        let ties = ties.filter(|tie| shown && view.shows(Kind::ContactLink, **tie));
        let ties = ties.filter_map(|tie| {
            let student = view.snapshot.lists(Relation::LinkStudent).first(*tie)?;
            view.shows(Kind::Student, student)
                .then_some((*tie, student))
        });
        let mut separator: &[u8] = b"";
        for (tie, student) in ties {
            self.raw(separator);
            self.id_field(b"{\"student\":\"", &students.id(student));
            let data = links.row(tie);
            self.listed::<Relationship, _>(b",\"relationship\":\"", data, link::RELATIONSHIP);
            self.listed::<ContactType, _>(b",\"type\":\"", data, link::KIND);
            self.raw(b"}");
            separator = b",";
        }
        self.raw(b"]");
    }
}
