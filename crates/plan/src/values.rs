//! The values of a record that the app uses, by name and as text: what rules look at, what is compared and what is hashed.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeSet;

use homeroom_model::{Date, Kind, ObjectId};
use homeroom_segment::fields::{FieldInfo, FieldKind};
use homeroom_segment::{Hash, Relation, Row, Snapshot, fields_of};

use crate::made::copy_of_course;

/// A field the app uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    slot: Slot,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Stored(usize, &'static FieldInfo),
    Leads(Relation),
    /// A section's course: the copy of its school, if both are known.
    CourseOfSchool,
    /// Several schools where only the primary one counts, if there is one.
    OnlyPrimary(Relation, Relation),
}

/// Every field a kind could have: those of its rows and those that lead to other records, but for a section's people.
pub(crate) fn all(kind: Kind) -> Vec<Field> {
    let stored = (0..).zip(fields_of(kind)).map(|(number, info)| Field {
        name: info.name,
        slot: Slot::Stored(number, info),
    });
    let leads = Relation::of(kind).filter(|relation| !is_member(*relation));
    let leads = leads.map(|relation| Field {
        name: lead_name(relation),
        slot: Slot::Leads(relation),
    });
    let kept_inside = |field: &Field| {
        !matches!(
            field.name,
            "custom" | "teacher_custom" | "staff_custom" | "staff_kept_by_hand" | "admin_key"
        ) && !field.name.ends_with("school_sis_id")
            && !field.name.ends_with("_as_sent")
    };
    stored.chain(leads).filter(kept_inside).collect()
}

pub(crate) fn is_member(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::SectionTeachers | Relation::SectionStudents
    )
}

/// What a field that leads to other records is called.
fn lead_name(relation: Relation) -> &'static str {
    match relation {
        Relation::StudentSchool | Relation::SectionSchool => "school",
        Relation::StudentSchools => "schools",
        Relation::TeacherSchool => "teacher_school",
        Relation::TeacherSchools => "teacher_schools",
        Relation::StaffSchools => "staff_schools",
        Relation::LinkContact => "contact",
        Relation::LinkStudent => "student",
        Relation::SectionCourse => "course",
        Relation::SectionTerm => "term",
        Relation::ResourceCourses => "courses",
        Relation::SectionTeachers => "teachers",
        Relation::SectionStudents => "students",
    }
}

impl Field {
    /// The field's text in a row. Ids stand as hexadecimal digits with blanks between, lists and pairs with the ASCII unit
    /// separator.
    pub(crate) fn text<'s>(&self, snapshot: &'s Snapshot, kind: Kind, row: u32) -> Cow<'s, str> {
        match self.slot {
            Slot::Stored(number, info) => stored(snapshot.table(kind).row(row), number, info),
            Slot::Leads(relation) => {
                let ids = leads_to(snapshot, relation, row).map(ObjectId::to_hex);
                ids.collect::<Vec<_>>().join(" ").into()
            }
            Slot::CourseOfSchool => {
                let course = leads_to(snapshot, Relation::SectionCourse, row).next();
                let school = leads_to(snapshot, Relation::SectionSchool, row).next();
                match (course, school) {
                    (Some(course), Some(school)) => {
                        copy_of_course(&course, &school).to_hex().into()
                    }
                    (course, _) => course.map(ObjectId::to_hex).unwrap_or_default().into(),
                }
            }
            Slot::OnlyPrimary(all, primary) => {
                let one = leads_to(snapshot, primary, row).next();
                match one {
                    Some(school) => school.to_hex().into(),
                    None => Self {
                        slot: Slot::Leads(all),
                        ..*self
                    }
                    .text(snapshot, kind, row)
                    .into_owned()
                    .into(),
                }
            }
        }
    }

    /// The field's text, as if some records were not there.
    pub(crate) fn text_without<'s>(
        &self,
        snapshot: &'s Snapshot,
        (kind, row): (Kind, u32),
        absent: &BTreeSet<ObjectId>,
    ) -> Cow<'s, str> {
        if absent.is_empty() {
            return self.text(snapshot, kind, row);
        }
        let lacks =
            |relation: Relation| leads_to(snapshot, relation, row).any(|id| absent.contains(&id));
        match self.slot {
            Slot::Leads(relation) => {
                let ids = leads_to(snapshot, relation, row).filter(|id| !absent.contains(id));
                ids.map(ObjectId::to_hex)
                    .collect::<Vec<_>>()
                    .join(" ")
                    .into()
            }
            Slot::CourseOfSchool
                if lacks(Relation::SectionCourse) || lacks(Relation::SectionSchool) =>
            {
                "".into()
            }
            Slot::OnlyPrimary(_, primary) if lacks(primary) => "".into(),
            _ => self.text(snapshot, kind, row),
        }
    }

    /// The field of a section that leads to the course's copy of its school.
    pub(crate) fn of_school(self) -> Self {
        Self {
            slot: Slot::CourseOfSchool,
            ..self
        }
    }

    /// The field of several schools, of which only the primary one counts.
    pub(crate) fn narrowed_to(self, primary: Relation) -> Self {
        match self.slot {
            Slot::Leads(all) => Self {
                slot: Slot::OnlyPrimary(all, primary),
                ..self
            },
            _ => self,
        }
    }

    /// Whether the field leads to other records.
    pub(crate) fn leads(&self) -> bool {
        !matches!(self.slot, Slot::Stored(..))
    }
}

