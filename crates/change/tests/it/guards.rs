//! Guards over whole plans. What a single limit does is tested where it is defined.

use homeroom_change::{
    Ceiling, Circumstances, Deletions, Guard, Guards, Rejected, Rule, Season, Served, Verdict,
};

use crate::ledger::Ledger;
use crate::roster::{Lesson, Pupil, Roster};

fn roster(students: u8) -> Roster {
    let mut roster = Roster {
        schools: [(1, 0)].into(),
        ..Roster::default()
    };
    for id in 0..students {
        let schools = [1].into();
        roster.students.insert(id, Pupil { name: 0, schools });
    }
    let lesson = Lesson {
        school: 1,
        students: (0..students).collect(),
        ..Lesson::default()
    };
    roster.sections.insert(1, lesson);
    roster
}

fn held(before: u8, after: u8, guards: &Guards) -> Vec<Served> {
    let mut ledger = Ledger::new();
    let first = ledger.publish(&roster(before).candidate(0));
    let verdicts = first.verdicts(guards, &Circumstances::default());
    assert!(verdicts.iter().all(|verdict| !verdict.held));
    let plan = ledger.compare(&roster(after).candidate(0));
    let verdicts = plan.verdicts(guards, &Circumstances::default());
    let held = verdicts
        .into_iter()
        .filter(|verdict| verdict.held && verdict.guard == Guard::Deletions);
    held.map(|verdict| verdict.kind).collect()
}

#[test]
fn ten_percent_pass_and_more_is_held() {
    let guards = Guards::default();
    assert_eq!(held(100, 90, &guards), []);
    assert_eq!(held(100, 89, &guards), [Served::Students]);
    assert_eq!(
        held(60, 51, &guards),
        [],
        "nine students are too few to ask"
    );
    assert_eq!(
        held(200, 140, &guards),
        [Served::Students, Served::Enrollments]
    );
    assert_eq!(held(200, 140, &Guards::NONE), []);
}

/// A rule with the same limit all year round.
fn all_year(percent: u8, floor: u64) -> Rule {
    let percent = Ceiling::percent(percent).unwrap();
    Rule {
        percent,
        rollover: percent,
        term_boundary: percent,
        floor,
    }
}

fn only_students(rule: Rule) -> Guards {
    Guards {
        deletions: Deletions {
            students: rule,
            ..Deletions::NONE
        },
        ..Guards::NONE
    }
}

#[test]
fn limits_can_be_set() {
    let strict = only_students(all_year(1, 1));
    assert_eq!(held(100, 99, &strict), []);
    assert_eq!(held(100, 98, &strict), [Served::Students]);
    assert_eq!(held(100, 0, &only_students(all_year(100, 0))), []);
    assert!(Ceiling::percent(0).is_err() && Ceiling::percent(101).is_err());
}

#[test]
fn verdicts_say_why() {
    let mut ledger = Ledger::new();
    ledger.publish(&roster(100).candidate(0));
    let plan = ledger.compare(&roster(50).candidate(0));
    let verdicts = plan.verdicts(&Guards::default(), &Circumstances::default());
    let kinds: Vec<_> = verdicts
        .iter()
        .filter(|verdict| verdict.guard == Guard::Deletions)
        .map(|verdict| verdict.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            Served::Schools,
            Served::Students,
            Served::Teachers,
            Served::Staff,
            Served::Contacts,
            Served::Sections,
            Served::Enrollments
        ]
    );
    let students = &verdicts[1];
    assert_eq!((students.measured.part, students.measured.whole), (50, 100));
    assert_eq!(
        students.reason,
        "50 of 100 (50.0 %) students would be deleted; more than 10 % needs somebody to look"
    );
}

fn verdicts(before: u8, after: u8, season: Season) -> Vec<Verdict> {
    let mut ledger = Ledger::new();
    ledger.publish(&roster(before).candidate(0));
    let plan = ledger.compare(&roster(after).candidate(0));
    let circumstances = Circumstances {
        season: Some(season),
        rejected: &[],
    };
    let verdicts = plan.verdicts(&Guards::default(), &circumstances);
    verdicts
        .into_iter()
        .filter(|verdict| verdict.held)
        .collect()
}

