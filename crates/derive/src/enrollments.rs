//! Enrollments: pairs of numbers, eight bytes each.

use homeroom_model::{Code, Place, Problem, Problems};
use homeroom_segment::CandidateLists;

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::inverse::at;
use crate::keys::{LastHash, PASSED_OVER, REJECTED, shown};
use crate::origin::Origin;
use crate::packed_enrollments::PackedEnrollment;

/// The enrollments of a district: section above, student below.
#[derive(Default)]
pub(crate) struct Enrollments {
    pairs: Vec<u64>,
    /// Where lines do not follow on the line before: number of the pair, its line.
    jumps: Vec<(u32, u32)>,
    next_line: u32,
    files: [&'static str; 2],
    /// Number of the first custom pair, behind all of the SIS's.
    first_custom: Option<u32>,
    section: LastHash,
    student: LastHash,
}

/// A pair that came more than once.
pub(crate) struct Repeated {
    pub(crate) section: u32,
    pub(crate) student: u32,
    /// Rows of the file beyond the first.
    pub(crate) more: u64,
    /// Line of the first row.
    pub(crate) first: u64,
    /// Where the second row stands.
    pub(crate) place: Place,
    /// Whether the second row is a custom one, of a pair that the file has.
    pub(crate) shadowed: bool,
}

impl Enrollments {
    fn push(&mut self, section: u32, student: u32, place: Place, origin: Origin) {
        let number = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let [sis, custom] = &mut self.files;
        match origin {
            Origin::Sis => *sis = place.file,
            Origin::Custom => {
                *custom = place.file;
                self.first_custom.get_or_insert(number);
            }
        }
        let line = u32::try_from(place.line).unwrap_or(0);
        if line != self.next_line || number == 0 {
            self.jumps.push((number, line));
        }
        self.next_line = line.saturating_add(1);
        self.pairs
            .push(u64::from(section) << 32 | u64::from(student));
    }

    fn is_custom(&self, number: u32) -> bool {
        self.first_custom.is_some_and(|first| number >= first)
    }

    /// Where a pair stands.
    fn place(&self, number: u32) -> Place {
        let jump = self.jumps.partition_point(|(first, _)| *first <= number);
        let jump = jump.checked_sub(1).and_then(|jump| self.jumps.get(jump));
        let line = jump.map_or(0, |(first, line)| line.saturating_add(number - first));
        let [sis, custom] = self.files;
        Place {
            file: if self.is_custom(number) { custom } else { sis },
            line: u64::from(line),
        }
    }

    /// The students of each of `sections` sections, ascending, and the pairs that came more than once.
    pub(crate) fn finish(mut self, sections: u32) -> (CandidateLists, Vec<Repeated>) {
        let (ends, mut ordered) = self.by_section(sections);
        self.pairs = Vec::new();
        let (mut lists, mut repeated) = (CandidateLists::default(), Vec::new());
        let mut start = 0;
        for section in 0..sections {
            let end = at(&ends, section) as usize;
            let own = ordered.get_mut(start..end).unwrap_or_default();
            start = end;
            own.sort_unstable();
            let pairs = own.chunk_by(|one, other| upper(*one) == upper(*other));
            lists.push(pairs.filter_map(|same| {
                let student = upper(*same.first()?);
                self.note_repeats(section, student, same, &mut repeated);
                Some(student)
            }));
        }
        (lists, repeated)
    }

    /// The pairs by section: where those of each section end, and for each pair the student above, its number below.
    fn by_section(&self, sections: u32) -> (Vec<u32>, Vec<u64>) {
        let mut ends = vec![0_u32; sections as usize];
        for pair in &self.pairs {
            if let Some(count) = ends.get_mut(upper(*pair) as usize) {
                *count += 1;
            }
        }
        // Each section's end holds its start until its pairs are placed, which moves it to the end.
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut ordered = vec![0_u64; total as usize];
        for (number, pair) in (0_u64..).zip(&self.pairs) {
            if let Some(end) = ends.get_mut(upper(*pair) as usize) {
                if let Some(slot) = ordered.get_mut(*end as usize) {
                    *slot = u64::from(lower(*pair)) << 32 | number;
                }
                *end += 1;
            }
        }
        (ends, ordered)
    }

