//! What changed, field by field: the lines of the report's table of changes (district-side 7.5).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::fields::{FieldInfo, FieldKind};
use homeroom_segment::{
    Candidate, Changes, Hash, Op, Record, Relation, Row, Snapshot, fields, fields_of,
};

use crate::action::{Verb, hashed, label};
use crate::counts::Served;
use crate::fate::Fate;
use crate::people::{ROLES, fields_of as fields_of_role};
use crate::plan::Plan;

/// One line: columns `type, action, sis_id, clever_id, field, before, after`.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldRow<'a> {
    /// The type of the record: for employees the role the field belongs to.
    pub kind: &'static str,
    /// What is done to the record, or to the role.
    pub action: Verb,
    /// Its id in the SIS, or what else it is known by that is not personal.
    pub sis_id: Cow<'a, str>,
    /// Its published id; `None` for one that has none yet.
    pub clever_id: Option<ObjectId>,
    /// The field's or relation's name; empty for a record that comes or goes as a whole.
    pub field: &'static str,
    /// What it was. Of a relation: what it no longer leads to, blanks between.
    pub before: Cow<'a, str>,
    /// What it is. Of a relation: what it leads to in addition.
    pub after: Cow<'a, str>,
}

impl fmt::Debug for FieldRow<'_> {
    /// Which field of which record, without its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (action, kind) = (self.action.text(), self.kind);
        write!(f, "{action} {kind} {} {}", self.sis_id, self.field)
    }
}

impl FieldRow<'_> {
    /// The names of the columns.
    pub const COLUMNS: [&'static str; 7] = [
        "type",
        "action",
        "sis_id",
        "clever_id",
        "field",
        "before",
        "after",
    ];
}

/// In the place of a value that is not shown.
const MASKED: &str = "(masked)";

/// The lines of a publish, in the order of its changes: one for a record that comes or goes, one per field and relation for
/// one that changes. Relations are told by published ids. With `masked`, what could say something about a person is not
/// shown, only that it is another.
pub fn changed_fields(changes: &Changes, masked: bool) -> impl Iterator<Item = FieldRow<'_>> {
    changes.iter().flat_map(move |change| {
        let lines = Lines {
            kind: change.kind,
            before: change.before.map(|record| record.row()),
            after: change.after.map(|record| record.row()),
            keys: std::array::from_fn(|role| change.after.or(change.before)?.key(role)),
            id: Some(change.id),
            comes: Verb::Create,
            masked,
        };
        let relations = Relation::of(change.kind).filter_map(|relation| {
            let (gone, come) = difference(change.before?, change.after?, relation);
            Some((relation, gone, come))
        });
        let relations = if change.op() == Op::Updated {
            relations.collect()
        } else {
            Vec::new()
        };
        lines.write(relations)
    })
}

impl Plan {
    /// The lines of a plan that is not carried out, kinds in the order of [`Kind::ALL`], what comes and changes before what
    /// goes. Relations are told by ids in the SIS. `masked` as in [`changed_fields`].
    pub fn changed_fields<'a>(
        &'a self,
        old: &'a Snapshot,
        candidate: &'a Candidate,
        masked: bool,
    ) -> impl Iterator<Item = FieldRow<'a>> {
        let sides = Sides {
            plan: self,
            old,
            candidate,
            masked,
        };
        Kind::ALL.into_iter().flat_map(move |kind| {
            let fates = (0..).zip(self.fates(kind));
            let changing = fates.filter(|(_, fate)| !fate.is_unchanged());
            let changes = changing.flat_map(move |(row, fate)| sides.change(kind, row, *fate));
            let deleted = self.deleted(kind).iter();
            changes.chain(deleted.flat_map(move |row| sides.deletion(kind, *row)))
        })
    }
}

#[derive(Clone, Copy)]
struct Sides<'a> {
    plan: &'a Plan,
    old: &'a Snapshot,
    candidate: &'a Candidate,
    masked: bool,
}

