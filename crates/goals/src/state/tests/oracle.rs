//! Generated school years: what was planted must be found, and nobody else (issue 6, "What must be seen to work").

use proptest::prelude::*;

use super::*;

/// What a student does for some days.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Works and gets further every so many days.
    Steady { minutes: u32, every: u32 },
    /// A lot on one day in four.
    Sprint,
    /// Hardly there.
    Idle,
    /// Works, and nothing comes of it.
    Stuck { minutes: u32 },
    /// Not at school.
    Absent,
}

/// A year as it was: per school day the minutes and the progress of that day.
#[derive(Clone, Debug)]
struct Truth {
    minutes: Vec<u32>,
    progress: Vec<u32>,
    /// The number of the first school day of enrollment.
    enrolled: usize,
    ceiling: Option<u32>,
    /// School days on which the app sent nothing for the district.
    outage: std::ops::Range<usize>,
    /// School days on which the app left this student out.
    left_out: Vec<usize>,
    /// School days on which attendance says that the student is absent; who is may still work at home.
    absent: Vec<usize>,
}

impl Truth {
    fn sum(line: &[u32], after: usize, to: usize) -> u32 {
        line[after..to].iter().sum()
    }

    fn window(day: usize, days: usize) -> usize {
        day.saturating_sub(days)
    }

    /// The rule of D5 on what really happened, with its exclusions.
    fn planted(&self, day: usize) -> bool {
        let after = Self::window(day, 10);
        Self::sum(&self.minutes, after, day) >= 30
            && Self::sum(&self.progress, after, day) == 0
            && !self.is_new(day)
            && !self.is_absent(day)
            && !self.is_inactive(day)
            && !self.is_finished(day)
            && !self.is_stale(day)
    }

    fn is_new(&self, day: usize) -> bool {
        day < self.enrolled + 4
    }

    fn is_absent(&self, day: usize) -> bool {
        self.absent.contains(&day)
    }

    fn is_inactive(&self, day: usize) -> bool {
        Self::sum(&self.minutes, Self::window(day, 5), day) < 1
    }

    fn is_finished(&self, day: usize) -> bool {
        self.ceiling
            .is_some_and(|ceiling| Self::sum(&self.progress, 0, day) >= ceiling)
    }

    /// Nothing came on the day itself and the day before, weekends counted.
    fn is_stale(&self, day: usize) -> bool {
        let calendar = calendar();
        let today = calendar.date(day).unwrap().days();
        let sent = (1..=day).rev().find(|day| !self.outage.contains(day));
        sent.is_none_or(|sent| today - calendar.date(sent).unwrap().days() >= 2)
    }

    fn reported(&self, day: usize) -> bool {
        day >= self.enrolled && !self.outage.contains(&day) && !self.left_out.contains(&day)
    }

    /// The app sent nothing for a while, and since it does again the student did nothing. The same reports would have come of
    /// somebody who worked when the silence began and has been absent since, whom nobody may call stuck.
    fn is_ambiguous(&self, day: usize) -> bool {
        if self.outage.is_empty() || self.outage.end > day {
            return false;
        }
        let Some(first) = (self.outage.end..=day).find(|day| self.reported(*day)) else {
            return true;
        };
        first + 5 > day && Self::sum(&self.minutes, first, day) == 0
    }

    /// What rose while nothing was reported rose, for all anybody can know, on the day of the next report: progress is flat
    /// only since the last report before the window.
    fn is_flat_as_reported(&self, day: usize) -> bool {
        let window = Self::window(day, 10);
        let told = (1..=window).rev().find(|day| self.reported(*day));
        Self::sum(&self.progress, told.unwrap_or(0), day) == 0
    }

    fn days(&self) -> Vec<Day> {
        let daily: Vec<_> = self
            .minutes
            .iter()
            .copied()
            .zip(self.progress.iter().copied())
            .collect();
        let days = days_of(&daily);
        let place = |(place, day): (usize, Day)| self.reported(place + 1).then_some(day);
        days.into_iter().enumerate().filter_map(place).collect()
    }
}

/// The verdict of every school day as it would have been given on its evening.
fn verdicts(truth: &Truth) -> Vec<Verdict> {
    let calendar = calendar();
    let settings = Settings::default();
    let days = truth.days();
    let evening = |day: usize| {
        Timestamp::from_millis(
            i64::from(calendar.date(day).unwrap().days()) * 86_400_000 + 72_000_000,
        )
    };
    let sent = |day: &usize| !truth.outage.contains(day);
    let mut curve = Curve::default();
    let mut judged = Vec::new();
    for day in 1..=truth.minutes.len() {
        let deliveries: Vec<Date> = (1..=day)
            .filter(sent)
            .map(|day| calendar.date(day).unwrap())
            .collect();
        let last = (1..=day).rev().find(sent).map(evening);
        let feed = Feed::new(&deliveries, last, calendar, &settings);
        let ceiling = truth.ceiling.map(Amount::whole);
        let scene = Scene {
            calendar,
            feed: &feed,
            settings: &settings,
            ceiling,
            metrics: FIRST,
        };
        let enrolled = calendar.date(truth.enrolled).unwrap();
        let known = Known {
            days: &days,
            zero: Some(enrolled),
            progress_zero: Some(enrolled),
            enrolled,
            absent: truth.is_absent(day),
            aside: None,
            minutes: &[],
            progress: &[],
        };
        let at = AsOf {
            day: calendar.date(day).unwrap(),
            now: evening(day),
        };
        judged.push(judge(&scene, &known, at, &mut curve));
    }
    judged
}

