use proptest::prelude::*;

use super::*;

/// A heartbeat at a second, with the second of the last input.
fn beat<'a>(session: &'a str, at: i64, input: i64, visible: bool, page: &'a str) -> Heartbeat<'a> {
    Heartbeat {
        session: session.into(),
        at: Timestamp::from_millis(at * 1000),
        visible,
        last_input: Timestamp::from_millis(input * 1000),
        page: page.into(),
    }
}

/// Heartbeats every half minute, each with an input just before it.
fn busy<'a>(session: &'a str, from: i64, to: i64, page: &'a str) -> Vec<Heartbeat<'a>> {
    (from..=to)
        .step_by(30)
        .map(|at| beat(session, at, at, true, page))
        .collect()
}

fn seconds(beats: &[Heartbeat<'_>]) -> u64 {
    active(beats, &Rules::default())
        .spans
        .iter()
        .map(Span::millis)
        .sum::<u64>()
        / 1000
}

#[test]
fn time_at_work_counts_in_fractions() {
    let beats = busy("a", 0, 1950, "lesson");
    let activity = active(&beats, &Rules::default());
    assert_eq!(activity.minutes().to_string(), "32.5");
    assert_eq!(activity.spans.len(), 1);
    let first = activity.within(Timestamp::from_millis(0), Timestamp::from_millis(60_000));
    assert_eq!(first, Amount::whole(1));
}

#[test]
fn a_student_who_stops_is_idle_after_the_timeout() {
    let beats: Vec<_> = (0..=20)
        .map(|half| beat("a", half * 30, 0, true, "lesson"))
        .collect();
    assert_eq!(seconds(&beats), 120);
    let reading: Vec<_> = (0..=20)
        .map(|half| beat("a", half * 30, 0, true, "reading"))
        .collect();
    assert_eq!(
        seconds(&reading),
        300,
        "a kind of page may have a timeout of its own"
    );
    // An input in the fifth minute wakes the student up, told by the heartbeat after it.
    let woken: Vec<_> = (0..=20)
        .map(|half| {
            beat(
                "a",
                half * 30,
                if half * 30 >= 250 { 250 } else { 0 },
                true,
                "lesson",
            )
        })
        .collect();
    assert_eq!(seconds(&woken), 120 + 120);
}

#[test]
fn other_tabs_and_pages_that_are_no_work_do_not_count() {
    for (visible, page, expected) in [
        (true, "lesson", 60),
        (false, "lesson", 0),
        (true, "shop", 0),
        (true, "", 0),
    ] {
        let beats = [
            beat("a", 0, 0, visible, page),
            beat("a", 30, 30, visible, page),
            beat("a", 60, 60, visible, page),
        ];
        assert_eq!(seconds(&beats), expected, "{visible} {page}");
    }
    // From the lesson to the shop and back: each stretch is what its first heartbeat says.
    let beats = [
        beat("a", 0, 0, true, "lesson"),
        beat("a", 40, 40, true, "shop"),
        beat("a", 90, 90, true, "lesson"),
        beat("a", 100, 100, true, "lesson"),
    ];
    assert_eq!(seconds(&beats), 40 + 10);
}

#[test]
fn nothing_is_made_up_for_a_silence() {
    let beats = [
        beat("a", 0, 0, true, "lesson"),
        beat("a", 90, 90, true, "lesson"),
        beat("a", 181, 181, true, "lesson"),
    ];
    assert_eq!(seconds(&beats), 90);
    assert_eq!(seconds(&beats[..1]), 0, "one heartbeat is no time");
    assert_eq!(seconds(&[]), 0);
}

#[test]
fn two_devices_at_once_count_once() {
    let mut beats = busy("laptop", 0, 600, "lesson");
    beats.extend(busy("tablet", 300, 900, "practice"));
    assert_eq!(seconds(&beats), 900);
}

#[test]
fn clocks_that_disagree_make_no_time() {
    // An input "after" its heartbeat came at it; one long ago gives nothing.
    assert_eq!(
        seconds(&[
            beat("a", 0, 9_000, true, "lesson"),
            beat("a", 60, 0, true, "lesson")
        ]),
        60
    );
    assert_eq!(
        seconds(&[
            beat("a", 0, -9_000, true, "lesson"),
            beat("a", 60, -9_000, true, "lesson")
        ]),
        0
    );
    let extreme = [
        beat("a", i64::MIN / 1000, 0, true, "lesson"),
        beat("a", i64::MAX / 1000, 0, true, "lesson"),
    ];
    assert_eq!(seconds(&extreme), 0);
}

#[test]
fn heartbeats_are_read_from_json() {
    let text = r#"[{"session":"a","at":0,"visible":true,"last_input":0,"page":"lesson"},{"session":"a","at":30000,"visible":true,"last_input":30000,"page":"lesson"}]"#;
    let beats: Vec<Heartbeat<'_>> = serde_json::from_str(text).unwrap();
    let rules: Rules = serde_json::from_str(r#"{"idle_seconds":10}"#).unwrap();
    let activity = active(&beats, &rules);
    assert_eq!(
        serde_json::to_string(&activity).unwrap(),
        r#"{"spans":[{"from":0,"to":10000}]}"#
    );
}

fn beats() -> impl Strategy<Value = Vec<(u8, i64, i64, bool, bool)>> {
    prop::collection::vec(
        (
            0_u8..3,
            0_i64..2_000,
            0_i64..400,
            any::<bool>(),
            any::<bool>(),
        ),
        0..60,
    )
}

/// Each input reaches into the two minutes after it; looking at all of them for each stretch would take all memory.
#[test]
fn heartbeats_as_close_as_can_be_are_one_span() {
    let at = |millis: i64| Heartbeat {
        session: "a".into(),
        at: Timestamp::from_millis(millis),
        visible: true,
        last_input: Timestamp::from_millis(millis),
        page: "lesson".into(),
    };
    let beats: Vec<_> = (0..100_000).map(at).collect();
    let span = Span {
        from: Timestamp::from_millis(0),
        to: Timestamp::from_millis(99_999),
    };
    assert_eq!(active(&beats, &Rules::default()).spans, [span]);
}

fn made(beats: &[(u8, i64, i64, bool, bool)]) -> Vec<Heartbeat<'static>> {
    let names = ["a", "b", "c"];
    let made = |&(session, at, ago, visible, work): &(u8, i64, i64, bool, bool)| {
        beat(
            names[usize::from(session)],
            at,
            at - ago,
            visible,
            if work { "lesson" } else { "shop" },
        )
    };
    beats.iter().map(made).collect()
}

proptest! {
    #[test]
    fn the_order_of_heartbeats_and_repeats_do_not_matter(sent in beats(), seed in any::<prop::sample::Index>()) {
        let beats = made(&sent);
        let activity = active(&beats, &Rules::default());
        let mut other = beats.clone();
        other.rotate_left(if beats.is_empty() { 0 } else { seed.index(beats.len()) });
        other.extend(beats.into_iter().rev());
        prop_assert_eq!(active(&other, &Rules::default()), activity);
    }

    #[test]
    fn nobody_is_active_for_longer_than_time_passes(sent in beats()) {
        let activity = active(&made(&sent), &Rules::default());
        for [one, next] in activity.spans.array_windows() {
            prop_assert!(one.from < one.to && one.to < next.from);
        }
        let first = sent.iter().map(|beat| beat.1).min().unwrap_or(0);
        let last = sent.iter().map(|beat| beat.1).max().unwrap_or(0);
        let millis = activity.spans.iter().map(Span::millis).sum::<u64>();
        prop_assert!(millis <= u64::try_from(last - first).unwrap() * 1000);
    }
}