#[test]
fn the_season_says_how_much_is_too_much() {
    let found = |after, season| {
        let held = verdicts(100, after, season).into_iter();
        held.map(|verdict| (verdict.guard, verdict.kind))
            .collect::<Vec<_>>()
    };
    let students = (Guard::Deletions, Served::Students);
    let enrollments = (Guard::Deletions, Served::Enrollments);
    let of_school = (Guard::SchoolDeletions, Served::Students);
    assert_eq!(
        found(30, Season::SchoolYear),
        [students, enrollments, of_school]
    );
    assert_eq!(found(30, Season::TermBoundary), [students, of_school]);
    assert_eq!(found(30, Season::Rollover), [students]);
    assert_eq!(found(70, Season::Rollover), []);
}

#[test]
fn a_type_or_a_school_that_vanishes_is_held_in_every_season() {
    for season in [Season::SchoolYear, Season::Rollover, Season::TermBoundary] {
        let held = verdicts(40, 0, season);
        let of = |guard: Guard| held.iter().filter(move |verdict| verdict.guard == guard);
        let kinds: Vec<_> = of(Guard::TypeVanished)
            .map(|verdict| verdict.kind)
            .collect();
        assert_eq!(kinds, [Served::Students, Served::Enrollments]);
        let schools: Vec<_> = of(Guard::SchoolVanished)
            .map(|verdict| verdict.school.as_deref())
            .collect();
        assert_eq!(schools, [Some("school 1")]);
    }
}

#[test]
fn rejected_rows_hold_a_first_import_too() {
    let mut ledger = Ledger::new();
    let plan = ledger.publish(&roster(10).candidate(0));
    let file = |file: &str, rejected| Rejected {
        file: file.to_owned(),
        rejected,
        received: 100,
    };
    let rejected = [
        file("students", 6),
        file("teachers", 5),
        file("enrollments", 15),
    ];
    let circumstances = Circumstances {
        season: None,
        rejected: &rejected,
    };
    let verdicts = plan.verdicts(&Guards::default(), &circumstances);
    let held: Vec<_> = verdicts.iter().filter(|verdict| verdict.held).collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].file.as_deref(), Some("students"));
    assert_eq!(
        held[0].reason,
        "6 of 100 (6.0 %) rows of students were left out; more than 5 % needs somebody to look"
    );
}

#[test]
fn settings_change_what_they_name_and_nothing_else() {
    let read = |text: &str| serde_json::from_str::<Guards>(text);
    assert_eq!(read("{}").unwrap(), Guards::default());
    let edited = read(
        r#"{"deletions":{"students":{"percent":40},"staff":{"percent":"none"}},
            "school_vanished":{"percent":"none"},"names_changed":{"rollover":80}}"#,
    );
    let edited = edited.unwrap();
    let students = edited.deletions.students;
    let percent = |percent| Ceiling::percent(percent).unwrap();
    assert_eq!(
        (students.percent, students.rollover, students.term_boundary),
        (percent(40), percent(40), percent(40)),
        "a season never allows less than the school year unless it says so"
    );
    assert_eq!(students.floor, 10);
    assert!(edited.deletions.staff.is_off() && edited.school_vanished.is_off());
    assert_eq!(edited.names_changed.percent, percent(20));
    assert_eq!(edited.names_changed.rollover, percent(80));
    let text = serde_json::to_string(&edited).unwrap();
    assert_eq!(
        read(&text).unwrap(),
        edited,
        "what is written is read again"
    );
    for bad in [
        r#"{"deletion":{}}"#,
        r#"{"deletions":{"pupils":{}}}"#,
        r#"{"deletions":{"students":{"percent":0}}}"#,
        r#"{"deletions":{"students":{"percent":101}}}"#,
        r#"{"deletions":{"students":{"percent":"all"}}}"#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
