use homeroom_model::{Contact, ContactLink, Kind};

use crate::fields::{contact as f, link};
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

impl<'a> Noun<'a> for Contact<'a> {
    const KIND: Kind = Kind::Contact;

    fn write(&self, row: &mut RowBuilder) {
        row.text(&self.sis_id)
            .text(&self.name)
            .text(&self.email)
            .text(&self.phone)
            .listed(&self.phone_type);
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            sis_id: row.text(f::SIS_ID).into(),
            name: row.text(f::NAME).into(),
            email: row.text(f::EMAIL).into(),
            phone: row.text(f::PHONE).into(),
            phone_type: row.listed(f::PHONE_TYPE),
        }
    }
}

impl<'a> Noun<'a> for ContactLink<'a> {
    const KIND: Kind = Kind::ContactLink;

    fn write(&self, row: &mut RowBuilder) {
        row.listed(&self.relationship).listed(&self.kind);
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            relationship: row.listed(link::RELATIONSHIP),
            kind: row.listed(link::KIND),
        }
    }
}
