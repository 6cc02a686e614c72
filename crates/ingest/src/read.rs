//! Files into a candidate: intake reads rows, derive folds them.

use std::collections::BTreeMap;
use std::io;

use homeroom_derive::{Derive, Derived, ExtOf, Extra, File, Origin};
use homeroom_intake::{FileReport, FileSet, Intake, Settings, Source, Stem};
use homeroom_model::{Code, Employee, Kind, Problem, Problems, Role};
use homeroom_segment::{HashKey, Noun as _, Snapshot, Spools};
use homeroom_store::{CustomRecord, Person};

use crate::ahead;
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
    /// Records that the district keeps beside its files.
    pub(crate) custom: &'a [CustomRecord],
    /// Whether any attendance is published.
    pub(crate) has_attendance: bool,
    /// What is published, if anything is.
    pub(crate) published: Option<&'a Snapshot>,
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
        File::Attendance => Stem::Attendance,
    }
}

/// Whether the rows that are counted under `file` were sent; admins.csv stands for staff.csv.
pub(crate) fn is_sent(set: &FileSet, file: File) -> bool {
    set.name(stem(file)).is_some() || (file == File::Staff && set.name(Stem::Admins).is_some())
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

/// Reads the rows of every file, and after those of each file the records that are kept beside it.
pub(crate) fn rows(reading: &Reading<'_>, problems: &mut dyn Problems) -> io::Result<Rows> {
    let custom: Vec<_> = reading.custom.iter().filter_map(cells).collect();
    let records = custom.iter().map(|(stem, cells)| (*stem, cells));
    let (source, set) = homeroom_intake::custom(records);
    let custom = Intake {
        source: &source,
        files: &set,
        settings: reading.settings,
    };
    let progress = reading.progress;
    let mut feed = Feed::new(reading, custom)?;
    progress("reading what other files add");
    feed.extra(reading, problems)?;
    progress("reading schools");
    feed.file(File::Schools, |intake, feed| {
        intake.schools(problems, |place, row, problems| {
            feed.take(|derive| derive.school(place, &row, problems));
        })
    })?;
    for person in reading.people {
        feed.derive.by_hand(&by_hand(person))?;
    }
    progress("reading teachers and staff");
    feed.file(File::Teachers, |intake, feed| {
        intake.teachers(problems, |place, row, problems| {
            feed.take(|derive| derive.teacher(place, &row, problems));
        })
    })?;
    feed.vanished_staff(reading, problems)?;
    feed.file(File::Staff, |intake, feed| {
        intake.staff(problems, |place, row, problems| {
            feed.take(|derive| derive.staff(place, &row, problems));
        })
    })?;
    progress("reading students");
    feed.file(File::Students, |intake, feed| {
        ahead::students(intake, problems, |student, problems| {
            feed.take(|derive| derive.packed_student(student, problems));
        })
    })?;
    progress("reading sections");
    feed.file(File::Sections, |intake, feed| {
        intake.sections(problems, |place, row, problems| {
            feed.take(|derive| derive.section(place, &row, problems));
        })
    })?;
    progress("reading enrollments");
    feed.file(File::Enrollments, |intake, feed| {
        ahead::enrollments(intake, &reading.key, problems, |row, problems| {
            feed.take(|derive| Ok(derive.packed_enrollment(row, problems)));
        })
    })?;
    feed.file(File::Resources, |intake, feed| {
        intake.resources(problems, |place, row, _| {
            feed.take(|derive| derive.resource(place, &row));
        })
    })?;
    feed.vanished_resources(reading, problems)?;
    feed.attendance(reading, problems)?;
    Ok(Rows {
        derive: feed.derive,
        fatal: feed.fatal,
    })
}

/// The file of a custom record and its cells, as they were when somebody put it there.
fn cells(record: &CustomRecord) -> Option<(Stem, BTreeMap<String, String>)> {
    let stem = Stem::from_text(&record.stem)?;
    Some((stem, serde_json::from_str(&record.cells).ok()?))
}

/// Hands rows to derive and remembers the first that could not be written.
struct Feed<'a> {
    derive: Derive,
    failed: Option<io::Error>,
    fatal: bool,
    /// The district's files and the records beside them, in the order in which they are read.
    from: [(Origin, Intake<'a>); 2],
}

impl<'a> Feed<'a> {
    fn new(reading: &Reading<'a>, custom: Intake<'a>) -> io::Result<Self> {
        let files = Intake {
            source: reading.source,
            files: reading.set,
            settings: reading.settings,
        };
        let (derived, key) = (reading.derived.clone(), reading.key.clone());
        let mut derive = Derive::new(derived, key, reading.spools)?;
        if let Some(published) = reading.published {
            derive.published_courses(published);
        }
        Ok(Self {
            derive,
            failed: None,
            fatal: false,
            from: [(Origin::Sis, files), (Origin::Custom, custom)],
        })
    }

    fn take<T>(&mut self, row: impl FnOnce(&mut Derive) -> io::Result<T>) {
        if self.failed.is_none() {
            self.failed = row(&mut self.derive).err();
        }
    }

    /// Reads a file, and the records beside it.
    fn file(
        &mut self,
        file: File,
        mut read: impl FnMut(&Intake<'_>, &mut Self) -> io::Result<FileReport>,
    ) -> io::Result<()> {
        for (origin, intake) in self.from {
            self.derive.origin(origin);
            let report = read(&intake, self)?;
            self.note(file, &report)?;
        }
        self.derive.origin(Origin::Sis);
        Ok(())
    }

    /// Counts what intake left out.
    fn note(&mut self, file: File, report: &FileReport) -> io::Result<()> {
        self.derive.rejected(file, report.rejected);
        self.fatal |= report.fatal;
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Reads the files that only add to records of others.
    fn extra(&mut self, reading: &Reading<'_>, problems: &mut dyn Problems) -> io::Result<()> {
        const EXT: [(Stem, ExtOf); 5] = [
            (Stem::ExtSchools, ExtOf::Schools),
            (Stem::ExtStudents, ExtOf::Students),
            (Stem::ExtTeachers, ExtOf::Teachers),
            (Stem::ExtSections, ExtOf::Sections),
            (Stem::ExtStaff, ExtOf::Staff),
        ];
        let adding = Stem::ALL.into_iter().filter(|stem| stem.adds());
        if adding
            .into_iter()
            .all(|stem| reading.set.name(stem).is_none())
        {
            return Ok(());
        }
        let [(_, files), _] = self.from;
        let mut extra = Extra::new(reading.key.clone(), reading.spools)?;
        let mut failed = None;
        for (stem, of) in EXT {
            let report = files.ext(stem, problems, |place, row, problems| {
                let taken = extra.ext(of, place, &row.sis_id, &row.ext, problems);
                failed = failed.take().or(taken.err());
            })?;
            self.fatal |= report.fatal;
        }
        let report = files.supplement(problems, |place, row, problems| {
            let taken = extra.section(place, &row, problems);
            failed = failed.take().or(taken.err());
        })?;
        self.fatal |= report.fatal;
        failed.map_or(Ok(()), Err)?;
        self.derive.extra(extra)
    }

    /// Attendance, of which no record is kept by hand. A file that cannot be read stops nothing: what is published stays, as
    /// it does without a file.
    fn attendance(&mut self, reading: &Reading<'_>, problems: &mut dyn Problems) -> io::Result<()> {
        if !is_sent(reading.set, File::Attendance) {
            if reading.has_attendance {
                let place = Stem::Attendance.place();
                problems.report(Problem::new(Code::OptionalFileVanished, place));
            }
            return Ok(());
        }
        (reading.progress)("reading attendance");
        let [(_, files), _] = self.from;
        self.derive.begin_attendance(reading.spools)?;
        let report = files.attendance(problems, |place, row, problems| {
            self.take(|derive| derive.attendance(place, &row, problems));
        })?;
        if report.fatal {
            self.derive.leave_attendance();
        }
        self.derive.rejected(File::Attendance, report.rejected);
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Staff of a district that has sent them before, and of whose files none is kept any more (district-side 1.2).
    fn vanished_staff(
        &mut self,
        reading: &Reading<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<()> {
        // Those kept by hand come their own way, and may be all there are.
        let has_some = |snapshot: &&Snapshot| has_staff_of_files(snapshot);
        let published = reading
            .published
            .filter(|_| !is_sent(reading.set, File::Staff));
        let Some(published) = published.filter(has_some) else {
            return Ok(());
        };
        problems.report(Problem::new(
            Code::OptionalFileVanished,
            Stem::Staff.place(),
        ));
        self.derive.keep_staff(published)
    }

    /// Resources, likewise.
    fn vanished_resources(
        &mut self,
        reading: &Reading<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<()> {
        let has_some = |snapshot: &&Snapshot| !snapshot.table(Kind::Resource).is_empty();
        let published = reading
            .published
            .filter(|_| !is_sent(reading.set, File::Resources));
        let Some(published) = published.filter(has_some) else {
            return Ok(());
        };
        let place = Stem::Resources.place();
        problems.report(Problem::new(Code::OptionalFileVanished, place));
        self.derive.keep_resources(published)
    }
}

/// Whether there are staff members that came from a file.
fn has_staff_of_files(published: &Snapshot) -> bool {
    let table = published.table(Kind::Employee);
    published.employees_with(Role::Staff).iter().any(|row| {
        let staff = Employee::read(table.row(row)).staff;
        staff.is_some_and(|staff| !staff.kept_by_hand && !staff.custom)
    })
}
