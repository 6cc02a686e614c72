//! Courses and terms from sections (district-side 5.4).

use std::fmt::Write;

use homeroom_model::Code;

use crate::check;

/// A school, a student and the sections, each with the student.
fn sections(rows: &[&str]) -> String {
    let mut text = "school A\nstudent 1 A\n".to_owned();
    for (number, row) in rows.iter().enumerate() {
        let _ = write!(
            text,
            "section X{number} A name=n; {row}\nenroll X{number} 1\n"
        );
    }
    text
}

#[test]
fn a_course_is_its_number_else_its_name() {
    check(
        &sections(&[
            "course=Algebra; number=101",
            "course=Algebra",
            "course=Algebra; number=102",
            "course=Algebra; number=101",
            "course=algebra",
            "",
        ]),
        "course section problem",
        "course [101 Algebra]
        course [ Algebra]
        course [102 Algebra]
        course [ algebra]
        section X0 at A course=[101 Algebra] students=1 name=n subject=math
        section X1 at A course=[ Algebra] students=1 name=n subject=math
        section X2 at A course=[102 Algebra] students=1 name=n subject=math
        section X3 at A course=[101 Algebra] students=1 name=n subject=math
        section X4 at A course=[ algebra] students=1 name=n subject=math
        section X5 at A students=1 name=n subject=other
        problem SECTION_NO_TEACHER sections:3 Teacher_id of X0
        problem SECTION_NO_TEACHER sections:5 Teacher_id of X1
        problem SECTION_NO_TEACHER sections:7 Teacher_id of X2
        problem SECTION_NO_TEACHER sections:9 Teacher_id of X3
        problem SECTION_NO_TEACHER sections:11 Teacher_id of X4
        problem SECTION_NO_TEACHER sections:13 Teacher_id of X5",
    );
}

#[test]
fn the_most_frequent_name_wins_then_the_smallest() {
    check(
        &sections(&[
            "course=Zoo; number=1",
            "course=Ark; number=1",
            "course=Zoo; number=1",
            "course=Zoo; number=2",
            "course=Ark; number=2",
        ]),
        "course",
        "course [1 Zoo]
        course [2 Ark]",
    );
    let (derived, problems) = crate::district::read(&sections(&[
        "course=Zoo; number=1",
        "course=Ark; number=1",
        "course=Bee; number=2",
    ]))
    .derive();
    assert_eq!(
        derived.candidate.table(homeroom_model::Kind::Course).len(),
        2
    );
    let conflicts: Vec<_> = problems
        .iter()
        .filter(|problem| problem.code == homeroom_model::Code::CourseNameConflict)
        .collect();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(
        (
            conflicts[0].place.line,
            conflicts[0].key.as_str(),
            conflicts[0].detail.as_str()
        ),
        (3, "1", "Ark, Zoo")
    );
}

#[test]
fn a_number_without_name_makes_no_course_unless_another_section_names_it() {
    check(
        &sections(&["number=1", "number=2", "number=2; course=Zoo", "number=1"]),
        "course section",
        "course [2 Zoo]
        section X0 at A students=1 name=n subject=other
        section X1 at A course=[2 Zoo] students=1 name=n subject=other
        section X2 at A course=[2 Zoo] students=1 name=n subject=other
        section X3 at A students=1 name=n subject=other",
    );
    let (_, problems) =
        crate::district::read(&sections(&["number=1", "number=2; course=Zoo"])).derive();
    let mut lines = problems
        .iter()
        .filter(|problem| problem.code == homeroom_model::Code::CourseNumberWithoutName)
        .map(|problem| (problem.place.line, problem.key.as_str()));
    assert_eq!(lines.next(), Some((3, "X0")));
    assert_eq!(lines.next(), None);
}

#[test]
fn names_of_courses_without_students_do_not_count() {
    check(
        &format!(
            "{}\nsection Y A course=Ark; number=1\nsection Z A course=Ark; number=1\nsection W A course=Ark; number=9",
            sections(&["course=Zoo; number=1"])
        ),
        "course",
        "course [1 Zoo]",
    );
}

#[test]
fn a_term_is_its_name_and_dates() {
    check(
        &sections(&[
            "term=Fall; start=2026-08-20; end=2026-12-18",
            "term=Fall",
            "start=2026-08-20",
            "term=Fall; start=2026-08-20; end=2026-12-18",
            "term=Fall; start=2026-08-21; end=2026-12-18",
            "",
        ]),
        "term section",
        "term [Fall 2026-08-20/2026-12-18]
        term [Fall /]
        term [ 2026-08-20/]
        term [Fall 2026-08-21/2026-12-18]
        section X0 at A term=[Fall 2026-08-20/2026-12-18] students=1 name=n subject=other
        section X1 at A term=[Fall /] students=1 name=n subject=other
        section X2 at A term=[ 2026-08-20/] students=1 name=n subject=other
        section X3 at A term=[Fall 2026-08-20/2026-12-18] students=1 name=n subject=other
        section X4 at A term=[Fall 2026-08-21/2026-12-18] students=1 name=n subject=other
        section X5 at A students=1 name=n subject=other",
    );
}

#[test]
fn what_makes_a_course_is_a_choice() {
    let rows = "school A
        school B
        student 1 A
        section X0 A name=n; course=Zoo; number=1
        section X1 B name=n; course=Ark; number=1
        section X2 B name=n; course=Ark; number=2
        section X3 A name=n; course=Ark; number=2
        section X4 A name=n; number=1
        section X5 B name=n; number=3
        section X6 A name=n; course=Ark
        enroll X0 1
        enroll X1 1
        enroll X2 1
        enroll X3 1
        enroll X4 1
        enroll X5 1
        enroll X6 1
        resource R number=1
        resource S number=2
        resource T number=4";
    let with = |key: &str| format!("{rows}\nset course_key={key}");
    let of = |problems: &[homeroom_model::Problem], code| {
        let problems = problems.iter().filter(|problem| problem.code == code);
        problems
            .map(|problem| problem.key.clone())
            .collect::<Vec<_>>()
    };
    for (key, courses, lone, conflicts) in [
        (
            "number",
            "course [1 Ark]
            course [2 Ark]
            course [ Ark]
            resource R of [1 Ark]
            resource S of [2 Ark]
            resource T of",
            &["X5"][..],
            &["1"][..],
        ),
        (
            "number_and_school",
            "course [1 Zoo]
            course [1 Ark]
            course [2 Ark]
            course [2 Ark]
            course [ Ark]
            resource R of [1 Zoo],[1 Ark]
            resource S of [2 Ark],[2 Ark]
            resource T of",
            &["X5"],
            &[],
        ),
        (
            "name",
            "course [1 Zoo]
            course [2 Ark]
            resource R of [1 Zoo],[2 Ark]
            resource S of [2 Ark]
            resource T of",
            &["X4", "X5"],
            &[],
        ),
    ] {
        check(&with(key), "course resource", courses);
        let (_, problems) = crate::district::read(&with(key)).derive();
        assert_eq!(of(&problems, Code::CourseNumberWithoutName), lone, "{key}");
        assert_eq!(of(&problems, Code::CourseNameConflict), conflicts, "{key}");
        assert_eq!(of(&problems, Code::RefCourseUnknown), ["T"], "{key}");
    }
}
