//! Schools: few, and looked up for nearly every other row.

use std::io;

use homeroom_model::{Code, Grade, Kind, Listed, Place, Problem, Problems, School};
use homeroom_segment::HashKey;

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::extra::ExtOf;
use crate::keys::{Keys, LastKey};
use crate::nearby::Nearby;
use crate::places::Places;

/// The schools of a district: row numbers by id, and ids by row number.
#[derive(Default)]
pub(crate) struct Schools {
    pub(crate) keys: Keys,
    sis_ids: Vec<Box<str>>,
    grades: Vec<Grades>,
    last: LastKey,
    pub(crate) nearby: Nearby,
    pub(crate) places: Places,
}

/// The lowest and the highest grade of a school, where it says so.
type Grades = [Option<Grade>; 2];

impl Schools {
    /// Notes the school of the next row.
    pub(crate) fn add(&mut self, key: &HashKey, school: &School<'_>, row: u32) {
        self.keys.insert(key.hash(school.sis_id.as_bytes()), row);
        self.sis_ids.push(school.sis_id.as_ref().into());
        let grades = [&school.low_grade, &school.high_grade];
        self.grades.push(grades.map(Listed::known));
    }

    /// The row of a school.
    pub(crate) fn row(&mut self, key: &HashKey, sis_id: &str) -> Option<u32> {
        self.last.row(&self.keys, key, sis_id)
    }

    /// The id of the school of a row.
    pub(crate) fn sis_id(&self, row: u32) -> &str {
        self.sis_ids.get(row as usize).map_or("", AsRef::as_ref)
    }

    /// The grades of the school of a row, if this grade is outside of them. A grade without rank is outside of nothing,
    /// and a school whose lowest grade is above its highest has no outside.
    pub(crate) fn outside(&self, row: u32, grade: Grade) -> Option<Grades> {
        let grades = self.grades.get(row as usize).copied()?;
        let rank = grade.rank()?;
        let [low, high] = grades.map(|bound| bound.and_then(Grade::rank));
        let inverted = low.zip(high).is_some_and(|(low, high)| low > high);
        let below = low.is_some_and(|low| rank < low);
        let above = high.is_some_and(|high| rank > high);
        (!inverted && (below || above)).then_some(grades)
    }

    /// All ids by row.
    pub(crate) fn into_sis_ids(self) -> (Vec<Box<str>>, Places) {
        (self.sis_ids, self.places)
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
        let id = &school.sis_id;
        let hash = self.key.hash(id.as_bytes());
        let kept = if let Some(row) = self.taken(self.schools.keys.seen(&hash)) {
            let custom = self.schools.places.is_custom(row);
            problems.report(self.repeated(place, "School_id", id, custom));
            Kept::No
        } else {
            let ext = (self.extras).ext(ExtOf::Schools, &hash, &school.ext, Some(problems));
            let school = School {
                ext: ext.unwrap_or_else(|| school.ext.clone()),
                custom: self.custom(),
                ..school.clone()
            };
            let packed = self.pack.noun(&school);
            let row = self.builder.push_hashed(Kind::School, &[hash], packed)?;
            self.schools.add(&self.key, &school, row);
            self.schools.places.push(place, self.origin);
            Kept::Yes
        };
        Ok(self.count(File::Schools, kept))
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
            let code = self.ref_unknown(Code::RefSchoolUnknown);
            let schools = &mut self.schools;
            let suggestion = schools.nearby.find(&schools.keys, &self.key, sis_id);
            let problem = Problem::new(code, place).column("School_id");
            let problem = problem.key(record).value(sis_id);
            problems.report(problem.suggestion(&suggestion.unwrap_or_default()));
        }
        row
    }
}
