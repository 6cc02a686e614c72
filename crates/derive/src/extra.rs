//! What other files add to the rows of the roster files: extension fields by id (district-side 2.9), and courses and terms
//! of sections (the supplement). Values of the roster files win.

use std::io;

use bytes::Bytes;
use homeroom_model::rows::SectionRow;
use homeroom_model::{Code, Ext, Place, Problem, Problems};
use homeroom_segment::{Hash, HashKey, Row, Spool, Spools};

use crate::derive::Derive;
use crate::keys::Keys;
use crate::pack::Pack;
use crate::places::Places;
use crate::sections::raw;

/// Records to which a file adds extension fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExtOf {
    /// `ext_schools.csv`
    Schools,
    /// `ext_students.csv`
    Students,
    /// `ext_teachers.csv`
    Teachers,
    /// `ext_sections.csv`
    Sections,
    /// `ext_staff.csv`
    Staff,
}

/// Number of extension files, and index of the supplement behind them.
const SUPPLEMENT: usize = 5;

/// Fields of a spooled row of extension fields.
const SIS_ID: usize = 0;
const FIELDS: usize = 1;

/// Rows of the extension files and of the supplement, gathered before the rows of the roster files: packed in a spool,
/// about 60 bytes of each in memory.
pub struct Extra {
    key: HashKey,
    spool: Box<dyn Spool>,
    written: u64,
    pack: Pack,
    files: [Rows; SUPPLEMENT + 1],
}

/// The rows of one file.
#[derive(Default)]
struct Rows {
    keys: Keys,
    places: Places,
    ranges: Vec<(u64, u64)>,
    used: Vec<bool>,
}