fn phase() -> impl Strategy<Value = (Phase, usize)> {
    let phase = prop_oneof![
        4 => (5_u32..40, 1_u32..4).prop_map(|(minutes, every)| Phase::Steady { minutes, every }),
        2 => Just(Phase::Sprint),
        1 => Just(Phase::Idle),
        4 => (3_u32..30).prop_map(|minutes| Phase::Stuck { minutes }),
        2 => Just(Phase::Absent),
    ];
    (phase, 3_usize..30)
}

fn truth() -> impl Strategy<Value = Truth> {
    let outage = prop_oneof![2 => Just((0, 0)), 1 => (1_usize..100, 1_usize..8)];
    (
        prop::collection::vec(phase(), 3..8),
        prop_oneof![3 => Just(1_usize), 1 => 2_usize..60],
        prop::option::weighted(0.3, 5_u32..40),
        outage,
        prop::collection::vec(1_usize..120, 0..6),
        prop::collection::vec(1_usize..120, 0..12),
    )
        .prop_map(|(phases, enrolled, ceiling, outage, left_out, absent)| {
            let (mut minutes, mut progress) = (Vec::new(), Vec::new());
            for (phase, days) in phases {
                for day in 0..u32::try_from(days).unwrap() {
                    let (spent, done) = match phase {
                        Phase::Steady { minutes, every } => (minutes, u32::from(day % every == 0)),
                        Phase::Sprint if day % 4 == 0 => (90, 5),
                        Phase::Idle if day % 9 == 0 => (2, 0),
                        Phase::Stuck { minutes } => (minutes, 0),
                        Phase::Sprint | Phase::Idle | Phase::Absent => (0, 0),
                    };
                    let there = minutes.len() + 1 >= enrolled;
                    minutes.push(if there { spent } else { 0 });
                    progress.push(if there { done } else { 0 });
                }
            }
            // Nothing is left to do at the ceiling.
            let mut left = ceiling.unwrap_or(u32::MAX);
            for done in &mut progress {
                *done = (*done).min(left);
                left -= *done;
            }
            let enrolled = enrolled.min(minutes.len());
            Truth {
                minutes,
                progress,
                enrolled,
                ceiling,
                outage: outage.0..outage.0 + outage.1,
                left_out,
                absent,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nobody_absent_new_finished_or_behind_a_stale_feed_is_called_stuck(truth in truth()) {
        let truth = Truth { left_out: Vec::new(), ..truth };
        for (place, verdict) in verdicts(&truth).iter().enumerate() {
            let day = place + 1;
            let away = truth.is_absent(day) || truth.is_inactive(day);
            let excused = truth.is_new(day) || away || truth.is_finished(day) || truth.is_stale(day);
            prop_assert!(!excused || verdict.state != State::Stuck, "school day {day}: {verdict:?}");
        }
    }

    #[test]
    fn nobody_is_called_stuck_whose_progress_rose(truth in truth()) {
        for (place, verdict) in verdicts(&truth).iter().enumerate() {
            let day = place + 1;
            if verdict.state != State::Stuck || !truth.reported(day) {
                continue;
            }
            let from = verdict.stuck.last().unwrap().from;
            let from = calendar().through(from);
            let rose = Truth::sum(&truth.progress, from.saturating_sub(10), day);
            prop_assert_eq!(rose, 0, "school day {}, stuck from {}", day, from);
        }
    }

    #[test]
    fn everybody_stuck_is_found_within_three_school_days(truth in truth()) {
        let verdicts = verdicts(&truth);
        let mut begun: Option<usize> = None;
        for (place, verdict) in verdicts.iter().enumerate() {
            let day = place + 1;
            if !truth.planted(day) || !truth.is_flat_as_reported(day) {
                begun = None;
                continue;
            }
            let first = *begun.get_or_insert(day);
            // Whether the student was reported makes no difference, but nobody can know what an interruption of the feed hides.
            let days = (first..=day).filter(|day| !truth.is_ambiguous(*day)).count();
            let found = truth.is_ambiguous(day) || verdict.state == State::Stuck;
            prop_assert!(days <= 3 || found, "school day {day}, planted on {first}: {verdict:?}");
        }
    }

    #[test]
    fn with_a_report_every_day_the_rule_is_followed_to_the_day(truth in truth()) {
        let truth = Truth { left_out: Vec::new(), outage: 0..0, ..truth };
        for (place, verdict) in verdicts(&truth).iter().enumerate() {
            let day = place + 1;
            prop_assert!(!truth.planted(day) || verdict.state == State::Stuck, "school day {day}: {verdict:?}");
            if verdict.state == State::Stuck {
                let from = calendar().through(verdict.stuck.last().unwrap().from);
                let held = truth.planted(from) || truth.is_absent(from) || truth.is_inactive(from);
                prop_assert!(held, "school day {day}: {verdict:?}");
            }
        }
    }
}
