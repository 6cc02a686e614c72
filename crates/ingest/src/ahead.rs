//! Reading ahead: threads that read while another takes what they have read. What comes of it, and in which order, is as if
//! there were one.

use std::cell::RefCell;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use homeroom_derive::{PackedStudent, PackedStudents};
use homeroom_intake::{Beside, FileReport, Intake, Piece};
use homeroom_model::{Problem, Problems};

/// Pieces that may wait to be taken: enough for both sides to be busy, few for the memory.
const WAITING: usize = 8;

/// Bytes of packed students that are passed on together.
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

/// Reads students.csv, which is more than all other files together, on a thread of its own.
pub(crate) fn students(
    intake: &Intake<'_>,
    problems: &mut dyn Problems,
    mut take: impl FnMut(&PackedStudent<'_>, &mut dyn Problems),
) -> io::Result<FileReport> {
    let (sender, receiver) = sync_channel(WAITING);
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let gathered = Gathered {
                batch: RefCell::default(),
                sender,
            };
            let report = intake.students(&mut &gathered, |place, row, _| {
                gathered.batch.borrow_mut().rows.push(place, &row);
                gathered.pass_on(BYTES, usize::MAX);
            });
            gathered.pass_on(0, 0);
            report
        });
        for batch in receiver {
            batch.each(problems, &mut take);
        }
        let died = |_| Err(io::Error::other("reading students was cut off"));
        reading.join().unwrap_or_else(died)
    })
}

/// Some students, and what was found in their rows.
#[derive(Default)]
struct Batch {
    rows: PackedStudents,
    /// With the number of the row before which it is told.
    problems: Vec<(usize, Problem)>,
}

impl Batch {
    fn each(
        self,
        problems: &mut dyn Problems,
        take: &mut impl FnMut(&PackedStudent<'_>, &mut dyn Problems),
    ) {
        let mut found = self.problems.into_iter().peekable();
        for (number, row) in self.rows.iter().enumerate() {
            while let Some((_, problem)) = found.next_if(|(before, _)| *before <= number) {
                problems.report(problem);
            }
            take(&row, problems);
        }
        for (_, problem) in found {
            problems.report(problem);
        }
    }
}

/// What was read and not yet passed on.
struct Gathered {
    batch: RefCell<Batch>,
    sender: SyncSender<Batch>,
}

impl Gathered {
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

impl Problems for &Gathered {
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
    use homeroom_model::{Date, School};
    use homeroom_segment::{HashKey, MemorySpools, Relation};

    use super::*;

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
        let key = HashKey::new([7; 32]);
        let settings = homeroom_derive::Settings::default();
        let mut derive = Derive::new(settings, key, &MemorySpools).unwrap();
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
        let links = |derived: &Derived| derived.candidate.lists(Relation::LinkContact).total();
        assert!(links(&one) > 5_000 && links(&one) == links(&other));
    }
}
