//! Records of optional files that are not there this time (district-side 1.2).

use std::fmt::Write;

use homeroom_derive::Settings;

use crate::district;
use crate::publish::publish;
use crate::render::candidate;

fn after(before: &str, rows: &str, words: &[&str]) -> Vec<String> {
    let (derived, _) = district::read(before).derive();
    let snapshot = publish(&derived.candidate);
    let (derived, _) = district::read(rows).derive_after(Some(&snapshot), Settings::default());
    let lines = candidate(&derived.candidate).into_iter();
    let shown = lines.filter(|line| words.iter().any(|word| line.starts_with(word)));
    shown.collect()
}

#[test]
fn staff_stay_with_the_schools_that_are_left() {
    let before = "school A
        school B
        teacher T A email=t@x.org
        staff S A email=s@x.org; title=Dean
        staff S B email=s@x.org
        staff Q B email=q@x.org
        staff R A email=t@x.org
        hand H schools=A; email=h@x.org
        custom-staff C A email=c@x.org";
    let rows = "school C
        school A
        teacher U A email=u@x.org
        admin K email=s@x.org
        custom-staff S A email=other@x.org";
    assert_eq!(
        after(before, rows, &["employee"]),
        [
            "employee teacher U at A of A",
            "employee staff R of A",
            "employee staff S of A admin K",
        ]
    );
}

#[test]
fn resources_stay_with_the_courses_that_are_left() {
    let sections = |rows: &str| {
        format!("school A\nstudent 1 A\nsection X A {rows}; course=Zoo; name=n\nenroll X 1\n")
    };
    let before = format!(
        "{}section Y A course=Ark; number=2; name=n\nenroll Y 1
        resource R number=1
        resource R number=2
        resource S number=2",
        sections("number=1")
    );
    assert_eq!(
        after(&before, &sections("number=1"), &["resource"]),
        ["resource R of [1 Zoo]", "resource S of"]
    );
}

#[test]
fn the_published_name_of_a_course_decides_between_equals() {
    let rows = |names: &[&str]| {
        let mut rows = "school A\nstudent 1 A\n".to_owned();
        for (at, name) in names.iter().enumerate() {
            let _ = write!(
                rows,
                "section X{at} A number=1; course={name}; name=n\nenroll X{at} 1\n"
            );
        }
        rows
    };
    for (before, names, expected) in [
        (&["Zoo"][..], &["Ark", "Zoo"][..], "course [1 Zoo]"),
        (&["Zoo"], &["Ark", "Bee"], "course [1 Ark]"),
        (&["Zoo"], &["Ark", "Zoo", "Ark"], "course [1 Ark]"),
        (&["Ark"], &["Zoo", "Ark"], "course [1 Ark]"),
    ] {
        let found = after(&rows(before), &rows(names), &["course"]);
        assert_eq!(found, [expected], "{names:?}");
    }
}
