//! Which of a district's files is which (district-side 1.1 and 1.2).

use std::io;

use homeroom_model::{Code, Place, Problem, Problems};

use crate::attendance::harmless;
use crate::{FileInfo, Limits, Source, Stem};

mod hints;

/// Where records come from (district-side 9.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum Origin {
    /// The district's files.
    #[default]
    Files,
    /// People of the district, who keep them by hand beside the files.
    Custom,
}

/// Which file of a source stands for which stem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet {
    names: [Option<String>; Stem::ALL.len()],
    origin: Origin,
}

impl FileSet {
    /// Recognises the files of a source and reports those that are missing, unknown, doubled, superseded or too large.
    /// Names are compared without case. Of two that differ only in case the newer one counts, of equally new ones the
    /// one whose name sorts first. Names that begin with a dot or end with `.tmp`, `.part` or `.filepart` are still
    /// being written and are passed over.
    ///
    /// # Errors
    /// If the source cannot list its files.
    pub fn find(
        source: &dyn Source,
        limits: &Limits,
        problems: &mut dyn Problems,
    ) -> io::Result<Self> {
        let mut files = source.files()?;
        files.sort_by(|a, b| b.modified.cmp(&a.modified).then(a.name.cmp(&b.name)));
        let mut set = Self::default();
        let mut unknown: Vec<String> = Vec::new();
        let mut unfinished: Vec<String> = Vec::new();
        for file in files {
            match Stem::from_name(&file.name) {
                _ if is_unfinished(&file.name) => unfinished.push(file.name),
                Some(stem) => set.take(stem, file, limits, problems),
                None => unknown.push(file.name),
            }
        }
        unknown.sort();
        unfinished.sort();
        for stem in Stem::ALL {
            if stem.required() && set.name(stem).is_none() {
                problems.report(hints::missing(stem, &unknown, &unfinished));
            }
        }
        if set.name(Stem::Staff).is_some()
            && let Some(slot) = set.names.get_mut(Stem::Admins as usize)
            && slot.take().is_some()
        {
            problems.report(Problem::new(Code::FileIgnored, Stem::Admins.place()));
        }
        for name in &unknown {
            problems.report(hints::unknown(name));
        }
        Ok(set)
    }

    /// Reports the optional files that the district has sent before and has not sent now, and gives their stems: their
    /// records are to be kept as they are (district-side 1.2). A file with a header and no rows is not among them: it says
    /// that there are none any more. staff.csv and admins.csv stand for each other.
    pub fn vanished(&self, sent_before: &[Stem], problems: &mut dyn Problems) -> Vec<Stem> {
        let is_there = |stem: Stem| match stem {
            Stem::Staff | Stem::Admins => {
                self.name(Stem::Staff).is_some() || self.name(Stem::Admins).is_some()
            }
            other => self.name(other).is_some(),
        };
        let gone = |stem: &Stem| sent_before.contains(stem) && !stem.required() && !is_there(*stem);
        let mut vanished: Vec<Stem> = Stem::ALL.into_iter().filter(gone).collect();
        if vanished.contains(&Stem::Staff) {
            vanished.retain(|stem| *stem != Stem::Admins);
        }
        for stem in &vanished {
            problems.report(Problem::new(Code::OptionalFileVanished, stem.place()));
        }
        vanished
    }

    /// A set of one file.
    pub fn only(stem: Stem, name: impl Into<String>) -> Self {
        let mut set = Self::default();
        if let Some(slot) = set.names.get_mut(stem as usize) {
            *slot = Some(name.into());
        }
        set
    }

    /// The same set with the file that stands for a stem.
    #[must_use]
    pub fn and(mut self, stem: Stem, name: impl Into<String>) -> Self {
        if let Some(slot) = self.names.get_mut(stem as usize) {
            *slot = Some(name.into());
        }
        self
    }

    /// The same set, whose records come from somewhere else.
    #[must_use]
    pub(crate) fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Where the records of these files come from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Place of a line of a file.
    pub(crate) fn place(&self, stem: Stem, line: u64) -> Place {
        match (self.origin, stem.custom_text()) {
            // The line of the header is not the reader's business.
            (Origin::Custom, Some(file)) => Place {
                file,
                line: line.saturating_sub(1),
            },
            _ => Place {
                file: stem.text(),
                line,
            },
        }
    }

    /// The name of the file that stands for a stem, as the district spelt it; `None` if there is none.
    pub fn name(&self, stem: Stem) -> Option<&str> {
        self.names.get(stem as usize)?.as_deref()
    }

    fn take(&mut self, stem: Stem, file: FileInfo, limits: &Limits, problems: &mut dyn Problems) {
        let Some(slot) = self.names.get_mut(stem as usize) else {
            return;
        };
        if let Some(newer) = slot {
            let detail = format!("{} was read", hints::printable(newer));
            let problem = Problem::new(Code::DuplicateFile, stem.place()).value(&file.name);
            problems.report(problem.detail(detail));
            return;
        }
        if file.bytes > limits.file_bytes {
            let problem = too_large(stem, file.bytes, limits);
            problems.report(match stem {
                Stem::Attendance => harmless(problem),
                _ => problem,
            });
        }
        *slot = Some(file.name);
    }
}

/// The problem of a file of so many bytes.
pub(crate) fn too_large(stem: Stem, bytes: u64, limits: &Limits) -> Problem {
    let detail = format!("{bytes} bytes, the limit is {}", limits.file_bytes);
    Problem::new(Code::FileTooLarge, stem.place()).detail(detail)
}

