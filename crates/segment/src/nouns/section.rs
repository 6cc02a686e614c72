use homeroom_model::{Kind, Section};

use crate::fields::section as f;
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

impl<'a> Noun<'a> for Section<'a> {
    const KIND: Kind = Kind::Section;

    fn write(&self, row: &mut RowBuilder) {
        row.text(&self.sis_id)
            .text(&self.name)
            .text(&self.number)
            .text(&self.period)
            .listed(&self.grade);
        row.listed(&self.subject)
            .text(&self.course_description)
            .text(&self.term_start_as_sent);
        row.text(&self.term_end_as_sent)
            .ext(&self.ext)
            .byte(u8::from(self.custom));
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            sis_id: row.text(f::SIS_ID).into(),
            name: row.text(f::NAME).into(),
            number: row.text(f::NUMBER).into(),
            period: row.text(f::PERIOD).into(),
            grade: row.listed(f::GRADE),
            subject: row.listed(f::SUBJECT),
            course_description: row.text(f::COURSE_DESCRIPTION).into(),
            term_start_as_sent: row.text(f::TERM_START_AS_SENT).into(),
            term_end_as_sent: row.text(f::TERM_END_AS_SENT).into(),
            ext: row.ext(f::EXT),
            custom: row.code(f::CUSTOM) != 0,
        }
    }
}
