//! Small districts: one written by hand, to be read, and one of any size that changes from edition to edition.

use std::fmt::Write as _;

use homeroom_model::{Date, District, ObjectId};

use crate::dice::mix;
use crate::files::Files;

/// Two schools, six students, seven contacts, three teachers (one of them also on the staff), four sections in two terms
/// and three courses, two resources: small enough to be known by heart.
pub fn small_district() -> Files {
    Files::new()
        .with("schools.csv", SCHOOLS)
        .with("students.csv", STUDENTS)
        .with("teachers.csv", TEACHERS)
        .with("staff.csv", STAFF)
        .with("sections.csv", SECTIONS)
        .with("enrollments.csv", ENROLLMENTS)
        .with("resources.csv", RESOURCES)
}

const SCHOOLS: &str = "\
School_id,School_name,School_number,Low_grade,High_grade,Principal,Principal_email,School_phone
S1,Elm Street Elementary,101,Kindergarten,5,Ida Brook,ida.brook@elm.example,555-010-0101
S2,Harbor High,202,9,12,Omar Quill,omar.quill@elm.example,555-010-0202
";

const STUDENTS: &str = "\
School_id,Student_id,Student_number,Last_name,First_name,Grade,Gender,DOB,Student_email,Contact_name,Contact_type,Contact_relationship,Contact_phone,Contact_email,Contact_sis_id
S1,P1,9001,Abara,Nia,2,F,3/14/2017,nia@elm.example,Chidi Abara,Parent/Guardian,Parent,5550101001,chidi@home.example,C1
S1,P1,9001,Abara,Nia,2,F,3/14/2017,nia@elm.example,Ada Abara,Parent/Guardian,Parent,5550101002,ada@home.example,C2
S1,P2,9002,Bello,Tomás,2,M,11/2/2016,tomas@elm.example,Rosa Bello,Parent/Guardian,Parent,5550101003,rosa@home.example,C3
S1,P3,9003,Cho,Min,4,X,7/30/2014,min@elm.example,Sun Cho,Emergency,Grandparent,5550101004,,C4
S2,P4,9004,\"D'Arcy, Jr.\",Luc,9,M,1/9/2010,luc@elm.example,Anne D'Arcy,Parent/Guardian,Parent,5550101005,anne@home.example,C5
S2,P5,9005,Eze,Ada,10,F,5/21/2009,ada.eze@elm.example,Chidi Abara,Family,Aunt/Uncle,5550101001,chidi@home.example,C1
S2,P6,9006,Fox,Remy,11,F,12/12/2008,,Kit Fox,Parent/Guardian,Parent,5550101007,kit@home.example,C6
";

const TEACHERS: &str = "\
School_id,Teacher_id,Teacher_number,Teacher_email,First_name,Last_name,Title
S1,T1,7001,gail.hart@elm.example,Gail,Hart,Teacher
S2,T2,7002,ivan.june@elm.example,Ivan,June,Teacher
S2,T3,7003,kay.lima@elm.example,Kay,Lima,Department Head
";

const STAFF: &str = "\
School_id,Staff_id,Staff_email,First_name,Last_name,Department,Title,Role
S2,A1,kay.lima@elm.example,Kay,Lima,Science,Department Head,School Tech Lead
S1,A2,moe.nash@elm.example,Moe,Nash,Office,Secretary,
";

const SECTIONS: &str = "\
School_id,Section_id,Teacher_id,Teacher_2_id,Name,Section_number,Grade,Course_name,Course_number,Period,Subject,Term_name,Term_start,Term_end
S1,X1,T1,,Grade 2 Reading,1,2,Reading 2,R2,1,English/language arts,Year,2024-08-20,2025-06-06
S1,X2,T1,,Grade 4 Reading,1,4,Reading 4,R4,2,English/language arts,Year,2024-08-20,2025-06-06
S2,X3,T2,T3,Biology,1,9,Biology,B1,1,Science,Fall,2024-08-20,2024-12-20
S2,X4,T3,,Biology Lab,2,10,Biology,B1,2,Science,Year,2024-08-20,2025-06-06
";

