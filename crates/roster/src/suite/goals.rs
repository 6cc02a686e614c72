//! The ledger of activities, who is to be reported, and the log of what districts were told.

use homeroom_model::{Date, Timestamp};

use super::sample::{Subject, Town, apply, at, created, source};
use crate::{
    GoalAcknowledged, GoalActivity, GoalCorrection, GoalCounts, GoalDeliveryEnd, GoalDeliveryState,
    GoalEntry, GoalPush, GoalPushEnd, GoalSum, GoalTaken, GoalTrigger, GoalWaiting, Kind,
    LONGEST_ACTIVITY, MOST_OF_AN_ACTIVITY, NewGoalDelivery, Op, Refusal,
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

fn begin(subject: &Subject, town: &Town, part: u32) -> i64 {
    let delivery = NewGoalDelivery {
        district: town.district,
        trigger: GoalTrigger::Schedule,
        at: at(60),
        year: 2027,
        day: Date::new(2026, 9, 21).unwrap(),
        part,
        metric: "lessons_completed",
        students: 3,
        bytes: 300,
        digest: "abc",
    };
    subject.roster.begin_delivery(&delivery).unwrap()
}

fn end(state: GoalDeliveryState) -> GoalDeliveryEnd<'static> {
    GoalDeliveryEnd {
        state,
        at: at(61),
        tries: 2,
        status: Some(200),
        counts: None,
        detail: None,
        report: None,
        next_try: None,
    }
}

fn acknowledged(person: i64, minutes: i64, second: i64) -> GoalAcknowledged {
    GoalAcknowledged {
        person,
        metric: "lessons_completed".to_owned(),
        minutes: minutes * ONE,
        progress: ONE,
        at: at(second),
        first_minutes: 0,
        first_at: at(0),
    }
}

/// The log and what it acknowledged are one step; what was first stays known.
pub fn what_a_delivery_acknowledges_is_kept_with_it(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, _] = town.students;
    let (roster, district) = (&subject.roster, town.district);
    let first = begin(subject, &town, 1);
    let counts = GoalCounts {
        updated: 1,
        unchanged: 1,
        rejected: 1,
        warned: 0,
        regressed: 0,
    };
    let good = GoalDeliveryEnd {
        counts: Some(counts),
        report: Some("[]"),
        ..end(GoalDeliveryState::Acknowledged)
    };
    let rows = [acknowledged(ana, 10, 61), acknowledged(bo, 20, 61)];
    roster
        .end_delivery(district, first, &good, &rows, &[])
        .unwrap();
    let second = begin(subject, &town, 2);
    let rows = [acknowledged(ana, 10, 71), acknowledged(bo, 25, 71)];
    roster
        .end_delivery(district, second, &good, &rows, &[])
        .unwrap();
    let known = subject.read().goal_acknowledged(district, 2027).unwrap();
    let known: Vec<_> = known
        .iter()
        .map(|row| {
            (
                row.person,
                row.minutes / ONE,
                row.at,
                row.first_minutes / ONE,
                row.first_at,
            )
        })
        .collect();
    assert_eq!(
        known,
        [(ana, 10, at(61), 10, at(61)), (bo, 25, at(71), 20, at(61))]
    );
    assert!(
        subject
            .read()
            .goal_acknowledged(district, 2026)
            .unwrap()
            .is_empty()
    );
    let again = roster.end_delivery(district, second, &good, &[acknowledged(ana, 99, 80)], &[]);
    assert_eq!(
        again.unwrap_err().refusal(),
        Some(Refusal::Gone),
        "it ended already"
    );
    let log = subject.read().goal_deliveries(district, at(0), 9).unwrap();
    let shown: Vec<_> = log
        .iter()
        .map(|one| (one.id, one.part, one.state, one.counts))
        .collect();
    let state = GoalDeliveryState::Acknowledged;
    assert_eq!(
        shown,
        [
            (second, 2, state, Some(counts)),
            (first, 1, state, Some(counts))
        ]
    );
    assert_eq!(log[0].report.as_deref(), Some("[]"));
    assert!(
        subject
            .read()
            .goal_deliveries(district, at(61), 9)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        subject
            .read()
            .goal_deliveries(district, at(0), 1)
            .unwrap()
            .len(),
        1
    );
}

