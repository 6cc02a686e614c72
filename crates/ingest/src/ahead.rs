//! Reading ahead: threads that read while another takes what they have read. What comes of it, and in which order, is as if
//! there were one.

use std::cell::RefCell;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use homeroom_derive::{PackedEnrollment, PackedEnrollments, PackedStudent, PackedStudents};
use homeroom_intake::{Beside, FileReport, Intake, Piece};
use homeroom_model::{Problem, Problems};
use homeroom_segment::HashKey;

/// Pieces that may wait to be taken: enough for both sides to be busy, few for the memory.
const WAITING: usize = 8;

/// Bytes of packed rows that are passed on together.
const BYTES: usize = 128 << 10;

/// Problems that are passed on together at most.
const PROBLEMS: usize = 1024;

/// Finds the rows of a file on a thread of its own.
pub(crate) struct Threads;

impl Beside for Threads {
    fn run(
        &self,
        ahead: &mut (dyn FnMut() -> Option<Piece> + Send),
        behind: &mut dyn FnMut(Piece),
    ) {
        let (sender, receiver) = sync_channel(WAITING);
        thread::scope(|scope| {
            scope.spawn(move || {
                while let Some(piece) = ahead() {
                    if sender.send(piece).is_err() {
                        break;
                    }
                }
            });
            receiver.into_iter().for_each(behind);
        });
    }
}

/// Reads students.csv on a thread of its own.
pub(crate) fn students(
    intake: &Intake<'_>,
    problems: &mut dyn Problems,
    mut take: impl FnMut(&PackedStudent<'_>, &mut dyn Problems),
) -> io::Result<FileReport> {
    let read = |gathered: &Gathered<PackedStudents>| {
        intake.students(&mut &*gathered, |place, row, _| {
            gathered.put(|rows| rows.push(place, &row));
        })
    };
    on_its_own(read, |batch| {
        let rows = batch.rows.iter();
        each(rows, batch.problems, problems, |row, problems| {
            take(&row, problems);
        });
    })
}

/// Reads enrollments.csv on a thread of its own, which hashes the ids with `key` too.
pub(crate) fn enrollments(
    intake: &Intake<'_>,
    key: &HashKey,
    problems: &mut dyn Problems,
    mut take: impl FnMut(&PackedEnrollment<'_>, &mut dyn Problems),
) -> io::Result<FileReport> {
    let read = |gathered: &Gathered<PackedEnrollments>| {
        intake.enrollments(&mut &*gathered, |place, row, _| {
            gathered.put(|rows| rows.push(key, place, &row));
        })
    };
    on_its_own(read, |batch| {
        let rows = batch.rows.iter();
        each(rows, batch.problems, problems, |row, problems| {
            take(&row, problems);
        });
    })
}

/// Hands on rows with what was found in them.
fn each<R>(
    rows: impl Iterator<Item = R>,
    found: Vec<(usize, Problem)>,
    problems: &mut dyn Problems,
    mut take: impl FnMut(R, &mut dyn Problems),
) {
    let mut found = found.into_iter().peekable();
    for (number, row) in rows.enumerate() {
        while let Some((_, problem)) = found.next_if(|(before, _)| *before <= number) {
            problems.report(problem);
        }
        take(row, problems);
    }
    for (_, problem) in found {
        problems.report(problem);
    }
}

/// Reads a file on a thread and takes what it has gathered on this one.
fn on_its_own<R: Packed>(
    read: impl FnOnce(&Gathered<R>) -> io::Result<FileReport> + Send,
    take: impl FnMut(Batch<R>),
) -> io::Result<FileReport> {
    let (sender, receiver) = sync_channel(WAITING);
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let gathered = Gathered {
                batch: RefCell::default(),
                sender,
            };
            let report = read(&gathered);
            gathered.pass_on(0, 0);
            report
        });
        receiver.into_iter().for_each(take);
        let died = |_| Err(io::Error::other("reading a file was cut off"));
        reading.join().unwrap_or_else(died)
    })
}

/// Rows on their way between threads.
trait Packed: Default + Send {
    fn len(&self) -> usize;
    fn bytes(&self) -> usize;
}

impl Packed for PackedStudents {
    fn len(&self) -> usize {
        self.len()
    }

    fn bytes(&self) -> usize {
        self.bytes()
    }
}

impl Packed for PackedEnrollments {
    fn len(&self) -> usize {
        self.len()
    }

    fn bytes(&self) -> usize {
        self.bytes()
    }
}

/// Some rows, and what was found in them.
#[derive(Default)]
struct Batch<R> {
    rows: R,
    /// With the number of the row before which it is told.
    problems: Vec<(usize, Problem)>,
}

/// What was read and not yet passed on.
struct Gathered<R> {
    batch: RefCell<Batch<R>>,
    sender: SyncSender<Batch<R>>,
}

impl<R: Packed> Gathered<R> {
    fn put(&self, push: impl FnOnce(&mut R)) {
        push(&mut self.batch.borrow_mut().rows);
        self.pass_on(BYTES, usize::MAX);
    }

    /// Passes it on if it is so much.
    fn pass_on(&self, bytes: usize, problems: usize) {
        let batch = self.batch.borrow();
        if batch.rows.bytes() >= bytes || batch.problems.len() >= problems {
            drop(batch);
            // Nobody takes it if the other thread died, and then nothing matters any more.
            let _ = self.sender.send(self.batch.take());
        }
    }
}

