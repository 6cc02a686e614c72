//! Guards: limits that hold a plan back until a person has looked (district-side 7.3).

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::counts::Served;
use crate::limit::{Limit, Rule, RuleEdit, Share};
use crate::season::Season;

/// A rule that can hold a plan back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// Too large a share of the published records of a type would be deleted.
    Deletions,
    /// Too large a share of the published records of a type in one school would be deleted.
    SchoolDeletions,
    /// Many people would be deleted and created again under other keys.
    KeysChanged,
    /// Many keys differ from a published one only in capital letters.
    KeyCaseChanged,
    /// Many keys differ from a published one only in zeros in front.
    LeadingZerosLost,
    /// Many employees have another email: who is one person might change.
    EmailMassChange,
    /// Many students or teachers have another name or date of birth: columns were swapped or shifted.
    NamesChanged,
    /// Many students change their primary school.
    SchoolMassMove,
    /// A school has no students left, and most of them are gone altogether.
    SchoolVanished,
    /// There is nothing left of a type.
    TypeVanished,
    /// Many rows of a file were left out.
    ManyRejected,
}

impl Guard {
    /// Every guard, in the order of reports.
    pub const ALL: [Self; 11] = [
        Self::Deletions,
        Self::SchoolDeletions,
        Self::KeysChanged,
        Self::KeyCaseChanged,
        Self::LeadingZerosLost,
        Self::EmailMassChange,
        Self::NamesChanged,
        Self::SchoolMassMove,
        Self::SchoolVanished,
        Self::TypeVanished,
        Self::ManyRejected,
    ];

    /// The guard's name in reports and in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::Deletions => "DELETIONS",
            Self::SchoolDeletions => "SCHOOL_DELETIONS",
            Self::KeysChanged => "KEYS_CHANGED",
            Self::KeyCaseChanged => "KEY_CASE_CHANGED",
            Self::LeadingZerosLost => "LEADING_ZEROS_LOST",
            Self::EmailMassChange => "EMAIL_MASS_CHANGE",
            Self::NamesChanged => "NAMES_CHANGED",
            Self::SchoolMassMove => "SCHOOL_MASS_MOVE",
            Self::SchoolVanished => "SCHOOL_VANISHED",
            Self::TypeVanished => "TYPE_VANISHED",
            Self::ManyRejected => "MANY_REJECTED",
        }
    }

    /// Whether a share that is exactly the limit holds: deletions and rejected rows must be more (district-side 7.3).
    fn holds_at_limit(self) -> bool {
        !matches!(
            self,
            Self::Deletions | Self::SchoolDeletions | Self::ManyRejected
        )
    }

    /// Whether a share is too much for the guard.
    pub(crate) fn holds(self, limit: Limit, share: Share) -> bool {
        if self.holds_at_limit() {
            limit.is_reached(share)
        } else {
            limit.is_passed(share)
        }
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Serialize for Guard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

/// What a guard says to a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The guard.
    pub guard: Guard,
    /// The type of record it looked at.
    #[serde(rename = "type")]
    pub kind: Served,
    /// SIS id of the school it looked at; `None` for the whole district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// The file it looked at, for rejected rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What it found.
    pub measured: Share,
    /// What it allows in this season.
    pub limit: Limit,
    /// Whether it holds the plan back.
    pub held: bool,
    /// Why, or why not, in a sentence.
    pub reason: String,
}

/// What a plan itself does not know and guards look at.
#[derive(Clone, Debug, Default)]
pub struct Circumstances<'a> {
    /// The season of the run's day; see [`Season::of`].
    pub season: Option<Season>,
    /// Rows that were left out, per file that was sent.
    pub rejected: &'a [Rejected],
}

impl Circumstances<'_> {
    /// The season, the school year if nobody said another.
    pub fn season(&self) -> Season {
        self.season.unwrap_or(Season::SchoolYear)
    }
}

/// How many rows of a file were left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The file's stem, for example `students`.
    pub file: String,
    /// Rows left out.
    pub rejected: u64,
    /// Rows received.
    pub received: u64,
}

