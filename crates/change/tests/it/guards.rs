//! Guards over whole plans. What a single limit does is tested where it is defined.

use homeroom_change::{Guards, Limit, Served};

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
    assert!(first.verdicts(guards).iter().all(|verdict| !verdict.held));
    let plan = ledger.compare(&roster(after).candidate(0));
    let verdicts = plan.verdicts(guards);
    let held = verdicts.into_iter().filter(|verdict| verdict.held);
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

#[test]
fn limits_can_be_set() {
    let strict = Guards::NONE.with_deletions(Served::Users, Some(Limit::new(1, 1).unwrap()));
    assert_eq!(held(100, 99, &strict), []);
    assert_eq!(held(100, 98, &strict), [Served::Users]);
    let never = Limit::new(100, 0).unwrap();
    assert_eq!(
        held(
            100,
            0,
            &Guards::NONE.with_deletions(Served::Users, Some(never))
        ),
        []
    );
    assert!(Limit::new(0, 5).is_err() && Limit::new(101, 5).is_err());
}

#[test]
fn verdicts_say_why() {
    let mut ledger = Ledger::new();
    ledger.publish(&roster(100).candidate(0));
    let plan = ledger.compare(&roster(50).candidate(0));
    let verdicts = plan.verdicts(&Guards::default());
    let kinds: Vec<_> = verdicts.iter().map(|verdict| verdict.kind).collect();
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
