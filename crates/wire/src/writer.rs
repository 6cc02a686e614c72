//! The writer of documents: what every family's documents are made of.
//!
//! A writer cannot exist without a view. It appends bytes and never reads them back: keys stand ready with their
//! punctuation, values are copied from packed rows, and whether a row's texts need escaping was settled when the row was
//! written. Fields that a mask hides are skipped; `ext`, where a version has it, is always there (settled) and then empty.

use homeroom_model::{ClosedList, Field, Grade, Kind, ObjectId, Role, Timestamp};
use homeroom_segment::{Row, Table, View};

use crate::family1::InlineTerm;
use crate::json::{self, hex, push_escaped};
use crate::older;
use crate::people::role_id;
use crate::rules::Rules;
use crate::select::Place;
use crate::version::{Family, Version};
use crate::{family1, family2, family3};

/// Writes documents of one version for one view.
pub(crate) struct Writer<'o, 'v> {
    pub(crate) out: &'o mut Vec<u8>,
    pub(crate) view: View<'v>,
    pub(crate) rules: Rules,
    /// Whether the list of a school admin's schools is left to `include`, which writes it under the same key.
    pub(crate) schools_included: bool,
    family: Family,
    version: &'static str,
    pub(crate) district: [u8; 24],
    /// Whether texts of the current row must be escaped.
    pub(crate) escape: bool,
    pub(crate) created: Stamp,
    pub(crate) modified: Stamp,
    /// The term that a section of versions 1.x showed last.
    pub(crate) term: InlineTerm<'v>,
}

/// An instant with its text. Most records of a page share theirs, so the last one is kept.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    time: Timestamp,
    pub(crate) text: [u8; 24],
}

impl Stamp {
    /// What a writer begins with.
    const EPOCH: Self = Self {
        time: Timestamp::from_millis(0),
        text: *b"1970-01-01T00:00:00.000Z",
    };

    fn new(time: Timestamp) -> Self {
        Self {
            time,
            text: json::instant(time),
        }
    }

    fn set(&mut self, time: Timestamp) {
        if self.time != time {
            *self = Self::new(time);
        }
    }
}

impl<'o, 'v> Writer<'o, 'v> {
    /// A writer that appends to `out`.
    pub(crate) fn new(version: &Version, view: View<'v>, out: &'o mut Vec<u8>) -> Self {
        Self {
            out,
            view,
            rules: version.rules,
            schools_included: false,
            family: version.family,
            version: version.name,
            district: hex(&view.district.id),
            escape: false,
            created: Stamp::EPOCH,
            modified: Stamp::EPOCH,
            term: InlineTerm::default(),
        }
    }

    /// The buffer, for what stands around documents.
    pub(crate) fn out(&mut self) -> &mut Vec<u8> {
        self.out
    }

    /// The document of a record.
    pub(crate) fn document(&mut self, place: Place) {
        match self.family {
            Family::One => family1::document(self, place),
            Family::Two => family2::document(self, place),
            Family::Three => family3::document(self, place),
        }
    }

    /// The id of a record.
    pub(crate) fn id(&self, place: Place) -> ObjectId {
        id(self.view, place)
    }

    /// The record's own address, in lower case.
    pub(crate) fn address(&mut self, place: Place) {
        let people = self.family == Family::Three;
        let collection: &[u8] = match place {
            Place::District | Place::Status => b"/districts/",
            Place::Row(Kind::School, _) => b"/schools/",
            Place::Row(Kind::Section, _) => b"/sections/",
            Place::Row(Kind::Course, _) => b"/courses/",
            Place::Row(Kind::Term, _) => b"/terms/",
            Place::Row(Kind::Resource, _) => b"/resources/",
            Place::Row(Kind::Student, _) if !people => b"/students/",
            Place::Role(Role::Teacher, _) => b"/teachers/",
            Place::Role(Role::Staff, _) => b"/school_admins/",
            Place::Role(Role::DistrictAdmin, _) => b"/district_admins/",
            Place::Role(Role::Contact, _) | Place::Row(Kind::ContactLink, _) => b"/contacts/",
            Place::Row(Kind::Student | Kind::Employee | Kind::Contact, _)
            | Place::Role(Role::Student, _) => b"/users/",
        };
        self.raw(b"/");
        self.raw(self.version.as_bytes());
        self.raw(collection);
        let id = self.id(place);
        self.raw(&hex(&id));
        if place == Place::Status {
            self.raw(b"/status");
        }
    }

