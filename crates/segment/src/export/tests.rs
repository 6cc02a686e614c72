mod csv;
mod roster;

use std::collections::BTreeSet;
use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, TimestampMillisecondType, UInt32Type};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::FileReader;
use arrow_schema::DataType;
use homeroom_model::{
    Contact, ContactLink, ContactType, Course, Date, Disability, DistrictAdmin, Employee, Ext,
    Gender, Grade, Kind, Language, Listed, Location, Lunch, Name, PhoneType, Race, Relationship,
    Resource, ResourceRole, School, Section, Staff, Student, Subject, Teacher, Term, YesNo,
};
use serde_json::{Value, json};

use super::ExportTable;
use crate::{Relation, Snapshot};
use roster::{CREATED, Roster, hex, role_id};

/// What another tool reads: writes the table as a file, reads the file, and says every value as JSON.
fn read_back(snapshot: &Snapshot, table: ExportTable) -> Vec<Value> {
    let (file, rows) = table.write_arrow(snapshot, Vec::new()).unwrap();
    let reader = FileReader::try_new(Cursor::new(file), None).unwrap();
    assert_eq!(reader.schema(), table.schema());
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    let read: Vec<Value> = batches.iter().flat_map(values).collect();
    assert_eq!(
        (rows, rows),
        (read.len() as u64, table.rows(snapshot)),
        "{}",
        table.name()
    );
    read
}

fn values(batch: &RecordBatch) -> Vec<Value> {
    let row = |at: usize| {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        columns
            .map(|(field, column)| (field.name().clone(), value(column, at)))
            .collect()
    };
    (0..batch.num_rows()).map(row).collect()
}

fn value(column: &dyn Array, at: usize) -> Value {
    if column.is_null(at) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(at).into(),
        DataType::Boolean => column.as_boolean().value(at).into(),
        DataType::UInt32 => column.as_primitive::<UInt32Type>().value(at).into(),
        DataType::Date32 => Date::from_days(column.as_primitive::<Date32Type>().value(at))
            .unwrap()
            .to_string()
            .into(),
        DataType::Timestamp(..) => column
            .as_primitive::<TimestampMillisecondType>()
            .value(at)
            .into(),
        DataType::List(_) => {
            let list = column.as_list::<i32>().value(at);
            (0..list.len()).map(|at| value(&list, at)).collect()
        }
        other => panic!("{other}"),
    }
}

/// Checks a record against what is expected of it: every column, no more and no fewer.
fn check(found: &Value, kind: Kind, row: u32, expected: Value) {
    let mut expected = expected;
    let times = json!({
        "id": hex(kind, row), "created": CREATED, "last_modified": CREATED + i64::from(row),
    });
    for (name, value) in times.as_object().unwrap() {
        expected[name] = value.clone();
    }
    let names = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names(found), names(&expected), "{kind}");
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&found[name], value, "{kind} {row}: {name}");
    }
}

fn ext(pairs: &[(&'static str, &'static str)]) -> Ext<'static> {
    let mut ext = Ext::default();
    for (name, value) in pairs {
        ext.set(*name, *value);
    }
    ext
}

fn name(first: &'static str, middle: &'static str, last: &'static str) -> Name<'static> {
    Name {
        first: first.into(),
        middle: middle.into(),
        last: last.into(),
    }
}

fn location() -> Location<'static> {
    Location {
        address: "1 North St".into(),
        city: "Riverside".into(),
        state: "CA".into(),
        zip: "00501".into(),
    }
}

/// A noun with nothing known must give nulls, empty lists and false, and ids.
fn blank(found: &Value) {
    for (name, value) in found.as_object().unwrap() {
        let empty = value.is_null() || *value == json!([]) || *value == json!(false);
        let always = ["id", "created", "last_modified"].contains(&name.as_str());
        assert!(empty || always, "{name}: {value}");
    }
}

