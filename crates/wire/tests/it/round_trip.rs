//! What the wire writes it reads back: for arbitrary records, in every version, as far as that version shows them. What a
//! version does not show is said here once more, independently of the writers' flags.

mod record;

use homeroom_model::{
    Contact, ContactLink, Course, Date, Ext, Field, FieldSet, Gender, Grade, Kind, Language,
    Listed, Lunch, Name, ObjectId, Resource, School, Scope, Section, Staff, Student, Subject,
    Teacher, Term, Text,
};
use homeroom_segment::Relation;
use homeroom_wire::read::{self, Document, Person};
use homeroom_wire::{Object, Route, Shape, VERSIONS, Version};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::roster::{Roster, Shared};
use homeroom_testkit::Published;
use record::{Records, records};

/// The id with this number.
fn id(number: u8) -> ObjectId {
    crate::sample::id(number)
}

const NONE: ObjectId = ObjectId::new([0; 12]);
const SCHOOL: u8 = 0x10;
const OTHER_SCHOOL: u8 = 0x11;
const COURSE: u8 = 0x01;
const TERM: u8 = 0x08;
const STUDENT: u8 = 0x20;
const EMPLOYEE: u8 = 0x30;
const TEACHER: u8 = 0x41;
const STAFF: u8 = 0x51;
const ADMIN: u8 = 0x61;
const CONTACT: u8 = 0x70;
const OLD_CONTACT: u8 = 0x80;
const LINK: u8 = 0x90;
const SECTION: u8 = 0xa0;
const RESOURCE: u8 = 0xb0;

/// The records as one district, related to each other, for an application that may see everything.
fn district(records: &Records) -> Shared {
    let mut roster = Roster::default();
    roster.add(id(SCHOOL), &[], &records.school);
    roster.add(id(OTHER_SCHOOL), &[], &School::default());
    roster.add(id(COURSE), &[], &records.course);
    roster.add(id(TERM), &[], &records.term);
    roster.add(id(STUDENT), &[], &records.student);
    let roles = [
        (records.employee.teacher.is_some(), TEACHER),
        (records.employee.staff.is_some(), STAFF),
        (records.employee.admin.is_some(), ADMIN),
    ];
    let roles = roles.map(|(there, role)| if there { id(role) } else { NONE });
    roster.add(id(EMPLOYEE), &roles, &records.employee);
    roster.add(id(CONTACT), &[id(OLD_CONTACT)], &records.contact);
    roster.add(id(LINK), &[], &records.link);
    roster.add(id(SECTION), &[], &records.section);
    roster.add(id(RESOURCE), &[], &records.resource);
    for (relation, targets) in [
        (Relation::StudentSchool, &[0][..]),
        (Relation::StudentSchools, &[0, 1]),
        (Relation::TeacherSchool, &[1]),
        (Relation::TeacherSchools, &[0, 1]),
        (Relation::StaffSchools, &[0]),
        (Relation::LinkContact, &[0]),
        (Relation::LinkStudent, &[0]),
        (Relation::SectionSchool, &[0]),
        (Relation::SectionCourse, &[0]),
        (Relation::SectionTerm, &[0]),
        (Relation::SectionStudents, &[0]),
        (Relation::ResourceCourses, &[0]),
    ] {
        roster.relate(relation, 0, targets);
    }
    if records.employee.teacher.is_some() {
        roster.relate(Relation::SectionTeachers, 0, &[0]);
    }
    let mut shared = Shared::new(&roster, Scope::default());
    assert_eq!(roster.len(Kind::Section), 1);
    shared.mask.opted_in = FieldSet::NONE
        .with(Field::StudentFrlStatus)
        .with(Field::StudentIepStatus)
        .with(Field::StudentHomeLanguage);
    shared
}

/// The first record of an object in a version.
fn first(shared: &Shared, version: &Version, object: Object) -> Document {
    let address = format!("/{}/{}?limit=10000", version.name, object.collection());
    let body = shared.get(&address).unwrap();
    let page = read::page(version, object, &body).unwrap();
    let Some(document) = page.documents.into_iter().next() else {
        panic!("{address} is empty");
    };
    document
}

