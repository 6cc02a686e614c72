//! The ledger of activities, and who is to be reported.

use super::sample::{Subject, Town, apply, at, created, source};
use crate::{
    GoalActivity, GoalEntry, GoalSum, GoalTaken, Kind, LONGEST_ACTIVITY, MOST_OF_AN_ACTIVITY, Op,
    Refusal,
};

const ONE: i64 = 1_000_000;

fn done(activity: &str, person: i64, second: i64, minutes: i64) -> GoalEntry<'_> {
    GoalEntry::Done(GoalActivity {
        activity,
        person,
        at: at(second),
        minutes: minutes * ONE,
        progress: ONE,
    })
}

fn undone(activity: &str) -> GoalEntry<'_> {
    GoalEntry::Undone {
        activity,
        reason: Some("deleted"),
    }
}

fn record(subject: &Subject, town: &Town, entries: &[GoalEntry<'_>]) -> Vec<GoalTaken> {
    let taken = subject
        .roster
        .record_activities(town.district, entries, "app", at(50));
    taken.unwrap()
}

/// Account, minutes and progress in some time.
fn sums(subject: &Subject, town: &Town, from: i64, to: i64) -> Vec<(i64, i64, i64)> {
    let mut found = Vec::new();
    let mut visit = |sum: GoalSum| {
        found.push((sum.person, sum.minutes / ONE, sum.progress / ONE));
        Ok(())
    };
    let reading = subject.read();
    reading
        .goal_sums(town.district, at(from), at(to), &mut visit)
        .unwrap();
    found
}

/// D2.1: deduplicated by the activity's id, whatever else is said under it.
pub fn the_ledger_counts_an_activity_once(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, _] = town.students;
    let long = "x".repeat(LONGEST_ACTIVITY + 1);
    let too_much = GoalEntry::Done(GoalActivity {
        activity: "m",
        person: ana,
        at: at(1),
        minutes: MOST_OF_AN_ACTIVITY + 1,
        progress: 0,
    });
    let less_than_nothing = GoalEntry::Done(GoalActivity {
        activity: "m",
        person: ana,
        at: at(1),
        minutes: 1,
        progress: -1,
    });
    let (gone, invalid) = (
        GoalTaken::Refused(Refusal::Gone),
        GoalTaken::Refused(Refusal::Invalid),
    );
    for (entry, taken) in [
        (done("a", ana, 1, 10), GoalTaken::Counted),
        (done("a", ana, 1, 10), GoalTaken::Repeated),
        (done("a", ana, 1, 11), GoalTaken::Conflicting),
        (done("a", bo, 1, 10), GoalTaken::Conflicting),
        (done("A", ana, 1, 1), GoalTaken::Counted),
        (undone("b"), GoalTaken::Undone),
        (undone("b"), GoalTaken::Undone),
        (done("b", ana, 1, 100), GoalTaken::Undone),
        (done("c", bo, 1, 5), GoalTaken::Counted),
        (undone("c"), GoalTaken::Undone),
        (done("d", town.school, 1, 5), gone),
        (done("d", 7, 1, 5), gone),
        (done("", ana, 1, 5), invalid),
        (done(&long, ana, 1, 5), invalid),
        (undone(&long), invalid),
        (too_much, invalid),
        (less_than_nothing, invalid),
    ] {
        assert_eq!(record(subject, &town, &[entry]), [taken], "{entry:?}");
    }
    assert_eq!(sums(subject, &town, 0, 9), [(ana, 11, 2), (bo, 0, 0)]);
    let reading = subject.read();
    let explains = reading.goal_undone(bo, at(0), at(9)).unwrap();
    assert_eq!(explains.len(), 1);
    assert_eq!(
        (
            explains[0].activity.as_str(),
            explains[0].minutes,
            explains[0].by.as_str()
        ),
        ("c", 5 * ONE, "app")
    );
    assert!(reading.goal_undone(bo, at(2), at(9)).unwrap().is_empty());
    let nowhere = subject.roster.record_activities(9, &[], "app", at(50));
    assert_eq!(nowhere.unwrap_err().refusal(), Some(Refusal::Gone));
}

