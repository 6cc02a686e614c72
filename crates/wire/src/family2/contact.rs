use homeroom_model::{ContactType, Field, Kind, PhoneType, Relationship, Role};
use homeroom_segment::fields::{contact as f, link};
use homeroom_segment::{Relation, Row};

use crate::people::{role_id, shows_link};
use crate::writer::Writer;

/// A contact with all its students. The relationship is that to the student it was tied to first: this family has one for
/// all of them (clever-api 3.8).
pub(super) fn contact(writer: &mut Writer<'_, '_>, row: u32) {
    let view = writer.view;
    let id = role_id(view, Role::Contact, row).unwrap_or_default();
    let data = writer.open_as(view.snapshot.table(Kind::Contact), row, &id);
    let ties = view.snapshot.back(Relation::LinkContact).get(row).iter();
    let ties = ties.copied().filter(|tie| shows_link(view, *tie));
    let first = ties.clone().next();
    writer.text(b",\"name\":\"", data.bytes(f::NAME));
    writer.optional(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
    if view.mask.shows(Field::ContactEmail) {
        writer.optional(b",\"email\":\"", data.bytes(f::EMAIL));
    }
    if view.mask.shows(Field::ContactPhone) {
        writer.optional(b",\"phone\":\"", data.bytes(f::PHONE));
        writer.listed::<PhoneType, _>(b",\"phone_type\":\"", data, f::PHONE_TYPE);
    }
    let links = view.snapshot.table(Kind::ContactLink);
    let tie = first.map_or(Row::new(&[]), |first| links.row(first));
    writer.listed::<Relationship, _>(b",\"relationship\":\"", tie, link::RELATIONSHIP);
    writer.listed::<ContactType, _>(b",\"type\":\"", tie, link::KIND);
    let students = view.snapshot.lists(Relation::LinkStudent);
    let students = ties.filter_map(|tie| students.first(tie));
    writer.ids(
        b",\"students\":[",
        view.snapshot.table(Kind::Student),
        students,
    );
    writer.raw(b"}");
}
