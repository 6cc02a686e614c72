//! The log of what districts were told, what they acknowledged, who waits, and what people allowed.

use homeroom_model::{Date, Timestamp};

use super::sample::{Subject, Town, at};
use crate::{
    GoalAcknowledged, GoalCorrection, GoalCounts, GoalDeliveryEnd, GoalDeliveryState, GoalPush,
    GoalPushEnd, GoalTrigger, GoalWaiting, NewGoalDelivery, Refusal,
};

const ONE: i64 = 1_000_000;

fn begin(subject: &Subject, town: &Town, part: u32) -> i64 {
    begin_with(subject, town, part, &[])
}

fn begin_with(subject: &Subject, town: &Town, part: u32, sent: &[(String, i64)]) -> i64 {
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
        sent,
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
        taken: &[],
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

/// What was last sent under an id is known from before it is sent, and whether it was taken once that is said.
pub fn what_was_sent_is_kept_taken_or_not(subject: &Subject) {
    let town = Town::build(subject, 1);
    let (roster, district) = (&subject.roster, town.district);
    let known = || {
        let rows = subject.read().goal_sent(district, 2027).unwrap();
        let rows = rows.into_iter();
        rows.map(|row| (row.source_id, row.minutes, row.taken, row.until))
            .collect::<Vec<_>>()
    };
    let id = |text: &str| text.to_owned();
    let first = begin_with(subject, &town, 1, &[(id("b"), 7), (id("a"), 5)]);
    let on_its_way = [(id("a"), 5, false, None), (id("b"), 7, false, None)];
    assert_eq!(known(), on_its_way);
    let taken = [id("a"), id("c")];
    let good = GoalDeliveryEnd {
        taken: &taken,
        ..end(GoalDeliveryState::Acknowledged)
    };
    roster
        .end_delivery(district, first, &good, &[], &[])
        .unwrap();
    let ended = Some(at(61));
    let half = [(id("a"), 5, true, ended), (id("b"), 7, false, ended)];
    assert_eq!(known(), half);
    // A number that another delivery sent is not this one's to be taken.
    let second = begin_with(subject, &town, 2, &[(id("b"), 9)]);
    let third = begin_with(subject, &town, 3, &[]);
    let both = [id("a"), id("b")];
    let late = GoalDeliveryEnd {
        taken: &both,
        ..end(GoalDeliveryState::Acknowledged)
    };
    roster
        .end_delivery(district, third, &late, &[], &[])
        .unwrap();
    assert_eq!(
        known(),
        [(id("a"), 5, true, ended), (id("b"), 9, false, None)]
    );
    let failed = end(GoalDeliveryState::Failed);
    roster
        .end_delivery(district, second, &failed, &[], &[])
        .unwrap();
    assert_eq!(
        known(),
        [(id("a"), 5, true, ended), (id("b"), 9, false, ended)]
    );
    assert!(subject.read().goal_sent(district, 2026).unwrap().is_empty());
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
