//! Records as nouns of the model, to and from packed rows.

use homeroom_model::Kind;

use crate::fields::FieldInfo;
use crate::row::{Row, RowBuilder};

/// A noun that is kept as rows of one table.
pub trait Noun<'a>: Sized {
    /// The kind whose table holds it.
    const KIND: Kind;

    /// Packs every field in stored order.
    fn write(&self, row: &mut RowBuilder);

    /// Reads a row, borrowing from its bytes.
    fn read(row: Row<'a>) -> Self;

    /// The packed row.
    fn packed(&self) -> Vec<u8> {
        let (mut builder, mut bytes) = (RowBuilder::default(), Vec::new());
        self.write(&mut builder);
        builder.finish(&mut bytes);
        bytes
    }
}

/// The fields of a kind's rows, in stored order.
pub fn fields_of(kind: Kind) -> &'static [FieldInfo] {
    use crate::fields as f;
    match kind {
        Kind::School => f::school::ALL,
        Kind::Student => f::student::ALL,
        Kind::Employee => f::employee::ALL,
        Kind::Contact => f::contact::ALL,
        Kind::ContactLink => f::link::ALL,
        Kind::Section => f::section::ALL,
        Kind::Course => f::course::ALL,
        Kind::Term => f::term::ALL,
        Kind::Resource => f::resource::ALL,
    }
}

/// A kind's place in [`Kind::ALL`], which is what is stored.
pub(crate) fn place_of(kind: Kind) -> u8 {
    (0..)
        .zip(Kind::ALL)
        .find(|(_, other)| *other == kind)
        .map_or(0, |(place, _)| place)
}
