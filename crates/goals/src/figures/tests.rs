use homeroom_model::{Date, Timestamp};

use super::*;
use crate::{
    Curve, Pace, SchoolDays, SchoolYear, Settings, Start, Timetable,
    state::{Episode, Why},
    target::{Audience, Level as By, Metric, Stretch, Target},
    total::{Day, Level, Mark, Metrics},
};

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

fn verdict(state: State, minutes: Option<(u32, u32)>, lost: u32) -> Verdict {
    let pace = |(done, target)| {
        Pace::of(
            Amount::whole(done),
            Amount::whole(target),
            &Settings::default(),
        )
    };
    let episode = Episode {
        since: None,
        from: date("2026-09-01"),
        to: None,
        minutes: Amount::whole(lost),
    };
    Verdict {
        state,
        why: Why::NoTarget,
        minutes: minutes.and_then(pace),
        progress: None,
        told: 0,
        stuck: vec![episode],
    }
}

fn total(minutes: u32, progress: u32) -> Total {
    let level = |value| {
        Some(Level {
            value: Amount::whole(value),
            since: Timestamp::default(),
        })
    };
    Total {
        year: SchoolYear(2027),
        minutes: level(minutes),
        progress: level(progress),
        series: 1,
        heard: Timestamp::default(),
        lower_minutes: None,
        lower_progress: None,
        aside: None,
    }
}

#[test]
fn a_group_counts_its_students_and_groups_add_up() {
    let students = [
        (
            verdict(State::Stuck, Some((50, 100)), 0),
            Some(total(50, 5)),
        ),
        (
            verdict(State::OnTrack, Some((100, 100)), 0),
            Some(total(100, 10)),
        ),
        (verdict(State::NoData, None, 0), None),
        (
            verdict(State::Ahead, Some((130, 100)), 0),
            Some(total(130, 1)),
        ),
    ];
    let group = |students: &[(Verdict, Option<Total>)]| {
        let mut group = Group::default();
        for (verdict, total) in students {
            group.add(verdict, total.as_ref());
        }
        group
    };
    let whole = group(&students);
    assert_eq!(
        (whole.students, whole.reported, whole.with_target, whole.met),
        (4, 3, 3, 2)
    );
    assert_eq!(
        (
            whole.met_percent(),
            whole.coverage_percent(),
            whole.on_track()
        ),
        (Some(66), Some(75), 2)
    );
    assert_eq!(
        (whole.minutes, whole.progress),
        (Amount::whole(280), Amount::whole(16))
    );
    assert_eq!(
        (whole.states.of(State::Stuck), whole.states.of(State::Slow)),
        (1, 0)
    );
    for cut in 0..=students.len() {
        let (one, other) = students.split_at(cut);
        let mut sum = group(one);
        sum.merge(&group(other));
        assert_eq!(sum, whole);
    }
    let empty = Group::default();
    assert_eq!(
        (empty.met_percent(), empty.coverage_percent()),
        (None, None)
    );
    let json = serde_json::to_string(&whole.states).unwrap();
    assert!(
        json.starts_with(r#"{"feed_stale":0,"no_data":1,"finished":0,"inactive":0,"stuck":1,"#),
        "{json}"
    );
}

#[test]
fn the_states_stand_in_the_order_of_their_list() {
    for (place, state) in State::ALL.into_iter().enumerate() {
        assert_eq!(state as usize, place, "counts are kept by it");
    }
}

#[test]
fn a_teacher_sees_the_stuck_first_and_of_them_who_lost_most() {
    let id = |byte| ObjectId::new([byte; 12]);
    let expected = [
        (id(5), verdict(State::Stuck, None, 90)),
        (id(1), verdict(State::Stuck, None, 40)),
        (id(2), verdict(State::Stuck, None, 40)),
        (id(9), verdict(State::Inactive, None, 99)),
        (id(8), verdict(State::Slow, None, 0)),
        (id(7), verdict(State::Behind, Some((10, 100)), 0)),
        (id(6), verdict(State::Behind, Some((50, 100)), 0)),
        (id(3), verdict(State::OnTrack, Some((100, 100)), 0)),
        (id(4), verdict(State::FeedStale, None, 0)),
    ];
    let mut sorted: Vec<_> = expected
        .iter()
        .rev()
        .map(|(id, verdict)| (*id, verdict))
        .collect();
    sorted.sort_by(|a, b| by_urgency(*a, *b));
    let ids: Vec<ObjectId> = sorted.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, expected.map(|(id, _)| id));
}

#[test]
fn weeks_bridge_missing_days_and_have_the_target_of_their_school_days() {
    let table = Timetable {
        closed: vec![(date("2026-09-07"), date("2026-09-07"))],
        ..Timetable::default()
    };
    let calendar = SchoolDays::new(date("2026-08-31"), date("2027-06-30"), &table);
    let mark = |value| {
        Some(Mark {
            value: Amount::whole(value),
            corrected: false,
        })
    };
    let day = |text, minutes, progress| Day {
        day: date(text),
        minutes: mark(minutes),
        progress: mark(progress),
        series: 1,
    };
    let days = [day("2026-09-03", 40, 4), day("2026-09-09", 70, 7)];
    let until = date("2026-09-10");
    let start = Start {
        zero: Some(date("2026-08-31")),
        progress_zero: Some(date("2026-08-31")),
        metrics: Metrics {
            series: 1,
            may_fall: false,
        },
    };
    let curve = Curve::new(&days, &calendar, start, until);
    let target = Target {
        level: By::App,
        audience: Audience::Everyone,
        metric: Metric::Minutes,
        per_week: Some(Amount::whole(50)),
        from: date("2026-07-01"),
        by: "".into(),
        at: Timestamp::default(),
    };
    let stretches = [Stretch {
        from: target.from,
        target: Some(&target),
    }];
    let mut trend = Trend::new(&calendar, until);
    let (enrolled, told) = (date("2026-08-31"), curve.last());
    trend.add(&curve, &calendar, enrolled, told, &stretches, &[]);
    let week = |monday: &str, school_days, minutes, progress, target_minutes| Week {
        monday: date(monday),
        school_days,
        students: 1,
        minutes: Amount::whole(minutes),
        progress: Amount::whole(progress),
        target_minutes: Amount::whole(target_minutes),
        target_progress: Amount::ZERO,
    };
    // The thirty minutes after the third of September lie on the fourth, the eighth and the ninth.
    assert_eq!(
        trend.weeks,
        [
            week("2026-08-31", 5, 50, 5, 50),
            week("2026-09-07", 3, 20, 2, 30)
        ]
    );
    // Of a week that was not told whole nothing is asked.
    let mut partly = Trend::new(&calendar, until);
    partly.add(&curve, &calendar, enrolled, told - 1, &stretches, &[]);
    let asked = partly.weeks.iter().map(|week| week.target_minutes);
    assert!(asked.eq([Amount::whole(50), Amount::ZERO]));
    let one = trend.clone();
    trend.merge(&one);
    assert_eq!(trend.weeks[1].minutes, Amount::whole(40));
    assert_eq!(trend.weeks[1].students, 2);
}