/// Limits for deletions, per type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deletions {
    /// Of schools.
    pub schools: Rule,
    /// Of teachers.
    pub teachers: Rule,
    /// Of staff.
    pub staff: Rule,
    /// Of students.
    pub students: Rule,
    /// Of sections.
    pub sections: Rule,
    /// Of enrollments.
    pub enrollments: Rule,
    /// Of contacts.
    pub contacts: Rule,
}

impl Deletions {
    /// No limit at all.
    pub const NONE: Self = Self {
        schools: Rule::OFF,
        teachers: Rule::OFF,
        staff: Rule::OFF,
        students: Rule::OFF,
        sections: Rule::OFF,
        enrollments: Rule::OFF,
        contacts: Rule::OFF,
    };

    /// The limits of the whole district (district-side 7.3).
    const DISTRICT: Self = Self {
        schools: Rule::all_year(10, 1),
        teachers: Rule::seasons(10, Some(30), Some(10), 3),
        staff: Rule::seasons(10, Some(30), Some(10), 3),
        students: Rule::seasons(10, Some(35), Some(10), 10),
        sections: Rule::seasons(10, None, None, 5),
        enrollments: Rule::seasons(10, None, None, 50),
        contacts: Rule::seasons(10, Some(35), Some(10), 25),
    };

    /// The limits of one school (our choice): half of it is a lost or broken file, not a bad week; a school's oldest class
    /// leaves in summer, which may be half of it. Schools themselves have a guard of their own.
    const SCHOOL: Self = Self {
        schools: Rule::OFF,
        teachers: Rule::seasons(50, Some(90), Some(50), 5),
        staff: Rule::seasons(50, Some(90), Some(50), 5),
        students: Rule::seasons(30, Some(90), Some(30), 30),
        sections: Rule::seasons(50, None, None, 10),
        enrollments: Rule::seasons(50, None, None, 200),
        contacts: Rule::seasons(50, Some(90), Some(50), 50),
    };

    /// The rule of a type. Courses and terms are derived, users are the sum of types with rules of their own, district
    /// admins are in no file: they have none.
    pub fn of(&self, kind: Served) -> Option<&Rule> {
        Some(match kind {
            Served::Schools => &self.schools,
            Served::Teachers => &self.teachers,
            Served::Staff => &self.staff,
            Served::Students => &self.students,
            Served::Sections => &self.sections,
            Served::Enrollments => &self.enrollments,
            Served::Contacts => &self.contacts,
            Served::Users | Served::DistrictAdmins | Served::Courses | Served::Terms => {
                return None;
            }
        })
    }
}

/// The guards of a district: a table that can be edited, in settings too. What settings leave out keeps its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "GuardsEdit")]
pub struct Guards {
    /// How many deletions are allowed in the whole district.
    pub deletions: Deletions,
    /// How many deletions are allowed in each school.
    pub school_deletions: Deletions,
    /// People under other keys: of students, and of teachers.
    pub keys_changed: Rule,
    /// Keys that differ in capital letters only; of each type of record with a key of its own.
    pub key_case_changed: Rule,
    /// Keys that lack zeros in front, or have gained some; likewise.
    pub leading_zeros_lost: Rule,
    /// Emails of teachers and staff.
    pub email_mass_change: Rule,
    /// Names and dates of birth; of students, and of teachers.
    pub names_changed: Rule,
    /// Students who change their primary school.
    pub school_mass_move: Rule,
    /// Students of one school that has none left who are gone altogether.
    pub school_vanished: Rule,
    /// Students, teachers, sections and enrollments of which none are left.
    pub type_vanished: Rule,
    /// Rows left out of one file.
    pub many_rejected: Rule,
    /// Enrollments left out.
    pub many_enrollments_rejected: Rule,
}

