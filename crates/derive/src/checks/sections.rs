//! Sections that have students; the others are no app's concern and are reported as such.

use homeroom_model::{ClosedList, Code, Grade, Kind, Place, Problem, Problems};
use homeroom_segment::fields::{section, student};
use homeroom_segment::{Relation, Row};

use super::Checked;
use super::lacking::Records;
use super::shared::{groups, listed};
use crate::inverse::at;
use crate::sections::raw;
use crate::settings::SectionNames;

/// Everything about sections with students.
pub(crate) fn sections(checked: &Checked<'_>, problems: &mut dyn Problems) {
    let rosters = checked.candidate.lists(Relation::SectionStudents);
    let served = (0..checked.sections.len()).filter(|section| !rosters.get(*section).is_empty());
    let served: Vec<u32> = served.collect();
    let looked = Looked {
        checked,
        served: &served,
    };
    looked.made(problems);
    looked.subjects(problems);
    looked.terms(problems);
    looked.names(problems);
    for number in 0..looked.count() {
        looked.size(number, problems);
        looked.grade(number, problems);
    }
}

/// Sections with students, by their number among themselves.
struct Looked<'a> {
    checked: &'a Checked<'a>,
    served: &'a [u32],
}

impl<'c> Looked<'c> {
    fn count(&self) -> u32 {
        u32::try_from(self.served.len()).unwrap_or(u32::MAX)
    }

    /// The section in the candidate.
    fn row(&self, number: u32) -> Row<'_> {
        let table = self.checked.candidate.table(Kind::Section);
        table.row(at(self.served, number))
    }

    /// The section as it was sent.
    fn sent(&self, number: u32) -> Row<'_> {
        self.checked.sections.row(at(self.served, number))
    }

    fn made(&self, problems: &mut dyn Problems) {
        let made = |number| {
            let made = self.checked.made.get(at(self.served, number) as usize);
            made.copied().unwrap_or_default()
        };
        if self.checked.settings.section_name_source == SectionNames::Sis {
            let lacks = |number: u32| made(number).name;
            let code = (Code::SectionNameGenerated, "Name");
            self.records().lack(code, lacks, problems);
        }
        let lacks = |number: u32| made(number).grade;
        let code = (Code::SectionGradeDerived, "Grade");
        self.records().lack(code, lacks, problems);
    }

    /// Sections whose subject nothing tells, each with the word that is in its cell.
    fn subjects(&self, problems: &mut dyn Problems) {
        let untold = |number| {
            let made = self.checked.made.get(at(self.served, number) as usize);
            made.is_some_and(|made| made.subject_untold)
        };
        let code = (Code::SectionSubjectOther, "Subject");
        let wordless = |number| self.sent(number).bytes(raw::SUBJECT_TEXT).is_empty();
        if (0..self.count()).all(wordless) {
            self.records().lack(code, untold, problems);
            return;
        }
        for number in 0..self.count() {
            if untold(number) {
                let place = self.checked.sections.place(at(self.served, number));
                let problem = Problem::new(code.0, place).column(code.1);
                let problem = problem.key(self.row(number).text(section::SIS_ID));
                problems.report(problem.value(self.sent(number).text(raw::SUBJECT_TEXT)));
            }
        }
    }

    fn terms(&self, problems: &mut dyn Problems) {
        let terms = self.checked.candidate.lists(Relation::SectionTerm);
        let lacks = |number| terms.get(at(self.served, number)).is_empty();
        let code = (Code::TermMissing, "Term_name");
        self.records().lack(code, lacks, problems);
    }

    /// Sections of one school and period that have the same name. It is not shown: teachers are named in many.
    fn names(&self, problems: &mut dyn Problems) {
        let key = |number| self.row(number).text(section::SIS_ID);
        let groups = groups(self.count(), |number| {
            let row = self.row(number);
            let school = at(
                &self.checked.sections.facts.schools,
                at(self.served, number),
            );
            Some((school, row.bytes(section::NAME), row.bytes(section::PERIOD)))
        });
        for group in groups {
            let second = group.get(1).copied().unwrap_or_default();
            let place = self.checked.sections.place(at(self.served, second));
            let problem = Problem::new(Code::SectionNameDuplicate, place).column("Name");
            let problem = problem.key(key(second));
            problems.report(problem.detail(listed(&group, key)));
        }
    }

    fn size(&self, number: u32, problems: &mut dyn Problems) {
        let section = at(self.served, number);
        let rosters = self.checked.candidate.lists(Relation::SectionStudents);
        let students = rosters.get(section).len();
        if students as u64 > u64::from(self.checked.settings.section_large) {
            let problem = Problem::new(Code::SectionLarge, self.checked.sections.place(section));
            let problem = problem.key(self.row(number).text(section::SIS_ID));
            problems.report(problem.detail(format!("{students} students")));
        }
    }

    /// The SIS's grade against those of the students who have one. Grades without rank say nothing.
    fn grade(&self, number: u32, problems: &mut dyn Problems) {
        let section = at(self.served, number);
        let made = self.checked.made.get(section as usize).copied();
        let grade = self.row(number).known::<Grade>(section::GRADE);
        let grade = grade.filter(|grade| grade.rank().is_some());
        let Some(grade) = grade.filter(|_| made.is_some_and(|made| !made.grade)) else {
            return;
        };
        let rosters = self.checked.candidate.lists(Relation::SectionStudents);
        let students = self.checked.candidate.table(Kind::Student);
        let students = rosters.get(section).iter().map(|row| students.row(*row));
        let mut grades = students.filter_map(|student| {
            let grade = student.known::<Grade>(student::GRADE)?;
            grade.rank().map(|_| grade)
        });
        let Some(first) = grades.next() else {
            return;
        };
        if first != grade && grades.all(|other| other != grade) {
            let place = self.checked.sections.place(section);
            let problem = Problem::new(Code::SectionGradeMismatch, place).column("Grade");
            let problem = problem.key(self.row(number).text(section::SIS_ID));
            problems.report(problem.value(grade.text()));
        }
    }

    fn records<'s>(
        &'s self,
    ) -> Records<impl Fn(u32) -> Place + use<'s, 'c>, impl Fn(u32) -> &'s str + use<'s, 'c>> {
        Records {
            count: self.count(),
            file: self.checked.sections.facts.places.file(),
            place: move |number| self.checked.sections.place(at(self.served, number)),
            key: move |number| self.row(number).text(section::SIS_ID),
        }
    }
}
