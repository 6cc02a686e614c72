//! Questions about a record of a mirror that have nothing to do with the app.

use homeroom_model::{Date, Kind, ObjectId, Role};
use homeroom_segment::{Relation, Snapshot, fields};

use crate::policy::Key;
use crate::values::leads_to;

/// The roles of somebody.
pub(crate) fn roles(snapshot: &Snapshot, kind: Kind, row: u32) -> Vec<Role> {
    match kind {
        Kind::Student => vec![Role::Student],
        Kind::Contact => vec![Role::Contact],
        Kind::Employee => {
            let bits = snapshot.table(kind).row(row).code(fields::employee::ROLES);
            roles_of_bits(bits)
        }
        _ => Vec::new(),
    }
}

const EMPLOYEE_ROLES: [Role; 3] = [Role::Teacher, Role::Staff, Role::DistrictAdmin];

fn roles_of_bits(bits: u8) -> Vec<Role> {
    let held = EMPLOYEE_ROLES.into_iter().zip(0..8);
    held.filter(|(_, bit)| bits & 1 << bit != 0)
        .map(|(role, _)| role)
        .collect()
}

/// Whether a role has power over other people's data (integration-side B9, role grants).
pub(crate) fn is_privileged(role: Role) -> bool {
    matches!(role, Role::Staff | Role::DistrictAdmin)
}