impl Guards {
    /// No guard at all.
    pub const NONE: Self = Self {
        deletions: Deletions::NONE,
        school_deletions: Deletions::NONE,
        keys_changed: Rule::OFF,
        key_case_changed: Rule::OFF,
        leading_zeros_lost: Rule::OFF,
        email_mass_change: Rule::OFF,
        names_changed: Rule::OFF,
        school_mass_move: Rule::OFF,
        school_vanished: Rule::OFF,
        type_vanished: Rule::OFF,
        many_rejected: Rule::OFF,
        many_enrollments_rejected: Rule::OFF,
    };

    /// The rule for the rejected rows of a file.
    pub(crate) fn rejected(&self, file: &str) -> &Rule {
        if file == "enrollments" {
            &self.many_enrollments_rejected
        } else {
            &self.many_rejected
        }
    }
}

impl Default for Guards {
    /// The limits of district-side 7.3 and 4.2; floors of the extra triggers, the limits per school and those for names and
    /// vanished schools are our choice, so that one record of a small district never holds. In summer up to half of the
    /// students may change their school: with schools of three grades every third one does.
    fn default() -> Self {
        Self {
            deletions: Deletions::DISTRICT,
            school_deletions: Deletions::SCHOOL,
            keys_changed: Rule::all_year(5, 5),
            key_case_changed: Rule::all_year(5, 5),
            leading_zeros_lost: Rule::all_year(5, 5),
            email_mass_change: Rule::all_year(20, 5),
            names_changed: Rule::all_year(20, 5),
            school_mass_move: Rule::seasons(20, Some(50), Some(20), 10),
            school_vanished: Rule::all_year(50, 10),
            type_vanished: Rule::all_year(100, 1),
            many_rejected: Rule::all_year(5, 5),
            many_enrollments_rejected: Rule::all_year(20, 5),
        }
    }
}

/// What a district's settings say of its guards.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct GuardsEdit {
    deletions: DeletionsEdit,
    school_deletions: DeletionsEdit,
    keys_changed: RuleEdit,
    key_case_changed: RuleEdit,
    leading_zeros_lost: RuleEdit,
    email_mass_change: RuleEdit,
    names_changed: RuleEdit,
    school_mass_move: RuleEdit,
    school_vanished: RuleEdit,
    type_vanished: RuleEdit,
    many_rejected: RuleEdit,
    many_enrollments_rejected: RuleEdit,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DeletionsEdit {
    schools: RuleEdit,
    teachers: RuleEdit,
    staff: RuleEdit,
    students: RuleEdit,
    sections: RuleEdit,
    enrollments: RuleEdit,
    contacts: RuleEdit,
}

impl DeletionsEdit {
    fn on(self, rules: &Deletions) -> Deletions {
        Deletions {
            schools: self.schools.on(rules.schools),
            teachers: self.teachers.on(rules.teachers),
            staff: self.staff.on(rules.staff),
            students: self.students.on(rules.students),
            sections: self.sections.on(rules.sections),
            enrollments: self.enrollments.on(rules.enrollments),
            contacts: self.contacts.on(rules.contacts),
        }
    }
}

impl From<GuardsEdit> for Guards {
    fn from(edit: GuardsEdit) -> Self {
        let old = Self::default();
        Self {
            deletions: edit.deletions.on(&old.deletions),
            school_deletions: edit.school_deletions.on(&old.school_deletions),
            keys_changed: edit.keys_changed.on(old.keys_changed),
            key_case_changed: edit.key_case_changed.on(old.key_case_changed),
            leading_zeros_lost: edit.leading_zeros_lost.on(old.leading_zeros_lost),
            email_mass_change: edit.email_mass_change.on(old.email_mass_change),
            names_changed: edit.names_changed.on(old.names_changed),
            school_mass_move: edit.school_mass_move.on(old.school_mass_move),
            school_vanished: edit.school_vanished.on(old.school_vanished),
            type_vanished: edit.type_vanished.on(old.type_vanished),
            many_rejected: edit.many_rejected.on(old.many_rejected),
            many_enrollments_rejected: edit
                .many_enrollments_rejected
                .on(old.many_enrollments_rejected),
        }
    }
}
