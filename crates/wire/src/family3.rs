//! Documents of versions 3.x: people are users with roles. One file per kind; what differs between the members of the
//! family is asked from [`Rules`].
//!
//! A writer cannot exist without a view. It appends bytes and never reads them back: keys stand ready with their
//! punctuation, values are copied from packed rows, and whether a row's texts need escaping was settled when the row was
//! written. Fields that a mask hides are skipped; `ext`, which is always there (settled), is then empty.

mod contact;
mod course;
mod district;
mod employee;
mod relations;
mod resource;
mod school;
mod section;
mod student;
mod term;

use homeroom_model::{ClosedList, Field, Kind, ObjectId, Timestamp};
use homeroom_segment::{Row, Table, View};

use crate::json::{self, hex, push_escaped};
use crate::rules::Rules;
use crate::select::Place;
use crate::version::Version;

/// Writes documents of one version for one view.
pub(crate) struct Writer<'o, 'v> {
    out: &'o mut Vec<u8>,
    view: View<'v>,
    rules: Rules,
    version: &'static str,
    district: [u8; 24],
    /// Whether texts of the current row must be escaped.
    escape: bool,
    created: Stamp,
    modified: Stamp,
}

/// An instant with its text. Most records of a page share theirs, so the last one is kept.
#[derive(Clone, Copy)]
struct Stamp {
    time: Timestamp,
    text: [u8; 24],
}

impl Stamp {
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
            version: version.name,
            district: hex(&view.district.id),
            escape: false,
            created: Stamp::new(Timestamp::default()),
            modified: Stamp::new(Timestamp::default()),
        }
    }

    /// The buffer, for what stands around documents.
    pub(crate) fn out(&mut self) -> &mut Vec<u8> {
        self.out
    }

    /// The document of a record.
    pub(crate) fn document(&mut self, place: Place) {
        match place {
            Place::District => self.district(),
            Place::Row(Kind::School, row) => self.school(row),
            Place::Row(Kind::Student, row) => self.student(row),
            Place::Row(Kind::Employee, row) => self.employee(row),
            Place::Row(Kind::Contact, row) => self.contact(row),
            Place::Row(Kind::Section, row) => self.section(row),
            Place::Row(Kind::Course, row) => self.course(row),
            Place::Row(Kind::Term, row) => self.term(row),
            Place::Row(Kind::Resource, row) => self.resource(row),
            // Links between contacts and students have no documents in this family; they stand in their contact's.
            Place::Row(Kind::ContactLink, _) => self.raw(b"{}"),
        }
    }

    /// The id of a record.
    pub(crate) fn id(&self, place: Place) -> ObjectId {
        match place {
            Place::District => self.view.district.id,
            Place::Row(kind, row) => self.view.snapshot.table(kind).id(row),
        }
    }

    /// The record's own address, in lower case.
    pub(crate) fn address(&mut self, place: Place) {
        let collection: &[u8] = match place {
            Place::District => b"/districts/",
            Place::Row(Kind::School, _) => b"/schools/",
            Place::Row(Kind::Section, _) => b"/sections/",
            Place::Row(Kind::Course, _) => b"/courses/",
            Place::Row(Kind::Term, _) => b"/terms/",
            Place::Row(Kind::Resource, _) => b"/resources/",
            Place::Row(Kind::Student | Kind::Employee | Kind::Contact | Kind::ContactLink, _) => {
                b"/users/"
            }
        };
        self.raw(b"/");
        self.raw(self.version.as_bytes());
        self.raw(collection);
        let id = self.id(place);
        self.raw(&hex(&id));
    }

    /// Bytes as they are.
    #[inline]
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Opens the document of a row: its id and its district.
    #[inline]
    fn open(&mut self, table: &'v Table, row: u32) -> Row<'v> {
        let data = table.row(row);
        self.escape = data.needs_escape();
        self.created.set(table.created(row));
        self.modified.set(table.modified(row));
        self.raw(b"{\"id\":\"");
        self.raw(&hex(&table.id(row)));
        self.raw(b"\",\"district\":\"");
        let district = self.district;
        self.raw(&district);
        self.raw(b"\"");
        data
    }

    #[inline]
    fn created_and_modified(&mut self) {
        let (created, modified) = (self.created.text, self.modified.text);
        self.raw(b",\"created\":\"");
        self.raw(&created);
        self.raw(b"\",\"last_modified\":\"");
        self.raw(&modified);
        self.raw(b"\"");
    }

    /// `key` and an id. Keys end with the opening quotation mark of their value.
    #[inline]
    fn id_field<const N: usize>(&mut self, key: &[u8; N], id: &ObjectId) {
        self.raw(key);
        self.raw(&hex(id));
        self.raw(b"\"");
    }

    /// `key` and a text, empty or not. Keys are arrays, so that copying one is a few moves and not a call.
    #[inline]
    fn text<const N: usize>(&mut self, key: &[u8; N], value: &[u8]) {
        self.raw(key);
        self.value(value);
    }

    /// A text and its closing quotation mark.
    #[inline]
    fn value(&mut self, value: &[u8]) {
        if self.escape {
            push_escaped(self.out, value);
        } else {
            self.raw(value);
        }
        self.raw(b"\"");
    }

    /// `key` and a text, left out if empty.
    #[inline]
    fn optional<const N: usize>(&mut self, key: &[u8; N], value: &[u8]) {
        if !value.is_empty() {
            self.text(key, value);
        }
    }

    /// `key` and the value of a closed list that allows the empty text; empty too for a value as sent, which no version
    /// knows.
    #[inline]
    fn listed<L: ClosedList, const N: usize>(&mut self, key: &[u8; N], row: Row<'_>, field: usize) {
        self.raw(key);
        self.raw(row.known::<L>(field).map_or("", L::text).as_bytes());
        self.raw(b"\"");
    }

    /// An object of texts: `open` up to its brace, each part with its key as far as the value, empty parts left out.
    fn parts(&mut self, open: &[u8], parts: &[(&[u8], &[u8])]) {
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
    fn optional_parts(&mut self, open: &[u8], parts: &[(&[u8], &[u8])]) {
        if parts.iter().any(|(_, value)| !value.is_empty()) {
            self.parts(open, parts);
        }
    }

    /// `open` up to its bracket, and the ids of rows.
    fn ids(&mut self, open: &[u8], table: &Table, rows: impl Iterator<Item = u32>) {
        self.raw(open);
        let empty = self.out.len();
        for row in rows {
            let mut item = [b'"'; 27];
            item[26] = b',';
            if let Some(slot) = item.get_mut(1..25) {
                slot.copy_from_slice(&hex(&table.id(row)));
            }
            self.raw(&item);
        }
        if self.out.len() > empty {
            self.out.pop();
        }
        self.raw(b"]");
    }

    /// Extension fields; empty where a mask hides them.
    fn ext(&mut self, row: Row<'_>, field: usize, hidden_by: Field) {
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
    fn texts<'t>(&mut self, open: &[u8], texts: impl Iterator<Item = &'t [u8]>) {
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
    fn day(&mut self, key: &[u8], row: Row<'_>, field: usize) {
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
    fn shown_schools(&mut self, open: &[u8], schools: impl Iterator<Item = u32>) {
        let view = self.view;
        let shown = schools.filter(|school| view.shows(Kind::School, *school));
        self.ids(open, view.snapshot.table(Kind::School), shown);
    }
}

/// A stored date as days since 1970, read without going through the calendar.
#[inline]
fn days(row: Row<'_>, field: usize) -> Option<i32> {
    Some(i32::from_le_bytes(row.bytes(field).try_into().ok()?))
}
