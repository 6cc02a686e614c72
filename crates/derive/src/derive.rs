//! The rows of an import, one after the other, into a candidate.

use std::io;

use homeroom_segment::{AttendanceRows, Candidate, CandidateBuilder, HashKey, Spools};

use crate::attendance::Attendance;
use crate::contacts::Contacts;
use crate::counts::{Count, Counts, File};
use crate::courses::PublishedNames;
use crate::enrollments::Enrollments;
use crate::extra::Extras;
use crate::keys::LastKey;
use crate::origin::Origin;
use crate::pack::Pack;
use crate::packed_students::PackedStudents;
use crate::people::People;
use crate::resources::Resources;
use crate::schools::Schools;
use crate::sections::Sections;
use crate::settings::Settings;
use crate::students::Students;

/// Takes the rows of an import and makes the candidate.
///
/// Rows must come in the order in which files refer to each other: schools; students, teachers and staff in any order;
/// sections; enrollments and attendance; resources whenever; people kept by hand whenever after schools. A row that comes too early
/// finds what it refers to missing. Custom rows of a file ([`Derive::origin`]) come right behind its SIS rows, and what
/// other files add to rows ([`Derive::extra`]) before all of them. Every row comes with its place, and problems go to
/// whoever keeps them.
///
/// The first row with a key wins, also when it is left out for another reason: later ones are repeats of it
/// (district-side 4.1 puts uniqueness before references).
pub struct Derive {
    pub(crate) settings: Settings,
    pub(crate) key: HashKey,
    pub(crate) counts: Counts,
    pub(crate) builder: CandidateBuilder,
    pub(crate) pack: Pack,
    pub(crate) schools: Schools,
    pub(crate) students: Students,
    pub(crate) one_student: PackedStudents,
    pub(crate) contacts: Contacts,
    pub(crate) people: People,
    pub(crate) slots: LastKey,
    pub(crate) sections: Sections,
    pub(crate) enrollments: Enrollments,
    pub(crate) resources: Resources,
    pub(crate) attendance: Option<Attendance>,
    pub(crate) extras: Extras,
    pub(crate) origin: Origin,
    pub(crate) published: PublishedNames,
}

/// A candidate, the attendance beside it, and how many rows went into both.
pub struct Derived {
    /// What the import would like to publish.
    pub candidate: Candidate,
    /// Attendance, all that there is; `None` if it stays as it was.
    pub attendance: Option<AttendanceRows>,
    /// Rows received, kept and rejected.
    pub counts: Counts,
}

impl Derive {
    /// A beginning without rows. `key` is the district's; `spools` is asked for eleven spools, and holds them until the
    /// candidate is gone.
    pub fn new(settings: Settings, key: HashKey, spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            settings,
            counts: Counts::default(),
            builder: CandidateBuilder::new(key.clone(), spools)?,
            pack: Pack::default(),
            schools: Schools::default(),
            students: Students::default(),
            one_student: PackedStudents::default(),
            contacts: Contacts::default(),
            people: People::new(key.clone(), spools)?,
            slots: LastKey::default(),
            sections: Sections::new(spools)?,
            enrollments: Enrollments::default(),
            resources: Resources::default(),
            attendance: None,
            extras: Extras::default(),
            origin: Origin::default(),
            published: PublishedNames::default(),
            key,
        })
    }

    /// Counts rows of a file that were left out before they came here, because intake could not make records of them.
    /// Each such row of students.csv counts as a student, since nothing says whose it was.
    pub fn rejected(&mut self, file: File, rows: u64) {
        let count = if self.custom() {
            &mut self.counts.custom
        } else {
            self.counts.of_mut(file)
        };
        count.received += rows;
        count.rejected += rows;
        if file == File::Students && !self.custom() {
            self.counts.student_rows += rows;
        }
    }

    /// Rows counted so far.
    pub fn counted(&self, file: File) -> Count {
        self.counts.of(file)
    }
}
