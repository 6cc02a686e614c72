//! Fields of records and of roles: each is written only where it is as the action says.

use std::collections::BTreeMap;

use homeroom_model::Role;
use rusqlite::{Connection, params};

use super::{Applied, Effect};
use crate::change::RowChange;
use crate::field::{self, Table};
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, Field, FieldChange, Kind, Of, Refusal, Value};

/// Before and after of fields, by name.
pub(crate) type Changed = BTreeMap<String, (Value<'static>, Value<'static>)>;

/// `update` of a record.
pub(crate) fn update(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    id: i64,
    fields: &[FieldChange<'_>],
) -> Answer<Effect> {
    at.own(id)?;
    let changed = set_all(tx, Of::Record(kind, id), fields)?;
    Ok(Effect::new("update", kind, id, vec![changed]))
}

/// `update` of a role.
pub(crate) fn update_role(
    tx: &Connection,
    at: &Applied,
    person: i64,
    role: Role,
    fields: &[FieldChange<'_>],
) -> Answer<Effect> {
    at.own(person)?;
    let changed = set_all(tx, Of::Role(person, role), fields)?;
    Ok(Effect::new("update", Kind::Person, person, vec![changed]))
}

/// Sets fields, all or none.
pub(crate) fn set_all(tx: &Connection, of: Of, fields: &[FieldChange<'_>]) -> Answer<RowChange> {
    if fields.is_empty() {
        return Err(Fault::Refused(Refusal::Invalid));
    }
    let mut changed = Changed::new();
    for change in fields {
        set(tx, of, change.field, &change.before, &change.after)?;
        let values = (
            change.before.clone().into_owned(),
            change.after.clone().into_owned(),
        );
        changed.insert(name(of, change.field), values);
    }
    let (kind, id) = whose(of);
    Ok(RowChange::Fields {
        fields: changed,
        kind,
        id,
    })
}

/// Sets one field.
pub(crate) fn set(
    tx: &Connection,
    of: Of,
    field: Field,
    before: &Value<'_>,
    after: &Value<'_>,
) -> Answer<()> {
    if table_of(of).name != field.table() {
        return Err(Fault::Refused(Refusal::Invalid));
    }
    let (id, role) = key(of);
    if query::change(tx, field.set, params![id, role, after, before])? == 0 {
        return Err(Fault::Differs(Differs::Field(field)));
    }
    Ok(())
}

/// The value of one field; nothing if there is no such record.
pub(crate) fn get(tx: &Connection, of: Of, field: Field) -> Answer<Option<Value<'static>>> {
    let (id, role) = key(of);
    query::first(tx, field.get, params![id, role], |row| {
        Ok(columns::value(row, 0)?.into_owned())
    })
}

/// Sets what the audit names, from one side to the other.
pub(crate) fn set_back(
    tx: &Connection,
    kind: Kind,
    id: i64,
    changed: &Changed,
) -> Answer<RowChange> {
    let mut back = Changed::new();
    for (name, (before, after)) in changed {
        let (of, field) = named(kind, id, name)?;
        set(tx, of, field, after, before)?;
        back.insert(name.clone(), (after.clone(), before.clone()));
    }
    Ok(RowChange::Fields {
        fields: back,
        kind,
        id,
    })
}

/// The name under which the audit and cells know a field: `email`, `student.grade`.
pub(crate) fn name(of: Of, field: Field) -> String {
    match of {
        Of::Record(..) => field.name().to_owned(),
        Of::Role(_, role) => format!("{}.{}", role.text(), field.name()),
    }
}

/// The field of that name.
pub(crate) fn named(kind: Kind, id: i64, name: &str) -> Answer<(Of, Field)> {
    let of = match name.split_once('.') {
        Some((role, _)) => Of::Role(id, super::roles::role_of(role)?),
        None => Of::Record(kind, id),
    };
    let own = name.rsplit('.').next().unwrap_or(name);
    let field = table_of(of).field(own);
    Ok((of, field.ok_or(Fault::unreadable("the audit"))?))
}

/// The record whose field it is.
pub(crate) fn whose(of: Of) -> (Kind, i64) {
    match of {
        Of::Record(kind, id) => (kind, id),
        Of::Role(person, _) => (Kind::Person, person),
    }
}

fn table_of(of: Of) -> &'static Table {
    match of {
        Of::Record(kind, _) => field::table(kind),
        Of::Role(..) => &field::role::TABLE,
    }
}

fn key(of: Of) -> (i64, Option<&'static str>) {
    match of {
        Of::Record(_, id) => (id, None),
        Of::Role(person, role) => (person, Some(role.text())),
    }
}
