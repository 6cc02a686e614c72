//! Attendance: the records of a district, apart from its roster (clever-api 10.1).
//!
//! * [`AttendanceRows`]: what a file says, in the order in which it says it, waiting in a spool.
//! * [`build_attendance`]: one part per month from them, next to what was published before.
//! * [`Attendance`]: those parts, opened; [`Attendance::list`]: a school's or a section's records in the order of their
//!   own ids.
//!
//! A record's own id is its day in front and a keyed hash of its natural key behind, so lists ascend by day, the same file
//! gives the same ids again, and nothing has to remember them. It is a cursor and nothing else: no document shows it, and
//! the ledger does not know it. People and places stand in a record as published ids, so a month stays the same object while
//! the roster around it changes.

mod build;
mod month;
mod rows;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;

use bytes::Bytes;
use homeroom_model::{AttendanceStatus, AttendanceType, Date, ObjectId, Timestamp};

use crate::error::SegmentError;
use crate::hash::Hash;
use crate::manifest::{Located, Manifest};

pub use build::{AttendanceTally, BuiltAttendance, build_attendance};
pub use month::AttendanceMonth;
pub use rows::{AttendanceRows, AttendanceRowsBuilder, SentAttendance};

/// What the names of the parts begin with; the month follows as `2026-03`.
const PREFIX: &str = "attendance.";

/// One attendance record. Ids are published ones; `id` is its own, by which pages are cut and which no document shows.
#[derive(Clone, PartialEq, Eq)]
pub struct AttendanceRecord<'a> {
    /// The record's own id: ascending, opaque to clients.
    pub id: ObjectId,
    /// Who.
    pub student: ObjectId,
    /// At which school.
    pub school: ObjectId,
    /// In which section; never `None` for [`AttendanceType::Section`].
    pub section: Option<ObjectId>,
    /// When.
    pub date: Date,
    /// Whether there.
    pub status: AttendanceStatus,
    /// Of a day or of a section.
    pub kind: AttendanceType,
    /// Why not, as sent; empty if not known.
    pub excuse_code: &'a str,
    /// The record's id in the SIS; empty if it has none.
    pub sis_id: &'a str,
    /// When it was first published.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}

impl fmt::Debug for AttendanceRecord<'_> {
    /// Shows no person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttendanceRecord {{ id: {}, .. }}", self.id)
    }
}

/// Whose records a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttendanceOf {
    /// Those at a school, of days and of sections.
    School(ObjectId),
    /// Those that name a section.
    Section(ObjectId),
}

/// Days between the smallest number that fits three bytes and 1970: ids sort by them.
const BIAS: i32 = 1 << 23;

/// The id of a record of a day: the day in three bytes, then nine bytes of the hash of its natural key.
pub(crate) fn id_of(date: Date, key: &Hash) -> ObjectId {
    let mut id = [0; ObjectId::LEN];
    let day = date.days().saturating_add(BIAS).to_be_bytes();
    let bytes = day.iter().skip(1).chain(key);
    for (to, from) in id.iter_mut().zip(bytes) {
        *to = *from;
    }
    ObjectId::new(id)
}

/// The day of a record by its id.
pub(crate) fn day_of(id: &ObjectId) -> Date {
    let [high, middle, low, ..] = *id.bytes();
    let days = i32::from_be_bytes([0, high, middle, low]) - BIAS;
    Date::from_days(days).unwrap_or(Date::EPOCH)
}

/// No record of a day has an id below this one, and none of an earlier day one above.
pub fn first_of_day(date: Date) -> ObjectId {
    id_of(date, &Hash::default())
}

/// The part that holds a month, and the month by its number: twelve times the year and the months that passed in it.
pub(crate) fn part_name(month: u16) -> String {
    format!("{PREFIX}{:04}-{:02}", month / 12, month % 12 + 1)
}

fn month_of(part: &str) -> Option<u16> {
    let (year, month) = part.strip_prefix(PREFIX)?.split_once('-')?;
    let (year, month): (u16, u16) = (year.parse().ok()?, month.parse().ok()?);
    year.checked_mul(12)?.checked_add(month.checked_sub(1)?)
}

/// Every record of a district in one snapshot: a month per part, in the order of time.
#[derive(Default)]
pub struct Attendance {
    months: BTreeMap<u16, AttendanceMonth>,
}

impl Attendance {
    /// Whether a part of a snapshot holds attendance. A snapshot may have none, one or many of them.
    pub fn is_part(name: &str) -> bool {
        name.starts_with(PREFIX)
    }

    /// Opens every part of a manifest that holds attendance; `fetch` gives the bytes of a part.
    pub fn open(
        manifest: &Manifest,
        mut fetch: impl FnMut(&str, &Located) -> Result<Bytes, SegmentError>,
    ) -> Result<Self, SegmentError> {
        let mut months = BTreeMap::new();
        for (name, located) in &manifest.parts {
            if !Self::is_part(name) {
                continue;
            }
            let month = month_of(name);
            let month = month.ok_or_else(|| SegmentError::damaged(name, "it names no month"))?;
            let bytes = fetch(name, located)?;
            months.insert(month, AttendanceMonth::open(name, bytes)?);
        }
        Ok(Self { months })
    }

    /// Number of records.
    pub fn len(&self) -> u64 {
        self.months
            .values()
            .map(|month| u64::from(month.len()))
            .sum()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every record, month by month, in each by school and then by id.
    pub fn records(&self) -> impl Iterator<Item = AttendanceRecord<'_>> {
        let months = self.months.values();
        months.flat_map(|month| (0..month.len()).map(|row| month.get(row)))
    }

    /// The records of a school or a section whose ids lie between two bounds, ascending; from either end.
    pub fn list(
        &self,
        of: AttendanceOf,
        between: (Bound<ObjectId>, Bound<ObjectId>),
    ) -> impl DoubleEndedIterator<Item = AttendanceRecord<'_>> {
        let months = self.months.values();
        months.flat_map(move |month| {
            let places = month.places(of, between);
            places.map(move |place| month.get(month.row(of, place)))
        })
    }

    pub(crate) fn month(&self, month: u16) -> Option<&AttendanceMonth> {
        self.months.get(&month)
    }
}

impl fmt::Debug for Attendance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attendance({} records)", self.len())
    }
}

#[cfg(test)]
mod tests;