/// The ids that a row's relation leads to.
pub(crate) fn leads_to(
    snapshot: &Snapshot,
    relation: Relation,
    row: u32,
) -> impl Iterator<Item = ObjectId> {
    let table = snapshot.table(relation.to());
    let targets = snapshot.lists(relation).get(row).iter();
    targets.map(|target| table.id(*target))
}

fn stored<'a>(row: Row<'a>, number: usize, info: &FieldInfo) -> Cow<'a, str> {
    match info.kind {
        FieldKind::Text => row.text(number).into(),
        FieldKind::Listed => match row.bytes(number).split_first() {
            None => "".into(),
            Some((&255, text)) => std::str::from_utf8(text).unwrap_or_default().into(),
            Some((&code, _)) => (info.text_of)(code).unwrap_or_default().into(),
        },
        FieldKind::Date => row.date(number).map_or("".into(), |day| iso(day).into()),
        FieldKind::Byte => {
            let bits = row.code(number);
            let set = info
                .members
                .iter()
                .zip(0..8)
                .filter(|(_, bit)| bits & 1 << bit != 0);
            let set: Vec<_> = set.map(|(name, _)| *name).collect();
            set.join("\u{1f}").into()
        }
        FieldKind::List => joined(row.list(number)),
        FieldKind::Pairs => joined(row.pairs(number).flat_map(|(name, value)| [name, value])),
    }
}

fn iso(day: Date) -> String {
    day.to_string()
}

fn joined<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Cow<'a, str> {
    let parts: Vec<_> = parts
        .map(|part| std::str::from_utf8(part).unwrap_or_default())
        .collect();
    parts.join("\u{1f}").into()
}

/// Digests of values and members: what tells a plan that nothing changed. They are kept in the roster.
#[derive(Clone, Copy, Debug)]
pub struct Digest;

impl Digest {
    /// Of values, in the order of the policy's fields.
    pub(crate) fn of_values<'t>(values: impl Iterator<Item = Cow<'t, str>>) -> Hash {
        let mut hasher = blake3::Hasher::new();
        let mut scratch = Vec::with_capacity(512);
        for value in values {
            let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
            scratch.extend_from_slice(&length.to_le_bytes());
            scratch.extend_from_slice(value.as_bytes());
        }
        hasher.update(&scratch);
        short(&hasher)
    }

    /// Of the people of a section: teachers in their order, then students ascending.
    pub fn of_members<I: Borrow<ObjectId>>(
        teachers: impl IntoIterator<Item = I>,
        students: impl IntoIterator<Item = I>,
    ) -> Hash {
        let mut bytes = Vec::with_capacity(512);
        for teacher in teachers {
            bytes.extend_from_slice(teacher.borrow().bytes());
        }
        bytes.push(0xff);
        for student in students {
            bytes.extend_from_slice(student.borrow().bytes());
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes);
        short(&hasher)
    }
}

/// The first half of a hash.
pub(crate) fn short(hasher: &blake3::Hasher) -> Hash {
    let mut hash = [0; 16];
    for (to, from) in hash.iter_mut().zip(hasher.finalize().as_bytes()) {
        *to = *from;
    }
    hash
}
