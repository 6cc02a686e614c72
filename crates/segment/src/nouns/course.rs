use homeroom_model::{Course, Kind, Term};

use crate::fields::{course, term};
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

impl<'a> Noun<'a> for Course<'a> {
    const KIND: Kind = Kind::Course;

    fn write(&self, row: &mut RowBuilder) {
        row.text(&self.name).text(&self.number);
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            name: row.text(course::NAME).into(),
            number: row.text(course::NUMBER).into(),
        }
    }
}

impl<'a> Noun<'a> for Term<'a> {
    const KIND: Kind = Kind::Term;

    fn write(&self, row: &mut RowBuilder) {
        row.text(&self.name).date(self.start).date(self.end);
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            name: row.text(term::NAME).into(),
            start: row.date(term::START),
            end: row.date(term::END),
        }
    }
}
