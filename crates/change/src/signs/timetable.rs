//! Sections under other ids: the same place in the timetable.

use homeroom_model::Kind;
use homeroom_segment::{Relation, Row, fields};

use super::Finder;
use crate::compare::Comparison;
use crate::pairs::{Fingerprint, Pairs};

impl Finder<'_> {
    /// Sections by their place in the timetable: school, course, number, period and first teacher.
    pub(super) fn sections(&self, gone: &[u32], come: &[u32]) -> Vec<(u32, u32)> {
        let (old, candidate) = (self.comparison.old, self.comparison.candidate);
        let schools = Same::new(self, Kind::School);
        let courses = Same::new(self, Kind::Course);
        let teachers = Same::new(self, Kind::Employee);
        let print = |row: Row<'_>, school, course, teacher| {
            use fields::section as f;
            let (number, period) = (row.bytes(f::NUMBER), row.bytes(f::PERIOD));
            let telling: Option<u32> = course;
            (telling.is_some() || !number.is_empty())
                .then(|| Fingerprint::of_section([school, course, teacher], [number, period]))
        };
        let old_print = |row: u32| {
            let first = |relation| old.lists(relation).first(row);
            print(
                self.old_row(Kind::Section, row),
                first(Relation::SectionSchool),
                first(Relation::SectionCourse),
                first(Relation::SectionTeachers),
            )
        };
        let new_print = |row: u32| {
            let first = |relation| candidate.lists(relation).get(row).first().copied();
            print(
                self.new_row(Kind::Section, row),
                first(Relation::SectionSchool).and_then(|row| schools.old(row)),
                first(Relation::SectionCourse).and_then(|row| courses.old(row)),
                first(Relation::SectionTeachers).and_then(|row| teachers.old(row)),
            )
        };
        let old_rows = gone.iter().map(|row| (*row, old_print(*row)));
        let new_rows = come.iter().map(|row| (*row, new_print(*row)));
        Pairs::find(old_rows, new_rows)
    }
}

/// Which candidate's row of a kind is which old row: by key, or as a pair that was found before.
struct Same<'a> {
    comparison: &'a Comparison<'a>,
    kind: Kind,
    pairs: std::collections::HashMap<u32, u32>,
}

impl<'a> Same<'a> {
    fn new(finder: &Finder<'a>, kind: Kind) -> Self {
        let pairs = finder.signs.rekeyed.iter();
        let pairs = pairs.filter(|pair| pair.kind == kind && pair.role == 0);
        Self {
            comparison: finder.comparison,
            kind,
            pairs: pairs.map(|pair| (pair.candidate, pair.old)).collect(),
        }
    }

    fn old(&self, row: u32) -> Option<u32> {
        let matched = self.comparison.matches(self.kind).old(row);
        matched.or_else(|| self.pairs.get(&row).copied())
    }
}
