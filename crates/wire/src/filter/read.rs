//! A field of a record, as its type.

use homeroom_model::{
    ClosedList, Gender, Grade, Kind, Language, Lunch, ObjectId, Role, Subject, Timestamp,
};
use homeroom_segment::{Relation, Row, View, fields_of};

use super::fields::{Get, Source};
use crate::family1::{course_of, term_of};
use crate::json;
use crate::older;
use crate::people::{kind_of, primary_school, role_id, shown_teachers, shows_role};
use crate::rules::Rules;
use crate::select::Place;
use crate::writer::{days, id};

/// What a record has for a field.
#[derive(Clone, Copy)]
pub(super) enum Found<'v> {
    /// Not there.
    Absent,
    /// An object with fields of its own.
    Object,
    Text(&'v [u8]),
    Id(ObjectId),
    /// A date of birth, as days since 1970.
    Day(i32),
    /// Another day, which documents write as `YYYY-MM-DD`.
    IsoDay(i32),
    Instant(Timestamp),
    /// A list of ids, which stands in [`Look`].
    Ids,
}

impl Found<'_> {
    /// Calls with the value as documents write it.
    pub(super) fn written(&self, call: impl FnOnce(&[u8]) -> bool) -> bool {
        match self {
            Self::Text(text) => call(text),
            Self::Id(id) => call(&json::hex(id)),
            Self::Instant(time) => call(&json::instant(*time)),
            Self::Day(day) => {
                let mut text = Vec::with_capacity(10);
                json::push_us_date(&mut text, *day) && call(&text)
            }
            Self::IsoDay(day) => {
                let mut text = Vec::with_capacity(10);
                json::push_iso_date(&mut text, *day) && call(&text)
            }
            Self::Absent | Self::Object | Self::Ids => false,
        }
    }
}

/// Reads fields of records for a view. Keeps the list it read last, so that reading allocates nothing.
pub(super) struct Look<'v> {
    view: View<'v>,
    rules: Rules,
    ids: Vec<ObjectId>,
}

impl<'v> Look<'v> {
    pub(super) fn new(view: View<'v>, rules: Rules) -> Self {
        Self {
            view,
            rules,
            ids: Vec::new(),
        }
    }

