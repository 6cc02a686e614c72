//! Many classes, schools and roles, and courses per school, in the app's database (integration-side A3.7, A3.9, A6).

use homeroom_client::Record;
use homeroom_plan::Policy;
use homeroom_wire::{Object, V3_1};
use serde_json::{Value, json};

use crate::mirrors::{hex, record};
use crate::performing::{App, words};

/// Two schools, one course in both, a teacher of both, a principal who teaches, three students.
struct Town {
    course: &'static str,
    /// Sections: number, school, students.
    sections: Vec<(u8, u8, Vec<u8>)>,
    grades: [&'static str; 3],
    has_course: bool,
}

impl Town {
    fn new() -> Self {
        Self {
            course: "Algebra",
            sections: vec![(50, 1, vec![10, 11]), (51, 2, vec![11, 12])],
            grades: ["9", "9", "9"],
            has_course: true,
        }
    }

    fn records(&self) -> Vec<Record> {
        let of = |object, value: Value| record(&V3_1, object, &value);
        let mut records: Vec<_> = [(1, "North"), (4, "South")]
            .into_iter()
            .map(|(number, name)| {
                let school =
                    json!({"id": hex(number), "name": name, "sis_id": format!("s{number}")});
                of(Object::School, school)
            })
            .collect();
        if self.has_course {
            let course = json!({"id": hex(2), "name": self.course, "number": "ALG1"});
            records.push(of(Object::Course, course));
        }
        records.push(of(Object::Term, json!({"id": hex(3), "name": "Fall"})));
        for (number, grade) in (10..).zip(self.grades) {
            let school = if number == 12 { hex(4) } else { hex(1) };
            let student = json!({
                "id": hex(number), "name": {"first": "Ana", "last": format!("Li {number}")},
                "roles": {"student": {"sis_id": format!("{number:05}"), "school": school, "schools": [school], "grade": grade}},
            });
            records.push(of(Object::User, student));
        }
        let teacher = json!({
            "id": hex(40), "name": {"first": "Tom", "last": "Orr"}, "email": "t@x.org", "roles": {
                "teacher": {"sis_id": "T1", "legacy_id": hex(90), "school": hex(1), "schools": [hex(1), hex(4)]},
                "staff": {"staff_id": "A1", "legacy_id": hex(91), "schools": [hex(1), hex(4)]},
            },
        });
        records.push(of(Object::User, teacher));
        for (number, school, students) in &self.sections {
            let students: Vec<_> = students.iter().copied().map(hex).collect();
            let school = if *school == 1 { hex(1) } else { hex(4) };
            let mut section = json!({
                "id": hex(*number), "name": format!("Class {number}"), "sis_id": format!("c{number}"), "school": school,
                "term_id": hex(3), "teachers": [hex(40)], "teacher": hex(40), "students": students, "period": "3",
            });
            if self.has_course {
                section["course"] = json!(hex(2));
            }
            records.push(of(Object::Section, section));
        }
        records
    }
}

fn with(from: &str, to: &str) -> String {
    assert!(Policy::SIS_LOCKDOWN.contains(from), "{from}");
    Policy::SIS_LOCKDOWN.replacen(from, to, 1)
}

const COURSES: &str = "SELECT k.name, c.name, c.state, d.name FROM course c JOIN school k ON k.id = c.school \
                       JOIN course d ON d.id = c.copy_of ORDER BY k.name";
const OF_CLASSES: &str = "SELECT l.name, k.name FROM classes l JOIN course c ON c.id = l.course LEFT JOIN school k ON k.id = c.school ORDER BY l.name";

#[tokio::test]
async fn each_school_has_its_copy_of_a_course() {
    let mut town = Town::new();
    let mut app = App::new(&with("per_school = false", "per_school = true"));
    let (_, performed) = app.sync(town.records()).await;
    assert_eq!(performed.set_aside, []);
    let both = [
        "North Algebra active Algebra",
        "South Algebra active Algebra",
    ];
    assert_eq!(app.ask(COURSES), both);
    assert_eq!(app.ask(OF_CLASSES), ["Class 50 North", "Class 51 South"]);

    town.course = "Algebra I";
    app.sync(town.records()).await;
    let renamed = [
        "North Algebra I active Algebra I",
        "South Algebra I active Algebra I",
    ];
    assert_eq!(app.ask(COURSES), renamed);
    app.undo();
    assert_eq!(app.ask(COURSES), both);
    town.course = "Algebra II";
    app.sync(town.records()).await;

    town.sections.pop();
    let (plan, performed) = app.sync(town.records()).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    let one = [
        "North Algebra II active Algebra II",
        "South Algebra II archived Algebra II",
    ];
    assert_eq!(app.ask(COURSES), one);
    app.undo();
    assert_eq!(
        app.ask("SELECT DISTINCT state FROM course UNION SELECT DISTINCT state FROM section"),
        ["active"]
    );
}

#[tokio::test]
async fn a_run_that_made_copies_is_taken_back_whole() {
    let town = Town::new();
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(town.records()).await;
    app.policy = Policy::read(&with("per_school = false", "per_school = true")).unwrap();
    app.sync(town.records()).await;
    assert_eq!(app.ask(COURSES).len(), 2);
    app.undo();
    assert_eq!(app.ask(COURSES), Vec::<String>::new());
    assert_eq!(app.ask(OF_CLASSES), ["Class 50 -", "Class 51 -"]);
}

#[tokio::test]
async fn a_profile_for_each_class_is_chosen_at_sign_in() {
    let mut town = Town::new();
    let policy = with(
        "[many_classes]\nstudents = \"all\"",
        "[many_classes]\nstudents = \"profile_per_section\"",
    );
    let mut app = App::new(&policy);
    let (_, performed) = app.sync(town.records()).await;
    assert_eq!(performed.set_aside, []);
    let choices = format!(
        "SELECT label, role FROM sign_in_choices WHERE source_id = '{}' ORDER BY label",
        hex(11)
    );
    assert_eq!(app.ask(&choices), ["Class 50 student", "Class 51 student"]);
    let seated = "SELECT c.name, r.profile = f.id FROM rosters r JOIN classes c ON c.id = r.section \
                  LEFT JOIN profile f ON f.person = r.person AND f.section = r.section WHERE r.role = 'student' ORDER BY c.name";
    assert_eq!(
        app.ask(seated),
        ["Class 50 1", "Class 50 1", "Class 51 1", "Class 51 1"]
    );
    let mine = app.ask("SELECT id FROM profile WHERE section = (SELECT id FROM classes WHERE name = 'Class 51') ORDER BY id");
    town.sections[1].2 = vec![12];
    app.sync(town.records()).await;
    assert_eq!(app.ask(&choices), ["Class 50 student"]);
    town.sections[1].2 = vec![11, 12];
    app.sync(town.records()).await;
    assert_eq!(app.ask(&choices), ["Class 50 student", "Class 51 student"]);
    assert_eq!(
        app.ask("SELECT id FROM profile WHERE section = (SELECT id FROM classes WHERE name = 'Class 51') ORDER BY id"),
        mine,
        "the same profiles as before"
    );
    app.undo();
    assert_eq!(app.ask(&choices), ["Class 50 student"]);
}

#[tokio::test]
async fn profiles_of_schools_reach_who_is_there_already() {
    let town = Town::new();
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(town.records()).await;
    let schools = "[many_schools]\nstudents = \"agnostic\"\nteachers = \"agnostic\"";
    let per_school = schools.replace(
        "teachers = \"agnostic\"",
        "teachers = \"profile_per_school\"",
    );
    app.policy = Policy::read(&with(schools, &per_school)).unwrap();
    let (plan, performed) = app.sync(town.records()).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    let seated = "SELECT c.name, k.name FROM rosters r JOIN classes c ON c.id = r.section LEFT JOIN profile f ON f.id = r.profile \
                  LEFT JOIN school k ON k.id = f.school WHERE r.role = 'teacher' ORDER BY c.name";
    assert_eq!(app.ask(seated), ["Class 50 North", "Class 51 South"]);
    assert_eq!(
        app.ask(
            "SELECT label, is_default FROM sign_in_choices WHERE role = 'staff' ORDER BY label"
        ),
        ["North 1", "South 0"]
    );
    app.policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
    app.sync(town.records()).await;
    assert_eq!(app.ask(seated), ["Class 50 -", "Class 51 -"]);
    app.undo();
    assert_eq!(app.ask(seated), ["Class 50 North", "Class 51 South"]);
}

#[tokio::test]
async fn only_the_primary_school_counts() {
    let town = Town::new();
    let schools = "[many_schools]\nstudents = \"agnostic\"\nteachers = \"agnostic\"";
    let only = schools.replace("teachers = \"agnostic\"", "teachers = \"primary_only\"");
    let mut app = App::new(&with(schools, &only));
    let (plan, performed) = app.sync(town.records()).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    let of = "SELECT role, k.name FROM role_school s JOIN school k ON k.id = s.school WHERE role <> 'student' ORDER BY 1, 2";
    assert_eq!(app.ask(of), ["staff North", "staff South", "teacher North"]);
    assert_eq!(
        app.ask("SELECT c.name FROM rosters r JOIN classes c ON c.id = r.section WHERE r.role = 'teacher'"),
        ["Class 50"]
    );
}

#[tokio::test]
async fn one_class_for_a_student_of_two() {
    let mut town = Town::new();
    let policy = with(
        "[many_classes]\nstudents = \"all\"",
        "[many_classes]\nstudents = \"default_first\"",
    );
    let mut app = App::new(&policy);
    app.sync(town.records()).await;
    let mine = format!(
        "SELECT c.name FROM rosters r JOIN classes c ON c.id = r.section JOIN people p ON p.id = r.person WHERE p.source_id = '{}'",
        hex(11)
    );
    assert_eq!(app.ask(&mine), ["Class 50"]);
    town.sections[0].2 = vec![10];
    app.sync(town.records()).await;
    assert_eq!(app.ask(&mine), ["Class 51"]);
    assert_eq!(
        app.ask("SELECT op FROM changes WHERE reason = 'default_lost'"),
        ["enrol"]
    );
    town.sections[0].2 = vec![10, 11];
    let (plan, _) = app.sync(town.records()).await;
    assert!(plan.is_empty(), "{:?}", words(&plan));
    assert_eq!(app.ask(&mine), ["Class 51"]);
}

#[tokio::test]
async fn classes_are_made_of_grades() {
    let mut town = Town::new();
    let policy = with(
        "[many_classes]\nstudents = \"all\"",
        "[many_classes]\nstudents = \"generated_class\"",
    );
    let mut app = App::new(&policy);
    let (plan, performed) = app.sync(town.records()).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    let classes = "SELECT c.name, c.grade, (SELECT count(*) FROM rosters r WHERE r.section = c.id) FROM classes c \
                   WHERE c.active ORDER BY c.name";
    assert_eq!(app.ask(classes), ["North grade 9 9 3", "South grade 9 9 2"]);
    town.grades = ["9", "10", "9"];
    app.sync(town.records()).await;
    let three = [
        "North grade 10 10 2",
        "North grade 9 9 2",
        "South grade 9 9 2",
    ];
    assert_eq!(app.ask(classes), three);
    town.grades = ["9", "9", "9"];
    let (plan, _) = app.sync(town.records()).await;
    assert!(
        words(&plan)
            .iter()
            .any(|line| line.ends_with("archive [unused]")),
        "{:?}",
        words(&plan)
    );
    assert_eq!(app.ask(classes), ["North grade 9 9 3", "South grade 9 9 2"]);
    app.undo();
    assert_eq!(app.ask(classes), three);
}

#[tokio::test]
async fn an_account_for_each_role_and_what_several_roles_may_do() {
    let town = Town::new();
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(town.records()).await;
    let powers = format!(
        "SELECT powers FROM may_sign_in WHERE source_id = '{}'",
        hex(40)
    );
    let choices = format!(
        "SELECT role, profile IS NOT NULL FROM sign_in_choices WHERE source_id = '{}' ORDER BY role",
        hex(40)
    );
    assert_eq!(app.ask(&powers), ["staff"]);
    assert_eq!(app.ask(&choices), ["staff 0"]);
    app.policy = Policy::read(&with(
        "powers = \"highest\"",
        "powers = \"teacher_only_for_teachers\"",
    ))
    .unwrap();
    let (plan, _) = app.sync(town.records()).await;
    assert_eq!(words(&plan).len(), 1);
    assert_eq!(app.ask(&powers), ["teacher"]);
    app.policy = Policy::read(&with(
        "powers = \"highest\"",
        "powers = \"choose_at_login\"",
    ))
    .unwrap();
    app.sync(town.records()).await;
    assert_eq!(app.ask(&powers), ["-"]);
    assert_eq!(app.ask(&choices), ["staff 0", "teacher 0"]);
    app.policy =
        Policy::read(&with("account_per_role = false", "account_per_role = true")).unwrap();
    app.sync(town.records()).await;
    assert_eq!(app.ask(&powers), ["-"]);
    assert_eq!(app.ask(&choices), ["staff 1", "teacher 1"]);
    let seated =
        "SELECT f.role FROM rosters r JOIN profile f ON f.id = r.profile WHERE r.role = 'teacher'";
    assert_eq!(app.ask(seated), ["teacher", "teacher"]);
}
