//! The columns of a kind's table, and how each is made from packed rows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Date32Array, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, TimeUnit};
use homeroom_model::{Kind, ObjectId};

use crate::fields::{FieldInfo, FieldKind};
use crate::noun::fields_of;
use crate::relation::Relation;
use crate::row::Row;
use crate::snapshot::Snapshot;

const UTC: &str = "UTC";
/// A value of a closed list that is none of it, as in [`crate::row`].
const AS_SENT: u8 = 255;
/// Digits of an id.
const ID_DIGITS: u64 = 24;

/// A column of a kind's table.
pub(super) struct Column {
    name: &'static str,
    source: Source,
}

/// Where a column's values come from.
#[derive(Clone, Copy)]
enum Source {
    Id,
    RoleId(usize),
    /// The one record that a relation leads to.
    One(Relation),
    /// All records that a relation leads to.
    Many(Relation),
    Field(usize, FieldInfo),
    Created,
    Modified,
}

/// The columns of a kind: its ids, what it refers to, its fields, its times.
pub(super) fn of(kind: Kind) -> Vec<Column> {
    let column = |name, source| Column { name, source };
    let mut columns = vec![column("id", Source::Id)];
    let roles = role_ids(kind).iter().enumerate();
    columns.extend(roles.map(|(role, name)| column(name, Source::RoleId(role))));
    columns.extend(
        Relation::of(kind)
            .filter_map(|relation| reference(relation).map(|(name, source)| column(name, source))),
    );
    let fields = fields_of(kind).iter().enumerate();
    columns.extend(fields.map(|(at, field)| column(field.name, Source::Field(at, *field))));
    columns.push(column("created", Source::Created));
    columns.push(column("last_modified", Source::Modified));
    columns
}

/// Bytes that the values of a row take at most in any column: a byte of text is at most six in JSON. What is small
/// whatever a row holds (texts of closed lists, ends of lists and texts) is not counted.
pub(super) fn most_bytes(snapshot: &Snapshot, kind: Kind, row: u32) -> u64 {
    let packed = snapshot.table(kind).row(row).packed().len() as u64;
    let references = Relation::of(kind)
        .filter(|relation| reference(*relation).is_some())
        .map(|relation| snapshot.lists(relation).get(row).len() as u64);
    6 * packed + ID_DIGITS * references.sum::<u64>()
}

fn role_ids(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Employee => &["teacher_id", "staff_id", "district_admin_id"],
        Kind::Contact => &["legacy_id"],
        Kind::School
        | Kind::Student
        | Kind::ContactLink
        | Kind::Section
        | Kind::Course
        | Kind::Term
        | Kind::Resource => &[],
    }
}

/// The column of a relation; `None` for relations that have a table of their own.
fn reference(relation: Relation) -> Option<(&'static str, Source)> {
    let one = |name| Some((name, Source::One(relation)));
    let many = |name| Some((name, Source::Many(relation)));
    match relation {
        Relation::StudentSchool | Relation::SectionSchool => one("school_id"),
        Relation::StudentSchools => many("school_ids"),
        Relation::TeacherSchool => one("teacher_school_id"),
        Relation::TeacherSchools => many("teacher_school_ids"),
        Relation::StaffSchools => many("staff_school_ids"),
        Relation::LinkContact => one("contact_id"),
        Relation::LinkStudent => one("student_id"),
        Relation::SectionCourse => one("course_id"),
        Relation::SectionTerm => one("term_id"),
        Relation::ResourceCourses => many("course_ids"),
        Relation::SectionTeachers | Relation::SectionStudents => None,
    }
}

impl Column {
    pub(super) fn field(&self) -> Field {
        let (data_type, may_be_null) = self.source.data_type();
        Field::new(self.name, data_type, may_be_null)
    }

    /// The column's values for some rows.
    pub(super) fn array(&self, snapshot: &Snapshot, kind: Kind, rows: Range<u32>) -> ArrayRef {
        let table = snapshot.table(kind);
        match self.source {
            Source::Id => ids(rows.map(|row| Some(table.id(row)))),
            Source::RoleId(role) => ids(rows.map(|row| table.role_id(row, role))),
            Source::One(relation) => {
                let (lists, to) = (snapshot.lists(relation), snapshot.table(relation.to()));
                ids(rows.map(|row| lists.first(row).map(|target| to.id(target))))
            }
            Source::Many(relation) => {
                let (lists, to) = (snapshot.lists(relation), snapshot.table(relation.to()));
                lists_of(rows, |row, list| {
                    for target in lists.get(row) {
                        list(hex(&mut to.id(*target).hex()));
                    }
                })
            }
            Source::Field(at, field) => values(at, &field, rows.map(|row| table.row(row))),
            Source::Created => times(rows.map(|row| table.created(row).millis())),
            Source::Modified => times(rows.map(|row| table.modified(row).millis())),
        }
    }
}