    /// Whether something is true of what was found: of any element, if that is a list.
    pub(super) fn any(&self, found: &Found<'_>, test: impl Fn(&Found<'_>) -> bool) -> bool {
        match found {
            Found::Ids => self.ids.iter().any(|id| test(&Found::Id(*id))),
            found => test(found),
        }
    }

    /// How many elements a list has.
    pub(super) fn size(&self, found: &Found<'_>) -> Option<u64> {
        matches!(found, Found::Ids).then_some(self.ids.len() as u64)
    }

    /// The field of a record.
    pub(super) fn find(&mut self, source: &Source, place: Place) -> Found<'v> {
        if !source.shown(self.view.mask) {
            return Found::Absent;
        }
        let (kind, row) = match place {
            Place::Row(kind, row) => (kind, row),
            Place::Role(role, row) => (kind_of(role), row),
            Place::District | Place::Status => return Found::Absent,
        };
        let table = self.view.snapshot.table(kind);
        let data = table.row(row);
        if let Some(found) = self.plain(kind, data, source.get) {
            return found;
        }
        match source.get {
            Get::Created => Found::Instant(table.created(row)),
            Get::Modified => Found::Instant(table.modified(row)),
            Get::PrimarySchool => match primary_school(self.view, kind, row) {
                Some(school) => Found::Id(self.view.snapshot.table(Kind::School).id(school)),
                None => Found::Absent,
            },
            Get::One(relation) => self.one(relation, row),
            Get::Schools(relation) => self.many(relation, row),
            Get::Teacher => {
                self.teachers(row);
                self.ids.first().copied().map_or(Found::Absent, Found::Id)
            }
            Get::Teachers => {
                self.teachers(row);
                Found::Ids
            }
            Get::Students => self.students(row),
            Get::Course(field) => match course_of(self.view, row) {
                Some(course) => optional(course.bytes(field)),
                None => Found::Absent,
            },
            Get::Term => term_of(self.view, row).map_or(Found::Absent, |_| Found::Object),
            Get::TermName(field) => match term_of(self.view, row) {
                Some(term) => optional(term.bytes(field)),
                None => Found::Absent,
            },
            Get::TermDate(as_sent, field) => match term_of(self.view, row) {
                Some(_) if !data.bytes(as_sent).is_empty() => Found::Text(data.bytes(as_sent)),
                Some(term) => days(term, field).map_or(Found::Absent, Found::IsoDay),
                None => Found::Absent,
            },
            // The record's id, also that of a role.
            _ => Found::Id(id(self.view, place)),
        }
    }

    /// A field that stands in the row itself; `None` for those that do not.
    fn plain(&self, kind: Kind, data: Row<'v>, get: Get) -> Option<Found<'v>> {
        Some(match get {
            Get::District => Found::Id(self.view.district.id),
            Get::Object => Found::Object,
            Get::ObjectOf(parts) => {
                let there = parts.iter().any(|part| !data.bytes(*part).is_empty());
                if there { Found::Object } else { Found::Absent }
            }
            Get::Text(field) => Found::Text(data.bytes(field)),
            Get::Optional(field) => optional(data.bytes(field)),
            Get::Listed(field) => Found::Text(listed(kind, data, field)),
            Get::OptionalListed(field) => optional(listed(kind, data, field)),
            Get::Day(field) => days(data, field).map_or(Found::Absent, Found::Day),
            Get::Grade(field) => match data.known::<Grade>(field) {
                Some(grade) => Found::Text(older::grade(grade).text().as_bytes()),
                None => Found::Absent,
            },
            Get::Gender(field) => {
                let gender = data.known::<Gender>(field);
                let gender = gender.filter(|gender| older::has_gender(*gender));
                Found::Text(gender.map_or(b"", |gender| gender.text().as_bytes()))
            }
            Get::Lunch(field) => {
                let lunch = data.known::<Lunch>(field);
                let lunch = lunch.filter(|lunch| self.rules.lunch_other || *lunch != Lunch::Other);
                Found::Text(lunch.map_or(b"", |lunch| lunch.text().as_bytes()))
            }
            Get::Language(field) => match data.known::<Language>(field) {
                Some(language) if language.in_short_list() => {
                    Found::Text(language.text().as_bytes())
                }
                _ => Found::Absent,
            },
            Get::Subject(field) => {
                let subject = data.known(field).unwrap_or(Subject::Other);
                Found::Text(subject.text().as_bytes())
            }
            _ => return None,
        })
    }

    fn one(&self, relation: Relation, row: u32) -> Found<'v> {
        let target = self.view.snapshot.lists(relation).first(row);
        match target.filter(|target| self.view.shows(relation.to(), *target)) {
            Some(target) => Found::Id(self.view.snapshot.table(relation.to()).id(target)),
            None => Found::Absent,
        }
    }

    fn many(&mut self, relation: Relation, row: u32) -> Found<'v> {
        let view = self.view;
        let targets = view.snapshot.lists(relation).get(row).iter().copied();
        let shown = targets.filter(|target| view.shows(relation.to(), *target));
        let table = view.snapshot.table(relation.to());
        self.ids.clear();
        self.ids.extend(shown.map(|target| table.id(target)));
        Found::Ids
    }

    fn teachers(&mut self, section: u32) {
        let view = self.view;
        let teachers = shown_teachers(view, section);
        self.ids.clear();
        self.ids
            .extend(teachers.filter_map(|row| role_id(view, Role::Teacher, row)));
    }

    fn students(&mut self, section: u32) -> Found<'v> {
        let view = self.view;
        let students = view.snapshot.lists(Relation::SectionStudents).get(section);
        let students = students.iter().copied();
        let shown = students.filter(|student| shows_role(view, Role::Student, *student));
        let table = view.snapshot.table(Kind::Student);
        self.ids.clear();
        self.ids.extend(shown.map(|student| table.id(student)));
        Found::Ids
    }
}

fn optional(text: &[u8]) -> Found<'_> {
    if text.is_empty() {
        Found::Absent
    } else {
        Found::Text(text)
    }
}

/// The text of a closed-list value; empty for one that is not on the list.
fn listed(kind: Kind, row: Row<'_>, field: usize) -> &'static [u8] {
    let info = fields_of(kind).get(field);
    let text = info.and_then(|info| (info.text_of)(row.code(field)));
    text.map_or(b"", str::as_bytes)
}