/// D2.4: a crashed sender leaves its lease to lapse and its delivery open; the next one sees both.
pub fn one_sends_for_a_district_at_a_time(subject: &Subject) {
    let town = Town::build(subject, 1);
    let ask = |holder: &str, second: i64, until: i64| {
        let asked = subject
            .roster
            .begin_push(town.district, holder, at(second), at(until));
        asked.unwrap()
    };
    let state = |id: i64| {
        let log = subject
            .read()
            .goal_deliveries(town.district, at(0), 9)
            .unwrap();
        log.into_iter().find(|one| one.id == id).unwrap().state
    };
    assert_eq!(subject.read().goal_feed(town.district).unwrap(), None);
    assert_eq!(ask("one", 1, 10), GoalPush::Yours);
    let open = begin(subject, &town, 1);
    let taken = GoalPush::Taken {
        holder: "one".to_owned(),
        until: at(20),
    };
    assert_eq!(ask("one", 5, 20), GoalPush::Yours);
    assert_eq!(ask("two", 12, 30), taken);
    assert_eq!(state(open), GoalDeliveryState::Sending);
    assert_eq!(ask("two", 20, 30), GoalPush::Yours);
    assert_eq!(state(open), GoalDeliveryState::CutOff);
    let over = |holder, good| GoalPushEnd {
        holder,
        at: at(25),
        good,
        next_try: Some(at(99)),
        waiting: None,
    };
    let end_push = |end: &GoalPushEnd<'_>| subject.roster.end_push(town.district, end).unwrap();
    assert!(!end_push(&over("one", true)), "it is not its any more");
    assert!(end_push(&over("two", true)));
    assert_eq!(ask("three", 26, 40), GoalPush::Yours);
    assert!(end_push(&over("three", false)));
    let feed = subject.read().goal_feed(town.district).unwrap().unwrap();
    assert_eq!(
        (
            feed.since,
            feed.sending,
            feed.last_try,
            feed.last_good,
            feed.next_try
        ),
        (at(1), None, Some(at(26)), Some(at(25)), Some(at(99)))
    );
    // Whoever was thought to be gone may still tell how it ended.
    let late = end(GoalDeliveryState::Failed);
    subject
        .roster
        .end_delivery(town.district, open, &late, &[], &[])
        .unwrap();
    assert_eq!(state(open), GoalDeliveryState::Failed);
}

/// Those who wait are those of the last time; since when stays.
pub fn whoever_waits_keeps_since_when(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    let waiting = |person: i64, reason: &str| GoalWaiting {
        person,
        reason: reason.to_owned(),
        source_id: None,
        detail: None,
        since: Timestamp::default(),
    };
    let push = |second: i64, rows: &[GoalWaiting]| {
        let roster = &subject.roster;
        let (from, to) = (at(second), at(second + 5));
        roster.begin_push(town.district, "one", from, to).unwrap();
        let end = GoalPushEnd {
            holder: "one",
            at: at(second),
            good: false,
            next_try: None,
            waiting: Some(rows),
        };
        assert!(roster.end_push(town.district, &end).unwrap());
        let known = subject.read().goal_waiting(town.district).unwrap();
        let known = known
            .into_iter()
            .map(|row| (row.person, row.reason, row.since));
        known.collect::<Vec<_>>()
    };
    let row = |person, reason: &str, second| (person, reason.to_owned(), at(second));
    assert_eq!(
        push(1, &[waiting(bo, "held"), waiting(ana, "held")]),
        [row(ana, "held", 1), row(bo, "held", 1)]
    );
    assert_eq!(
        push(
            9,
            &[
                waiting(bo, "held"),
                waiting(cy, "held"),
                waiting(bo, "unsent")
            ]
        ),
        [row(bo, "held", 1), row(bo, "unsent", 9), row(cy, "held", 9)]
    );
    assert_eq!(push(20, &[waiting(ana, "held")]), [row(ana, "held", 20)]);
}

/// D2.7: a person's word, logged, and used up by the delivery that tells it.
pub fn a_correction_is_allowed_once_and_told_once(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, ..] = town.students;
    let correction = |minutes: i64| GoalCorrection {
        id: 0,
        year: 2027,
        person: ana,
        minutes,
        progress: 0,
        from_minutes: 9,
        from_progress: 1,
        by: "Ms Orr".to_owned(),
        at: at(5),
        note: Some("a clock was wrong".to_owned()),
        delivery: None,
    };
    let allow = |minutes| {
        subject
            .roster
            .allow_correction(town.district, &correction(minutes))
    };
    allow(5).unwrap();
    let second = allow(4).unwrap();
    let known = || {
        subject
            .read()
            .goal_corrections(town.district, 2027)
            .unwrap()
    };
    assert_eq!(
        known(),
        [GoalCorrection {
            id: second,
            ..correction(4)
        }]
    );
    let delivery = begin(subject, &town, 1);
    let good = end(GoalDeliveryState::Acknowledged);
    subject
        .roster
        .end_delivery(
            town.district,
            delivery,
            &good,
            &[acknowledged(ana, 4, 9)],
            &[second],
        )
        .unwrap();
    assert_eq!(known()[0].delivery, Some(delivery));
    let third = allow(3).unwrap();
    let open: Vec<_> = known().iter().map(|one| (one.id, one.delivery)).collect();
    assert_eq!(
        open,
        [(second, Some(delivery)), (third, None)],
        "what was told stays"
    );
    let foreign = GoalCorrection {
        person: 5,
        ..correction(1)
    };
    let refused = subject.roster.allow_correction(town.district, &foreign);
    assert_eq!(refused.unwrap_err().refusal(), Some(Refusal::Gone));
}
