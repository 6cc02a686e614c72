//! What an app does with people who have many classes, schools or roles, and with courses (integration-side A3.7, A3.9, A6.1,
//! A6.3, A6.8, A6.12).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Relation;
use serde::Deserialize;

use super::PolicyError;
use crate::action::Ground;
use crate::values::Field;

/// Whose courses are: the district's, or each school's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Courses {
    /// Whether each school gets its own copy of a course that its sections belong to (integration-side A6.8).
    pub per_school: bool,
}

/// What somebody with several classes is in (integration-side A6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Classes {
    /// In all of them.
    #[default]
    All,
    /// In all of them, in each with a profile of its own.
    ProfilePerSection,
    /// In one: that of the lowest source id. Once chosen it stays; if it is lost, the lowest of those that are left follows.
    DefaultFirst,
    /// In one: that of the highest source id. Once chosen it stays; if it is lost, the highest of those that are left follows.
    DefaultLast,
    /// In one that the engine makes: everybody of one grade in one school, with all who teach any of them. The source's own
    /// sections are not taken.
    GeneratedClass,
}

/// What many classes mean for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct ManyClasses {
    /// Students.
    pub students: Classes,
    /// Teachers; `generated_class` is said of students only.
    pub teachers: Classes,
}

/// What somebody with several schools belongs to (integration-side A6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Schools {
    /// To all of them; their sections may be anywhere.
    #[default]
    Agnostic,
    /// To all of them, to each with a profile of its own.
    ProfilePerSchool,
    /// To the primary one; other schools, and sections there, are left out. Who has no primary school keeps all.
    PrimaryOnly,
}

/// What many schools mean for each role. Staff have power over their schools and keep them all (integration-side A6.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct ManySchools {
    /// Students.
    pub students: Schools,
    /// Teachers.
    pub teachers: Schools,
}

/// What somebody with several roles may do (integration-side A3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Powers {
    /// What the highest of the roles may: district administrator, staff, teacher.
    #[default]
    Highest,
    /// Who teaches has a teacher's powers and no others.
    TeacherOnlyForTeachers,
    /// The person chooses a role when signing in.
    ChooseAtLogin,
}

impl Powers {
    /// Every choice.
    pub const ALL: [Self; 3] = [
        Self::Highest,
        Self::TeacherOnlyForTeachers,
        Self::ChooseAtLogin,
    ];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Highest => "highest",
            Self::TeacherOnlyForTeachers => "teacher_only_for_teachers",
            Self::ChooseAtLogin => "choose_at_login",
        }
    }

    /// The choice of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|powers| powers.text() == text)
    }
}

/// What many roles mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct ManyRoles {
    /// Whether an employee has an account for each role, joined by the one person (integration-side A3.9).
    pub account_per_role: bool,
    /// What one account with several roles may do.
    pub powers: Powers,
}

/// What is told before contacts are taken over (integration-side A6.12).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactLimits {
    /// A student with so many contacts or more is told of; 0 tells of none.
    pub many: u32,
    /// Types of relationship that are told of, in any case.
    pub types: BTreeSet<String>,
}

impl Default for ContactLimits {
    fn default() -> Self {
        Self {
            many: 6,
            types: ["emergency".to_owned()].into(),
        }
    }
}

/// What somebody has profiles for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profiles {
    Section,
    School,
    Role,
}

/// The rules for places together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Places {
    /// Courses.
    pub courses: Courses,
    /// Many classes.
    pub classes: ManyClasses,
    /// Many schools.
    pub schools: ManySchools,
    /// Many roles.
    pub roles: ManyRoles,
}

impl Places {
    /// Whether people are where the source says, and nothing else has to be looked at.
    pub(crate) fn is_plain(self) -> bool {
        let plain = Self {
            courses: self.courses,
            ..Self::default()
        };
        let without_powers = ManyRoles {
            powers: Powers::default(),
            ..self.roles
        };
        Self {
            roles: without_powers,
            ..self
        } == plain
    }

    /// The profiles of people in a role.
    pub(crate) fn profiles(self, role: Role) -> Option<Profiles> {
        if role == Role::Contact {
            return None;
        }
        if role != Role::Student && self.roles.account_per_role {
            return Some(Profiles::Role);
        }
        if self.classes_of(role) == Classes::ProfilePerSection {
            return Some(Profiles::Section);
        }
        let per_school = self.schools_of(role) == Schools::ProfilePerSchool;
        per_school.then_some(Profiles::School)
    }

