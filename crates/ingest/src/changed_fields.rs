//! Every changed field of a plan, as CSV: `type, action, sis_id, clever_id, field, before, after` (district-side 7.5).
//!
//! A record that comes or goes has one line, one that changes has a line per field. Of a relation `before` names the records
//! that it leads to no longer, and `after` those that it leads to now and did not before. The values are those of the
//! district's records, so it is for the people of the district only.

use std::fmt::Write as _;
use std::io::{self, Write};

use homeroom_change::{Action, Fate, Reason};
use homeroom_model::Kind;
use homeroom_segment::fields::{FieldInfo, FieldKind};
use homeroom_segment::{Relation, Row, fields, fields_of};

use crate::plan::Planned;

const HEADER: &str = "type,action,sis_id,clever_id,field,before,after\n";

/// Writes all of them: kinds in the order of [`Kind::ALL`], inside a kind as the plan lists its actions.
pub(crate) fn write(planned: &Planned, out: &mut impl Write) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    let plan = &planned.plan;
    let rows = Kind::ALL.into_iter().flat_map(|kind| {
        let fates = (0..).zip(plan.fates(kind));
        let fates = fates.filter(|(_, fate)| !fate.is_unchanged());
        let changing = fates.map(move |(row, fate)| (row, Some(*fate)));
        let going = plan.deleted(kind).iter().map(|row| (*row, None));
        changing.chain(going)
    });
    let snapshot = &planned.old.snapshot;
    let actions = plan.actions(snapshot, &planned.candidate);
    let mut line = String::new();
    for (action, (row, fate)) in actions.zip(rows) {
        line.clear();
        match fate.and_then(Fate::old) {
            Some(old) => update(planned, &action, row, old, &mut line),
            None => {
                let reason = action.reasons.first().map(ToString::to_string);
                cells(&action, &reason.unwrap_or_default(), "", "", &mut line);
            }
        }
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// The lines of a record that stays.
fn update(planned: &Planned, action: &Action, row: u32, old: u32, line: &mut String) {
    let kind = action.kind;
    let before = planned.old.snapshot.table(kind).row(old);
    let after = planned.candidate.table(kind).row(row);
    for reason in &action.reasons {
        match reason {
            Reason::Field(name) => {
                let fields = fields_of(kind).iter().enumerate();
                let mut of_name = fields.filter(|(_, field)| field.name == *name);
                if let Some((at, field)) = of_name.next() {
                    let (before, after) = (value(field, before, at), value(field, after, at));
                    cells(action, name, &before, &after, line);
                }
            }
            Reason::Leads(relation) => {
                let (gone, new) = targets(planned, *relation, row, old);
                cells(action, relation.name(), &gone, &new, line);
            }
            other => cells(action, &other.to_string(), "", "", line),
        }
    }
}

fn cells(action: &Action, field: &str, before: &str, after: &str, line: &mut String) {
    let id = action.id.map(|id| id.to_hex()).unwrap_or_default();
    let cells = [
        action.kind.table(),
        action.verb.text(),
        &action.key,
        &id,
        field,
        before,
        after,
    ];
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        quote(cell, line);
    }
    line.push('\n');
}

/// A cell, in quotation marks where it needs them.
fn quote(cell: &str, line: &mut String) {
    if !cell.contains(['"', ',', '\r', '\n']) {
        line.push_str(cell);
        return;
    }
    line.push('"');
    line.push_str(&cell.replace('"', "\"\""));
    line.push('"');
}

/// A field's value as people read it.
fn value(field: &FieldInfo, row: Row<'_>, at: usize) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let bytes = row.bytes(at);
    match field.kind {
        FieldKind::Text => row.text(at).to_owned(),
        FieldKind::Date => row.date(at).map(|day| day.to_string()).unwrap_or_default(),
        FieldKind::Listed => match row.code(at) {
            0 => String::new(),
            AS_SENT => text(bytes.get(1..).unwrap_or_default()),
            code => (field.text_of)(code).unwrap_or_default().to_owned(),
        },
        FieldKind::Byte if field.members.is_empty() => match row.code(at) {
            0 => String::new(),
            _ => "yes".to_owned(),
        },
        FieldKind::Byte => {
            let members = field.members.iter().enumerate();
            let has = |bit: usize| row.code(at) >> bit & 1 == 1;
            let members = members.filter(|(bit, _)| has(*bit));
            members.map(|(_, name)| *name).collect::<Vec<_>>().join(";")
        }
        FieldKind::List => row.list(at).map(text).collect::<Vec<_>>().join(";"),
        FieldKind::Pairs => {
            let mut pairs = String::new();
            for (name, value) in row.pairs(at) {
                let before = if pairs.is_empty() { "" } else { ";" };
                // Writing to a string cannot fail.
                let _ = write!(pairs, "{before}{}={}", text(name), text(value));
            }
            pairs
        }
    }
}

/// The code of a closed list for a value that is none of it.
const AS_SENT: u8 = 255;

/// SIS ids of the records that a relation leads to no longer, and of those that it leads to now.
fn targets(planned: &Planned, relation: Relation, row: u32, old: u32) -> (String, String) {
    let to = relation.to();
    let (was, is) = (planned.old.snapshot.table(to), planned.candidate.table(to));
    let before = planned.old.snapshot.lists(relation).get(old).iter();
    let after = planned.candidate.lists(relation).get(row).iter();
    let mut before: Vec<_> = before.map(|row| name(to, was.row(*row))).collect();
    let mut after: Vec<_> = after.map(|row| name(to, is.row(*row))).collect();
    let both: Vec<_> = before
        .iter()
        .filter(|name| after.contains(name))
        .cloned()
        .collect();
    if before.len() == both.len() && after.len() == both.len() {
        // The same in another order, or others of the same names.
        return (before.join(";"), after.join(";"));
    }
    before.retain(|name| !both.contains(name));
    after.retain(|name| !both.contains(name));
    (before.join(";"), after.join(";"))
}

/// What a record is known by.
fn name(kind: Kind, row: Row<'_>) -> String {
    let field = match kind {
        Kind::School | Kind::Student | Kind::Section | Kind::Contact | Kind::Resource => 0,
        Kind::Employee if row.text(fields::employee::TEACHER_SIS_ID).is_empty() => {
            fields::employee::STAFF_ID
        }
        Kind::Employee => fields::employee::TEACHER_SIS_ID,
        Kind::Course if row.text(fields::course::NUMBER).is_empty() => fields::course::NAME,
        Kind::Course => fields::course::NUMBER,
        Kind::Term => fields::term::NAME,
        Kind::ContactLink => return String::new(),
    };
    row.text(field).to_owned()
}
