//! Files into a candidate: intake reads rows, derive folds them.

use std::io;

use homeroom_derive::{Derive, Derived, File};
use homeroom_intake::{FileReport, FileSet, Intake, Settings, Source, Stem};
use homeroom_model::Problems;
use homeroom_segment::{HashKey, Spools};
use homeroom_store::Person;

use crate::import::Progress;
use crate::people::by_hand;

/// What reading needs.
pub(crate) struct Reading<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) set: &'a FileSet,
    /// How files are read, on the day of the run.
    pub(crate) settings: &'a Settings,
    /// What is derived from them.
    pub(crate) derived: &'a homeroom_derive::Settings,
    pub(crate) people: &'a [Person],
    pub(crate) key: HashKey,
    pub(crate) spools: &'a dyn Spools,
    pub(crate) progress: &'a Progress,
}

/// The stem of the file whose rows are counted under `file`.
pub(crate) fn stem(file: File) -> Stem {
    match file {
        File::Schools => Stem::Schools,
        File::Students => Stem::Students,
        File::Teachers => Stem::Teachers,
        File::Staff => Stem::Staff,
        File::Sections => Stem::Sections,
        File::Enrollments => Stem::Enrollments,
        File::Resources => Stem::Resources,
    }
}

/// Reads every file in the order in which files refer to each other. `None` if a file is unreadable as a whole; the
/// problems say why.
pub(crate) fn read(
    reading: &Reading<'_>,
    problems: &mut dyn Problems,
) -> io::Result<Option<Derived>> {
    let rows = rows(reading, problems)?;
    if rows.fatal {
        return Ok(None);
    }
    (reading.progress)("working out courses, terms and schools");
    rows.derive.finish(problems).map(Some)
}

/// The rows of all files, not yet folded.
pub(crate) struct Rows {
    /// What took them.
    pub(crate) derive: Derive,
    /// Whether a file is unreadable as a whole.
    pub(crate) fatal: bool,
}

/// Reads the rows of every file.
pub(crate) fn rows(reading: &Reading<'_>, problems: &mut dyn Problems) -> io::Result<Rows> {
    let intake = Intake {
        source: reading.source,
        files: reading.set,
        settings: reading.settings,
    };
    let derive = Derive::new(reading.derived.clone(), reading.key.clone(), reading.spools)?;
    let mut feed = Feed {
        derive,
        failed: None,
        fatal: false,
    };
    (reading.progress)("reading schools");
    let report = intake.schools(problems, |place, school, problems| {
        feed.take(|derive| derive.school(place, &school, problems));
    })?;
    feed.note(File::Schools, &report)?;
    for person in reading.people {
        feed.derive.by_hand(&by_hand(person))?;
    }
    (reading.progress)("reading teachers and staff");
    let report = intake.teachers(problems, |place, teacher, problems| {
        feed.take(|derive| derive.teacher(place, &teacher, problems));
    })?;
    feed.note(File::Teachers, &report)?;
    let report = intake.staff(problems, |place, row, problems| {
        feed.take(|derive| derive.staff(place, &row, problems));
    })?;
    feed.note(File::Staff, &report)?;
    (reading.progress)("reading students");
    let report = intake.students(problems, |place, row, problems| {
        feed.take(|derive| derive.student(place, &row, problems));
    })?;
    feed.note(File::Students, &report)?;
    (reading.progress)("reading sections");
    let report = intake.sections(problems, |place, row, problems| {
        feed.take(|derive| derive.section(place, &row, problems));
    })?;
    feed.note(File::Sections, &report)?;
    (reading.progress)("reading enrollments");
    let report = intake.enrollments(problems, |place, row, problems| {
        feed.take(|derive| Ok(derive.enrollment(place, &row, problems)));
    })?;
    feed.note(File::Enrollments, &report)?;
    let report = intake.resources(problems, |place, row, _| {
        feed.take(|derive| derive.resource(place, &row));
    })?;
    feed.note(File::Resources, &report)?;
    Ok(Rows {
        derive: feed.derive,
        fatal: feed.fatal,
    })
}

/// Hands rows to derive and remembers the first that could not be written.
struct Feed {
    derive: Derive,
    failed: Option<io::Error>,
    fatal: bool,
}

impl Feed {
    fn take<T>(&mut self, row: impl FnOnce(&mut Derive) -> io::Result<T>) {
        if self.failed.is_none() {
            self.failed = row(&mut self.derive).err();
        }
    }

    /// Counts what intake left out.
    fn note(&mut self, file: File, report: &FileReport) -> io::Result<()> {
        self.derive.rejected(file, report.rejected);
        self.fatal |= report.fatal;
        self.failed.take().map_or(Ok(()), Err)
    }
}