#[test]
fn schools_read_back_as_the_nouns() {
    let mut roster = Roster::default();
    roster.add(&School {
        sis_id: "0348".into(),
        name: "Zoë \"O'Neil\", Académie\n学校".into(),
        number: "348".into(),
        state_id: "CA-348".into(),
        nces_id: "060000000348".into(),
        mdr_number: "M348".into(),
        low_grade: Listed::Known(Grade::TransitionalKindergarten),
        high_grade: Listed::AsSent("Form 6".into()),
        principal: "Pat Elm".into(),
        principal_email: "p.elm@example.org".into(),
        phone: "555 0100 ext. 2".into(),
        location: location(),
        ext: ext(&[("track", "\"b\""), ("charter", "")]),
        custom: false,
    });
    roster.add(&School::default());
    let read = read_back(&roster.snapshot(), ExportTable::Records(Kind::School));
    let expected = json!({
        "sis_id": "0348", "name": "Zoë \"O'Neil\", Académie\n学校", "school_number": "348", "state_id": "CA-348",
        "nces_id": "060000000348", "mdr_number": "M348", "low_grade": "TransitionalKindergarten",
        "high_grade": "Form 6", "principal_name": "Pat Elm", "principal_email": "p.elm@example.org",
        "phone": "555 0100 ext. 2", "address": "1 North St", "city": "Riverside", "state": "CA", "zip": "00501",
        "ext": r#"{"charter":"","track":"\"b\""}"#, "custom": false,
    });
    check(&read[0], Kind::School, 0, expected);
    blank(&read[1]);
}

fn student() -> Student<'static> {
    Student {
        sis_id: "7".into(),
        school_sis_id: "0348".into(),
        number: "n7".into(),
        state_id: "s7".into(),
        name: name("Ada", "B.", "Moss"),
        preferred_name: name("Addie", "C.", "Most"),
        grade: Listed::Known(Grade::Third),
        gender: Listed::Known(Gender::X),
        graduation_year: "2035".into(),
        dob: Date::new(2017, 2, 28),
        race: Listed::Known(Race::Several),
        hispanic: Listed::Known(YesNo::No),
        home_language: Listed::Known(Language::KurdishSorani),
        ell: Listed::Known(YesNo::Yes),
        iep: Listed::Known(YesNo::No),
        frl: Listed::Known(Lunch::Reduced),
        section_504: Listed::Known(YesNo::Yes),
        gifted: Listed::AsSent("maybe".into()),
        disability_status: Listed::Known(YesNo::Yes),
        disability: Listed::Known(Disability::LearningDisability),
        location: location(),
        email: "ada@example.org".into(),
        username: "ada7".into(),
        ext: ext(&[("locker", "12;14")]),
        custom: false,
    }
}

#[test]
fn students_read_back_as_the_nouns() {
    let mut roster = Roster::default();
    (0..3).for_each(|_| roster.add(&School::default()));
    roster.add(&student());
    roster.add(&Student::default());
    roster.relate(Relation::StudentSchool, &[&[2]]);
    roster.relate(Relation::StudentSchools, &[&[0, 2]]);
    let read = read_back(&roster.snapshot(), ExportTable::Records(Kind::Student));
    let school = |row| hex(Kind::School, row);
    let expected = json!({
        "school_id": school(2), "school_ids": [school(0), school(2)],
        "sis_id": "7", "school_sis_id": "0348", "student_number": "n7", "state_id": "s7",
        "first_name": "Ada", "middle_name": "B.", "last_name": "Moss", "preferred_first_name": "Addie",
        "preferred_middle_name": "C.", "preferred_last_name": "Most", "grade": "3", "gender": "X",
        "graduation_year": "2035", "dob": "2017-02-28", "race": "Two or More Races", "hispanic_ethnicity": "N",
        "home_language": "Kurdish (Sorani)", "ell_status": "Y", "iep_status": "N",
        "frl_status": "Reduced", "section_504_status": "Y", "gifted_status": "maybe", "disability_status": "Y",
        "disability_type": "Specific learning disability", "address": "1 North St", "city": "Riverside", "state": "CA",
        "zip": "00501", "email": "ada@example.org", "username": "ada7", "ext": r#"{"locker":"12;14"}"#, "custom": false,
    });
    check(&read[0], Kind::Student, 0, expected);
    blank(&read[1]);
}

