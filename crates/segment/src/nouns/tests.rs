use homeroom_model::{
    Contact, ContactLink, Course, Date, Employee, Grade, Listed, Name, Resource, ResourceRole,
    School, Section, Staff, Student, Subject, Teacher, Term,
};

use crate::noun::{Noun, fields_of};
use crate::row::Row;

/// Writes a noun and reads it back; also checks that it fills exactly the fields its list declares.
fn round_trip<'a, N: Noun<'a> + PartialEq>(noun: &N, bytes: &'a mut Vec<u8>) {
    *bytes = noun.packed();
    assert_eq!(
        usize::from(bytes[1]),
        fields_of(N::KIND).len(),
        "{}",
        N::KIND
    );
    assert!(N::read(Row::new(bytes)) == *noun, "{}", N::KIND);
}

#[test]
fn every_noun_reads_back_as_written() {
    let mut school = School {
        sis_id: "0348".into(),
        low_grade: Listed::Known(Grade::Kindergarten),
        ..School::default()
    };
    school.ext.set("charter", "no");
    let long = "x".repeat(70_000);
    let student = Student {
        sis_id: "7".into(),
        name: Name {
            first: "Zoë".into(),
            middle: "".into(),
            last: long.as_str().into(),
        },
        dob: Date::new(2012, 3, 4),
        grade: Listed::AsSent("Form 3".into()),
        ..Student::default()
    };
    let staff = Staff {
        staff_id: "s".into(),
        roles: vec!["a".into(), "b".into()],
        kept_by_hand: true,
        ..Staff::default()
    };
    let employee = Employee {
        teacher: Some(Teacher {
            sis_id: "t".into(),
            ..Teacher::default()
        }),
        staff: Some(staff),
        admin: None,
    };
    let section = Section {
        subject: Listed::Known(Subject::Arts),
        period: "3 \"B\"".into(),
        ..Section::default()
    };
    let term = Term {
        name: "Fall".into(),
        start: Date::new(2026, 8, 20),
        end: None,
    };
    let resource = Resource {
        resource_id: "r".into(),
        title: "T".into(),
        roles: vec![ResourceRole::Student],
    };

    let mut bytes = std::array::from_fn::<_, 7, _>(|_| Vec::new());
    let [
        schools,
        students,
        employees,
        contacts,
        links,
        sections,
        others,
    ] = &mut bytes;
    round_trip(&school, schools);
    round_trip(&student, students);
    round_trip(&employee, employees);
    round_trip(
        &Contact {
            name: "Ada Moss".into(),
            ..Contact::default()
        },
        contacts,
    );
    round_trip(&ContactLink::default(), links);
    round_trip(&section, sections);
    round_trip(&term, &mut others.clone());
    round_trip(&resource, &mut others.clone());
    round_trip(
        &Course {
            name: "Algebra".into(),
            number: "".into(),
        },
        others,
    );
    assert!(Row::new(sections).needs_escape());
    assert!(!Row::new(schools).needs_escape());
}

#[test]
fn any_bytes_are_some_row() {
    let whole = Student {
        sis_id: "12".into(),
        email: "a@b".into(),
        ..Student::default()
    }
    .packed();
    for cut in 0..whole.len() {
        let _ = Student::read(Row::new(&whole[..cut]));
        let mut flipped = whole.clone();
        flipped[cut] ^= 0xff;
        let _ = Student::read(Row::new(&flipped));
    }
}