/// The schools of a record, without repeats; those of a contact are its students'.
pub(crate) fn schools(snapshot: &Snapshot, kind: Kind, row: u32) -> Vec<ObjectId> {
    let of = |relations: &[Relation]| {
        let mut ids: Vec<_> = relations
            .iter()
            .flat_map(|relation| leads_to(snapshot, *relation, row))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    match kind {
        Kind::School => vec![snapshot.table(kind).id(row)],
        Kind::Student => of(&[Relation::StudentSchools, Relation::StudentSchool]),
        Kind::Employee => of(&[
            Relation::TeacherSchools,
            Relation::TeacherSchool,
            Relation::StaffSchools,
        ]),
        Kind::Section => of(&[Relation::SectionSchool]),
        Kind::Contact | Kind::ContactLink => {
            let pupils = pupils(snapshot, kind, row);
            let mut ids: Vec<_> = pupils
                .iter()
                .flat_map(|pupil| schools(snapshot, Kind::Student, *pupil))
                .collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        Kind::Course | Kind::Term | Kind::Resource => Vec::new(),
    }
}

/// The rows of the students whom a contact or a tie is about.
pub(crate) fn pupils(snapshot: &Snapshot, kind: Kind, row: u32) -> Vec<u32> {
    let student = |tie: &u32| snapshot.lists(Relation::LinkStudent).first(*tie);
    match kind {
        Kind::ContactLink => student(&row).into_iter().collect(),
        Kind::Contact => {
            let ties = snapshot.back(Relation::LinkContact).get(row);
            ties.iter().filter_map(student).collect()
        }
        _ => Vec::new(),
    }
}

/// A record's id in the SIS, per role; blank ones left out.
pub fn sis_ids(snapshot: &Snapshot, kind: Kind, row: u32) -> Vec<(Option<Role>, &str)> {
    let text = |field: usize| snapshot.table(kind).row(row).text(field);
    let ids = match kind {
        Kind::School => vec![(None, text(fields::school::SIS_ID))],
        Kind::Student => vec![(Some(Role::Student), text(fields::student::SIS_ID))],
        Kind::Employee => vec![
            (Some(Role::Teacher), text(fields::employee::TEACHER_SIS_ID)),
            (Some(Role::Staff), text(fields::employee::STAFF_ID)),
        ],
        Kind::Contact => vec![(Some(Role::Contact), text(fields::contact::SIS_ID))],
        Kind::Course => vec![(None, text(fields::course::NUMBER))],
        Kind::Section => vec![(None, text(fields::section::SIS_ID))],
        Kind::ContactLink | Kind::Term | Kind::Resource => Vec::new(),
    };
    ids.into_iter().filter(|(_, id)| !id.is_empty()).collect()
}

/// The emails of somebody.
pub fn emails(snapshot: &Snapshot, kind: Kind, row: u32) -> Vec<&str> {
    let text = |field: usize| snapshot.table(kind).row(row).text(field);
    let emails = match kind {
        Kind::Student => vec![text(fields::student::EMAIL)],
        Kind::Employee => vec![
            text(fields::employee::TEACHER_EMAIL),
            text(fields::employee::STAFF_EMAIL),
            text(fields::employee::ADMIN_EMAIL),
        ],
        Kind::Contact => vec![text(fields::contact::EMAIL)],
        _ => Vec::new(),
    };
    emails
        .into_iter()
        .filter(|email| !email.is_empty())
        .collect()
}

/// First and last name of somebody: those of the first role that has any. Of a place or class its name, as the last one.
pub fn names(snapshot: &Snapshot, kind: Kind, row: u32) -> (&str, &str) {
    use homeroom_segment::fields::{contact, course, employee, school, section, student, term};
    let text = |field: usize| snapshot.table(kind).row(row).text(field);
    let pairs: &[(usize, usize)] = match kind {
        Kind::Student => &[(student::FIRST, student::LAST)],
        Kind::Employee => &[
            (employee::TEACHER_FIRST, employee::TEACHER_LAST),
            (employee::STAFF_FIRST, employee::STAFF_LAST),
            (employee::ADMIN_FIRST, employee::ADMIN_LAST),
        ],
        Kind::Contact => return ("", text(contact::NAME)),
        Kind::School => return ("", text(school::NAME)),
        Kind::Section => return ("", text(section::NAME)),
        Kind::Course => return ("", text(course::NAME)),
        Kind::Term => return ("", text(term::NAME)),
        Kind::ContactLink | Kind::Resource => return ("", ""),
    };
    let pairs = pairs
        .iter()
        .map(|(first, last)| (text(*first), text(*last)));
    pairs
        .into_iter()
        .find(|(first, last)| !first.is_empty() || !last.is_empty())
        .unwrap_or_default()
}

/// A student's date of birth.
fn birthday(snapshot: &Snapshot, kind: Kind, row: u32) -> Option<Date> {
    let student = kind == Kind::Student;
    student
        .then(|| snapshot.table(kind).row(row).date(fields::student::DOB))
        .flatten()
}

/// What a record has for a rung of the ladder, in the form in which it is compared; none where it has nothing to compare.
pub(crate) fn keys(snapshot: &Snapshot, kind: Kind, row: u32, key: Key) -> Vec<String> {
    use homeroom_segment::fields::{employee, student};
    let table = snapshot.table(kind);
    let text = |field: usize| table.row(row).text(field);
    let raw: Vec<String> = match (key, kind) {
        (Key::SisId, _) => sis_ids(snapshot, kind, row)
            .into_iter()
            .map(|(_, id)| id.to_owned())
            .collect(),
        (Key::Email, _) => emails(snapshot, kind, row)
            .into_iter()
            .map(str::to_owned)
            .collect(),
        (Key::Number, Kind::Student) => vec![text(student::NUMBER).to_owned()],
        (Key::Number, Kind::Employee) => vec![text(employee::TEACHER_NUMBER).to_owned()],
        (Key::StateId, Kind::Student) => vec![text(student::STATE_ID).to_owned()],
        (Key::StateId, Kind::Employee) => vec![text(employee::TEACHER_STATE_ID).to_owned()],
        (Key::Username, Kind::Student) => vec![text(student::USERNAME).to_owned()],
        (Key::Username, Kind::Employee) => vec![
            text(employee::TEACHER_USERNAME).to_owned(),
            text(employee::STAFF_USERNAME).to_owned(),
        ],
        (Key::NameBirthdaySchool, Kind::Student) => whole_person(snapshot, row),
        _ => Vec::new(),
    };
    let mut values: Vec<_> = raw.iter().map(|value| key.normal(value)).collect();
    values.retain(|value| !value.is_empty());
    values.sort();
    values.dedup();
    values
}

/// Name, birthday and each school of a student, if all are known.
fn whole_person(snapshot: &Snapshot, row: u32) -> Vec<String> {
    let (first, last) = names(snapshot, Kind::Student, row);
    let birthday = birthday(snapshot, Kind::Student, row);
    let Some(birthday) = birthday.filter(|_| !first.is_empty() && !last.is_empty()) else {
        return Vec::new();
    };
    let schools = schools(snapshot, Kind::Student, row).into_iter();
    schools
        .map(|school| format!("{first} {last} {birthday} {}", school.to_hex()))
        .collect()
}

/// What makes two contacts without an id in the SIS the same (integration-side A6.12): name, a way to reach them, students.
pub(crate) fn contact_likeness(snapshot: &Snapshot, row: u32) -> Option<String> {
    let text = |field: usize| snapshot.table(Kind::Contact).row(row).text(field);
    let (email, phone) = (text(fields::contact::EMAIL), text(fields::contact::PHONE));
    let without_id = text(fields::contact::SIS_ID).is_empty();
    if !without_id || (email.is_empty() && phone.is_empty()) {
        return None;
    }
    let students = snapshot.table(Kind::Student);
    let mut pupils: Vec<_> = pupils(snapshot, Kind::Contact, row)
        .into_iter()
        .map(|pupil| students.id(pupil).to_hex())
        .collect();
    pupils.sort();
    let name = text(fields::contact::NAME);
    Some(format!(
        "{name}\u{1f}{email}\u{1f}{phone}\u{1f}{}",
        pupils.join(" ")
    ))
}
