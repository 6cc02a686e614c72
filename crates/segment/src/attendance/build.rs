//! The months of a snapshot from what a file says and from what was published before.

use std::collections::HashMap;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};

use super::month::MonthWriter;
use super::rows::{AttendanceRows, SentAttendance};
use super::{Attendance, AttendanceMonth, AttendanceRecord, id_of, part_name};
use crate::hash::Hash;
use crate::parts::{BuildError, BuiltPart, PartContent};
use crate::snapshot::Snapshot;
use crate::spool::Spools;

/// The attendance of a snapshot, ready to be put where parts live.
#[derive(Debug)]
pub struct BuiltAttendance {
    /// A part for every month that has records.
    pub parts: Vec<BuiltPart>,
    /// What became of the records.
    pub tally: AttendanceTally,
}

/// What became of attendance records. Nothing of it makes events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttendanceTally {
    /// Published as they were.
    pub unchanged: u64,
    /// New.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Gone.
    pub deleted: u64,
    /// Rows that are left out because the roster of the snapshot lacks what they refer to.
    pub left_out: u64,
}

impl AttendanceTally {
    /// Whether anything differs from what was published.
    pub fn differs(&self) -> bool {
        self.created + self.updated + self.deleted > 0
    }
}

/// Builds the attendance of a snapshot from rows that are all there is to say. A record that says what it said keeps both
/// its times, another gets `now` as the time of its change. A month in which nothing changed is the part that was published
/// before. Rows whose student, school or section the snapshot lacks are left out and counted.
///
/// Memory: a table of the natural keys of students, and some hundred bytes for each record of the largest month.
pub fn build_attendance(
    rows: &AttendanceRows,
    snapshot: &Snapshot,
    before: &Attendance,
    now: Timestamp,
    spools: &dyn Spools,
) -> Result<BuiltAttendance, BuildError> {
    let mut built = BuiltAttendance {
        parts: Vec::new(),
        tally: AttendanceTally::default(),
    };
    let ids = Ids::of(snapshot, rows.is_empty());
    let mut records_before = before.len();
    for (number, places) in rows.months() {
        let name = part_name(number);
        let month = Month::new(rows, places, &ids, before.month(number), now);
        built.tally.left_out += month.left_out;
        built.tally.unchanged += month.unchanged;
        built.tally.updated += month.updated;
        built.tally.created += month.created;
        records_before = records_before.saturating_sub(month.unchanged + month.updated);
        let whole = month.records.len() as u64;
        let old = before.month(number).map_or(0, AttendanceMonth::len);
        if whole == 0 {
            continue;
        }
        let content = if month.unchanged == whole && u64::from(old) == whole {
            PartContent::Reused
        } else {
            PartContent::Built(month.write(rows, &name, spools)?)
        };
        built.parts.push(BuiltPart { name, content });
    }
    built.tally.deleted = records_before;
    Ok(built)
}

/// Published ids by the natural keys of what has them.
struct Ids([HashMap<Hash, ObjectId>; 3]);

impl Ids {
    fn of(snapshot: &Snapshot, none: bool) -> Self {
        let table = |kind: Kind| {
            let table = snapshot.table(kind);
            let rows = if none { 0 } else { table.len() };
            let mut ids = HashMap::with_capacity(rows as usize);
            for row in 0..rows {
                if let Some(key) = table.key(row, 0) {
                    ids.insert(key, table.id(row));
                }
            }
            ids
        };
        Self([
            table(Kind::Student),
            table(Kind::School),
            table(Kind::Section),
        ])
    }

    /// Student, school and section of a row; `None` if one of them is not there.
    fn find(&self, sent: &SentAttendance<'_>) -> Option<(ObjectId, ObjectId, ObjectId)> {
        let [students, schools, sections] = &self.0;
        let section = match sent.section {
            Some(section) => *sections.get(&section)?,
            None => ObjectId::default(),
        };
        let student = students.get(&sent.student)?;
        Some((*student, *schools.get(&sent.school)?, section))
    }
}

/// The records of a month, in order.
struct Month {
    records: Vec<Resolved>,
    unchanged: u64,
    updated: u64,
    created: u64,
    left_out: u64,
}

