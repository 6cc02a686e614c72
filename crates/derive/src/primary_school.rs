//! Primary schools and lists of schools (district-side 6.1).

use std::cmp::Reverse;

use homeroom_segment::CandidateLists;

use crate::inverse::{Inverse, at};
use crate::settings::PrimarySchool;

/// Sections that count: each one's school and how many students it has.
pub(crate) struct Served<'a> {
    pub(crate) schools: &'a [u32],
    pub(crate) students: &'a CandidateLists,
    /// For each school its position in the ascending order of ids.
    pub(crate) ranks: &'a [u32],
}

/// What a person's sections say about one school.
#[derive(Clone, Copy)]
struct Tally {
    school: u32,
    sections: u32,
    students: u64,
}

/// Gathers the schools of one person after the other.
pub(crate) struct SchoolsOf<'a> {
    served: Served<'a>,
    tallies: Vec<Tally>,
    schools: Vec<u32>,
}

impl<'a> SchoolsOf<'a> {
    pub(crate) fn new(served: Served<'a>) -> Self {
        Self {
            served,
            tallies: Vec::new(),
            schools: Vec::new(),
        }
    }

    /// The primary school and all schools, ascending, of a person whom the SIS puts at `sis` and who has these sections.
    pub(crate) fn of(
        &mut self,
        sis: u32,
        sections: &[u32],
        source: PrimarySchool,
    ) -> (u32, &[u32]) {
        self.tallies.clear();
        for section in sections {
            let school = at(self.served.schools, *section);
            let students = self.served.students.get(*section).len() as u64;
            match self.tallies.iter_mut().find(|tally| tally.school == school) {
                Some(tally) => {
                    tally.sections += 1;
                    tally.students += students;
                }
                None => self.tallies.push(Tally {
                    school,
                    sections: 1,
                    students,
                }),
            }
        }
        let primary = match source {
            PrimarySchool::Sis => sis,
            PrimarySchool::MostSections => self.most_sections(sis).unwrap_or(sis),
        };
        self.schools.clear();
        self.schools.extend([primary, sis]);
        self.schools
            .extend(self.tallies.iter().map(|tally| tally.school));
        self.schools.sort_unstable();
        self.schools.dedup();
        (primary, &self.schools)
    }

    /// Most sections; then most students in them; then the SIS's school; then the smallest id.
    fn most_sections(&self, sis: u32) -> Option<u32> {
        let most = self.tallies.iter().max_by_key(|tally| {
            let rank = Reverse(at(self.served.ranks, tally.school));
            (tally.sections, tally.students, tally.school == sis, rank)
        });
        most.map(|tally| tally.school)
    }

    /// The relations of `sis.len()` people: primary school, all schools.
    pub(crate) fn lists(
        &mut self,
        sis: &[u32],
        sections: &Inverse,
        source: PrimarySchool,
    ) -> [CandidateLists; 2] {
        let (mut primary, mut all) = (CandidateLists::default(), CandidateLists::default());
        for (person, sis) in (0..).zip(sis) {
            let (first, schools) = self.of(*sis, sections.get(person), source);
            primary.push([first]);
            all.push(schools.iter().copied());
        }
        [primary, all]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Schools 0 to 3, whose ids are in the opposite order; sections as pairs of school and number of students.
    fn primary(sis: u32, sections: &[(u32, u32)], source: PrimarySchool) -> (u32, Vec<u32>) {
        let schools: Vec<u32> = sections.iter().map(|(school, _)| *school).collect();
        let mut students = CandidateLists::default();
        for (_, count) in sections {
            students.push(0..*count);
        }
        let served = Served {
            schools: &schools,
            students: &students,
            ranks: &[3, 2, 1, 0],
        };
        let all: Vec<u32> = (0..).take(sections.len()).collect();
        let mut of = SchoolsOf::new(served);
        let (primary, schools) = of.of(sis, &all, source);
        (primary, schools.to_vec())
    }

    #[test]
    fn most_sections_then_most_students_then_the_sis_then_the_smallest_id() {
        use PrimarySchool::{MostSections, Sis};
        for (sis, sections, source, expected) in [
            (2, &[][..], MostSections, (2, vec![2])),
            (2, &[(1, 5)], MostSections, (1, vec![1, 2])),
            (2, &[(1, 5)], Sis, (2, vec![1, 2])),
            (0, &[(0, 90), (1, 1), (1, 1)], MostSections, (1, vec![0, 1])),
            (0, &[(0, 1), (1, 2)], MostSections, (1, vec![0, 1])),
            (
                0,
                &[(0, 1), (1, 1), (0, 2), (1, 3)],
                MostSections,
                (1, vec![0, 1]),
            ),
            (
                0,
                &[(1, 1), (0, 1), (3, 1)],
                MostSections,
                (0, vec![0, 1, 3]),
            ),
            (0, &[(1, 1), (2, 1)], MostSections, (2, vec![0, 1, 2])),
        ] {
            assert_eq!(
                primary(sis, sections, source),
                expected,
                "{sis} {sections:?}"
            );
        }
    }
}