    /// Bytes as they are.
    #[inline]
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Opens the document of a row: its id and its district.
    #[inline]
    pub(crate) fn open(&mut self, table: &'v Table, row: u32) -> Row<'v> {
        self.open_as(table, row, &table.id(row))
    }

    /// Opens the document of a row under another of its ids.
    #[inline]
    pub(crate) fn open_as(&mut self, table: &'v Table, row: u32, id: &ObjectId) -> Row<'v> {
        let data = table.row(row);
        self.escape = data.needs_escape();
        self.created.set(table.created(row));
        self.modified.set(table.modified(row));
        self.raw(b"{\"id\":\"");
        self.raw(&hex(id));
        self.raw(b"\",\"district\":\"");
        let district = self.district;
        self.raw(&district);
        self.raw(b"\"");
        data
    }

    #[inline]
    pub(crate) fn created_and_modified(&mut self) {
        let (created, modified) = (self.created.text, self.modified.text);
        self.raw(b",\"created\":\"");
        self.raw(&created);
        self.raw(b"\",\"last_modified\":\"");
        self.raw(&modified);
        self.raw(b"\"");
    }

    /// `key` and an id. Keys end with the opening quotation mark of their value.
    #[inline]
    pub(crate) fn id_field<const N: usize>(&mut self, key: &[u8; N], id: &ObjectId) {
        self.raw(key);
        self.raw(&hex(id));
        self.raw(b"\"");
    }

    /// `key` and a text, empty or not. Keys are arrays, so that copying one is a few moves and not a call.
    #[inline]
    pub(crate) fn text<const N: usize>(&mut self, key: &[u8; N], value: &[u8]) {
        self.raw(key);
        self.value(value);
    }

    /// A text and its closing quotation mark.
    #[inline]
    pub(crate) fn value(&mut self, value: &[u8]) {
        if self.escape {
            push_escaped(self.out, value);
        } else {
            self.raw(value);
        }
        self.raw(b"\"");
    }

    /// `key` and a text, left out if empty.
    #[inline]
    pub(crate) fn optional<const N: usize>(&mut self, key: &[u8; N], value: &[u8]) {
        if !value.is_empty() {
            self.text(key, value);
        }
    }

    /// `key` and the value of a closed list that allows the empty text; empty too for a value as sent, which no version
    /// knows.
    #[inline]
    pub(crate) fn listed<L: ClosedList, const N: usize>(
        &mut self,
        key: &[u8; N],
        row: Row<'_>,
        field: usize,
    ) {
        self.raw(key);
        self.raw(row.known::<L>(field).map_or("", L::text).as_bytes());
        self.raw(b"\"");
    }

    /// `key` and the value of an optional closed list before closed lists were published: any text, left out if blank.
    pub(crate) fn free<L: ClosedList, const N: usize>(
        &mut self,
        key: &[u8; N],
        row: Row<'_>,
        field: usize,
    ) {
        self.optional(key, free_text::<L>(row, field));
    }

    /// `key` and a grade. Before GRADE22 newer grades are mapped and blank ones left out (clever-api 12, item 9).
    #[inline]
    pub(crate) fn grade<const N: usize>(&mut self, key: &[u8; N], row: Row<'_>, field: usize) {
        if self.rules.long_grades {
            self.listed::<Grade, _>(key, row, field);
        } else if let Some(grade) = row.known::<Grade>(field) {
            self.raw(key);
            self.raw(older::grade(grade).text().as_bytes());
            self.raw(b"\"");
        }
    }

    /// An object of texts: `open` up to its brace, each part with its key as far as the value, empty parts left out.
    pub(crate) fn parts(&mut self, open: &[u8], parts: &[(&[u8], &[u8])]) {
        self.raw(open);
        let mut separator: &[u8] = b"\"";
        for (key, value) in parts {
            if !value.is_empty() {
                self.raw(separator);
                self.raw(key);
                self.value(value);
                separator = b",\"";
            }
        }
        self.raw(b"}");
    }

    /// Like [`Writer::parts`], and nothing at all if every part is empty.
    pub(crate) fn optional_parts(&mut self, open: &[u8], parts: &[(&[u8], &[u8])]) {
        if parts.iter().any(|(_, value)| !value.is_empty()) {
            self.parts(open, parts);
        }
    }

    /// `open` up to its bracket, and the ids of rows.
    pub(crate) fn ids(&mut self, open: &[u8], table: &Table, rows: impl Iterator<Item = u32>) {
        self.id_list(open, rows.map(|row| table.id(row)));
    }

    /// `open` up to its bracket, and ids.
    pub(crate) fn id_list(&mut self, open: &[u8], ids: impl Iterator<Item = ObjectId>) {
        self.raw(open);
        let empty = self.out.len();
        for id in ids {
            let mut item = [b'"'; 27];
            item[26] = b',';
            if let Some(slot) = item.get_mut(1..25) {
                slot.copy_from_slice(&hex(&id));
            }
            self.raw(&item);
        }
        if self.out.len() > empty {
            self.out.pop();
        }
        self.raw(b"]");
    }

    /// Extension fields, where the version has them; empty where a mask hides them.
    pub(crate) fn ext(&mut self, row: Row<'_>, field: usize, hidden_by: Field) {
        if !self.rules.ext {
            return;
        }
        self.raw(b",\"ext\":{");
        if self.view.mask.shows(hidden_by) {
            let mut separator: &[u8] = b"\"";
            for (name, value) in row.pairs(field) {
                self.raw(separator);
                self.value(name);
                self.text(b":\"", value);
                separator = b",\"";
            }
        }
        self.raw(b"}");
    }

    /// A list of texts.
    pub(crate) fn texts<'t>(&mut self, open: &[u8], texts: impl Iterator<Item = &'t [u8]>) {
        self.raw(open);
        let mut separator: &[u8] = b"\"";
        for text in texts {
            self.raw(separator);
            self.value(text);
            separator = b",\"";
        }
        self.raw(b"]");
    }

    /// A date field as `YYYY-MM-DD`, left out if blank.
    pub(crate) fn day(&mut self, key: &[u8], row: Row<'_>, field: usize) {
        if let Some(days) = days(row, field) {
            let before = self.out.len();
            self.raw(key);
            if json::push_iso_date(self.out, days) {
                self.raw(b"\"");
            } else {
                self.out.truncate(before);
            }
        }
    }

    /// Those of some schools that the view shows.
    pub(crate) fn shown_schools(&mut self, open: &[u8], schools: impl Iterator<Item = u32>) {
        let view = self.view;
        let shown = schools.filter(|school| view.shows(Kind::School, *school));
        self.ids(open, view.snapshot.table(Kind::School), shown);
    }
}

/// The id of a record: of its role where it stands for one.
pub(crate) fn id(view: View<'_>, place: Place) -> ObjectId {
    match place {
        Place::District | Place::Status => view.district.id,
        Place::Row(kind, row) => view.snapshot.table(kind).id(row),
        Place::Role(role, row) => role_id(view, role, row).unwrap_or_default(),
    }
}

/// The text of a closed-list field, whether or not the value is on the list.
pub(crate) fn free_text<L: ClosedList>(row: Row<'_>, field: usize) -> &[u8] {
    match row.bytes(field).split_first() {
        Some((&255, text)) => text,
        Some((&code, _)) => L::from_code(code).map_or(&[], |value| value.text().as_bytes()),
        None => &[],
    }
}

/// A stored date as days since 1970, read without going through the calendar.
#[inline]
pub(crate) fn days(row: Row<'_>, field: usize) -> Option<i32> {
    Some(i32::from_le_bytes(row.bytes(field).try_into().ok()?))
}
