//! Which of a district's files is which (district-side 1.1 and 1.2).

use std::io;

use homeroom_model::{Code, Place, Problem, Problems};

use crate::hint::nearest;
use crate::{FileInfo, Limits, Source};

/// A file that intake reads, by the stem of its documented name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stem {
    /// schools.csv
    Schools,
    /// students.csv, with their contacts
    Students,
    /// teachers.csv
    Teachers,
    /// sections.csv, with courses and terms
    Sections,
    /// enrollments.csv
    Enrollments,
    /// staff.csv
    Staff,
    /// admins.csv, the old name of staff.csv
    Admins,
    /// resources.csv
    Resources,
}

impl Stem {
    /// Every file, in the order in which they are read: what a file refers to comes before it.
    pub const ALL: [Self; 8] = [
        Self::Schools,
        Self::Students,
        Self::Teachers,
        Self::Sections,
        Self::Enrollments,
        Self::Staff,
        Self::Admins,
        Self::Resources,
    ];

    /// The stem, lower case.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Students => "students",
            Self::Teachers => "teachers",
            Self::Sections => "sections",
            Self::Enrollments => "enrollments",
            Self::Staff => "staff",
            Self::Admins => "admins",
            Self::Resources => "resources",
        }
    }

    /// Whether a run fails without the file.
    pub const fn required(self) -> bool {
        matches!(
            self,
            Self::Schools | Self::Students | Self::Teachers | Self::Sections | Self::Enrollments
        )
    }

    /// The place that means the file as a whole.
    pub const fn place(self) -> Place {
        Place {
            file: self.text(),
            line: 0,
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let stem = name.strip_suffix(".csv")?;
        Self::ALL.into_iter().find(|known| known.text() == stem)
    }
}

/// Which file of a source stands for which stem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet([Option<String>; Stem::ALL.len()]);

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
        for file in files.into_iter().filter(|file| !unfinished(&file.name)) {
            match Stem::from_name(&file.name) {
                Some(stem) => set.take(stem, file, limits, problems),
                None => unknown.push(file.name),
            }
        }
        for stem in Stem::ALL {
            if stem.required() && set.name(stem).is_none() {
                problems.report(Problem::new(Code::FileMissing, stem.place()));
            }
        }
        if set.name(Stem::Staff).is_some()
            && let Some(slot) = set.0.get_mut(Stem::Admins as usize)
            && slot.take().is_some()
        {
            problems.report(Problem::new(Code::FileIgnored, Stem::Admins.place()));
        }
        unknown.sort();
        for name in unknown {
            problems.report(unknown_file(&name));
        }
        Ok(set)
    }

    /// A set of one file.
    pub fn only(stem: Stem, name: impl Into<String>) -> Self {
        let mut set = Self::default();
        if let Some(slot) = set.0.get_mut(stem as usize) {
            *slot = Some(name.into());
        }
        set
    }

    /// The name of the file that stands for a stem, as the district spelt it; `None` if there is none.
    pub fn name(&self, stem: Stem) -> Option<&str> {
        self.0.get(stem as usize)?.as_deref()
    }

    fn take(&mut self, stem: Stem, file: FileInfo, limits: &Limits, problems: &mut dyn Problems) {
        let Some(slot) = self.0.get_mut(stem as usize) else {
            return;
        };
        if let Some(newer) = slot {
            let detail = format!("{newer} was read, {} was not", printable(&file.name));
            problems.report(Problem::new(Code::DuplicateFile, stem.place()).detail(detail));
            return;
        }
        if file.bytes > limits.file_bytes {
            problems.report(too_large(stem, file.bytes, limits));
        }
        *slot = Some(file.name);
    }
}

/// The problem of a file of so many bytes.
pub(crate) fn too_large(stem: Stem, bytes: u64, limits: &Limits) -> Problem {
    let detail = format!("{bytes} bytes, the limit is {}", limits.file_bytes);
    Problem::new(Code::FileTooLarge, stem.place()).detail(detail)
}

fn unfinished(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with('.')
        || [".tmp", ".part", ".filepart"]
            .iter()
            .any(|end| name.ends_with(end))
}

fn unknown_file(name: &str) -> Problem {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let mut detail = printable(name);
    let known: Vec<&str> = Stem::ALL.iter().map(|stem| stem.text()).collect();
    if let Some(meant) = nearest(stem, &known) {
        detail = format!("{detail}; did you mean {meant}.csv?");
    }
    Problem::new(Code::UnknownFile, Place::default()).detail(detail)
}

/// A name from outside, short and without control characters.
fn printable(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect()
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
        assert!(said[1].contains("schools.txt; did you mean schools.csv?"));
        assert!(said[2].contains("student.csv; did you mean students.csv?"));
    }

    #[test]
    fn of_two_files_the_newer_one_counts() {
        let source = required()
            .with_modified("STAFF.csv", "", Timestamp::from_millis(1))
            .with_modified("staff.csv", "", Timestamp::from_millis(2));
        let (set, said) = found(&source);
        assert_eq!(set.name(Stem::Staff), Some("staff.csv"));
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("DUPLICATE_FILE") && said[0].contains("STAFF.csv was not"));
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

    fn required() -> InMemory {
        Stem::ALL
            .into_iter()
            .filter(|stem| stem.required())
            .fold(InMemory::default(), |source, stem| {
                source.with(format!("{}.csv", stem.text()), "")
            })
    }
}
