//! What a history is made with, and what can go wrong in it.

use homeroom_model::Date;

use super::calendar::{Day, YearDates};
use crate::draw::{Draw, index};

/// What the SIS does with section ids when a term or a year begins; both are common (district-side 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionHabit {
    /// The same ids stand for the sections of the next term.
    Reused,
    /// Each term has new ids.
    New,
}

/// A file of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RosterFile {
    /// `schools.csv`.
    Schools,
    /// `students.csv`.
    Students,
    /// `teachers.csv`.
    Teachers,
    /// `sections.csv`.
    Sections,
    /// `enrollments.csv`.
    Enrollments,
    /// `staff.csv`, the only one that may be missing (district-side 1.2).
    Staff,
}

impl RosterFile {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Schools => "schools.csv",
            Self::Students => "students.csv",
            Self::Teachers => "teachers.csv",
            Self::Sections => "sections.csv",
            Self::Enrollments => "enrollments.csv",
            Self::Staff => "staff.csv",
        }
    }
}

/// Something out of the ordinary that happens to one day's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incident {
    /// A file is not sent.
    FileLost(RosterFile),
    /// A file ends in the middle.
    FileTruncated(RosterFile),
    /// A file has its header and nothing else.
    FileEmptied(RosterFile),
    /// `First_name` and `Last_name` of the students stand in each other's place.
    ColumnsSwapped,
    /// The ids of students have lost their leading zeros, in every file.
    StudentZerosLost,
    /// The ids of schools have, in every file.
    SchoolZerosLost,
    /// The ids of teachers and sections come in small letters.
    KeyCaseChanged,
    /// One school's row is missing; everything else still names it.
    SchoolMissing,
    /// The grades of students cannot be read.
    GradesBroken,
    /// The files of the day before are sent again.
    SentAgain,
    /// Every course has a new number, from now on.
    CoursesRenumbered,
    /// Everybody has an email address under a new domain, from now on.
    EmailDomainChanged,
    /// Another SIS: everybody and every section has a new id, from now on.
    SisChanged,
}

/// What has to become of a day's files, when the district's calendar is known to the guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expect {
    /// They are published without anybody's leave, or change nothing.
    Harmless,
    /// They change nothing.
    NoChange,
    /// They are held back until a person has looked.
    Held {
        /// Whether that person should approve: the district really is so from now on. Else the files are wrong, and the
        /// next day's are right again.
        wanted: bool,
    },
    /// They cannot be processed at all.
    Fatal,
}

impl Incident {
    /// One of every kind.
    pub const ALL: [Self; 22] = [
        Self::FileLost(RosterFile::Enrollments),
        Self::CoursesRenumbered,
        Self::FileTruncated(RosterFile::Students),
        Self::FileEmptied(RosterFile::Sections),
        Self::StudentZerosLost,
        Self::SentAgain,
        Self::FileLost(RosterFile::Schools),
        Self::SisChanged,
        Self::ColumnsSwapped,
        Self::FileLost(RosterFile::Staff),
        Self::KeyCaseChanged,
        Self::FileTruncated(RosterFile::Enrollments),
        Self::SchoolMissing,
        Self::EmailDomainChanged,
        Self::FileEmptied(RosterFile::Students),
        Self::GradesBroken,
        Self::FileEmptied(RosterFile::Schools),
        Self::SchoolZerosLost,
        Self::FileEmptied(RosterFile::Teachers),
        Self::FileTruncated(RosterFile::Sections),
        Self::FileEmptied(RosterFile::Enrollments),
        Self::FileLost(RosterFile::Students),
    ];

    /// What has to become of the files of such a day, which is no day of a rollover.
    pub fn expect(self) -> Expect {
        match self {
            Self::FileLost(RosterFile::Staff) | Self::GradesBroken | Self::CoursesRenumbered => {
                Expect::Harmless
            }
            Self::SentAgain => Expect::NoChange,
            // Without sections or students no row of the enrollments is kept either (district-side 4.1, step 7).
            Self::FileLost(_)
            | Self::FileEmptied(
                RosterFile::Schools | RosterFile::Sections | RosterFile::Students,
            ) => Expect::Fatal,
            Self::EmailDomainChanged | Self::SisChanged => Expect::Held { wanted: true },
            Self::FileTruncated(_)
            | Self::FileEmptied(_)
            | Self::ColumnsSwapped
            | Self::StudentZerosLost
            | Self::SchoolZerosLost
            | Self::KeyCaseChanged
            | Self::SchoolMissing => Expect::Held { wanted: false },
        }
    }

    /// Whether it is about the district and not about one day's files only.
    pub fn stays(self) -> bool {
        matches!(
            self,
            Self::CoursesRenumbered | Self::EmailDomainChanged | Self::SisChanged
        )
    }
}

/// Which incidents a history has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incidents {
    /// Each of [`Incident::ALL`] once, on ordinary days spread over the whole history, as far as there is room.
    Spread,
    /// These, on these dates; others than days of the history are passed over.
    On(Vec<(Date, Incident)>),
}

/// What a history is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistorySettings {
    /// The calendar, a line for each school year, in order and without overlap.
    pub years: Vec<YearDates>,
    /// What happens to section ids when terms begin.
    pub sections: SectionHabit,
    /// What goes wrong, and when.
    pub incidents: Incidents,
}

impl HistorySettings {
    /// Some usual years from the one that begins in `start`, with every incident.
    pub fn usual(start: u16, years: u16, sections: SectionHabit) -> Self {
        let years = start..start.saturating_add(years);
        Self {
            years: years.map(YearDates::usual).collect(),
            sections,
            incidents: Incidents::Spread,
        }
    }

    /// The incident of each day.
    pub(super) fn planned(&self, days: &[Day], mut draw: Draw) -> Vec<Option<Incident>> {
        let mut planned = vec![None; days.len()];
        let mut put = |number: usize, incident| {
            if let Some(place) = planned.get_mut(number) {
                *place = Some(incident);
            }
        };
        match &self.incidents {
            Incidents::On(list) => {
                for (date, incident) in list {
                    let day = days.iter().find(|day| day.date == *date);
                    if let Some(day) = day.filter(|day| day.number > 0) {
                        put(day.number, *incident);
                    }
                }
            }
            Incidents::Spread => {
                let ordinary: Vec<usize> = days
                    .iter()
                    .filter(|day| day.ordinary)
                    .map(|day| day.number)
                    .collect();
                let step = (ordinary.len() / (Incident::ALL.len() + 1)).max(4);
                let shift = draw.below(Incident::ALL.len() as u64);
                let incidents = Incident::ALL.iter().cycle().skip(index(shift));
                for (at, incident) in (0..Incident::ALL.len()).zip(incidents) {
                    let jitter = index(draw.below(step as u64 / 2));
                    if let Some(number) = ordinary.get(at * step + jitter + 1) {
                        put(*number, *incident);
                    }
                }
            }
        }
        planned
    }
}