impl Source {
    /// The type of the values, and whether there may be nothing in the place of one.
    fn data_type(self) -> (DataType, bool) {
        match self {
            Self::Id => (DataType::Utf8, false),
            Self::RoleId(_) | Self::One(_) => (DataType::Utf8, true),
            Self::Many(_) => (DataType::List(item()), false),
            Self::Created | Self::Modified => (
                DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into())),
                false,
            ),
            Self::Field(_, field) => match field.kind {
                FieldKind::Text | FieldKind::Listed | FieldKind::Pairs => (DataType::Utf8, true),
                FieldKind::Date => (DataType::Date32, true),
                FieldKind::Byte if field.members.is_empty() => (DataType::Boolean, false),
                FieldKind::Byte | FieldKind::List => (DataType::List(item()), false),
            },
        }
    }
}

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Utf8, false))
}

/// The values of a field.
fn values<'a>(
    at: usize,
    field: &FieldInfo,
    rows: impl ExactSizeIterator<Item = Row<'a>>,
) -> ArrayRef {
    match field.kind {
        FieldKind::Text => texts(rows.map(|row| row.text(at))),
        FieldKind::Listed => texts(rows.map(|row| match row.bytes(at).split_first() {
            Some((&AS_SENT, text)) => std::str::from_utf8(text).unwrap_or(""),
            Some((&code, _)) => (field.text_of)(code).unwrap_or(""),
            None => "",
        })),
        FieldKind::Date => {
            let days = rows.map(|row| row.date(at).map(homeroom_model::Date::days));
            Arc::new(days.collect::<Date32Array>())
        }
        FieldKind::Byte if field.members.is_empty() => {
            let flags: Vec<bool> = rows.map(|row| row.code(at) != 0).collect();
            Arc::new(BooleanArray::from(flags))
        }
        FieldKind::Byte => lists_of(rows, |row, list| {
            let members = field.members.iter().enumerate();
            for (_, name) in members.filter(|(bit, _)| row.code(at) >> bit & 1 != 0) {
                list(name);
            }
        }),
        FieldKind::List => lists_of(rows, |row, list| {
            for text in row.list(at) {
                list(std::str::from_utf8(text).unwrap_or(""));
            }
        }),
        FieldKind::Pairs => Arc::new(rows.map(|row| json(row, at)).collect::<StringArray>()),
    }
}

/// Extension fields as a JSON object.
fn json(row: Row<'_>, at: usize) -> Option<String> {
    let ext = row.ext(at);
    let pairs: BTreeMap<_, _> = ext.iter().collect();
    (!pairs.is_empty())
        .then(|| serde_json::to_string(&pairs).ok())
        .flatten()
}

/// Texts; an empty one means that nothing is known.
fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> ArrayRef {
    let known = texts.map(|text| (!text.is_empty()).then_some(text));
    Arc::new(known.collect::<StringArray>())
}

pub(super) fn ids(ids: impl Iterator<Item = Option<ObjectId>>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    for id in ids {
        match id {
            Some(id) => builder.append_value(hex(&mut id.hex())),
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

/// The digits of an id as text.
fn hex(digits: &mut [u8; 24]) -> &str {
    std::str::from_utf8(digits).unwrap_or("")
}

fn times(millis: impl Iterator<Item = i64>) -> ArrayRef {
    let times = TimestampMillisecondArray::from_iter_values(millis);
    Arc::new(times.with_timezone(UTC))
}

/// A list for each of `rows`; `fill` hands its texts on.
fn lists_of<R>(rows: impl Iterator<Item = R>, fill: impl Fn(R, &mut dyn FnMut(&str))) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(item());
    for row in rows {
        fill(row, &mut |text| builder.values().append_value(text));
        builder.append(true);
    }
    Arc::new(builder.finish())
}