impl Extra {
    /// Nothing yet. `key` is the district's; `spools` is asked for one spool.
    ///
    /// # Errors
    /// If there is no spool to be had.
    pub fn new(key: HashKey, spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            key,
            spool: spools.spool()?,
            written: 0,
            pack: Pack::default(),
            files: Default::default(),
        })
    }

    /// Takes a row of an extension file. The first row of an id wins.
    ///
    /// # Errors
    /// Only if the spool breaks.
    pub fn ext(
        &mut self,
        of: ExtOf,
        place: Place,
        sis_id: &str,
        ext: &Ext<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<()> {
        self.row(of as usize, place, (sis_id, "sis_id"), problems, |pack| {
            pack.with(|row| {
                row.text(sis_id).ext(ext);
            })
        })
    }

    /// Takes a row of the supplement: a section of which only the id, the course, its description and the term count. The
    /// first row of an id wins.
    ///
    /// # Errors
    /// Only if the spool breaks.
    pub fn section(
        &mut self,
        place: Place,
        row: &SectionRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<()> {
        let id = (row.section.sis_id.as_ref(), "Section_id");
        self.row(SUPPLEMENT, place, id, problems, |pack| {
            pack.with(|packed| raw::write(row, packed))
        })
    }

    fn row(
        &mut self,
        file: usize,
        place: Place,
        (id, column): (&str, &str),
        problems: &mut dyn Problems,
        packed: impl FnOnce(&mut Pack) -> &[u8],
    ) -> io::Result<()> {
        let Some(rows) = self.files.get_mut(file) else {
            return Ok(());
        };
        let hash = self.key.hash(id.as_bytes());
        if rows.keys.seen(&hash).is_some() {
            let problem = Problem::new(Code::NotUnique, place).column(column);
            problems.report(problem.key(id).value(id));
            return Ok(());
        }
        let packed = packed(&mut self.pack);
        self.spool.write_all(packed)?;
        let start = self.written;
        self.written += packed.len() as u64;
        rows.keys.insert(hash, rows.places.len());
        rows.places.push(place, crate::Origin::Sis);
        rows.ranges.push((start, self.written));
        rows.used.push(false);
        Ok(())
    }
}

/// The same, readable.
#[derive(Default)]
pub(crate) struct Extras {
    bytes: Bytes,
    files: [Rows; SUPPLEMENT + 1],
}

impl Extras {
    /// The row of a key, which counts as used from now on. The bytes are shared: they outlive the borrow.
    fn take(&mut self, file: usize, key: &Hash) -> Option<(Place, Bytes)> {
        let rows = self.files.get_mut(file)?;
        let number = rows.keys.row(key)?;
        if let Some(used) = rows.used.get_mut(number as usize) {
            *used = true;
        }
        Some((rows.places.get(number), self.bytes_of(file, number)))
    }

    fn bytes_of(&self, file: usize, number: u32) -> Bytes {
        let range = self.files.get(file).and_then(|rows| {
            let (start, end) = rows.ranges.get(number as usize)?;
            usize::try_from(*start).ok().zip(usize::try_from(*end).ok())
        });
        let (start, end) = range.unwrap_or_default();
        if end <= self.bytes.len() {
            self.bytes.slice(start..end)
        } else {
            Bytes::new()
        }
    }

    /// Whether there is a file of extension fields for such records.
    pub(crate) fn has(&self, of: ExtOf) -> bool {
        let rows = self.files.get(of as usize);
        rows.is_some_and(|rows| !rows.used.is_empty())
    }

    /// The extension fields of a record with those that its extension file adds; `None` if it adds nothing. A field of
    /// which the file has another value than the roster file is reported, if this is the record's first row.
    pub(crate) fn ext(
        &mut self,
        of: ExtOf,
        key: &Hash,
        own: &Ext<'_>,
        problems: Option<&mut dyn Problems>,
    ) -> Option<Ext<'static>> {
        let (place, bytes) = self.take(of as usize, key)?;
        let row = Row::new(&bytes);
        let mut all = Ext::default();
        for (name, value) in row.ext(FIELDS).iter() {
            all.set(name.to_owned(), value.to_owned());
        }
        let mut overridden = Vec::new();
        for (name, value) in own.iter().filter(|(_, value)| !value.is_empty()) {
            let other = all.iter().find(|(other, _)| *other == name);
            if other.is_some_and(|(_, other)| !other.is_empty() && other != value) {
                overridden.push(name);
            }
            all.set(name.to_owned(), value.to_owned());
        }
        if let Some(problems) = problems {
            for name in overridden {
                let problem = Problem::new(Code::ExtOverridden, place);
                let problem = problem.column(format!("ext.{name}"));
                problems.report(problem.key(row.text(SIS_ID)));
            }
        }
        Some(all)
    }

    /// The packed row of the supplement for a section, in the form of [`raw`].
    pub(crate) fn section(&mut self, key: &Hash) -> Option<(Place, Bytes)> {
        self.take(SUPPLEMENT, key)
    }

    /// Reports the rows that no record used.
    pub(crate) fn unknown(&self, problems: &mut dyn Problems) {
        for (file, rows) in self.files.iter().enumerate() {
            let (code, column) = if file == SUPPLEMENT {
                (Code::SupplementRowUnknown, "Section_id")
            } else {
                (Code::ExtRowUnknown, "sis_id")
            };
            for (number, _) in (0..).zip(&rows.used).filter(|(_, used)| !**used) {
                let bytes = self.bytes_of(file, number);
                let id = Row::new(&bytes).text(SIS_ID);
                let problem = Problem::new(code, rows.places.get(number));
                problems.report(problem.column(column).key(id).value(id));
            }
        }
    }
}

impl Derive {
    /// Takes what other files add, before the first row of a roster file. Each row that no record uses is reported in the
    /// end.
    ///
    /// # Errors
    /// Only if the spool breaks.
    pub fn extra(&mut self, extra: Extra) -> io::Result<()> {
        self.extras = Extras {
            bytes: extra.spool.seal()?,
            files: extra.files,
        };
        Ok(())
    }
}
