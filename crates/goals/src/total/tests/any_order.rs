//! Any order, split and repetition of the same reports.

use super::*;

/// Reports in order of time whose minutes never fall, and rise by no more than the time between them.
fn reports() -> impl Strategy<Value = Vec<(Report, Moment)>> {
    let step = (
        1_i64..3_000,
        0_i64..2_000,
        0_u32..50,
        any::<bool>(),
        any::<bool>(),
    );
    prop::collection::vec(step, 1..25).prop_map(|steps| {
        let (mut time, mut minutes) = (0_i64, 1_000_i64);
        steps
            .into_iter()
            .map(|(passed, idle, progress, with_minutes, with_progress)| {
                time += passed;
                minutes += (passed - idle).max(0);
                let sent = u32::try_from(minutes).unwrap();
                let report = report(
                    (with_minutes || !with_progress).then_some(sent),
                    with_progress.then_some(progress),
                );
                (report, at(time))
            })
            .collect()
    })
}

/// The reports of some days, of which none is so much higher than another that it could not come an hour after it.
fn daily_reports() -> impl Strategy<Value = Vec<Vec<Report>>> {
    let values = (prop::option::of(0_u32..=60), prop::option::of(0_u32..30));
    let row = values.prop_map(|(minutes, progress)| {
        let minutes = minutes.or(progress.is_none().then_some(7));
        report(minutes.map(|minutes| 1_000 + minutes), progress)
    });
    prop::collection::vec(prop::collection::vec(row, 1..6), 1..8)
}

/// How a report is sent on its day: before which others, whether once more at the end of it, and whether in two parts.
fn ways() -> impl Strategy<Value = Vec<(u16, bool, bool)>> {
    prop::collection::vec((any::<u16>(), any::<bool>(), any::<bool>()), 40)
}

impl Kept {
    /// Takes minutes and progress by themselves, so many minutes after each other.
    fn split(&mut self, sent: Report, time: i64, apart: i64) {
        let Report { minutes, progress } = sent;
        if minutes.is_some() {
            let progress = None;
            self.take(Report { minutes, progress }, FIXED, &at(time));
        }
        if progress.is_some() {
            let minutes = None;
            self.take(Report { minutes, progress }, FIXED, &at(time + apart));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any order, split and repetition of the same submissions leaves the same figures (issue 6): each arrives when it does,
    /// by a clock that goes forward, on its day or, for what is shown, on any.
    #[test]
    fn order_split_and_repetition_change_no_figure(days in daily_reports(), ways in ways()) {
        const DAY: i64 = 24 * HOUR;
        let morning = |day: usize| DAY * i64::try_from(day).unwrap() - 12 * HOUR;
        let (mut straight, mut other) = (Kept::default(), Kept::default());
        let mut ways = ways.iter().cycle();
        let mut all = Vec::new();
        for (number, reports) in days.iter().enumerate() {
            let mut time = morning(number);
            for report in reports {
                straight.take(*report, FIXED, &at(time));
                time += HOUR;
            }
            let mut sent: Vec<_> = reports.iter().zip(&mut ways).collect();
            sent.sort_by_key(|(_, (order, ..))| *order);
            let again: Vec<_> = sent.iter().copied().filter(|(_, (_, again, _))| *again).collect();
            sent.extend(again);
            time = morning(number);
            for (report, (_, _, split)) in sent {
                if *split {
                    other.split(*report, time, HOUR);
                } else {
                    other.take(*report, FIXED, &at(time));
                }
                time += 2 * HOUR;
                all.push(*report);
            }
            prop_assert!(time <= morning(number + 1));
        }
        prop_assert_eq!(straight.shown(), other.shown());
        prop_assert_eq!(&straight.days, &other.days);
        let total = other.total.as_ref().unwrap();
        prop_assert_eq!(total.aside, None);
        // The last day's first, and so on.
        let mut backwards = Kept::default();
        for (hour, report) in all.iter().rev().enumerate() {
            backwards.take(*report, FIXED, &at(HOUR * i64::try_from(hour).unwrap()));
        }
        prop_assert_eq!(straight.shown(), backwards.shown());
    }

    /// Nor do requests that overtook one another on their way, of an app whose totals do not fall.
    #[test]
    fn requests_that_overtake_one_another_change_no_figure(
        sent in reports(),
        order in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..60),
    ) {
        let mut straight = Kept::default();
        for (report, moment) in &sent {
            straight.take(*report, FIXED, moment);
        }
        let mut other = Kept::default();
        // Some of them in any order, some split; then what is missing, from the last to the first.
        let extra = order.iter().map(|(place, split)| (sent[place.index(sent.len())], *split));
        for ((report, moment), split) in extra.chain(sent.iter().rev().map(|sent| (*sent, false))) {
            let time = (moment.at.millis() - at(0).at.millis()) / 60_000;
            if split {
                other.split(report, time, 0);
            } else {
                other.take(report, FIXED, &moment);
            }
        }
        prop_assert_eq!(straight.shown(), other.shown());
        prop_assert_eq!(&straight.days, &other.days);
        let (straight, other) = (straight.total.unwrap(), other.total.unwrap());
        prop_assert_eq!((straight.minutes, straight.progress), (other.minutes, other.progress));
        prop_assert_eq!((straight.aside, straight.heard), (other.aside, other.heard));
    }

    /// A resend, whenever it comes, changes nothing that is shown.
    #[test]
    fn a_resend_is_harmless(sent in reports(), later in 0_i64..10_000) {
        let mut kept = Kept::default();
        for (report, moment) in &sent {
            kept.take(*report, FIXED, moment);
        }
        let shown = kept.shown();
        let end = sent.last().unwrap().1.at.millis() / 60_000 - at(0).at.millis() / 60_000;
        for (report, _) in &sent {
            let applied = kept.take(*report, FIXED, &at(end + later));
            prop_assert!(!applied.updated);
        }
        prop_assert_eq!(kept.shown(), shown);
    }
}