const ENROLLMENTS: &str = "\
School_id,Section_id,Student_id
S1,X1,P1
S1,X1,P2
S1,X2,P3
S2,X3,P4
S2,X3,P5
S2,X3,P6
S2,X4,P4
S2,X4,P6
";

const RESOURCES: &str = "\
resource_id,title,roles,course_number
L1,Reader for Grade 2,student,R2
L2,Biology Atlas,teacher;student,B1
";

/// A district that waits for its first import, with nothing known of it that need not be.
pub fn new_district(id: ObjectId, name: &str) -> District {
    District {
        id,
        name: name.to_owned(),
        mdr_number: String::new(),
        nces_id: String::new(),
        launch_date: Date::new(2025, 8, 1).unwrap(),
        portal_url: String::new(),
        sis_type: "sftp".to_owned(),
        login_methods: Vec::new(),
        error: String::new(),
        state: "pending".to_owned(),
        last_sync: None,
        last_attendance_sync: None,
        pause_start: None,
        pause_end: None,
        contact: None,
    }
}

/// One of the states a district of [`district_of`] goes through. Different numbers give different files; a number comes
/// back as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition(pub u64);

/// A district of about so many students. Every record of edition 0 is also in later ones, except for one in twenty-five
/// of each kind, which are others each time: so records leave, come back, change school, grade, section, teacher and name,
/// and terms and courses without a number go for good. No row has a problem, and no guard has a reason to hold.
pub fn district_of(students: u64, edition: Edition) -> Files {
    let district = Shape {
        students: students.max(20),
        edition: edition.0,
    };
    Files::new()
        .with("schools.csv", district.schools())
        .with("students.csv", district.student_rows())
        .with("teachers.csv", district.teachers())
        .with("staff.csv", district.staff())
        .with("sections.csv", district.sections())
        .with("enrollments.csv", district.enrollments())
        .with("resources.csv", district.resources())
}

struct Shape {
    students: u64,
    edition: u64,
}

/// Students to a section, schools in all.
const CLASS: u64 = 10;
const SCHOOL_COUNT: u64 = 3;
/// One record in so many is absent from an edition.
const ABSENT: u64 = 25;

impl Shape {
    /// A number that depends on the record and the edition.
    fn draw(&self, kind: u64, record: u64) -> u64 {
        mix(mix(kind * 1_000_003 + record) ^ mix(self.edition + 1))
    }

    /// The first record of a kind always stays, so that nothing loses all it refers to.
    fn is_there(&self, kind: u64, record: u64) -> bool {
        self.edition == 0 || record == 0 || !self.draw(kind, record).is_multiple_of(ABSENT)
    }

    fn there(&self, kind: u64, count: u64) -> impl Iterator<Item = u64> {
        (0..count).filter(move |record| self.is_there(kind, *record))
    }

    fn section_count(&self) -> u64 {
        self.students.div_ceil(CLASS)
    }

    fn teacher_count(&self) -> u64 {
        self.section_count().div_ceil(2) + 1
    }

    fn schools(&self) -> String {
        let mut text = "School_id,School_name,School_number,Low_grade,High_grade\n".to_owned();
        for school in 0..SCHOOL_COUNT {
            let _ = writeln!(
                text,
                "S{school},School {school} of edition {},{},1,12",
                self.edition % 2,
                100 + school
            );
        }
        text
    }

    fn student_rows(&self) -> String {
        let mut text = "School_id,Student_id,Last_name,First_name,Grade,Student_email,Contact_name,Contact_type,Contact_relationship,Contact_phone,Contact_sis_id\n".to_owned();
        for student in self.there(STUDENT, self.students) {
            let moved = self.draw(STUDENT + 10, student).is_multiple_of(20);
            let school = (student + u64::from(moved)) % SCHOOL_COUNT;
            let grade = student % 12 + 1;
            let name = if self.draw(STUDENT + 20, student).is_multiple_of(10) {
                self.edition
            } else {
                0
            };
            let person = format!(
                "S{school},P{student},Name{name},Ñandú {student},{grade},p{student}@elm.example"
            );
            // Two siblings share a guardian; every third student has a second contact.
            let guardian = student / 2;
            let _ = writeln!(
                text,
                "{person},Guardian {guardian},Parent/Guardian,Parent,555020{guardian:04},G{guardian}"
            );
            if student % 3 == 0 {
                let _ = writeln!(
                    text,
                    "{person},Neighbor {student},Emergency,Other,555030{student:04},N{student}"
                );
            }
        }
        text
    }