impl<'a> Sides<'a> {
    fn change(self, kind: Kind, row: u32, fate: Fate) -> Vec<FieldRow<'a>> {
        let table = self.old.table(kind);
        let returned = self.plan.returned();
        let (comes, id) = match fate {
            Fate::Restored(at) => {
                let record = returned.get(at as usize);
                (Verb::Restore, record.map(|record| record.id))
            }
            _ => (Verb::Create, fate.old().map(|old| table.id(old))),
        };
        let lines = Lines {
            kind,
            before: fate.old().map(|old| table.row(old)),
            after: Some(self.candidate.table(kind).row(row)),
            keys: std::array::from_fn(|role| {
                let keys = self.candidate.table(kind).keys(row);
                keys.get(role).copied()
            }),
            id,
            comes,
            masked: self.masked,
        };
        let relations = Relation::of(kind).filter_map(|relation| {
            let (gone, come) = self.difference(relation, row, fate.old()?);
            Some((relation, gone, come))
        });
        lines.write(relations.collect())
    }

    fn deletion(self, kind: Kind, row: u32) -> Vec<FieldRow<'a>> {
        let table = self.old.table(kind);
        let lines = Lines {
            kind,
            before: Some(table.row(row)),
            after: None,
            keys: std::array::from_fn(|role| table.key(row, role)),
            id: Some(table.id(row)),
            comes: Verb::Create,
            masked: self.masked,
        };
        lines.write(Vec::new())
    }

    /// What a relation no longer leads to, and what it leads to in addition.
    fn difference(self, relation: Relation, row: u32, old: u32) -> (String, String) {
        let to = relation.to();
        let (table, rows) = (self.old.table(to), self.candidate.table(to));
        let before = self.old.lists(relation).get(old);
        let after = self.candidate.lists(relation).get(row);
        let stays = |row: &u32| {
            let fate = self.plan.fates(to).get(*row as usize)?;
            fate.old().filter(|old| before.contains(old))
        };
        let kept: BTreeSet<u32> = after.iter().filter_map(stays).collect();
        let gone = before.iter().filter(|row| !kept.contains(row));
        let gone = gone.map(|row| label(to, table.row(*row), table.key(*row, 0).as_ref()));
        let come = after.iter().filter(|row| stays(row).is_none());
        let come = come.map(|row| label(to, rows.row(*row), rows.keys(*row).first()));
        (sorted(gone), sorted(come))
    }
}

fn sorted(labels: impl Iterator<Item = String>) -> String {
    let labels: BTreeSet<_> = labels.collect();
    labels.into_iter().collect::<Vec<_>>().join(" ")
}

fn difference(before: Record<'_>, after: Record<'_>, relation: Relation) -> (String, String) {
    let ids = |record: Record<'_>| record.targets(relation).collect::<BTreeSet<_>>();
    let (before, after) = (ids(before), ids(after));
    let only = |some: &BTreeSet<ObjectId>, other: &BTreeSet<ObjectId>| {
        sorted(some.difference(other).map(ToString::to_string))
    };
    (only(&before, &after), only(&after, &before))
}

/// One record on its way to lines.
struct Lines<'a> {
    kind: Kind,
    before: Option<Row<'a>>,
    after: Option<Row<'a>>,
    /// Of each role, for employees.
    keys: [Option<Hash>; 3],
    id: Option<ObjectId>,
    /// What it is called when it comes.
    comes: Verb,
    masked: bool,
}

impl<'a> Lines<'a> {
    /// Lines for the record; of relations those that lead to others than before.
    fn write(&self, relations: Vec<(Relation, String, String)>) -> Vec<FieldRow<'a>> {
        let mut lines = Vec::new();
        if self.kind == Kind::Employee {
            for role in ROLES {
                self.part(Some(role), &mut lines);
            }
        } else {
            self.part(None, &mut lines);
        }
        for (relation, gone, come) in relations {
            if !(gone.is_empty() && come.is_empty()) {
                let role = self.role_of(relation);
                lines.push(FieldRow {
                    field: relation.name(),
                    before: Cow::Owned(gone),
                    after: Cow::Owned(come),
                    ..self.whole(role, Verb::Update)
                });
            }
        }
        lines
    }

    /// The record itself, or one role of a person.
    fn part(&self, role: Option<Role>, lines: &mut Vec<FieldRow<'a>>) {
        let has = |row: &&Row<'_>| role.is_none_or(|role| has_role(**row, role));
        let before = self.before.as_ref().filter(has);
        let after = self.after.as_ref().filter(has);
        match (before, after) {
            (None, None) => {}
            (None, Some(_)) => lines.push(self.whole(role, self.comes)),
            (Some(_), None) => lines.push(self.whole(role, Verb::Delete)),
            (Some(before), Some(after)) => {
                let range = match role {
                    Some(role) => fields_of_role(role),
                    None => 0..=fields_of(self.kind).len().saturating_sub(1),
                };
                for (at, field) in fields_of(self.kind).iter().enumerate() {
                    if range.contains(&at) && before.bytes(at) != after.bytes(at) {
                        lines.push(FieldRow {
                            field: field.name,
                            before: self.value(*before, at, field),
                            after: self.value(*after, at, field),
                            ..self.whole(role, Verb::Update)
                        });
                    }
                }
            }
        }
    }

    /// A line without a field.
    fn whole(&self, role: Option<Role>, action: Verb) -> FieldRow<'a> {
        let row = self.after.or(self.before).unwrap_or(Row::new(&[]));
        let role_row = match role {
            Some(role) if !has_role(row, role) => self.before.unwrap_or(row),
            _ => row,
        };
        let kind = match role {
            Some(Role::Teacher) => Served::Teachers.text(),
            Some(Role::Staff) => Served::Staff.text(),
            Some(_) => Served::DistrictAdmins.text(),
            None => self.kind.table(),
        };
        let sis_id = match (self.kind, role) {
            (Kind::Student, _) => Cow::Borrowed(row.text(fields::student::SIS_ID)),
            (Kind::Section, _) => Cow::Borrowed(row.text(fields::section::SIS_ID)),
            (_, Some(Role::Teacher)) => {
                Cow::Borrowed(role_row.text(fields::employee::TEACHER_SIS_ID))
            }
            (_, Some(Role::Staff)) => Cow::Borrowed(role_row.text(fields::employee::STAFF_ID)),
            // The key of an admin is an email address.
            (_, Some(_)) => Cow::Owned(hashed(self.keys[2].as_ref())),
            (kind, None) => Cow::Owned(label(kind, row, self.keys[0].as_ref())),
        };
        FieldRow {
            kind,
            action,
            sis_id,
            clever_id: self.id,
            field: "",
            before: Cow::Borrowed(""),
            after: Cow::Borrowed(""),
        }
    }

    /// The role that a relation of an employee belongs to.
    fn role_of(&self, relation: Relation) -> Option<Role> {
        (self.kind == Kind::Employee).then_some(match relation {
            Relation::StaffSchools => Role::Staff,
            _ => Role::Teacher,
        })
    }

    fn value(&self, row: Row<'a>, at: usize, field: &FieldInfo) -> Cow<'a, str> {
        if row.bytes(at).is_empty() {
            return Cow::Borrowed("");
        }
        if self.masked && !is_shown(self.kind, at) {
            return Cow::Borrowed(MASKED);
        }
        value(row, at, field)
    }
}