/// A person with the one role of older versions, or the one kind of person in newer ones.
fn person(shared: &Shared, version: &Version, object: Object) -> Person {
    let role = match object {
        Object::Student => "student",
        Object::Contact | Object::StudentContact => "contact",
        Object::Teacher => "teacher",
        Object::SchoolAdmin => "staff",
        _ => "district_admin",
    };
    let document = if Object::User.span().contains(version) {
        let body = shared
            .get(&format!("/{}/users?role={role}", version.name))
            .unwrap();
        let page = read::page(version, Object::User, &body).unwrap();
        page.documents.into_iter().next().unwrap()
    } else {
        first(shared, version, object)
    };
    let Document::Person(_, person) = document else {
        panic!("{role} is no person");
    };
    *person
}

/// Versions before 2.1, by their place.
fn before_2_1(version: &Version) -> bool {
    ["v1.1", "v1.2", "v2.0"].contains(&version.name)
}

/// Clever-api 12, item 9.
fn shown_grade(version: &Version, grade: &Listed<'static, Grade>) -> Listed<'static, Grade> {
    let Listed::Known(known) = grade else {
        return Listed::Blank;
    };
    Listed::Known(match known {
        known if !before_2_1(version) => *known,
        Grade::Thirteenth | Grade::Ungraded | Grade::InfantToddler => Grade::Other,
        Grade::Preschool => Grade::PreKindergarten,
        Grade::TransitionalKindergarten => Grade::Kindergarten,
        known => *known,
    })
}

fn shown_school(version: &Version, school: &School<'static>) -> School<'static> {
    let mut school = school.clone();
    school.custom = false;
    school.low_grade = shown_grade(version, &school.low_grade);
    school.high_grade = shown_grade(version, &school.high_grade);
    if before_2_1(version) {
        school.ext = Ext::default();
    }
    school
}

fn shown_student(version: &Version, student: &Student<'static>) -> Student<'static> {
    let mut student = student.clone();
    student.custom = false;
    student.school_sis_id = "".into();
    student.grade = shown_grade(version, &student.grade);
    if version.name != "v3.1" {
        student.preferred_name = Name::default();
        student.section_504 = Listed::Blank;
        student.gifted = Listed::Blank;
        student.disability_status = Listed::Blank;
        student.disability = Listed::Blank;
        if student.frl == Listed::Known(Lunch::Other) {
            student.frl = Listed::Blank;
        }
        let short = |language: &Language| language.in_short_list();
        if !student.home_language.known().as_ref().is_some_and(short) {
            student.home_language = Listed::Blank;
        }
    }
    if before_2_1(version) {
        student.ext = Ext::default();
        if student.gender == Listed::Known(Gender::X) {
            student.gender = Listed::Blank;
        }
    }
    if version.name == "v1.1" {
        student.graduation_year = "".into();
    }
    student
}

fn shown_teacher(version: &Version, teacher: &Teacher<'static>) -> Teacher<'static> {
    let mut teacher = teacher.clone();
    teacher.custom = false;
    teacher.school_sis_id = "".into();
    if before_2_1(version) {
        teacher.ext = Ext::default();
    }
    teacher
}

/// Whether names of administrators have middle parts.
fn middle_names(version: &Version) -> bool {
    !version.name.starts_with("v2")
}

fn shown_staff(version: &Version, staff: &Staff<'static>) -> Staff<'static> {
    let mut staff = staff.clone();
    staff.custom = false;
    staff.kept_by_hand = false;
    if before_2_1(version) {
        staff.ext = Ext::default();
        staff.department = "".into();
    }
    if !version.name.starts_with("v3") {
        staff.roles = Vec::new();
    }
    if !middle_names(version) {
        staff.name.middle = "".into();
    }
    staff
}

fn shown_section(
    version: &Version,
    section: &Section<'static>,
    term: &Term<'static>,
) -> Section<'static> {
    let mut section = section.clone();
    section.custom = false;
    section.grade = shown_grade(version, &section.grade);
    if before_2_1(version) {
        section.ext = Ext::default();
    }
    if !version.name.starts_with("v3") && section.subject == Listed::Blank {
        section.subject = Listed::Known(Subject::Other);
    }
    if version.name.starts_with("v1") {
        // Where it is not known how a date was spelt it is spelt like this.
        let spelt = |sent: &mut Text<'static>, day: Option<Date>| {
            if let (true, Some(day)) = (sent.is_empty(), day) {
                *sent = day.to_string().into();
            }
        };
        spelt(&mut section.term_start_as_sent, term.start);
        spelt(&mut section.term_end_as_sent, term.end);
    } else {
        section.course_description = "".into();
        section.term_start_as_sent = "".into();
        section.term_end_as_sent = "".into();
    }
    section
}

fn check_people(shared: &Shared, version: &Version, records: &Records) {
    let found = person(shared, version, Object::Student).student.unwrap();
    assert_eq!(found.id, id(STUDENT));
    assert!(
        found.value == shown_student(version, &records.student),
        "{} student",
        version.name
    );
    assert_eq!(found.school, Some(id(SCHOOL)));
    let schools = [id(SCHOOL), id(OTHER_SCHOOL)];
    let has_schools = version.name != "v1.1";
    assert_eq!(found.schools, if has_schools { &schools[..] } else { &[] });

    // A user has the name and email of the first role, in the order teacher, staff, district admin.
    let one_person = version.name.starts_with("v3");
    let employee = &records.employee;
    let first = employee
        .teacher
        .as_ref()
        .map(|teacher| (&teacher.name, &teacher.email))
        .or(employee
            .staff
            .as_ref()
            .map(|staff| (&staff.name, &staff.email)))
        .or(employee
            .admin
            .as_ref()
            .map(|admin| (&admin.name, &admin.email)));
    if let Some(teacher) = &employee.teacher {
        let found = person(shared, version, Object::Teacher).teacher.unwrap();
        assert_eq!(found.id, id(TEACHER));
        assert!(
            found.value == shown_teacher(version, teacher),
            "{} teacher",
            version.name
        );
        assert_eq!(found.school, Some(id(OTHER_SCHOOL)));
    }
    if let Some(staff) = &employee.staff {
        let found = person(shared, version, Object::SchoolAdmin).staff.unwrap();
        let mut expected = shown_staff(version, staff);
        if let (true, Some((name, email))) = (one_person, first) {
            (expected.name, expected.email) = (name.clone(), email.clone());
        }
        assert_eq!((found.id, found.schools), (id(STAFF), vec![id(SCHOOL)]));
        assert!(found.value == expected, "{} staff", version.name);
    }
    if let Some(admin) = &employee.admin {
        let found = person(shared, version, Object::DistrictAdmin)
            .admin
            .unwrap();
        let mut expected = admin.clone();
        expected.key = "".into();
        if let (true, Some((name, email))) = (one_person, first) {
            (expected.name, expected.email) = (name.clone(), email.clone());
        } else if !middle_names(version) {
            expected.name.middle = "".into();
        }
        assert_eq!(found.id, id(ADMIN));
        assert!(found.value == expected, "{} district admin", version.name);
    }
    check_contact(shared, version, &records.contact, &records.link);
}

fn check_contact(
    shared: &Shared,
    version: &Version,
    contact: &Contact<'static>,
    link: &ContactLink<'static>,
) {
    let per_tie = version.name.starts_with("v1");
    let object = if per_tie {
        Object::StudentContact
    } else {
        Object::Contact
    };
    let (found, ties) = person(shared, version, object).contact.unwrap();
    assert_eq!(found.id, id(if per_tie { LINK } else { OLD_CONTACT }));
    let mut expected = contact.clone();
    if version.name == "v1.1" {
        expected.sis_id = "".into();
    }
    assert!(found.value == expected, "{} contact", version.name);
    assert_eq!(ties.len(), 1);
    assert_eq!((ties[0].student, &ties[0].link), (id(STUDENT), link));
}

fn check_classes(shared: &Shared, version: &Version, records: &Records) {
    let Document::Section(head, found) = first(shared, version, Object::Section) else {
        panic!("no section");
    };
    assert_eq!(
        (head.id, head.district),
        (id(SECTION), Some(shared.district.id))
    );
    assert!(head.created.is_some() && head.modified.is_some());
    let expected = shown_section(version, &records.section, &records.term);
    assert!(found.section == expected, "{} section", version.name);
    assert_eq!(found.school, Some(id(SCHOOL)));
    assert_eq!(found.students, [id(STUDENT)]);
    let teacher = if version.name.starts_with("v3") {
        EMPLOYEE
    } else {
        TEACHER
    };
    let teachers: Vec<_> = records
        .employee
        .teacher
        .iter()
        .map(|_| id(teacher))
        .collect();
    assert_eq!(found.teachers, teachers);
    if version.name.starts_with("v1") {
        let course = Some(records.course.clone()).filter(|course| *course != Course::default());
        assert_eq!(found.inline_course, course);
        assert_eq!(found.inline_term.unwrap().name, records.term.name);
        assert_eq!((found.course, found.term), (None, None));
        return;
    }
    assert_eq!(
        (found.course, found.term),
        (Some(id(COURSE)), Some(id(TERM)))
    );
    let Document::Course(head, found) = first(shared, version, Object::Course) else {
        panic!("no course");
    };
    assert_eq!((head.id, found), (id(COURSE), records.course.clone()));
    let Document::Term(head, found) = first(shared, version, Object::Term) else {
        panic!("no term");
    };
    assert_eq!((head.id, found), (id(TERM), records.term.clone()));
}

fn check_rest(
    shared: &Shared,
    version: &Version,
    school: &School<'static>,
    resource: &Resource<'static>,
) {
    let Document::School(head, found) = first(shared, version, Object::School) else {
        panic!("no school");
    };
    assert_eq!(head.id, id(SCHOOL));
    assert!(
        *found == shown_school(version, school),
        "{} school",
        version.name
    );
    let Document::District(found) = first(shared, version, Object::District) else {
        panic!("no district");
    };
    assert_eq!(
        (found.id, &found.name),
        (shared.district.id, &shared.district.name)
    );
    let told = found.launch_date.is_some();
    assert_eq!(told, !version.name.starts_with("v1"));
    if version.name.starts_with("v3") {
        let Document::Resource(head, found) = first(shared, version, Object::Resource) else {
            panic!("no resource");
        };
        assert_eq!((head.id, &found), (id(RESOURCE), resource));
        assert!(head.modified.is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(records in records()) {
        let shared = district(&records);
        for version in VERSIONS {
            check_people(&shared, version, &records);
            check_classes(&shared, version, &records);
            check_rest(&shared, version, &records.school, &records.resource);
        }
    }
}

#[test]
fn pages_counts_and_statuses_are_read() {
    let shared = crate::sample::sample();
    for version in VERSIONS {
        let address = format!("/{}/schools?limit=1", version.name);
        let page = read::page(version, Object::School, &shared.get(&address).unwrap()).unwrap();
        assert_eq!(page.documents.len(), 1);
        let next = page.links.next.unwrap();
        let page = read::page(version, Object::School, &shared.get(&next).unwrap()).unwrap();
        assert!(page.links.next.is_some() && page.links.previous.is_some());
    }
    let counted = shared.get("/v2.1/students?count=true").unwrap();
    assert_eq!(read::count(&counted), Ok(3));
    let version = Version::from_name("v1.2").unwrap();
    let status = shared
        .get("/v1.2/districts/5f00aa11bb22cc33dd44ee00/status")
        .unwrap();
    let status = read::page(version, Object::Status, &status).unwrap();
    let [Document::District(status)] = &status.documents[..] else {
        panic!("no status");
    };
    assert_eq!(status.state.as_deref(), Some("running"));
    assert_eq!(status.last_sync, shared.district.last_sync);
    assert_eq!(status.pause_end, shared.district.pause_end);
    // The bare list of district admins, and a record by its own address.
    let admins = shared.get("/v1.2/district_admins").unwrap();
    let admins = read::page(version, Object::DistrictAdmin, &admins).unwrap();
    let one = shared
        .get("/v1.2/district_admins/5f00aa11bb22cc33dd44ee61")
        .unwrap();
    let one = read::single(version, Object::DistrictAdmin, &one).unwrap();
    assert_eq!(admins.documents[0], one);
}

#[test]
fn what_cannot_be_read_is_named_and_never_shown() {
    let version = Version::from_name("v2.1").unwrap();
    for (body, expected) in [
        ("{", "the answer is not JSON"),
        ("[]", "a document is not an object"),
        ("{}", "data is missing"),
        (r#"{"data":{"name":"Ada"}}"#, "id is missing"),
        (
            r#"{"data":{"id":"Ada"}}"#,
            "id is not of the form it should have",
        ),
        (
            r#"{"data":{"id":"5f00aa11bb22cc33dd44ee20","name":"Ada"}}"#,
            "name is not an object",
        ),
        (
            r#"{"data":{"id":"5f00aa11bb22cc33dd44ee20","dob":"Ada"}}"#,
            "dob is not of the form it should have",
        ),
        (
            r#"{"data":{"id":"5f00aa11bb22cc33dd44ee20","schools":["Ada"]}}"#,
            "schools is not of the form it should have",
        ),
    ] {
        let error = read::single(version, Object::Student, body.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    // What a newer server may send is kept as sent, or passed over.
    let body = r#"{"data":{"id":"5f00aa11bb22cc33dd44ee20","grade":"14","gender":null,"pronouns":{},"ext":{"n":1}}}"#;
    let Document::Person(_, person) =
        read::single(version, Object::Student, body.as_bytes()).unwrap()
    else {
        panic!("no person");
    };
    let student = person.student.unwrap().value;
    assert_eq!(student.grade, Listed::AsSent("14".into()));
    assert_eq!(student.gender, Listed::Blank);
    assert_eq!(student.ext.iter().collect::<Vec<_>>(), [("n", "1")]);
}

/// What arbitrary records come out as is what the contract of each version says: every value of every closed list, and every
/// state of a district, is one the version knows.
#[test]
fn arbitrary_records_keep_every_contract() {
    let validators: Vec<_> = VERSIONS
        .iter()
        .filter_map(|version| {
            let published = Published::read(version)?;
            let lists = Route::of_version(version).filter(|route| route.shape == Shape::List);
            let lists = lists.filter(|route| !route.takes_id() || route.gives == Object::Status);
            let compiled = lists.map(|route| {
                // Opt-in fields are not in the files before 3.1, so the records are looked at without them.
                let validator = jsonschema::validator_for(&published.answer(route)).unwrap();
                (*version, route, validator)
            });
            Some(compiled.collect::<Vec<_>>())
        })
        .flatten()
        .collect();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 64,
        ..ProptestConfig::default()
    });
    let states = prop::sample::select(vec![
        "", "running", "pending", "error", "paused", "success", "odd",
    ]);
    let result = runner.run(&(records(), states), |(records, state)| {
        let mut shared = district(&records);
        shared.mask.opted_in = FieldSet::NONE;
        shared.district.state = state.to_owned();
        for (version, route, validator) in &validators {
            let path = route.path.replace("{id}", &shared.district.id.to_hex());
            let answer = shared.read(&format!("/{}{path}", version.name));
            let errors: Vec<_> = validator
                .iter_errors(&answer)
                .map(|error| format!("{error} at {}", error.instance_path()))
                .collect();
            prop_assert!(errors.is_empty(), "/{}{path}: {errors:#?}", version.name);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