    /// Whether anybody has profiles.
    pub fn any_profiles(self) -> bool {
        [Role::Student, Role::Teacher]
            .into_iter()
            .any(|role| self.profiles(role).is_some())
    }

    /// What somebody's profile in a section is for, if there is one. `school` is the section's.
    pub fn seat_ground(
        self,
        role: Role,
        section: ObjectId,
        school: Option<ObjectId>,
    ) -> Option<Ground> {
        match self.profiles(role)? {
            Profiles::Section => Some(Ground::Section(section)),
            Profiles::School => school.map(Ground::School),
            Profiles::Role => Some(Ground::Role(role)),
        }
    }

    /// What many classes mean in a role.
    pub(crate) fn classes_of(self, role: Role) -> Classes {
        match role {
            Role::Student => self.classes.students,
            Role::Teacher => self.classes.teachers,
            _ => Classes::All,
        }
    }

    /// What many schools mean in a role.
    pub fn schools_of(self, role: Role) -> Schools {
        match role {
            Role::Student => self.schools.students,
            Role::Teacher => self.schools.teachers,
            _ => Schools::Agnostic,
        }
    }

    /// Whether classes are made by the engine.
    pub fn generates(self) -> bool {
        self.classes.students == Classes::GeneratedClass
    }

    /// Why somebody may not be in a class that the source lists them in; nothing where they always are.
    pub(crate) fn may_leave_out(self, role: Role) -> Option<&'static str> {
        if self.generates() {
            return Some(
                "The app does not take the district's classes: it makes one for each grade of a school.",
            );
        }
        if self.schools_of(role) == Schools::PrimaryOnly {
            return Some(
                "The app takes people's primary school only, and this class is in another one.",
            );
        }
        let one = matches!(
            self.classes_of(role),
            Classes::DefaultFirst | Classes::DefaultLast
        );
        one.then_some("The app has one class for each person, and they are in another one.")
    }

    /// Refuses what contradicts itself.
    pub(super) fn check(self) -> Result<(), PolicyError> {
        let senseless = |what: &str| Err(PolicyError::Senseless(what.to_owned()));
        if self.classes.teachers == Classes::GeneratedClass {
            return senseless(
                "generated_class of teachers: say it of students, and their teachers come along",
            );
        }
        for role in [Role::Student, Role::Teacher] {
            let per_section = self.classes_of(role) == Classes::ProfilePerSection;
            let per_school = self.schools_of(role) == Schools::ProfilePerSchool;
            let per_role = role == Role::Teacher && self.roles.account_per_role;
            if [per_section, per_school, per_role]
                .iter()
                .filter(|wanted| **wanted)
                .count()
                > 1
            {
                return senseless(&format!(
                    "two sorts of profiles for one {}: choose profiles per section, per school, or per role",
                    role.text()
                ));
            }
        }
        if self.generates()
            && (self.any_profiles()
                || self.classes.teachers != Classes::All
                || self.courses.per_school)
        {
            return senseless(
                "generated_class together with profiles, a default class or courses per school, which are about the source's sections",
            );
        }
        Ok(())
    }

    /// Gives fields the values that these rules leave of them.
    pub(super) fn adapt(self, used: &mut BTreeMap<Kind, Vec<Field>>) {
        for field in used.get_mut(&Kind::Section).into_iter().flatten() {
            if self.courses.per_school && field.name == "course" {
                *field = field.of_school();
            }
        }
        let narrowed = [
            (
                Role::Student,
                Kind::Student,
                "schools",
                Relation::StudentSchool,
            ),
            (
                Role::Teacher,
                Kind::Employee,
                "teacher_schools",
                Relation::TeacherSchool,
            ),
        ];
        for (role, kind, name, primary) in narrowed {
            let fields = used.get_mut(&kind).into_iter().flatten();
            for field in fields.filter(|field| field.name == name) {
                if self.schools_of(role) == Schools::PrimaryOnly {
                    *field = field.narrowed_to(primary);
                }
            }
        }
    }
}
