use homeroom_model::{Date, Timestamp};

use super::*;
use crate::{
    Pace, SchoolYear, Settings,
    state::{Episode, Why},
    total::Level,
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
        known: 0,
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
