//! Natural keys: as people write them, and as far as they may be shown.

use homeroom_model::{Contact, ContactLink, Course, Kind, Role};
use homeroom_segment::{Row, fields};

/// The roles of employees in the order in which tables keep their ids and keys.
pub(crate) const EMPLOYEE_ROLES: [Role; 3] = [Role::Teacher, Role::Staff, Role::DistrictAdmin];

/// Records that a district names by an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// Schools, by `School_id`.
    Schools,
    /// Students, by `Student_id`.
    Students,
    /// Teachers, by `Teacher_id`.
    Teachers,
    /// Staff, by `Staff_id`.
    Staff,
    /// Contacts, by `Contact_sis_id`.
    Contacts,
    /// Sections, by `Section_id`.
    Sections,
    /// Courses, by `Course_number`.
    Courses,
    /// Resources, by `resource_id`.
    Resources,
}

impl Keyed {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Schools,
        Self::Students,
        Self::Teachers,
        Self::Staff,
        Self::Contacts,
        Self::Sections,
        Self::Courses,
        Self::Resources,
    ];

    /// The word for them, as in the names of files.
    pub fn text(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Students => "students",
            Self::Teachers => "teachers",
            Self::Staff => "staff",
            Self::Contacts => "contacts",
            Self::Sections => "sections",
            Self::Courses => "courses",
            Self::Resources => "resources",
        }
    }

    /// Those of a word, exactly as [`Keyed::text`] writes it.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keyed| keyed.text() == text)
    }

    /// The table they stand in, and which of its keys is meant where it has several.
    pub(crate) fn place(self) -> (Kind, Option<u8>) {
        match self {
            Self::Schools => (Kind::School, None),
            Self::Students => (Kind::Student, None),
            Self::Teachers => (Kind::Employee, Some(0)),
            Self::Staff => (Kind::Employee, Some(1)),
            Self::Contacts => (Kind::Contact, None),
            Self::Sections => (Kind::Section, None),
            Self::Courses => (Kind::Course, None),
            Self::Resources => (Kind::Resource, None),
        }
    }

    /// The text whose keyed hash stands for the key.
    pub(crate) fn hashed(self, key: &str) -> String {
        match self {
            Self::Courses => Course {
                name: "".into(),
                number: key.into(),
            }
            .key(),
            Self::Contacts => {
                let contact = Contact {
                    sis_id: key.into(),
                    ..Contact::default()
                };
                contact.key(&ContactLink::default())
            }
            _ => key.to_owned(),
        }
    }
}

/// The natural key of a record, as far as it may be shown: names and addresses of people are none. Of a person in several
/// roles the key of one, or with `None` those of all.
pub(crate) fn shown(kind: Kind, role: Option<u8>, row: Row<'_>) -> Option<String> {
    let text = |field: usize| Some(row.text(field).to_owned()).filter(|text| !text.is_empty());
    match (kind, role) {
        (Kind::School, _) => text(fields::school::SIS_ID),
        (Kind::Student, _) => text(fields::student::SIS_ID),
        (Kind::Section, _) => text(fields::section::SIS_ID),
        (Kind::Resource, _) => text(fields::resource::RESOURCE_ID),
        (Kind::Contact, _) => text(fields::contact::SIS_ID),
        (Kind::Course, _) => text(fields::course::NUMBER).or_else(|| text(fields::course::NAME)),
        (Kind::Term, _) => {
            let day = |field| row.date(field).map(|day| day.to_string());
            let parts = [
                text(fields::term::NAME),
                day(fields::term::START),
                day(fields::term::END),
            ];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        (Kind::Employee, Some(0)) => text(fields::employee::TEACHER_SIS_ID),
        (Kind::Employee, Some(1)) => text(fields::employee::STAFF_ID),
        (Kind::Employee, None) => {
            let named = |role: Role, key: Option<String>| Some(format!("{}:{}", role.text(), key?));
            let keys = [
                named(Role::Teacher, text(fields::employee::TEACHER_SIS_ID)),
                named(Role::Staff, text(fields::employee::STAFF_ID)),
            ];
            let keys: Vec<_> = keys.into_iter().flatten().collect();
            Some(keys.join(" ")).filter(|keys| !keys.is_empty())
        }
        (Kind::Employee | Kind::ContactLink, _) => None,
    }
}
