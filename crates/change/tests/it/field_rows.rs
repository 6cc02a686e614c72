//! The table of changes: what it shows, what it masks, and that it says of a plan and of the publish the same.

use homeroom_change::{FieldRow, changed_fields};
use homeroom_model::Kind;
use homeroom_segment::{Changes, Op, Relation, fields};

use crate::ledger::Ledger;
use crate::people::District;
use crate::roster::{Job, Lesson, Pupil, Roster};

fn line(row: &FieldRow<'_>) -> String {
    format!(
        "{} {} {} {} {}>{}",
        row.kind,
        row.action.text(),
        row.sis_id,
        row.field,
        row.before,
        row.after
    )
}

fn lines(changes: &Changes, masked: bool) -> Vec<String> {
    changed_fields(changes, masked)
        .map(|row| line(&row))
        .collect()
}

fn changed() -> (Ledger, Vec<String>, Vec<String>) {
    let mut ledger = Ledger::new();
    let mut district = District::new(6);
    ledger.publish(&district.candidate());
    district.students[0].last = "Renamed".into();
    district.students[1].grade = 9;
    district.students[2].section = Some(1);
    district.students[3].day = 1;
    district.students.remove(5);
    district.teachers[1].1 = "new@x.org".into();
    district.teachers.push(("T77".to_owned(), String::new()));
    let candidate = district.candidate();
    let plan = ledger.compare(&candidate);
    let of_plan = |masked| {
        let rows = plan.changed_fields(ledger.snapshot(), &candidate, masked);
        rows.map(|row| line(&row)).collect::<Vec<_>>()
    };
    let (open, masked) = (of_plan(false), of_plan(true));
    ledger.publish(&candidate);
    (ledger, open, masked)
}

#[test]
fn lines_say_what_was_and_what_is() {
    let (_, open, _) = changed();
    assert_eq!(
        open,
        [
            "students update 00000 last_name Last0>Renamed",
            "students update 00001 grade 4>5",
            "students update 00003 dob 2008-05-04>1970-01-02",
            "students delete 00005  >",
            "teachers update T1 teacher_email t1@x.org>new@x.org",
            "teachers create T77  >",
            "sections update sec0 section_students 00002 00005>",
            "sections update sec1 section_students >00002",
        ]
    );
}

#[test]
fn what_is_personal_is_masked() {
    let (ledger, _, masked) = changed();
    assert!(masked.contains(&"students update 00000 last_name (masked)>(masked)".to_owned()));
    assert!(masked.contains(&"students update 00001 grade 4>5".to_owned()));
    assert!(masked.contains(&"students update 00003 dob (masked)>(masked)".to_owned()));
    for lines in [masked, lines(&ledger.changes(), true)] {
        for word in ["Last", "Renamed", "@", "1970", "2008"] {
            assert!(
                lines.iter().all(|line| !line.contains(word)),
                "{word}: {lines:?}"
            );
        }
    }
}

#[test]
fn the_publish_says_what_its_plan_said() {
    let (ledger, mut open, _) = changed();
    let mut published = lines(&ledger.changes(), false);
    // Relations of a publish are told by published ids, and what goes stands among the rest.
    let own = |lines: &mut Vec<String>| {
        lines.retain(|line| !line.contains("section_students"));
        lines.sort();
    };
    own(&mut open);
    own(&mut published);
    assert_eq!(open, published);
}

#[test]
fn a_role_that_is_gained_or_lost_is_a_line_of_its_own() {
    let mut ledger = Ledger::new();
    let mut roster = Roster {
        schools: [(1, 0)].into(),
        ..Roster::default()
    };
    let job = |email| Job {
        email,
        name: 0,
        schools: [1].into(),
    };
    roster.roles.insert((0, 1), job(5));
    ledger.publish(&roster.candidate(0));
    roster.roles.insert((1, 2), job(5));
    ledger.publish(&roster.candidate(0));
    let gained = lines(&ledger.changes(), false);
    assert_eq!(gained[0], "staff create staff 2  >");
    assert!(
        gained[1].starts_with("staff update staff 2 staff_schools >"),
        "{gained:?}"
    );
    roster.roles.remove(&(0, 1));
    ledger.publish(&roster.candidate(0));
    let lost = lines(&ledger.changes(), false);
    assert_eq!(lost[0], "teachers delete teacher 1  >");
}

#[test]
fn a_renamed_course_touches_its_sections_and_changes_none() {
    let mut ledger = Ledger::new();
    let mut roster = Roster {
        schools: [(1, 0)].into(),
        courses: [(1, 0), (2, 0)].into(),
        ..Roster::default()
    };
    let pupil = Pupil {
        name: 0,
        schools: [1].into(),
    };
    roster.students.insert(1, pupil);
    for id in 1..=4 {
        let lesson = Lesson {
            school: 1,
            course: Some(1 + id % 2),
            students: [1].into(),
            ..Lesson::default()
        };
        roster.sections.insert(id, lesson);
    }
    ledger.publish(&roster.candidate(0));
    roster.courses.insert(1, 9);
    roster.sections.get_mut(&4).unwrap().name = 1;
    ledger.publish(&roster.candidate(0));
    let changes = ledger.changes();
    let sections: Vec<_> = changes.of(Kind::Section).collect();
    assert_eq!((sections.len(), sections[0].op()), (1, Op::Updated));
    let fields = sections[0].fields();
    assert!(fields.has(fields::section::NAME) && !fields.has(fields::section::PERIOD));
    assert!(!fields.leads(Relation::SectionCourse) && !fields.is_empty());
    let touched: Vec<_> = changes.touched().collect();
    let names: Vec<_> = touched
        .iter()
        .map(|(_, record)| record.row().text(fields::section::SIS_ID))
        .collect();
    assert_eq!(names, ["section 2"], "section 4 changed itself");
    let course = touched[0]
        .1
        .targets(Relation::SectionCourse)
        .next()
        .unwrap();
    let course = changes.find(Kind::Course, &course).unwrap();
    assert!(course.fields().has(fields::course::NAME));
    assert_eq!(changes.len(), 2, "a course and a section changed");
}
