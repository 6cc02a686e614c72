//! One small district with a record of every shape: everything known, next to nothing known, odd characters, several
//! roles, trimmed and missing relations.

use homeroom_model::{
    Allow, Contact, ContactLink, ContactType, Course, Date, Disability, DistrictAdmin,
    DistrictContact, Employee, Ext, Gender, Grade, Kind, Language, Listed, Location, Lunch, Name,
    ObjectId, PhoneType, Race, Relationship, Resource, ResourceRole, School, Scope, Section, Staff,
    Student, Subject, Teacher, Term, Timestamp, YesNo,
};
use homeroom_segment::Relation;

use crate::roster::{Roster, Shared, plain_district};

/// The id with this number.
pub(crate) fn id(number: u8) -> ObjectId {
    ObjectId::from_hex(&format!("5f00aa11bb22cc33dd44ee{number:02x}")).unwrap()
}

const NONE: ObjectId = ObjectId::new([0; 12]);

/// The sample as an application sees it that may see everything. The section without students is out of scope, as it
/// always is.
pub(crate) fn sample() -> Shared {
    told("")
}

/// The same when what is hard to hide has other names: courses, terms, sections, resources and titles.
pub(crate) fn renamed_sample() -> Shared {
    told(" II")
}

/// The sample with something appended to some names.
fn told(more: &str) -> Shared {
    let mut roster = Roster::default();
    schools(&mut roster);
    courses_and_terms(&mut roster, more);
    students(&mut roster);
    employees(&mut roster, more);
    contacts(&mut roster);
    sections(&mut roster, more);
    resources(&mut roster, more);
    let sections = Allow::Only([0, 1, 2].into_iter().collect());
    let courses = Allow::Only([0, 1].into_iter().collect());
    let scope = Scope::default()
        .with(Kind::Section, sections)
        .with(Kind::Course, courses);
    let mut shared = Shared::new(&roster, scope);
    shared.district.mdr_number.push_str("M1");
    shared.district.nces_id.push_str("0600001");
    let portal = "https://portal.example/\"riverside\"";
    shared.district.portal_url.push_str(portal);
    shared.district.login_methods = vec!["SAML".to_owned(), "Google".to_owned()];
    shared.district.last_sync = Some(Timestamp::from_millis(1_700_000_000_123));
    shared.district.last_attendance_sync = Some(Timestamp::from_millis(1_700_000_000_124));
    shared.district.pause_start = Date::new(2025, 6, 7);
    shared.district.pause_end = Date::new(2025, 8, 10);
    shared.district.contact = Some(DistrictContact {
        id: id(0x33),
        first: "Dee".to_owned(),
        last: "Ash".to_owned(),
        email: "d.ash@example.org".to_owned(),
        title: String::new(),
    });
    shared
}

