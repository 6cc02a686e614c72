//! Schools: few, and looked up for nearly every other row.

use std::io;

use homeroom_model::{Code, Kind, Place, Problem, Problems, School};
use homeroom_segment::HashKey;

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::keys::{Keys, LastKey, shown};

/// The schools of a district: row numbers by id, and ids by row number.
#[derive(Default)]
pub(crate) struct Schools {
    keys: Keys,
    sis_ids: Vec<Box<str>>,
    last: LastKey,
}

impl Schools {
    /// Notes the school of the next row.
    pub(crate) fn add(&mut self, key: &HashKey, sis_id: &str, row: u32) {
        self.keys.insert(key.hash(sis_id.as_bytes()), row);
        self.sis_ids.push(sis_id.into());
    }

    /// The row of a school.
    pub(crate) fn row(&mut self, key: &HashKey, sis_id: &str) -> Option<u32> {
        self.last.row(&self.keys, key, sis_id)
    }

    /// The id of the school of a row.
    pub(crate) fn sis_id(&self, row: u32) -> &str {
        self.sis_ids.get(row as usize).map_or("", AsRef::as_ref)
    }

    /// For each row its position among all ids in ascending order: the smallest id wins the last tie of a primary school.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..).take(self.sis_ids.len()).collect();
        order.sort_by_key(|row| self.sis_id(*row));
        let mut ranks = vec![0; order.len()];
        for (rank, row) in (0..).zip(order) {
            if let Some(slot) = ranks.get_mut(row as usize) {
                *slot = rank;
            }
        }
        ranks
    }
}

impl Derive {
    /// Takes a row of schools.csv (district-side 2.1).
    pub fn school(
        &mut self,
        place: Place,
        school: &School<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let hash = self.key.hash(school.sis_id.as_bytes());
        let kept = if self.schools.keys.seen(&hash).is_some() {
            let problem = Problem::new(Code::NotUnique, place).column("School_id");
            problems.report(problem.detail(shown(&school.sis_id)));
            Kept::No
        } else {
            let packed = self.pack.noun(school);
            let row = self.builder.push_hashed(Kind::School, &[hash], packed)?;
            self.schools.add(&self.key, &school.sis_id, row);
            Kept::Yes
        };
        Ok(self.counts.of_mut(File::Schools).add(kept))
    }

    /// The row of the school a record names, or a problem.
    pub(crate) fn school_of(
        &mut self,
        place: Place,
        sis_id: &str,
        record: &str,
        problems: &mut dyn Problems,
    ) -> Option<u32> {
        let row = self.schools.row(&self.key, sis_id);
        if row.is_none() {
            let detail = format!("{}, school {}", shown(record), shown(sis_id));
            let problem = Problem::new(Code::RefSchoolUnknown, place).column("School_id");
            problems.report(problem.detail(detail));
        }
        row
    }
}
