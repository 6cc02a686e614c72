//! What the app shows of a record, with where each value comes from.

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_plan::{Cell, Origin};
use homeroom_roster::{self as app, CellOrigin, Reading, RosterError, Value};

use crate::roster::columns::{self, Column, column};
use crate::roster::values;

/// By name in the mirror, ascending. Where nothing else is noted, a value is the source's own.
pub(super) fn of(reading: &dyn Reading, kind: Kind, id: i64) -> Result<Vec<Cell>, RosterError> {
    let noted: BTreeMap<String, app::Cell> = reading.cells_of(id)?.into_iter().collect();
    let cells = values::of(reading, kind, id)?.into_iter();
    let cells = cells.map(|(field, value)| {
        let name = match column(kind, &field) {
            Column::Own(own) | Column::OfPerson(_, own) => own.name().to_owned(),
            Column::OfRole(role, own) => format!("{}.{}", role.text(), own.name()),
            _ => String::new(),
        };
        match noted.get(&name) {
            Some(cell) => Cell {
                base: said(&cell.base),
                origin: origin(cell.origin),
                field,
                value,
            },
            None => Cell {
                base: value.clone(),
                origin: Origin::Source,
                field,
                value,
            },
        }
    });
    Ok(cells.collect())
}

fn said(value: &Value<'_>) -> String {
    columns::text(value)
}

fn origin(origin: CellOrigin) -> Origin {
    match origin {
        CellOrigin::Source => Origin::Source,
        CellOrigin::User => Origin::User,
        CellOrigin::Filler => Origin::Filler,
        CellOrigin::Derived => Origin::Derived,
        CellOrigin::Import => Origin::Import,
    }
}
