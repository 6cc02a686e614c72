use homeroom_model::{ContactType, Field, Kind, PhoneType, Relationship};
use homeroom_segment::Relation;
use homeroom_segment::fields::{contact as f, link};

use crate::writer::{Writer, free_text};

/// One contact of one student, under the id of the tie between the two. Nothing in it is from a closed list
/// (clever-api 3.8).
pub(super) fn contact(writer: &mut Writer<'_, '_>, row: u32) {
    let view = writer.view;
    let tie = writer.open(view.snapshot.table(Kind::ContactLink), row);
    let tie_escape = writer.escape;
    if let Some(student) = view.snapshot.lists(Relation::LinkStudent).first(row) {
        let id = view.snapshot.table(Kind::Student).id(student);
        writer.id_field(b",\"student\":\"", &id);
    }
    writer.text(b",\"type\":\"", free_text::<ContactType>(tie, link::KIND));
    writer.free::<Relationship, _>(b",\"relationship\":\"", tie, link::RELATIONSHIP);
    if let Some(contact) = view.snapshot.lists(Relation::LinkContact).first(row) {
        let data = view.snapshot.table(Kind::Contact).row(contact);
        writer.escape = data.needs_escape();
        writer.text(b",\"name\":\"", data.bytes(f::NAME));
        if writer.rules.contact_sis_id {
            writer.optional(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        }
        if view.mask.shows(Field::ContactEmail) {
            writer.optional(b",\"email\":\"", data.bytes(f::EMAIL));
        }
        if view.mask.shows(Field::ContactPhone) {
            writer.optional(b",\"phone\":\"", data.bytes(f::PHONE));
            writer.free::<PhoneType, _>(b",\"phone_type\":\"", data, f::PHONE_TYPE);
        }
        writer.escape = tie_escape;
    }
    writer.raw(b"}");
}