fn has_role(row: Row<'_>, role: Role) -> bool {
    let at = ROLES.iter().position(|other| *other == role).unwrap_or(7);
    row.code(fields::employee::ROLES) & (1 << at) != 0
}

/// A field as text.
fn value<'a>(row: Row<'a>, at: usize, field: &FieldInfo) -> Cow<'a, str> {
    let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).unwrap_or("");
    match field.kind {
        FieldKind::Text => Cow::Borrowed(row.text(at)),
        FieldKind::Listed => Cow::Borrowed(match row.bytes(at).split_first() {
            Some((&u8::MAX, sent)) => text(sent),
            Some((code, _)) => (field.text_of)(*code).unwrap_or(""),
            None => "",
        }),
        FieldKind::Date => {
            let date = row.date(at);
            Cow::Owned(date.map(|date| date.to_string()).unwrap_or_default())
        }
        FieldKind::Byte if field.members.is_empty() => Cow::Borrowed("true"),
        FieldKind::Byte => {
            let members = field.members.iter().enumerate();
            let members = members.filter(|(bit, _)| row.code(at) & (1 << bit) != 0);
            let members: Vec<_> = members.map(|(_, member)| *member).collect();
            Cow::Owned(members.join("; "))
        }
        FieldKind::List => {
            let parts: Vec<_> = row.list(at).map(text).collect();
            Cow::Owned(parts.join("; "))
        }
        FieldKind::Pairs => {
            let pairs = row.pairs(at);
            let pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{}={}", text(name), text(value)))
                .collect();
            Cow::Owned(pairs.join("; "))
        }
    }
}

/// Whether a field says nothing about a person: ids, grades, words of closed lists about courses and schools. The name of a
/// section may hold its teacher's, extension fields anything.
fn is_shown(kind: Kind, at: usize) -> bool {
    use fields::{contact, employee as e, school, section, student as s};
    match kind {
        Kind::School => !matches!(
            at,
            school::PRINCIPAL | school::PRINCIPAL_EMAIL | school::PHONE | school::EXT
        ),
        Kind::Student => matches!(
            at,
            s::SIS_ID | s::SCHOOL_SIS_ID | s::NUMBER | s::GRADE | s::GRADUATION_YEAR
        ),
        Kind::Employee => matches!(
            at,
            e::ROLES
                | e::TEACHER_SIS_ID
                | e::TEACHER_SCHOOL_SIS_ID
                | e::TEACHER_NUMBER
                | e::TEACHER_TITLE
                | e::STAFF_ID
                | e::STAFF_DEPARTMENT
                | e::STAFF_TITLE
                | e::STAFF_ROLES
                | e::STAFF_BY_HAND
                | e::ADMIN_TITLE
        ),
        Kind::Contact => matches!(at, contact::SIS_ID | contact::PHONE_TYPE),
        Kind::Section => !matches!(at, section::NAME | section::EXT),
        Kind::ContactLink | Kind::Course | Kind::Term | Kind::Resource => true,
    }
}