    /// `same` are the pairs of one section and student, by number.
    fn note_repeats(&self, section: u32, student: u32, same: &[u64], repeated: &mut Vec<Repeated>) {
        let [first, second, ..] = same else {
            return;
        };
        let (first, second) = (lower(*first), lower(*second));
        let of_files = same.iter().filter(|pair| !self.is_custom(lower(**pair)));
        let of_files = of_files.count() as u64;
        let mut note = |more, place, shadowed| {
            repeated.push(Repeated {
                section,
                student,
                more,
                first: self.place(first).line,
                place,
                shadowed,
            });
        };
        if of_files > 1 {
            note(of_files - 1, self.place(second), false);
        }
        let custom = same.iter().map(|pair| lower(*pair));
        let custom = custom.filter(|number| self.is_custom(*number));
        for number in custom.filter(|number| *number != first) {
            note(0, self.place(number), true);
        }
    }
}

/// The upper half: the section of a pair, the student of an ordered one.
fn upper(pair: u64) -> u32 {
    (pair >> 32) as u32
}

/// The lower half: the student of a pair, the number of an ordered one.
#[expect(clippy::cast_possible_truncation, reason = "it is the lower half")]
fn lower(pair: u64) -> u32 {
    pair as u32
}

impl Derive {
    /// Takes a row of enrollments.csv (district-side 2.6), after students and sections. Whether it repeats an earlier row
    /// is known in the end only: then each repeat counts as rejected, and each pair that was repeated is reported once.
    pub fn packed_enrollment(
        &mut self,
        row: &PackedEnrollment<'_>,
        problems: &mut dyn Problems,
    ) -> Kept {
        let kept = self.new_enrollment(row, problems);
        self.count(File::Enrollments, kept)
    }

    fn new_enrollment(&mut self, row: &PackedEnrollment<'_>, problems: &mut dyn Problems) -> Kept {
        let place = row.place;
        let (section_id, student_id) = (row.section_id, row.student_id);
        let last = &mut self.enrollments;
        let section = (last.section).row(&self.sections.keys, &row.section);
        let student = (last.student).row(&self.students.keys, &row.student);
        if section.is_none() && self.sections.keys.seen(&row.section) == Some(PASSED_OVER) {
            return Kept::PassedOver;
        }
        let Some((section, student)) = section.zip(student) else {
            let problem = |code, column, id: &str| {
                let problem = Problem::new(self.ref_unknown(code), place).column(column);
                problem.key(&both(section_id, student_id)).value(id)
            };
            let of_section = problem(Code::RefSectionUnknown, "Section_id", section_id);
            let of_student = problem(Code::RefStudentUnknown, "Student_id", student_id);
            let (key, sections, students) = (&self.key, &mut self.sections, &mut self.students);
            if section.is_none() {
                let (keys, nearby) = (&sections.keys, &mut sections.nearby);
                let seen = keys.seen(&row.section);
                let near = nearby.find(keys, key, section_id);
                problems.report(explained(of_section, seen, near));
            }
            if student.is_none() {
                let (keys, nearby) = (&students.keys, &mut students.nearby);
                let seen = keys.seen(&row.student);
                let near = nearby.find(keys, key, student_id);
                problems.report(explained(of_student, seen, near));
            }
            return Kept::No;
        };
        if !row.school_id.is_empty() {
            let school = self.schools.sis_id(self.sections.school(section));
            if school != row.school_id {
                let problem = Problem::new(Code::EnrollmentSchoolMismatch, place);
                let problem = problem.column("School_id").value(row.school_id);
                let problem = problem.key(&both(section_id, student_id));
                problems.report(problem.suggestion(school));
            }
        }
        self.enrollments.push(section, student, place, self.origin);
        Kept::Yes
    }
}

/// The key of an enrollment as problems show it.
pub(crate) fn both(section: &str, student: &str) -> String {
    format!("{} / {}", shown(section), shown(student))
}

/// Why a reference leads nowhere: the record's own row was left out, or there is only one with almost that id.
pub(crate) fn explained(problem: Problem, seen: Option<u32>, near: Option<String>) -> Problem {
    if seen == Some(REJECTED) {
        problem.detail("it is in its file, but its row was left out")
    } else {
        problem.suggestion(&near.unwrap_or_default())
    }
}