/// The sample's district when nothing is known of it.
pub(crate) fn bare_district() -> Shared {
    let mut shared = sample();
    shared.district = plain_district();
    shared.district.state = String::new();
    shared
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

fn schools(roster: &mut Roster) {
    let full = School {
        sis_id: "0348".into(),
        name: "North High".into(),
        number: "348".into(),
        state_id: "CA-348".into(),
        nces_id: "060000000348".into(),
        mdr_number: "M348".into(),
        low_grade: Listed::Known(Grade::Ninth),
        high_grade: Listed::Known(Grade::Twelfth),
        principal: "Pat Elm".into(),
        principal_email: "p.elm@example.org".into(),
        phone: "555 0100 ext. 2".into(),
        location: Location {
            address: "1 North St".into(),
            city: "Riverside".into(),
            state: "CA".into(),
            zip: "00501".into(),
        },
        ext: ext(&[("charter_school", "no"), ("track", "")]),
        custom: false,
    };
    let odd = School {
        sis_id: "7".into(),
        name: "Zoë \"O'Neil\" \\ Académie\n\u{1}学校".into(),
        number: "7".into(),
        principal_email: "only@example.org".into(),
        location: Location {
            zip: "90001".into(),
            ..Location::default()
        },
        ext: ext(&[("motto", "\"ad astra\"")]),
        ..School::default()
    };
    let bare = School {
        sis_id: "9".into(),
        name: "West".into(),
        number: "9".into(),
        ..School::default()
    };
    for (number, school) in [(0x10, full), (0x11, odd), (0x12, bare)] {
        roster.add(id(number), &[], &school);
    }
}

fn courses_and_terms(roster: &mut Roster, more: &str) {
    let courses = [("Algebra", "M101"), ("Art & Craft", ""), ("Nobody's", "N0")];
    for (number, (name, key)) in (0x01..).zip(courses) {
        let course = Course {
            name: format!("{name}{more}").into(),
            number: key.into(),
        };
        roster.add(id(number), &[], &course);
    }
    let fall = Term {
        name: format!("Fall{more}").into(),
        start: Date::new(2025, 8, 20),
        end: Date::new(2025, 12, 19),
    };
    let nameless = Term {
        name: "".into(),
        start: None,
        end: Date::new(2026, 6, 5),
    };
    roster.add(id(0x08), &[], &fall);
    roster.add(id(0x09), &[], &nameless);
}

fn students(roster: &mut Roster) {
    let full = Student {
        sis_id: "9001".into(),
        school_sis_id: "0348".into(),
        number: "S-1".into(),
        state_id: "CA9001".into(),
        name: name("Ada", "Mae", "Moss"),
        preferred_name: name("Addie", "M.", "Moss"),
        grade: Listed::Known(Grade::Ninth),
        gender: Listed::Known(Gender::X),
        graduation_year: "2029".into(),
        dob: Date::new(2011, 3, 4),
        race: Listed::Known(Race::Several),
        hispanic: Listed::Known(YesNo::No),
        home_language: Listed::Known(Language::Spanish),
        ell: Listed::Known(YesNo::No),
        iep: Listed::Known(YesNo::Yes),
        frl: Listed::Known(Lunch::Reduced),
        section_504: Listed::Known(YesNo::No),
        gifted: Listed::Known(YesNo::Yes),
        disability_status: Listed::Known(YesNo::Yes),
        disability: Listed::Known(Disability::SpeechImpairment),
        location: Location {
            address: "2 Oak Ave".into(),
            city: "Riverside".into(),
            state: "CA".into(),
            zip: "92501".into(),
        },
        email: "ada.moss".into(),
        username: "amoss".into(),
        ext: ext(&[("bus", "12"), ("nickname", "Ada")]),
        custom: false,
    };
    let bare = Student {
        sis_id: "9002".into(),
        school_sis_id: "7".into(),
        name: name("Bo", "", "Fir"),
        ..Student::default()
    };
    let odd = Student {
        sis_id: "90\"03".into(),
        school_sis_id: "7".into(),
        name: name("Ñandú\t\u{1f600}", "\\", "O\"Brien"),
        grade: Listed::AsSent("Form 3".into()),
        dob: Date::new(2015, 12, 31),
        home_language: Listed::Known(Language::HaitianCreole),
        frl: Listed::Known(Lunch::Other),
        disability_status: Listed::Known(YesNo::No),
        ..Student::default()
    };
    for (number, student) in [(0x20, full), (0x21, bare), (0x22, odd)] {
        roster.add(id(number), &[], &student);
    }
    for (row, primary, schools) in [(0, 0, &[0, 1][..]), (1, 1, &[1]), (2, 1, &[1])] {
        roster.relate(Relation::StudentSchool, row, &[primary]);
        roster.relate(Relation::StudentSchools, row, schools);
    }
}

fn employees(roster: &mut Roster, more: &str) {
    let teacher = Teacher {
        sis_id: "77".into(),
        school_sis_id: "0348".into(),
        number: "1207".into(),
        state_id: "T77".into(),
        email: "r.oak@example.org".into(),
        name: name("Rue", "Q", "Oak"),
        title: "Art".into(),
        username: "roak".into(),
        ext: ext(&[("admin_permissions", "none")]),
        custom: false,
    };
    let staff = Staff {
        staff_id: "S7".into(),
        email: "R.Oak@example.org".into(),
        name: name("Ruth", "", "Oak"),
        department: "Office".into(),
        title: "Dean".into(),
        username: "roak2".into(),
        roles: vec!["Portal Access".into(), "School \"Tech\" Lead".into()],
        ext: ext(&[("badge", "3")]),
        kept_by_hand: false,
        custom: false,
    };
    let admin = DistrictAdmin {
        key: "a1".into(),
        email: "d.ash@example.org".into(),
        name: name("Dee", "", "Ash"),
        title: format!("Superintendent{more}").into(),
    };
    let bare_teacher = Teacher {
        sis_id: "78".into(),
        school_sis_id: "7".into(),
        name: name("Lee", "", "Yew"),
        ..Teacher::default()
    };
    let bare_staff = Staff {
        staff_id: "S8".into(),
        email: "s@example.org".into(),
        name: name("Sam", "", "Bay"),
        kept_by_hand: true,
        ..Staff::default()
    };
    let everything = Employee {
        teacher: Some(teacher),
        staff: Some(staff),
        admin: None,
    };
    let one_teacher = Employee {
        teacher: Some(bare_teacher.clone()),
        ..Employee::default()
    };
    let one_staff = Employee {
        staff: Some(bare_staff),
        ..Employee::default()
    };
    let one_admin = Employee {
        admin: Some(admin.clone()),
        ..Employee::default()
    };
    let teaching_admin = Employee {
        teacher: Some(Teacher {
            sis_id: "79".into(),
            email: "k@example.org".into(),
            ..bare_teacher
        }),
        staff: None,
        admin: Some(DistrictAdmin {
            key: "a2".into(),
            email: "k@example.org".into(),
            title: "".into(),
            ..admin
        }),
    };
    roster.add(id(0x30), &[id(0x41), id(0x51), NONE], &everything);
    roster.add(id(0x31), &[id(0x42), NONE, NONE], &one_teacher);
    roster.add(id(0x32), &[NONE, id(0x52), NONE], &one_staff);
    roster.add(id(0x33), &[NONE, NONE, id(0x61)], &one_admin);
    roster.add(id(0x34), &[id(0x43), NONE, id(0x62)], &teaching_admin);
    for (row, primary, schools) in [(0, 0, &[0, 1][..]), (1, 1, &[1]), (4, 1, &[1])] {
        roster.relate(Relation::TeacherSchool, row, &[primary]);
        roster.relate(Relation::TeacherSchools, row, schools);
    }
    roster.relate(Relation::StaffSchools, 0, &[0, 2]);
    roster.relate(Relation::StaffSchools, 2, &[1]);
}

fn contacts(roster: &mut Roster) {
    let full = Contact {
        sis_id: "C1".into(),
        name: "Jo Moss".into(),
        email: "jo@example.org".into(),
        phone: "5550100".into(),
        phone_type: Listed::Known(PhoneType::Cell),
    };
    let bare = Contact {
        name: "Grandma".into(),
        ..Contact::default()
    };
    roster.add(id(0x70), &[id(0x80)], &full);
    roster.add(id(0x71), &[id(0x81)], &bare);
    let parent = ContactLink {
        relationship: Listed::Known(Relationship::Parent),
        kind: Listed::Known(ContactType::Guardian),
    };
    let ties = [
        (0x90, parent.clone(), 0, 0),
        (0x91, parent, 0, 1),
        (0x92, ContactLink::default(), 1, 0),
    ];
    for (number, link, contact, student) in ties {
        let row = roster.add(id(number), &[], &link);
        roster.relate(Relation::LinkContact, row, &[contact]);
        roster.relate(Relation::LinkStudent, row, &[student]);
    }
}

fn sections(roster: &mut Roster, more: &str) {
    let full = Section {
        sis_id: "X1".into(),
        name: "Algebra - Oak - 3".into(),
        number: "1".into(),
        period: "3".into(),
        grade: Listed::Known(Grade::Ninth),
        subject: Listed::Known(Subject::Math),
        course_description: "Numbers and letters".into(),
        term_start_as_sent: "8/20/25".into(),
        term_end_as_sent: "12/19/25".into(),
        ext: ext(&[("classroom", "B12")]),
        custom: false,
    };
    let teacherless = Section {
        sis_id: "X2".into(),
        name: format!("Section X2{more}").into(),
        ..Section::default()
    };
    let odd = Section {
        sis_id: "X3".into(),
        name: "\"Craft\" \\ Art".into(),
        subject: Listed::Known(Subject::Arts),
        ..Section::default()
    };
    let empty = Section {
        sis_id: "X4".into(),
        name: "Nobody".into(),
        ..Section::default()
    };
    for (number, section) in [
        (0xa0, full),
        (0xa1, teacherless),
        (0xa2, odd),
        (0xa3, empty),
    ] {
        roster.add(id(number), &[], &section);
    }
    for (row, school) in [(0, 0), (1, 1), (2, 1), (3, 0)] {
        roster.relate(Relation::SectionSchool, row, &[school]);
    }
    for (row, course) in [(0, 0), (2, 1), (3, 2)] {
        roster.relate(Relation::SectionCourse, row, &[course]);
    }
    for (row, term) in [(0, 0), (2, 1)] {
        roster.relate(Relation::SectionTerm, row, &[term]);
    }
    for (row, teachers) in [(0, &[1, 0][..]), (2, &[0]), (3, &[1])] {
        roster.relate(Relation::SectionTeachers, row, teachers);
    }
    for (row, students) in [(0, &[0, 1][..]), (1, &[0]), (2, &[0, 1, 2])] {
        roster.relate(Relation::SectionStudents, row, students);
    }
}

fn resources(roster: &mut Roster, more: &str) {
    let roles = [
        vec![ResourceRole::Teacher],
        vec![ResourceRole::Teacher, ResourceRole::Student],
        vec![],
    ];
    for (number, roles) in (0xb0..).zip(roles) {
        let resource = Resource {
            resource_id: format!("r{number}").into(),
            title: format!("Book \"One\"{more}").into(),
            roles,
        };
        roster.add(id(number), &[], &resource);
    }
    roster.relate(Relation::ResourceCourses, 0, &[0, 2]);
    roster.relate(Relation::ResourceCourses, 1, &[0, 1]);
    roster.relate(Relation::ResourceCourses, 2, &[2]);
}
