//! What a file says of attendance, kept until the roster that it refers to has ids.
//!
//! ```text
//! key 16 · student 16 · school 16 · section 16 (zeros for none) · day i32 · status u8 · kind u8 · length of excuse u32 ·
//! length of sis_id u32 · excuse · sis_id
//! ```
//!
//! Numbers are little-endian; people and places stand as keyed hashes of their natural keys.

use std::fmt;
use std::io::{self, Write as _};

use bytes::Bytes;
use homeroom_model::{AttendanceStatus, AttendanceType, ClosedList, Date};

use crate::hash::Hash;
use crate::spool::{Spool, Spools};

/// One record as sent, by the natural keys of what it refers to.
#[derive(Clone, Copy)]
pub struct SentAttendance<'a> {
    /// Keyed hash of its natural key. Whoever builds rows has sorted out repeats before: the first eight bytes differ from
    /// those of any other.
    pub key: Hash,
    /// Of the student.
    pub student: Hash,
    /// Of the school.
    pub school: Hash,
    /// Of the section; `None` for none.
    pub section: Option<Hash>,
    /// When.
    pub date: Date,
    /// Whether there.
    pub status: AttendanceStatus,
    /// Of a day or of a section.
    pub kind: AttendanceType,
    /// Why not; may be empty.
    pub excuse_code: &'a str,
    /// Its id in the SIS; may be empty.
    pub sis_id: &'a str,
}

impl fmt::Debug for SentAttendance<'_> {
    /// Shows no person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentAttendance { .. }")
    }
}

/// Bits of a place that say where in the spool a row stands; its month stands above them.
const OFFSET_BITS: u32 = 48;

/// Takes the rows of a file: through a spool, and eight bytes of memory each.
pub struct AttendanceRowsBuilder {
    spool: Box<dyn Spool>,
    written: u64,
    places: Vec<u64>,
    row: Vec<u8>,
}

impl AttendanceRowsBuilder {
    /// A beginning without rows.
    pub fn new(spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            spool: spools.spool()?,
            written: 0,
            places: Vec::new(),
            row: Vec::new(),
        })
    }

    /// Adds a row. Its day lies in a year from 0 on.
    pub fn push(&mut self, sent: &SentAttendance<'_>) -> io::Result<()> {
        let row = &mut self.row;
        row.clear();
        for hash in [
            sent.key,
            sent.student,
            sent.school,
            sent.section.unwrap_or_default(),
        ] {
            row.extend_from_slice(&hash);
        }
        row.extend_from_slice(&sent.date.days().to_le_bytes());
        row.extend_from_slice(&[sent.status.code(), sent.kind.code()]);
        for text in [sent.excuse_code, sent.sis_id] {
            let length = u32::try_from(text.len()).map_err(io::Error::other)?;
            row.extend_from_slice(&length.to_le_bytes());
        }
        row.extend_from_slice(sent.excuse_code.as_bytes());
        row.extend_from_slice(sent.sis_id.as_bytes());
        self.spool.write_all(row)?;
        let month = u64::from(month_number(sent.date));
        self.places.push(month << OFFSET_BITS | self.written);
        self.written += row.len() as u64;
        Ok(())
    }

    /// Seals the spool.
    pub fn finish(mut self) -> io::Result<AttendanceRows> {
        self.places.sort_unstable();
        Ok(AttendanceRows {
            bytes: self.spool.seal()?,
            places: self.places,
        })
    }
}

/// The month of a day.
fn month_number(date: Date) -> u16 {
    let year = u16::try_from(date.year()).unwrap_or(0);
    let month = u16::try_from(date.month()).unwrap_or(1);
    year * 12 + month.saturating_sub(1)
}

/// The rows of a file.
pub struct AttendanceRows {
    bytes: Bytes,
    /// By month, in each as they came: the month above, the place in the spool below.
    places: Vec<u64>,
}

impl AttendanceRows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The rows of each month that has some, by their places.
    pub(crate) fn months(&self) -> impl Iterator<Item = (u16, &[u64])> {
        let month = |place: &u64| u16::try_from(place >> OFFSET_BITS).unwrap_or(u16::MAX);
        let chunks = self.places.chunk_by(move |a, b| month(a) == month(b));
        chunks.map(move |chunk| (chunk.first().map_or(0, month), chunk))
    }

    /// The row at a place; `None` for a place where none stands.
    pub(crate) fn get(&self, place: u64) -> Option<SentAttendance<'_>> {
        let offset = usize::try_from(place & ((1 << OFFSET_BITS) - 1)).ok()?;
        let (hashes, rest) = self.bytes.get(offset..)?.split_first_chunk::<64>()?;
        let (days, rest) = rest.split_first_chunk::<4>()?;
        let (said, rest) = rest.split_first_chunk::<2>()?;
        let (excuse, rest) = rest.split_first_chunk::<4>()?;
        let (sis_id, rest) = rest.split_first_chunk::<4>()?;
        let (excuse, rest) = rest.split_at_checked(u32::from_le_bytes(*excuse) as usize)?;
        let sis_id = rest.get(..u32::from_le_bytes(*sis_id) as usize)?;
        let (hashes, _) = hashes.as_chunks::<16>();
        let [key, student, school, section] = *hashes else {
            return None;
        };
        let [status, kind] = *said;
        Some(SentAttendance {
            key,
            student,
            school,
            section: (section != Hash::default()).then_some(section),
            date: Date::from_days(i32::from_le_bytes(*days))?,
            status: AttendanceStatus::from_code(status)?,
            kind: AttendanceType::from_code(kind)?,
            excuse_code: std::str::from_utf8(excuse).ok()?,
            sis_id: std::str::from_utf8(sis_id).ok()?,
        })
    }
}

impl fmt::Debug for AttendanceRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttendanceRows({} rows)", self.len())
    }
}