#[test]
fn employees_read_back_as_the_nouns() {
    let teacher = Teacher {
        sis_id: "t1".into(),
        school_sis_id: "0348".into(),
        number: "n1".into(),
        state_id: "s1".into(),
        email: "t@example.org".into(),
        name: name("Tess", "U.", "Vale"),
        title: "Lead".into(),
        username: "tess".into(),
        ext: ext(&[("room", "4")]),
        custom: true,
    };
    let staff = Staff {
        staff_id: "a1".into(),
        email: "T@example.org".into(),
        name: name("Theresa", "W.", "Yale"),
        department: "Science".into(),
        title: "Chair".into(),
        username: "tyale".into(),
        roles: vec!["School Admin".into(), "Tech; Lead".into()],
        ext: ext(&[("desk", "9")]),
        kept_by_hand: true,
        custom: false,
    };
    let admin = DistrictAdmin {
        key: "k1".into(),
        email: "t.vale@example.org".into(),
        name: name("T.", "Z.", "Vail"),
        title: "Owner".into(),
    };
    let mut roster = Roster::default();
    (0..2).for_each(|_| roster.add(&School::default()));
    roster.add(&Employee {
        teacher: Some(teacher),
        staff: Some(staff),
        admin: Some(admin),
    });
    roster.add(&Employee {
        admin: Some(DistrictAdmin::default()),
        ..Employee::default()
    });
    roster.relate(Relation::TeacherSchool, &[&[1]]);
    roster.relate(Relation::TeacherSchools, &[&[0, 1]]);
    roster.relate(Relation::StaffSchools, &[&[0]]);
    let read = read_back(&roster.snapshot(), ExportTable::Records(Kind::Employee));
    let (school, role) = (
        |row| hex(Kind::School, row),
        |role| role_id(Kind::Employee, 0, role).to_hex(),
    );
    let expected = json!({
        "teacher_id": role(0), "staff_id": role(1), "district_admin_id": role(2),
        "teacher_school_id": school(1), "teacher_school_ids": [school(0), school(1)],
        "staff_school_ids": [school(0)], "roles": ["teacher", "staff", "district_admin"],
        "teacher_sis_id": "t1", "teacher_school_sis_id": "0348", "teacher_number": "n1", "teacher_state_id": "s1",
        "teacher_email": "t@example.org", "teacher_first_name": "Tess", "teacher_middle_name": "U.",
        "teacher_last_name": "Vale", "teacher_title": "Lead", "teacher_username": "tess",
        "teacher_ext": r#"{"room":"4"}"#, "teacher_custom": true, "staff_sis_id": "a1", "staff_email": "T@example.org",
        "staff_first_name": "Theresa", "staff_middle_name": "W.", "staff_last_name": "Yale",
        "staff_department": "Science", "staff_title": "Chair", "staff_username": "tyale",
        "staff_roles": ["School Admin", "Tech; Lead"], "staff_ext": r#"{"desk":"9"}"#, "staff_kept_by_hand": true,
        "staff_custom": false,
        "admin_key": "k1", "admin_email": "t.vale@example.org", "admin_first_name": "T.", "admin_middle_name": "Z.",
        "admin_last_name": "Vail", "admin_title": "Owner",
    });
    check(&read[0], Kind::Employee, 0, expected);
    assert_eq!(read[1]["roles"], json!(["district_admin"]));
    assert_eq!(
        (&read[1]["teacher_id"], &read[1]["staff_kept_by_hand"]),
        (&Value::Null, &json!(false))
    );
}