impl<R: Packed> Problems for &Gathered<R> {
    fn report(&mut self, problem: Problem) {
        let mut batch = self.batch.borrow_mut();
        let before = batch.rows.len();
        batch.problems.push((before, problem));
        drop(batch);
        self.pass_on(usize::MAX, PROBLEMS);
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::Read;

    use homeroom_derive::{Derive, Derived};
    use homeroom_intake::{FileInfo, FileSet, InMemory, Settings, Source, Stem};
    use homeroom_model::rows::SectionRow;
    use homeroom_model::{Date, School, Section};
    use homeroom_segment::{MemorySpools, Relation};

    use super::*;

    const KEY: HashKey = HashKey::new([7; 32]);

    struct AtOnce(InMemory);

    impl Source for AtOnce {
        fn files(&self) -> io::Result<Vec<FileInfo>> {
            self.0.files()
        }

        fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
            self.0.open(name)
        }

        fn beside(&self) -> &dyn Beside {
            &Threads
        }
    }

    /// Rows of which some are broken, some have problems of their own, and some have students that disagree.
    fn file() -> String {
        let mut file = "School_id,Student_id,Last_name,First_name,Grade,Contact_name\n".to_owned();
        for row in 0..20_000 {
            let line = match row % 11 {
                3 => format!("1,{row},Smith"),
                5 => format!("1,{row},Smith,,3,"),
                7 => format!("9,{row},Smith,Ann,3,"),
                8 => format!("1,{},Smyth,Ann,Year 3,Pat", row - 2),
                _ => format!("1,{row},Smith,Ann,Year 3,Pat {row}"),
            };
            let _ = writeln!(file, "{line}");
        }
        file
    }

    /// Enrolls the students in sections, one of which is not there.
    fn enroll(derive: &mut Derive, at_once: bool, problems: &mut Vec<Problem>) {
        let mut file = "School_id,Section_id,Student_id\n".to_owned();
        for row in 0..20_000 {
            let _ = writeln!(file, "{},s{},{row}", row % 2, row / 1000);
        }
        for section in 1..20 {
            let row = SectionRow {
                section: Section {
                    sis_id: format!("s{section}").into(),
                    ..Section::default()
                },
                school_sis_id: "1".into(),
                ..SectionRow::default()
            };
            let place = homeroom_model::Place::default();
            let _ = derive.section(place, &row, problems).unwrap();
        }
        let source = InMemory::default().with("enrollments.csv", file);
        let intake = Intake {
            source: &source,
            files: &FileSet::only(Stem::Enrollments, "enrollments.csv"),
            settings: &Settings::new(Date::new(2026, 11, 22).unwrap()),
        };
        let report = if at_once {
            enrollments(&intake, &KEY, problems, |row, problems| {
                let _ = derive.packed_enrollment(row, problems);
            })
        } else {
            intake.enrollments(problems, |place, row, problems| {
                let _ = derive.enrollment(place, &row, problems);
            })
        };
        assert_eq!(report.unwrap().rows, 20_000);
    }

    fn derived(at_once: bool) -> (Derived, Vec<Problem>) {
        let source = InMemory::default().with("students.csv", file());
        let (files, settings) = (
            FileSet::only(Stem::Students, "students.csv"),
            Settings::new(Date::new(2026, 11, 22).unwrap()),
        );
        let (in_turn, threads) = (source.clone(), AtOnce(source));
        let source: &dyn Source = if at_once { &threads } else { &in_turn };
        let (files, settings) = (&files, &settings);
        let intake = Intake {
            source,
            files,
            settings,
        };
        let settings = homeroom_derive::Settings::default();
        let mut derive = Derive::new(settings, KEY, &MemorySpools).unwrap();
        let mut problems = Vec::new();
        let school = School {
            sis_id: "1".into(),
            ..School::default()
        };
        let _ = derive.school(homeroom_model::Place::default(), &school, &mut problems);
        let report = if at_once {
            students(&intake, &mut problems, |row, problems| {
                let _ = derive.packed_student(row, problems).unwrap();
            })
        } else {
            intake.students(&mut problems, |place, row, problems| {
                let _ = derive.student(place, &row, problems).unwrap();
            })
        };
        assert_eq!(report.unwrap().rows, 20_000);
        enroll(&mut derive, at_once, &mut problems);
        (derive.finish(&mut problems).unwrap(), problems)
    }

    #[test]
    fn threads_change_neither_what_is_read_nor_the_order_of_problems() {
        let (one, told) = derived(false);
        let (other, told_at_once) = derived(true);
        assert!(told.len() > 10_000 && told == told_at_once);
        assert!(one.counts == other.counts);
        for kind in homeroom_model::Kind::ALL {
            let (one, other) = (one.candidate.table(kind), other.candidate.table(kind));
            assert_eq!(one.len(), other.len());
            for row in 0..one.len() {
                assert_eq!(
                    (one.hash(row), one.keys(row)),
                    (other.hash(row), other.keys(row))
                );
            }
        }
        let rosters =
            |derived: &Derived| derived.candidate.lists(Relation::SectionStudents).total();
        assert!(rosters(&one) > 10_000 && rosters(&one) == rosters(&other));
        let links = |derived: &Derived| derived.candidate.lists(Relation::LinkContact).total();
        assert!(links(&one) > 5_000 && links(&one) == links(&other));
    }
}
