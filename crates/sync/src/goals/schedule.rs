//! The schedule: every district at least daily, hourly if it is left as it comes (integration-side D2.5).

use std::time::Duration;

use homeroom_client::{Cancel, Source};
use homeroom_model::Timestamp;

use super::Sender;
use super::error::GoalsError;
use super::push::{Push, Pushed};
use super::reporting::Reporting;

const DAY: Duration = Duration::from_hours(24);

/// When districts are pushed by themselves; how often stands in the limits of their reporting.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// By how much beginnings are spread, so that many districts are not sent at once. Default 10 min.
    pub spread: Duration,
}

impl Default for Due {
    fn default() -> Self {
        Self {
            spread: Duration::from_mins(10),
        }
    }
}

/// What came of a push of the schedule.
pub type Heard = Result<Pushed, GoalsError>;

impl Due {
    /// Pushes a district again and again until `cancel`; what came of each push is told to `heard`. Goes on where the log of an
    /// earlier process ends. One district's trouble never slows another: give each a task of its own.
    pub async fn keep(
        &self,
        sender: &Sender,
        (source, district): (&Source, i64),
        reporting: &Reporting,
        cancel: &Cancel,
        mut heard: impl FnMut(&Heard) + Send,
    ) {
        let mut wait = self.first(sender, district, reporting).await;
        while pause(sender, wait, cancel).await {
            let push = sender.push(source, district, reporting, &Push::SCHEDULE, cancel);
            let came = Box::pin(push).await;
            if came.is_err() {
                // An alarm that cannot be written is the least of the troubles then.
                let _ = sender.alarm(district, reporting).await;
            }
            heard(&came);
            let now = sender.clock().now();
            wait = match &came {
                Ok(pushed) => until(pushed.next_try, now),
                Err(_) => reporting.limits.again,
            };
            wait = self.spread_out(sender, wait, reporting);
        }
    }

    /// The first wait: until what the log says, or some part of the spread.
    async fn first(&self, sender: &Sender, district: i64, reporting: &Reporting) -> Duration {
        let feed = sender.with_roster(move |roster| roster.read()?.goal_feed(district));
        let known = feed.await.ok().flatten().and_then(|feed| feed.next_try);
        let now = sender.clock().now();
        let wait = known.map_or(Duration::ZERO, |next| until(next, now));
        let chance = f64::from(sender.clock().chance()) / f64::from(u32::MAX);
        wait.min(reporting.limits.every) + self.spread.min(reporting.limits.every).mul_f64(chance)
    }

    /// A little later than asked, and never so late that a day passes.
    fn spread_out(&self, sender: &Sender, wait: Duration, reporting: &Reporting) -> Duration {
        let chance = f64::from(sender.clock().chance()) / f64::from(u32::MAX);
        let spread = self.spread.min(wait);
        let wait = wait.min(reporting.limits.every);
        (wait + spread.mul_f64(chance / 2.0)).min(DAY.saturating_sub(self.spread))
    }
}

fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(then.millis() - now.millis()).unwrap_or(0))
}

/// Waits; `false` if it was asked to stop.
async fn pause(sender: &Sender, time: Duration, cancel: &Cancel) -> bool {
    const STEP: Duration = Duration::from_secs(1);
    let clock = sender.clock();
    let until = clock.elapsed() + time;
    loop {
        let left = until.saturating_sub(clock.elapsed());
        if cancel.is_set() {
            return false;
        }
        if left.is_zero() {
            return true;
        }
        clock.sleep(left.min(STEP)).await;
    }
}
