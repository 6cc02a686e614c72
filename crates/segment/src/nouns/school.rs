use homeroom_model::{Kind, Location, School};

use crate::fields::school as f;
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

impl<'a> Noun<'a> for School<'a> {
    const KIND: Kind = Kind::School;

    fn write(&self, row: &mut RowBuilder) {
        row.text(&self.sis_id)
            .text(&self.name)
            .text(&self.number)
            .text(&self.state_id)
            .text(&self.nces_id);
        row.text(&self.mdr_number)
            .listed(&self.low_grade)
            .listed(&self.high_grade)
            .text(&self.principal);
        row.text(&self.principal_email)
            .text(&self.phone)
            .text(&self.location.address)
            .text(&self.location.city);
        row.text(&self.location.state)
            .text(&self.location.zip)
            .ext(&self.ext)
            .byte(u8::from(self.custom));
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            sis_id: row.text(f::SIS_ID).into(),
            name: row.text(f::NAME).into(),
            number: row.text(f::NUMBER).into(),
            state_id: row.text(f::STATE_ID).into(),
            nces_id: row.text(f::NCES_ID).into(),
            mdr_number: row.text(f::MDR_NUMBER).into(),
            low_grade: row.listed(f::LOW_GRADE),
            high_grade: row.listed(f::HIGH_GRADE),
            principal: row.text(f::PRINCIPAL).into(),
            principal_email: row.text(f::PRINCIPAL_EMAIL).into(),
            phone: row.text(f::PHONE).into(),
            location: Location {
                address: row.text(f::ADDRESS).into(),
                city: row.text(f::CITY).into(),
                state: row.text(f::STATE).into(),
                zip: row.text(f::ZIP).into(),
            },
            ext: row.ext(f::EXT),
            custom: row.code(f::CUSTOM) != 0,
        }
    }
}
