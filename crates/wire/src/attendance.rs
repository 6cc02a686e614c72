//! The two read endpoints of attendance, since version 3.1 (clever-api 10.1): requests in, pages out.

use std::ops::Bound;

use homeroom_model::{AttendanceStatus, ClosedList, Date, Kind, ObjectId, Role};
use homeroom_segment::{Attendance, AttendanceOf, AttendanceRecord, View, first_of_day};

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
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let version = parts.next().and_then(Version::from_name);
        let attendance = parts.next().unwrap_or_default();
        let has_attendance = version.is_some_and(|version| version.rules.attendance);
        if !has_attendance || !attendance.eq_ignore_ascii_case("attendance") {
            return Ok(None);
        }
        let (Some(collection), Some(id), None) = (parts.next(), parts.next(), parts.next()) else {
            return Ok(None);
        };
        let of = [Object::School, Object::Section]
            .into_iter()
            .find(|object| object.collection().eq_ignore_ascii_case(collection));
        let Some(of) = of else {
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

    /// Between which ids the records lie that may be on the page: ids ascend by day.
    fn between(&self) -> (Bound<ObjectId>, Bound<ObjectId>) {
        let first = self.from.map(first_of_day);
        let behind = self.until.and_then(|day| Date::from_days(day.days() + 1));
        let from = match (self.cursor, first) {
            (Cursor::After(id), first) if first.is_none_or(|first| first <= id) => {
                Bound::Excluded(id)
            }
            (_, Some(first)) => Bound::Included(first),
            (_, None) => Bound::Unbounded,
        };
        let until = match (self.cursor, behind.map(first_of_day)) {
            (Cursor::Before(id), end) if end.is_none_or(|end| id <= end) => Bound::Excluded(id),
            (_, Some(end)) => Bound::Excluded(end),
            (_, None) => Bound::Unbounded,
        };
        (from, until)
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

/// Appends the page of what a request asks for and a view shows. [`Refusal::NotFound`] if the view does not show the
/// school or the section.
pub fn attendance(
    request: &AttendanceRequest,
    view: &View<'_>,
    kept: &Attendance,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    request.check(view)?;
    let id = request.id.ok_or(Refusal::NotFound)?;
    let of = match request.of {
        Object::School => AttendanceOf::School(id),
        _ => AttendanceOf::Section(id),
    };
    let wanted = |record: &AttendanceRecord<'_>| {
        request.fits(record) && AttendanceRequest::shows(view, record)
    };
    // One more than fits on the page says whether there is another page.
    let length = request.limit + 1;
    let all = kept.list(of, request.between());
    let upward = matches!(request.cursor, Cursor::Start | Cursor::After(_));
    let mut records: Vec<_> = if upward {
        all.filter(wanted).take(length).collect()
    } else {
        all.rev().filter(wanted).take(length).collect()
    };
    let more = records.len() > request.limit;
    records.truncate(request.limit);
    if !upward {
        records.reverse();
    }
    attendance_page(request, view, &records, more, out);
    Ok(())
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
    let kind = record.kind.text().as_bytes();
    let (district, student) = (hex(&view.district.id), hex(&record.student));
    let school = hex(&record.school);
    let created = json::instant(record.created);
    let modified = json::instant(record.modified);
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
