//! A record as it is written and read: one value per field of its table.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::field::{self, Table};
use crate::{Field, Kind, Value};

/// Values of all fields of a kind, or of a role.
#[derive(Clone)]
pub struct Record<'a> {
    table: &'static Table,
    pub(crate) values: Vec<Value<'a>>,
}

impl<'a> Record<'a> {
    /// A new record of a kind: from the source, active or present and ok, everything else nothing.
    pub fn new(kind: Kind) -> Self {
        let empty = Self::empty(field::table(kind));
        match kind {
            Kind::School | Kind::Term | Kind::Course | Kind::Section => empty
                .with(field::school::ORIGIN, "source")
                .with(field::school::STATE, "active"),
            Kind::Person => empty
                .with(field::person::ORIGIN, "source")
                .with(field::person::SOURCE_STATE, "present")
                .with(field::person::APP_STATE, "ok"),
            Kind::Profile => empty
                .with(field::profile::STATE, "active")
                .with(field::profile::IS_DEFAULT, false),
        }
    }

    /// A role without any field.
    pub fn role() -> Self {
        Self::empty(&field::role::TABLE)
    }

    pub(crate) fn empty(table: &'static Table) -> Self {
        Self {
            table,
            values: vec![Value::Null; table.fields.len()],
        }
    }

    /// The table whose fields these are.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// The same record with a value. Fields are matched by their place, so those that all kinds of place share (origin,
    /// state, reason, since) may be named by any of them.
    #[must_use]
    pub fn with(mut self, field: Field, value: impl Into<Value<'a>>) -> Self {
        self.set(field, value);
        self
    }

    /// Sets a value.
    pub fn set(&mut self, field: Field, value: impl Into<Value<'a>>) {
        debug_assert_eq!(
            self.table.fields.get(field.index()).map(Field::name),
            Some(field.name())
        );
        if let Some(place) = self.values.get_mut(field.index()) {
            *place = value.into();
        }
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> &Value<'a> {
        self.values.get(field.index()).unwrap_or(&Value::Null)
    }

    /// Fields and values, in the order of columns.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value<'a>)> {
        self.table.fields.iter().copied().zip(&self.values)
    }

    /// The same record owning its texts.
    pub fn into_owned(self) -> Record<'static> {
        Record {
            table: self.table,
            values: self.values.into_iter().map(Value::into_owned).collect(),
        }
    }
}

impl PartialEq for Record<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.table.name == other.table.name && self.values == other.values
    }
}

impl Eq for Record<'_> {}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({})", self.table.name)
    }
}

/// As a map of the fields that hold something.
impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, value) in self.iter().filter(|(_, value)| **value != Value::Null) {
            map.serialize_entry(field.name(), value)?;
        }
        map.end()
    }
}
