//! The two read endpoints of attendance, since version 3.1 (clever-api 10.1): requests in, pages out. Where the records are
//! kept is not this room's business: whoever keeps them asks [`AttendanceRequest::fits`] and [`AttendanceRequest::shows`] and
//! hands over a page of what is left.

use homeroom_model::{Date, Kind, ObjectId, Role, Timestamp};
use homeroom_segment::View;

use crate::error_body::Refusal;
use crate::json::{self, hex, push_escaped};
use crate::links::{PageEnds, neighbours, push_moved};
use crate::people::shows_role;
use crate::query::parameters;
use crate::request::{Cursor, DEFAULT_LIMIT, cursor};
use crate::routes::Object;
use crate::select::locate;
use crate::version::Version;

/// The largest `limit`.
pub const MAX_ATTENDANCE_LIMIT: usize = 1000;

/// Whether somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttendanceStatus {
    /// There.
    Present,
    /// Not there.
    Absent,
    /// Late.
    Tardy,
}

impl AttendanceStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Present, Self::Absent, Self::Tardy];

    /// The status as the API writes it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Tardy => "tardy",
        }
    }

    /// The status that is written exactly so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.text() == text)
    }
}

/// One attendance record. Ids are published ones; `id` is its own, by which pages are cut and which no document shows.
#[derive(Clone, PartialEq, Eq)]
pub struct AttendanceRecord<'a> {
    /// The record's own id: ascending, opaque to clients.
    pub id: ObjectId,
    /// Who.
    pub student: ObjectId,
    /// At which school.
    pub school: ObjectId,
    /// In which section; `None` for a whole day, which makes the record's type `daily` instead of `section`.
    pub section: Option<ObjectId>,
    /// When.
    pub date: Date,
    /// Whether there.
    pub status: AttendanceStatus,
    /// Why not, as sent; empty if not known.
    pub excuse_code: &'a str,
    /// The record's id in the SIS; empty if it has none.
    pub sis_id: &'a str,
    /// When it was first published.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}

impl std::fmt::Debug for AttendanceRecord<'_> {
    /// Shows no person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AttendanceRecord {{ id: {}, .. }}", self.id)
    }
}

/// A request for attendance.
#[derive(Clone, Debug)]
pub struct AttendanceRequest {
    /// Whose: a school or a section.
    pub of: Object,
    /// Its id; `None` where what stands in the path is no id at all.
    pub id: Option<ObjectId>,
    /// First day, inclusive.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub until: Option<Date>,
    /// Only records of a status.
    pub status: Option<AttendanceStatus>,
    /// Largest number of records on the page.
    pub limit: usize,
    /// Where the page lies in the order of the records' own ids.
    pub cursor: Cursor,
    path: String,
    query: String,
}

impl AttendanceRequest {
    /// Reads a path and a query, as [`crate::parse`] does; `None` if the path is not one of the two in a version that has
    /// them.
    pub fn parse(path: &str, query: Option<&str>) -> Result<Option<Self>, Refusal> {
        let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let [version, attendance, collection, id] = *parts else {
            return Ok(None);
        };
        let version = Version::from_name(version).filter(|version| version.rules.attendance);
        let of = [Object::School, Object::Section]
            .into_iter()
            .find(|object| object.collection().eq_ignore_ascii_case(collection));
        let (Some(_), Some(of), true) =
            (version, of, attendance.eq_ignore_ascii_case("attendance"))
        else {
            return Ok(None);
        };
        let query = query.unwrap_or("");
        let mut request = Self {
            of,
            id: ObjectId::from_hex(id),
            from: None,
            until: None,
            status: None,
            limit: DEFAULT_LIMIT,
            cursor: Cursor::Start,
            path: path.to_owned(),
            query: query.to_owned(),
        };
        request.read(query)?;
        Ok(Some(request))
    }

    fn read(&mut self, query: &str) -> Result<(), Refusal> {
        let (mut after, mut before) = (None, None);
        for parameter in parameters(query) {
            let text = std::str::from_utf8(&parameter.value).ok();
            match &*parameter.name {
                b"date_range_start" => self.from = Some(day(text)?),
                b"date_range_end" => self.until = Some(day(text)?),
                b"attendance_status" => {
                    let status = text.and_then(AttendanceStatus::from_text);
                    self.status = Some(status.ok_or(Refusal::BadAttendanceStatus)?);
                }
                b"limit" => self.limit = limit(text)?,
                b"starting_after" => after = Some(parameter.value),
                b"ending_before" => before = Some(parameter.value),
                _ => {}
            }
        }
        self.cursor = cursor(after, before)?;
        Ok(())
    }