#[test]
fn contacts_and_links_read_back_as_the_nouns() {
    let mut roster = Roster::default();
    roster.add(&Student::default());
    roster.add(&Contact {
        sis_id: "c1".into(),
        name: "Ola Moss".into(),
        email: "ola@example.org".into(),
        phone: "5550100".into(),
        phone_type: Listed::Known(PhoneType::Home),
    });
    roster.add(&Contact::default());
    roster.add(&ContactLink {
        relationship: Listed::Known(Relationship::Myself),
        kind: Listed::Known(ContactType::Guardian),
    });
    roster.add(&ContactLink::default());
    roster.relate(Relation::LinkContact, &[&[1]]);
    roster.relate(Relation::LinkStudent, &[&[0]]);
    let snapshot = roster.snapshot();
    let contacts = read_back(&snapshot, ExportTable::Records(Kind::Contact));
    let expected = json!({
        "legacy_id": role_id(Kind::Contact, 0, 0).to_hex(), "sis_id": "c1", "name": "Ola Moss",
        "email": "ola@example.org", "phone": "5550100", "phone_type": "Home",
    });
    check(&contacts[0], Kind::Contact, 0, expected);
    blank(&contacts[1]);
    let links = read_back(&snapshot, ExportTable::Records(Kind::ContactLink));
    let expected = json!({
        "contact_id": hex(Kind::Contact, 1), "student_id": hex(Kind::Student, 0),
        "relationship": "Self", "type": "Parent/Guardian",
    });
    check(&links[0], Kind::ContactLink, 0, expected);
    blank(&links[1]);
}

#[test]
fn courses_terms_and_resources_read_back_as_the_nouns() {
    let mut roster = Roster::default();
    roster.add(&Course {
        name: "Algebra".into(),
        number: "A1".into(),
    });
    roster.add(&Course {
        name: "Art".into(),
        number: "".into(),
    });
    roster.add(&Term {
        name: "Fall".into(),
        start: Date::new(1969, 12, 31),
        end: None,
    });
    roster.add(&Resource {
        resource_id: "r1".into(),
        title: "Atlas".into(),
        roles: vec![ResourceRole::Teacher, ResourceRole::Student],
    });
    roster.add(&Resource {
        roles: vec![ResourceRole::Student],
        ..Resource::default()
    });
    roster.relate(Relation::ResourceCourses, &[&[0, 1]]);
    let snapshot = roster.snapshot();
    let courses = read_back(&snapshot, ExportTable::Records(Kind::Course));
    check(
        &courses[0],
        Kind::Course,
        0,
        json!({ "name": "Algebra", "number": "A1" }),
    );
    check(
        &courses[1],
        Kind::Course,
        1,
        json!({ "name": "Art", "number": null }),
    );
    let terms = read_back(&snapshot, ExportTable::Records(Kind::Term));
    let expected = json!({ "name": "Fall", "start_date": "1969-12-31", "end_date": null });
    check(&terms[0], Kind::Term, 0, expected);
    let resources = read_back(&snapshot, ExportTable::Records(Kind::Resource));
    let expected = json!({
        "course_ids": [hex(Kind::Course, 0), hex(Kind::Course, 1)], "resource_id": "r1", "title": "Atlas",
        "roles": ["teacher", "student"],
    });
    check(&resources[0], Kind::Resource, 0, expected);
    assert_eq!(resources[1]["roles"], json!(["student"]));
}

fn sections() -> Roster {
    let mut roster = Roster::default();
    roster.add(&School::default());
    roster.add(&Course::default());
    roster.add(&Term::default());
    (0..4).for_each(|_| roster.add(&Student::default()));
    (0..2).for_each(|_| roster.add(&Employee::default()));
    roster.add(&Section {
        sis_id: "x1".into(),
        name: "Arts 1".into(),
        number: "1".into(),
        period: "3 \"B\"".into(),
        grade: Listed::Known(Grade::Other),
        subject: Listed::Known(Subject::Arts),
        course_description: "Clay".into(),
        term_start_as_sent: "8/20".into(),
        term_end_as_sent: "12/20".into(),
        ext: ext(&[("room", "B")]),
        custom: true,
    });
    (0..2).for_each(|_| roster.add(&Section::default()));
    roster.relate(Relation::SectionSchool, &[&[0]]);
    roster.relate(Relation::SectionCourse, &[&[0]]);
    roster.relate(Relation::SectionTerm, &[&[0]]);
    roster.relate(Relation::SectionTeachers, &[&[1, 0], &[], &[0]]);
    roster.relate(Relation::SectionStudents, &[&[0, 3], &[], &[1]]);
    roster
}