/// A record whose people and places are known; the rest of it stands at its place.
struct Resolved {
    school: ObjectId,
    id: ObjectId,
    student: ObjectId,
    section: ObjectId,
    place: u64,
    created: Timestamp,
    modified: Timestamp,
}

impl Resolved {
    /// Takes over the times of the record as it was published; whether it says what that said. If not, it changed now.
    fn is_still(&mut self, sent: &SentAttendance<'_>, before: &AttendanceRecord<'_>) -> bool {
        let now = std::mem::replace(&mut self.modified, before.modified);
        self.created = before.created;
        let same = self.record(sent) == *before;
        if !same {
            self.modified = now;
        }
        same
    }

    fn record<'a>(&self, sent: &SentAttendance<'a>) -> AttendanceRecord<'a> {
        AttendanceRecord {
            id: self.id,
            student: self.student,
            school: self.school,
            section: (self.section != ObjectId::default()).then_some(self.section),
            date: sent.date,
            status: sent.status,
            kind: sent.kind,
            excuse_code: sent.excuse_code,
            sis_id: sent.sis_id,
            created: self.created,
            modified: self.modified,
        }
    }
}

/// The month as it was published before, by id.
struct Old<'a> {
    month: Option<&'a AttendanceMonth>,
    rows: Vec<(ObjectId, u32)>,
}

impl<'a> Old<'a> {
    fn of(month: Option<&'a AttendanceMonth>) -> Self {
        let ids = month.into_iter().flat_map(AttendanceMonth::ids);
        let mut rows: Vec<_> = ids.zip(0..).collect();
        rows.sort_unstable();
        Self { month, rows }
    }

    fn find(&self, id: &ObjectId) -> Option<AttendanceRecord<'a>> {
        let at = self.rows.binary_search_by_key(id, |(id, _)| *id).ok()?;
        let (_, row) = self.rows.get(at)?;
        Some(self.month?.get(*row))
    }
}

impl Month {
    fn new(
        rows: &AttendanceRows,
        places: &[u64],
        ids: &Ids,
        before: Option<&AttendanceMonth>,
        now: Timestamp,
    ) -> Self {
        let mut month = Self {
            records: Vec::with_capacity(places.len()),
            unchanged: 0,
            updated: 0,
            created: 0,
            left_out: 0,
        };
        let old = Old::of(before);
        for place in places {
            let sent = rows.get(*place);
            let found = sent.and_then(|sent| Some((sent, ids.find(&sent)?)));
            let Some((sent, (student, school, section))) = found else {
                month.left_out += 1;
                continue;
            };
            let mut resolved = Resolved {
                school,
                id: id_of(sent.date, &sent.key),
                student,
                section,
                place: *place,
                created: now,
                modified: now,
            };
            match old.find(&resolved.id) {
                None => month.created += 1,
                Some(record) if resolved.is_still(&sent, &record) => month.unchanged += 1,
                Some(_) => month.updated += 1,
            }
            month.records.push(resolved);
        }
        month
            .records
            .sort_unstable_by_key(|record| (record.school, record.id));
        month
    }

    fn write(
        &self,
        rows: &AttendanceRows,
        name: &str,
        spools: &dyn Spools,
    ) -> Result<Bytes, BuildError> {
        let length = u32::try_from(self.records.len())
            .map_err(|_| std::io::Error::other("a month has more than 2^32 records"))?;
        let mut by_section: Vec<u32> = (0..length).collect();
        by_section.sort_unstable_by_key(|row| {
            let record = self.records.get(*row as usize);
            record.map(|record| (record.section, record.id, *row))
        });
        let mut writer = MonthWriter::new(spools.spool()?)?;
        for (resolved, row) in self.records.iter().zip(by_section) {
            if let Some(sent) = rows.get(resolved.place) {
                writer.push(&resolved.record(&sent), row)?;
            }
        }
        let bytes = writer.finish()?.seal()?;
        // What is about to be served is looked at once more, as the roster's tables are when they are opened.
        AttendanceMonth::open(name, bytes.clone())?.check(name)?;
        Ok(bytes)
    }
}
