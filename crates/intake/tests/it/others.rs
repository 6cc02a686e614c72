//! schools.csv, teachers.csv, staff.csv, admins.csv and resources.csv (district-side 2.1, 2.4, 2.7, 2.8).

use homeroom_intake::Stem;
use homeroom_model::{Code, Grade, ResourceRole};

use crate::{records, said, settings};

#[test]
fn schools() {
    let file = "School_id,School_name,School_number,State_id,Nces_id,Mdr_number,Low_grade,High_grade,Principal,Principal_email,School_address,School_city,School_state,School_zip,School_phone,ext.a\n\
        0348,North,12,st,123456789012,mdr,K,8,Ann Smith,ann@x.org,1 Main,Town,CA,90210,523.442.2557 x14055,1\n\
        349,South,,,,,9,6,,,,,,,,\n";
    let (rows, problems, _) = records!(schools, Stem::Schools, file, settings(), |s| {
        let l = &s.location;
        [
            &s.sis_id,
            &s.name,
            &s.number,
            &s.state_id,
            &s.nces_id,
            &s.mdr_number,
            &s.principal,
            &s.principal_email,
            &s.phone,
            &l.address,
            &l.city,
            &l.state,
            &l.zip,
        ]
        .map(ToString::to_string)
        .into_iter()
        .chain([
            s.low_grade.text().to_owned(),
            s.high_grade.text().to_owned(),
        ])
        .collect::<Vec<_>>()
    });
    assert_eq!(
        rows[0].1,
        [
            "0348",
            "North",
            "12",
            "st",
            "123456789012",
            "mdr",
            "Ann Smith",
            "ann@x.org",
            "523.442.2557 x14055",
            "1 Main",
            "Town",
            "CA",
            "90210",
            "Kindergarten",
            "8"
        ]
    );
    assert_eq!(rows[1].1[..3], ["349", "South", "349"]);
    assert_eq!(
        said(&problems),
        [
            (Code::SchoolNumberDefaulted, 3, "School_number"),
            (Code::SchoolGradesInverted, 3, "Low_grade")
        ]
    );
}

#[test]
fn a_range_is_no_end_of_a_schools_grades() {
    let file = "School_id,School_name,School_number,Low_grade,High_grade\n1,A,1,K-5,5-Jan\n";
    let (rows, problems, _) = records!(schools, Stem::Schools, file, settings(), |s| (
        s.low_grade.known(),
        s.high_grade.known()
    ));
    assert_eq!(rows[0].1, (Some(Grade::Other), Some(Grade::Other)));
    assert_eq!(
        said(&problems),
        [
            (Code::GradeInvalid, 2, "Low_grade"),
            (Code::GradeSpreadsheetDamage, 2, "High_grade")
        ]
    );
}

#[test]
fn teachers() {
    let file = "School_id,Teacher_id,Teacher_number,State_teacher_id,Teacher_email,First_name,Middle_name,Last_name,Title,Username,Password\n\
        s,t1,n,st,a@b.c,Ann,M,Smith,Dr,asmith,hunter2\ns,,n,st,a@b.c,Ann,M,Smith,Dr,asmith,hunter2\n";
    let (rows, problems, report) = records!(teachers, Stem::Teachers, file, settings(), |t| {
        [
            &t.sis_id,
            &t.school_sis_id,
            &t.number,
            &t.state_id,
            &t.email,
            &t.name.first,
            &t.name.middle,
            &t.name.last,
            &t.title,
            &t.username,
        ]
        .map(ToString::to_string)
    });
    assert_eq!(
        rows[0].1,
        [
            "t1", "s", "n", "st", "a@b.c", "Ann", "M", "Smith", "Dr", "asmith"
        ]
    );
    assert_eq!(
        said(&problems),
        [
            (Code::PasswordIgnored, 1, "Password"),
            (Code::MissingRequired, 3, "Teacher_id")
        ]
    );
    assert_eq!((report.rows, report.kept, report.rejected), (2, 1, 1));
    assert!(
        problems
            .iter()
            .all(|problem| !problem.to_string().contains("hunter2"))
    );
}

#[test]
fn staff_and_their_roles() {
    let file = "School_id,Staff_id,Staff_email,First_name,Last_name,Department,Title,Username,Role\n\
        s1,1,a@b.c,Ann,Smith,Office,Dr,as,\ns2,1,a@b.c,Ann,Smith,Office,Dr,as,Principal\n\
        s1,2,b@b.c,Bob,Smith,,,,STL\ns1,3,c@b.c,Cy,Smith,,,,Principal\ns1,4,,No,Email,,,,\n";
    let (rows, problems, _) = records!(staff, Stem::Staff, file, settings(), |row| {
        format!(
            "{} {} {}",
            row.staff.staff_id,
            row.school_sis_id,
            row.staff.roles.join("+")
        )
    });
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    assert_eq!(
        rows,
        [
            "1 s1 Portal Access",
            "1 s2 Portal Access",
            "2 s1 School Tech Lead",
            "3 s1 Portal Access"
        ]
    );
    assert_eq!(
        said(&problems),
        [
            (Code::StaffRoleUnknown, 5, "Role"),
            (Code::MissingRequired, 6, "Staff_email")
        ]
    );
}

#[test]
fn admins_are_staff_under_old_names() {
    let file = "School_id,Staff_id,Admin_email,First_name,Last_name,Admin_title\ns1,1,a@b.c,Ann,Smith,Principal\n";
    let (rows, problems, report) = records!(staff, Stem::Admins, file, settings(), |row| {
        (row.staff.email.into_owned(), row.staff.title.into_owned())
    });
    assert_eq!(rows, [(2, ("a@b.c".to_owned(), "Principal".to_owned()))]);
    assert!(problems.is_empty());
    assert_eq!(report.stem, Stem::Admins);
}

#[test]
fn resources() {
    let file = "resource_id,title,roles,course_number\nr1,Book,student;Teacher;student,A1\nr1,Book,parent,A2\nr2,Film,parent; ,\n,Film,,\n";
    let (rows, problems, _) = records!(resources, Stem::Resources, file, settings(), |row| {
        (
            row.resource.resource_id.into_owned(),
            row.resource.roles,
            row.course_number.into_owned(),
        )
    });
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    let both = vec![ResourceRole::Teacher, ResourceRole::Student];
    assert_eq!(
        rows,
        [
            ("r1".to_owned(), both, "A1".to_owned()),
            ("r1".to_owned(), vec![], "A2".to_owned()),
            ("r2".to_owned(), vec![], String::new()),
        ]
    );
    assert_eq!(
        said(&problems),
        [
            (Code::ResourceRoleUnknown, 4, "roles"),
            (Code::MissingRequired, 5, "resource_id")
        ]
    );
}