#[test]
fn sections_and_their_people_read_back_as_the_nouns() {
    let snapshot = sections().snapshot();
    let read = read_back(&snapshot, ExportTable::Records(Kind::Section));
    let expected = json!({
        "school_id": hex(Kind::School, 0), "course_id": hex(Kind::Course, 0), "term_id": hex(Kind::Term, 0),
        "sis_id": "x1", "name": "Arts 1", "section_number": "1", "period": "3 \"B\"", "grade": "Other",
        "subject": "arts and music", "course_description": "Clay", "term_start_as_sent": "8/20",
        "term_end_as_sent": "12/20", "ext": r#"{"room":"B"}"#, "custom": true,
    });
    check(&read[0], Kind::Section, 0, expected);
    blank(&read[1]);

    let section = |row| hex(Kind::Section, row);
    let enrolled = |at, student| json!({ "section_id": section(at), "student_id": hex(Kind::Student, student) });
    assert_eq!(
        read_back(&snapshot, ExportTable::Enrollments),
        [enrolled(0, 0), enrolled(0, 3), enrolled(2, 1)]
    );
    let teaches = |at, employee, position| json!({ "section_id": section(at), "employee_id": hex(Kind::Employee, employee), "position": position });
    assert_eq!(
        read_back(&snapshot, ExportTable::SectionTeachers),
        [teaches(0, 1, 1), teaches(0, 0, 2), teaches(2, 0, 1)]
    );
}

#[test]
fn more_than_a_batch_goes_on_in_the_next() {
    let mut roster = Roster::default();
    (0..70_000).for_each(|_| roster.add(&Student::default()));
    (0..3).for_each(|_| roster.add(&Section::default()));
    let all: Vec<u32> = (0..70_000).collect();
    roster.relate(Relation::SectionStudents, &[&all[..40_000], &[], &all]);
    let snapshot = roster.snapshot();
    let sizes = |table: ExportTable| -> Vec<usize> {
        table
            .batches(&snapshot)
            .map(|batch| batch.unwrap().num_rows())
            .collect()
    };
    assert_eq!(sizes(ExportTable::Records(Kind::Student)), [65_536, 4_464]);
    assert_eq!(sizes(ExportTable::Enrollments), [65_536, 44_464]);
    assert!(sizes(ExportTable::SectionTeachers).is_empty());

    let students = |read: Vec<Value>| -> Vec<Value> {
        read.into_iter()
            .map(|mut pair| pair["student_id"].take())
            .collect()
    };
    let found = students(read_back(&snapshot, ExportTable::Enrollments));
    let expected = all[..40_000]
        .iter()
        .chain(&all)
        .map(|row| hex(Kind::Student, *row));
    assert!(found.into_iter().eq(expected.map(Value::from)));
}

#[test]
fn long_records_make_short_batches() {
    let mut roster = Roster::default();
    let long = "x".repeat(30 << 20);
    for _ in 0..4 {
        roster.add(&Section {
            name: long.as_str().into(),
            ..Section::default()
        });
    }
    let snapshot = roster.snapshot();
    let batches = ExportTable::Records(Kind::Section).batches(&snapshot);
    let sizes: Vec<_> = batches.map(|batch| batch.unwrap().num_rows()).collect();
    assert_eq!(sizes, [1, 1, 1, 1]);
}

#[test]
fn nothing_published_gives_tables_without_rows_and_no_column_stands_twice() {
    for table in ExportTable::ALL {
        assert!(read_back(&Snapshot::empty(), table).is_empty());
        let schema = table.schema();
        let names: BTreeSet<_> = schema.fields().iter().map(|field| field.name()).collect();
        assert_eq!(names.len(), schema.fields().len(), "{}", table.name());
    }
}

#[test]
fn equal_snapshots_give_equal_bytes() {
    let write = |table: ExportTable| {
        table
            .write_arrow(&sections().snapshot(), Vec::new())
            .unwrap()
            .0
    };
    for table in ExportTable::ALL {
        assert!(write(table) == write(table), "{}", table.name());
    }
}