    /// Whether the view shows the school or section asked about; [`Refusal::NotFound`] if not.
    pub fn check(&self, view: &View<'_>) -> Result<(), Refusal> {
        let place = self.id.and_then(|id| locate(*view, self.of, &id));
        place.map(|_| ()).ok_or(Refusal::NotFound)
    }

    /// Whether a record is what is asked for, wherever it lies in the order: of the school or section, of the days, of the
    /// status.
    pub fn fits(&self, record: &AttendanceRecord<'_>) -> bool {
        let of = match self.of {
            Object::School => Some(record.school),
            _ => record.section,
        };
        self.id.is_some()
            && of == self.id
            && self.from.is_none_or(|from| from <= record.date)
            && self.until.is_none_or(|until| record.date <= until)
            && self.status.is_none_or(|status| status == record.status)
    }

    /// Whether a view shows a record: its student, its school and its section, if it has one.
    pub fn shows(view: &View<'_>, record: &AttendanceRecord<'_>) -> bool {
        let row = |kind: Kind, id: &ObjectId| view.snapshot.table(kind).find(id);
        let there = |kind, id: &ObjectId| row(kind, id).is_some_and(|row| view.shows(kind, row));
        let student = row(Kind::Student, &record.student);
        student.is_some_and(|student| shows_role(*view, Role::Student, student))
            && there(Kind::School, &record.school)
            && record
                .section
                .is_none_or(|section| there(Kind::Section, &section))
    }
}

fn day(text: Option<&str>) -> Result<Date, Refusal> {
    text.and_then(Date::parse_iso).ok_or(Refusal::BadDay)
}

fn limit(text: Option<&str>) -> Result<usize, Refusal> {
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|text| text.parse().ok());
    let allowed = 1..=MAX_ATTENDANCE_LIMIT;
    number
        .filter(|number| allowed.contains(number))
        .ok_or(Refusal::BadAttendanceLimit)
}

/// Appends a page: plain records, ascending by their own ids, and links only where there are any. `more` says whether there
/// are further ones in the direction in which the page was cut.
pub fn attendance_page(
    request: &AttendanceRequest,
    view: &View<'_>,
    records: &[AttendanceRecord<'_>],
    more: bool,
    out: &mut Vec<u8>,
) {
    debug_assert!(records.is_sorted_by(|a, b| a.id < b.id), "records ascend");
    out.extend_from_slice(b"{\"data\":[");
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_record(out, view, record);
    }
    out.push(b']');
    let ends = PageEnds {
        first: records.first().map(|record| record.id),
        last: records.last().map(|record| record.id),
        more,
    };
    let (next, previous) = neighbours(request.cursor, &ends);
    let mut separator: &[u8] = b",\"links\":[";
    for (rel, parameter, id) in [
        ("next", "starting_after", next),
        ("prev", "ending_before", previous),
    ] {
        if let Some(id) = id {
            out.extend_from_slice(separator);
            out.extend_from_slice(b"{\"rel\":\"");
            out.extend_from_slice(rel.as_bytes());
            out.extend_from_slice(b"\",\"uri\":\"");
            push_moved(out, (&request.path, &request.query), false, parameter, &id);
            out.extend_from_slice(b"\"}");
            separator = b",";
        }
    }
    out.extend_from_slice(if separator == b"," { b"]}" } else { b"}" });
}

fn push_record(out: &mut Vec<u8>, view: &View<'_>, record: &AttendanceRecord<'_>) {
    let section = record.section.as_ref().map(hex);
    let (district, student) = (hex(&view.district.id), hex(&record.student));
    let school = hex(&record.school);
    let created = json::instant(record.created);
    let modified = json::instant(record.modified);
    let kind: &[u8] = if section.is_some() {
        b"section"
    } else {
        b"daily"
    };
    let mut text = |key: &[u8], value: Option<&[u8]>| {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return;
        };
        out.extend_from_slice(key);
        push_escaped(out, value);
        out.push(b'"');
    };
    text(b"{\"student_id\":\"", Some(&student));
    text(b",\"school_id\":\"", Some(&school));
    text(
        b",\"section_id\":\"",
        section.as_ref().map(<[u8; 24]>::as_slice),
    );
    text(b",\"district_id\":\"", Some(&district));
    text(b",\"attendance_type\":\"", Some(kind));
    text(
        b",\"attendance_status\":\"",
        Some(record.status.text().as_bytes()),
    );
    text(b",\"excuse_code\":\"", Some(record.excuse_code.as_bytes()));
    text(b",\"sis_id\":\"", Some(record.sis_id.as_bytes()));
    text(b",\"created\":\"", Some(&created));
    text(b",\"last_modified\":\"", Some(&modified));
    out.extend_from_slice(b",\"attendance_date\":\"");
    json::push_iso_date(out, record.date.days());
    out.extend_from_slice(b"\"}");
}