fn is_unfinished(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with('.')
        || [".tmp", ".part", ".filepart"]
            .iter()
            .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemory;
    use homeroom_model::Timestamp;

    fn found(source: &InMemory) -> (FileSet, Vec<String>) {
        let mut problems = Vec::new();
        let set = FileSet::find(source, &Limits::default(), &mut problems).unwrap();
        (set, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_are_compared_without_case_and_what_is_missing_is_said() {
        let source = InMemory::default()
            .with("Schools.CSV", "")
            .with("teachers.csv", "")
            .with("SECTIONS.csv", "");
        let mut problems = Vec::new();
        let set = FileSet::find(&source, &Limits::default(), &mut problems).unwrap();
        assert_eq!(set.name(Stem::Schools), Some("Schools.CSV"));
        assert_eq!(set.name(Stem::Students), None);
        let said: Vec<_> = problems
            .iter()
            .map(|problem| (problem.code, problem.place.file))
            .collect();
        assert_eq!(
            said,
            [
                (Code::FileMissing, "students"),
                (Code::FileMissing, "enrollments")
            ]
        );
    }

    #[test]
    fn unfinished_files_are_passed_over_and_unknown_ones_named() {
        let source = required()
            .with("students.csv.tmp", "")
            .with("x.filepart", "")
            .with("a.PART", "")
            .with(".ftpquota", "")
            .with("contacts.csv", "")
            .with("student.csv", "")
            .with("schools.txt", "");
        let (_, said) = found(&source);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("UNKNOWN_FILE") && said[0].contains("contacts.csv"));
        assert!(said[1].contains("\"schools.txt\"") && said[1].ends_with("Use: schools.csv"));
        assert!(said[2].contains("\"student.csv\"") && said[2].ends_with("Use: students.csv"));
    }

    #[test]
    fn of_two_files_the_newer_one_counts() {
        let source = required()
            .with_modified("STAFF.csv", "", Timestamp::from_millis(1))
            .with_modified("staff.csv", "", Timestamp::from_millis(2));
        let (set, said) = found(&source);
        assert_eq!(set.name(Stem::Staff), Some("staff.csv"));
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("DUPLICATE_FILE") && said[0].contains("\"STAFF.csv\""));
    }

    #[test]
    fn admins_count_only_without_staff() {
        let (set, said) = found(&required().with("admins.csv", ""));
        assert_eq!(set.name(Stem::Admins), Some("admins.csv"));
        assert!(said.is_empty());
        let (set, said) = found(&required().with("admins.csv", "").with("staff.csv", ""));
        assert_eq!(set.name(Stem::Admins), None);
        assert!(said[0].contains("FILE_IGNORED"));
    }

    #[test]
    fn a_file_over_the_limit_is_fatal() {
        let limits = Limits {
            file_bytes: 3,
            ..Limits::default()
        };
        let mut problems = Vec::new();
        FileSet::find(
            &required().with("staff.csv", "1234"),
            &limits,
            &mut problems,
        )
        .unwrap();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, Code::FileTooLarge);
    }

    #[test]
    fn a_missing_file_is_looked_for_under_other_names() {
        let source = InMemory::default()
            .with("students.csv.filepart", "")
            .with("Teacher.csv", "")
            .with("sections.xlsx", "")
            .with("schools (1).csv", "");
        let (_, said) = found(&source);
        let missing: Vec<&str> = said
            .iter()
            .filter(|line| line.contains("FILE_MISSING"))
            .map(String::as_str)
            .collect();
        assert_eq!(missing.len(), 5);
        assert!(
            missing[0].ends_with("(rename schools (1).csv) Use: schools.csv"),
            "{}",
            missing[0]
        );
        assert!(
            missing[1].contains("students.csv.filepart is there: its transfer did not end"),
            "{}",
            missing[1]
        );
        assert!(
            missing[2].ends_with("(rename Teacher.csv) Use: teachers.csv"),
            "{}",
            missing[2]
        );
        assert!(
            missing[3].contains("sections.xlsx is a workbook"),
            "{}",
            missing[3]
        );
        assert!(missing[4].ends_with("is not there."), "{}", missing[4]);
    }

    #[test]
    fn files_that_have_a_known_other_meaning_say_so() {
        let (_, said) = found(&required().with("contacts.csv", "").with("users.csv", ""));
        assert!(said[0].contains("students.csv, one per row"), "{}", said[0]);
        assert!(said[1].contains("OneRoster"), "{}", said[1]);
    }

    #[test]
    fn optional_files_that_were_sent_before_are_missed() {
        let (set, _) = found(&required().with("admins.csv", "").with("ext_staff.csv", ""));
        let mut problems = Vec::new();
        let before = [Stem::Students, Stem::Staff, Stem::ExtStaff, Stem::Resources];
        assert_eq!(set.vanished(&before, &mut problems), [Stem::Resources]);
        assert_eq!(
            problems[0].to_string().split(':').next(),
            Some("resources.csv")
        );
        let (set, _) = found(&required());
        assert_eq!(
            set.vanished(&[Stem::Staff, Stem::Admins], &mut Vec::new()),
            [Stem::Staff]
        );
        assert_eq!(
            set.vanished(&[Stem::Admins], &mut Vec::new()),
            [Stem::Admins]
        );
        assert!(set.vanished(&[], &mut Vec::new()).is_empty());
    }

    fn required() -> InMemory {
        Stem::ALL
            .into_iter()
            .filter(|stem| stem.required())
            .fold(InMemory::default(), |source, stem| {
                source.with(format!("{}.csv", stem.text()), "")
            })
    }
}