    fn teachers(&self) -> String {
        let mut text = "School_id,Teacher_id,Teacher_email,First_name,Last_name\n".to_owned();
        for teacher in self.there(TEACHER, self.teacher_count()) {
            let school = teacher % SCHOOL_COUNT;
            let _ = writeln!(
                text,
                "S{school},T{teacher},t{teacher}@elm.example,Teacher,Number {teacher}"
            );
        }
        text
    }

    /// Every staff member has the address of the teacher with the same number, and is that person.
    fn staff(&self) -> String {
        let mut text = "School_id,Staff_id,Staff_email,First_name,Last_name,Title\n".to_owned();
        for member in 0..self.teacher_count().div_ceil(3) {
            let school = member % SCHOOL_COUNT;
            let _ = writeln!(
                text,
                "S{school},A{member},t{member}@elm.example,Teacher,Number {member},Edition {}",
                self.edition
            );
        }
        text
    }

    fn sections(&self) -> String {
        let mut text = "School_id,Section_id,Teacher_id,Name,Grade,Course_name,Course_number,Period,Subject,Term_name,Term_start,Term_end\n".to_owned();
        for section in self.there(SECTION, self.section_count()) {
            let teachers: Vec<_> = self.there(TEACHER, self.teacher_count()).collect();
            let teacher = teachers
                [usize::try_from(self.draw(SECTION + 10, section)).unwrap_or(0) % teachers.len()];
            // A course without a number goes when its name does; a term when its dates do.
            let (course, number) = if section % 4 == 0 {
                (format!("Project {}", self.edition % 3), String::new())
            } else {
                (
                    format!("Course {}", section % 5),
                    format!("K{}", section % 5),
                )
            };
            let start = 1 + (section + self.edition) % 9;
            let _ = writeln!(
                text,
                "S{},X{section},T{teacher},Class {section},{},{course},{number},{},Math,Term {},2024-0{start}-01,2024-12-20",
                section % SCHOOL_COUNT,
                section % 12 + 1,
                section % 7 + 1,
                section % 2,
            );
        }
        text
    }

    /// Everybody is in the class of their number, and one in eight in another one beside it, which changes.
    fn enrollments(&self) -> String {
        let mut text = "School_id,Section_id,Student_id\n".to_owned();
        let count = self.section_count();
        for student in self.there(STUDENT, self.students) {
            let own = student / CLASS;
            let other = (own + 1 + self.draw(SECTION + 20, student) % (count - 1)) % count;
            let second = student % 8 == 0;
            for section in [Some(own), second.then_some(other)].into_iter().flatten() {
                if self.is_there(SECTION, section) {
                    let _ = writeln!(text, "S{},X{section},P{student}", section % SCHOOL_COUNT);
                }
            }
        }
        text
    }

    fn resources(&self) -> String {
        let mut text = "resource_id,title,roles,course_number\n".to_owned();
        for resource in self.there(RESOURCE, 4) {
            let _ = writeln!(
                text,
                "L{resource},Title {resource}.{},student,K{}",
                self.edition,
                1 + resource % 4
            );
        }
        text
    }
}

const STUDENT: u64 = 1;
const TEACHER: u64 = 2;
const SECTION: u64 = 3;
const RESOURCE: u64 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_differ_and_come_back_as_they_were() {
        let first = district_of(60, Edition(0));
        assert_eq!(first.rows("sections.csv"), 6);
        for edition in 1..20 {
            let files = district_of(60, Edition(edition));
            assert_ne!(files, first);
            assert_eq!(files, district_of(60, Edition(edition)));
            assert!(files.rows("enrollments.csv") > first.rows("enrollments.csv") / 2);
        }
    }
}
