//! What is true on a day, whatever its files say: the oracle.

use super::calendar::Day;
use super::settings::{Expect, Incident};

/// What has an identity of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// By `School_id`.
    School,
    /// By `Student_id`.
    Student,
    /// A teacher's role, by `Teacher_id`.
    Teacher,
    /// A staff member's role, by `Staff_id`.
    Staff,
    /// By `Section_id`, with or without students.
    Section,
    /// `number|…`, or `name|…` for a course without number. One that a section with students names.
    Course,
    /// `name|start|end`, dates as `YYYY-MM-DD`. One of a section with students.
    Term,
    /// `id|…`, else `email|name|email`, else `phone|name|ten digits`, else `words|name|type|relationship|phone type`
    /// (district-side 5.2).
    Contact,
}

/// Something that a SIS changed on a day, of the kinds that identity depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// A student who was never there before.
    StudentCame,
    /// A student who left, for some time or for good.
    StudentLeft,
    /// A student who was away for less than 300 days.
    StudentReturned,
    /// A student who was away for 300 days or more.
    StudentReturnedLate,
    /// A student whose columns changed: names, email, programs.
    StudentEdited,
    /// A student who has another `Student_id`.
    StudentRekeyed,
    /// A student who goes to another school.
    StudentMoved,
    /// A household that has another address.
    HouseholdMoved,
    /// A contact with an id of its own that changed.
    ContactEdited,
    /// A contact without such an id that changed in what identifies it.
    ContactRekeyed,
    /// A contact that came to a household.
    ContactAdded,
    /// A contact that left one.
    ContactRemoved,
    /// A household whose contacts got ids of their own.
    ContactIdsAdded,
    /// A teacher or staff member who was hired.
    EmployeeHired,
    /// One who left.
    EmployeeLeft,
    /// One who has another family name, and sometimes the email that goes with it.
    EmployeeMarried,
    /// One whose title changed.
    EmployeeEdited,
    /// One who has a second role from now on, under the same email.
    RoleGained,
    /// One who lost one of two roles.
    RoleLost,
    /// The two roles of one person, so far under two emails, have one from now on.
    RolesMerged,
    /// The two roles of one person have two emails from now on.
    RolesSplit,
    /// A student's place in a section was exchanged, added or dropped.
    ScheduleChanged,
    /// A section whose room, period, number, name or teacher changed.
    SectionEdited,
    /// A section that is not taught any more; its students go to others.
    SectionCancelled,
    /// A course that has another name.
    CourseRenamed,
    /// A course that has another number.
    CourseRenumbered,
    /// A school whose columns changed.
    SchoolEdited,
    /// The second semester began.
    TermRollover,
    /// A school year began: grades advance, the highest leaves, kindergarten comes.
    YearRollover,
}

/// A record of a day and who or what it really is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrueRecord {
    /// What it is.
    pub noun: Noun,
    /// Its natural key inside the district, as [`Noun`] says.
    pub key: String,
    /// The same number for the same thing, on every day and under every key; never that of another of its noun.
    pub entity: u64,
    /// Of a teacher's or a staff member's role: records with equal numbers are one user on this day, because they have
    /// one email (district-side 5.3). 0 for all else.
    pub user: u64,
}

impl std::fmt::Debug for TrueRecord {
    /// Without the key, which can name a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} ({})", self.noun, self.entity, self.user)
    }
}

/// What is true on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The day.
    pub day: Day,
    /// What is out of the ordinary about its files.
    pub incident: Option<Incident>,
    /// What has to become of them.
    pub expect: Expect,
    /// What the SIS changed, in order; nothing on the day of an incident that is about files only.
    pub happenings: Vec<Happening>,
    /// What the district has, whatever the files of an incident say of it: what is published if these files are, sorted
    /// by noun and key. No record is named twice.
    pub records: Vec<TrueRecord>,
}

impl Truth {
    /// The record of a key.
    pub fn record(&self, noun: Noun, key: &str) -> Option<&TrueRecord> {
        let order = |record: &TrueRecord| (record.noun, record.key.as_str()).cmp(&(noun, key));
        let at = self.records.binary_search_by(order).ok()?;
        self.records.get(at)
    }

    /// The records of a noun, by key.
    pub fn of(&self, noun: Noun) -> &[TrueRecord] {
        let from = self.records.partition_point(|record| record.noun < noun);
        let to = self.records.partition_point(|record| record.noun <= noun);
        self.records.get(from..to).unwrap_or_default()
    }
}