/// The ledger is the app's: with SQL the same holds, and nothing in it ever changes.
pub fn an_app_writes_the_ledger_itself(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, _] = town.students;
    let insert = |how: &str, activity: &str, person: i64, minutes: i64| {
        (subject.sql)(&format!(
            "{how} INTO goal_activity (activity, person, at, minute_millionths) VALUES ('{activity}', {person}, {}, {minutes})",
            at(1).millis()
        ))
    };
    for (how, activity, person, minutes, works) in [
        ("INSERT", "a", ana, 3 * ONE, true),
        ("INSERT", "a", ana, 3 * ONE, true),
        ("INSERT OR IGNORE", "a", ana, 3 * ONE, true),
        ("INSERT", "a", ana, 4 * ONE, false),
        ("INSERT", "a", bo, 3 * ONE, false),
        ("INSERT OR REPLACE", "a", ana, 4 * ONE, false),
        ("INSERT", "b", ana, -1, false),
        ("INSERT", "b", 77, 1, false),
        ("INSERT", "", ana, 1, false),
    ] {
        let answer = insert(how, activity, person, minutes);
        assert_eq!(
            answer.is_ok(),
            works,
            "{how} {activity} {minutes}: {answer:?}"
        );
    }
    for change in [
        "UPDATE goal_activity SET minute_millionths = 0",
        "DELETE FROM goal_activity",
    ] {
        assert!((subject.sql)(change).unwrap_err().contains("only added to"));
    }
    assert_eq!(sums(subject, &town, 0, 9), [(ana, 3, 0)]);
    assert_eq!(
        record(subject, &town, &[done("a", ana, 1, 3)]),
        [GoalTaken::Conflicting],
        "it brought no progress when it came"
    );
    let undo = format!(
        "INSERT INTO goal_undone (district, activity) VALUES ({}, 'a')",
        town.district
    );
    subject.rows(&undo);
    subject.rows(&undo);
    for change in [
        "UPDATE goal_undone SET activity = 'b'",
        "DELETE FROM goal_undone",
    ] {
        assert!((subject.sql)(change).unwrap_err().contains("only added to"));
    }
    assert_eq!(sums(subject, &town, 0, 9), [(ana, 0, 0)]);
}

/// Nobody else's, and of the year that is asked for.
pub fn sums_are_of_a_time_and_a_district(subject: &Subject) {
    let (one, two) = (Town::build(subject, 1), Town::build(subject, 2));
    let ana = one.students[0];
    let other = two.students[0];
    let entries = [
        done("a", ana, 10, 1),
        done("b", ana, 19, 2),
        done("c", ana, 20, 4),
        done("d", ana, 9, 8),
    ];
    record(subject, &one, &entries);
    assert_eq!(
        record(subject, &two, &[done("a", other, 15, 16)]),
        [GoalTaken::Counted],
        "ids are a district's own"
    );
    assert_eq!(
        record(subject, &two, &[done("e", ana, 15, 1)]),
        [GoalTaken::Refused(Refusal::Gone)]
    );
    record(subject, &two, &[undone("b")]);
    assert_eq!(sums(subject, &one, 10, 20), [(ana, 3, 2)]);
    assert_eq!(sums(subject, &two, 10, 20), [(other, 16, 1)]);
    assert_eq!(sums(subject, &one, 21, 30), []);
}

/// Account, id at the source, what it was merged into, whether it is active.
type Reported = (i64, Option<String>, Option<i64>, bool);

fn profiles(subject: &Subject, town: &Town) -> Vec<Reported> {
    let mut found = Vec::new();
    let reading = subject.read();
    reading
        .goal_profiles(town.district, &mut |profile| {
            let id = profile.source_id.map(str::to_owned);
            found.push((profile.person, id, profile.merged_into, profile.active));
            Ok(())
        })
        .unwrap();
    found
}

/// D2.3.
pub fn who_is_reported_follows_the_account(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    let known = |person, number| (person, Some(source(number)), None, true);
    assert_eq!(
        profiles(subject, &town),
        [known(ana, 40), known(bo, 41), known(cy, 42)],
        "the teacher is not among them"
    );
    let gone = Op::Deactivate {
        person: bo,
        disconnected: false,
    };
    let (old, new) = (source(40), source(90));
    let rekey = Op::Rekey {
        kind: Kind::Person,
        old: &old,
        new: created(&new),
    };
    let merge = Op::Merge {
        from: cy,
        into: ana,
        joint: false,
    };
    apply(subject, &town, 2, &[gone, rekey, merge]);
    assert_eq!(
        profiles(subject, &town),
        [
            known(ana, 90),
            (bo, None, None, false),
            (cy, None, Some(ana), false)
        ]
    );
}
