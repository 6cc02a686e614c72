//! What people are told about sending, once for as long as it lasts; above all that a district is late (integration-side D2.5).

use homeroom_client::Fault;
use homeroom_model::Timestamp;
use homeroom_roster::{GoalFeedRow, NewNotice, Roster, RosterError};

use super::Sender;
use super::error::GoalsError;
use super::push::{PushState, Pushed};
use super::reporting::{Reporting, later};

/// Nothing was acknowledged for too long.
pub(super) const LATE: &str = "goals_late";
/// The server will have nothing of this app for this district.
pub(super) const REFUSED: &str = "goals_refused";
/// Totals fell, and wait for somebody.
pub(super) const HELD: &str = "goals_held";
/// The district does not know students, or did not take their rows.
pub(super) const REJECTED: &str = "goals_rejected";

/// The district takes another progress metric than is sent.
pub(super) const LEFT_OUT: &str = "goals_left_out";

/// Every notice of this room.
pub(super) const ALL: [&str; 5] = [LATE, REFUSED, HELD, REJECTED, LEFT_OUT];

/// Whether everything was last acknowledged too long ago, counted from the first day if it never was.
pub(super) fn is_late(feed: &GoalFeedRow, reporting: &Reporting, now: Timestamp) -> bool {
    let since = feed.last_good.unwrap_or(feed.since);
    later(since, reporting.limits.alarm_after) < now
}

impl Sender {
    /// Raises the alarm if a district is late, and settles it when it is not. Returns whether it is raised. A district whose
    /// metrics were never recorded nor sent is not late.
    pub async fn alarm(&self, district: i64, reporting: &Reporting) -> Result<bool, GoalsError> {
        let now = self.clock().now();
        let reporting = reporting.clone();
        self.with_roster(move |roster| alarm(roster, district, &reporting, now))
            .await
    }

    /// Tells what a push found.
    pub(super) async fn tell(
        &self,
        district: i64,
        reporting: &Reporting,
        pushed: &Pushed,
        refused: Option<Fault>,
    ) -> Result<(), GoalsError> {
        let now = self.clock().now();
        let reporting = reporting.clone();
        let held = pushed.fallen.len();
        let state = pushed.state;
        let (left_out, took) = (pushed.left_out.clone(), pushed.acknowledged > 0);
        let is_rejection = |reason: &str| !matches!(reason, "unsent" | "refused" | "regression");
        let rejected = pushed.not_taken.iter();
        let rejected = rejected.filter(|one| is_rejection(&one.reason)).count();
        self.with_roster(move |roster| {
            let told = Told {
                roster,
                district,
                now,
            };
            told.count(HELD, held, |students| {
                format!("the totals of {students} fell: they are not sent until somebody looks (homeroom goals allow)")
            })?;
            // What was not asked is not known to be better.
            if matches!(state, PushState::Done | PushState::Partly) {
                told.count(REJECTED, rejected, |students| {
                    format!("the district did not take the rows of {students}; `homeroom goals status` says why")
                })?;
                told.settle(REFUSED)?;
            }
            match left_out {
                Some(says) => told.raise(LEFT_OUT, &says)?,
                None if took => told.settle(LEFT_OUT)?,
                None => {}
            }
            if let Some(fault) = refused {
                told.raise(REFUSED, &says(fault))?;
            }
            alarm(roster, district, &reporting, now).map(drop)
        })
        .await
    }
}

fn alarm(
    roster: &dyn Roster,
    district: i64,
    reporting: &Reporting,
    now: Timestamp,
) -> Result<bool, RosterError> {
    let feed = roster.read()?.goal_feed(district)?;
    let told = Told {
        roster,
        district,
        now,
    };
    let late = feed.is_some_and(|feed| is_late(&feed, reporting, now));
    if late {
        let hours = reporting.limits.alarm_after.as_secs() / 3600;
        told.raise(
            LATE,
            &format!("not all metrics of this district were acknowledged for more than {hours} hours; `homeroom goals status` says what came of the last request"),
        )?;
    } else {
        told.settle(LATE)?;
    }
    Ok(late)
}

/// What a refusal of everything means.
fn says(fault: Fault) -> String {
    match fault {
        Fault::TokenRefused => {
            "the district's token was refused for metrics, and no other could be found".to_owned()
        }
        Fault::UnusableToken => {
            "the district's token has characters that no request can hold; store it again with `homeroom sync token`".to_owned()
        }
        Fault::GoalsOff => {
            "the district has not switched Goals on for this app; it does that, with `homeroom goals on`, and the next push sends everything"
                .to_owned()
        }
        Fault::GoalsOffOrToken => {
            "the server has no place for this app's metrics in this district: Goals is not on there, or the token is of another kind; it \
             did not say which, and the next push asks again"
                .to_owned()
        }
        Fault::Status(403 | 404) => {
            "the server has no place for this app's metrics in this district: Goals is not on there, or the token is of another kind"
                .to_owned()
        }
        fault => format!("the server refuses metrics: {fault}"),
    }
}

struct Told<'r> {
    roster: &'r dyn Roster,
    district: i64,
    now: Timestamp,
}

impl Told<'_> {
    fn raise(&self, code: &str, detail: &str) -> Result<(), RosterError> {
        let notice = NewNotice {
            district: self.district,
            code,
            subject: "",
            detail: Some(detail),
            at: self.now,
        };
        self.roster.raise(&notice).map(drop)
    }

    fn settle(&self, code: &str) -> Result<(), RosterError> {
        let (district, at) = (self.district, self.now);
        self.roster.settle_notice(district, code, "", at).map(drop)
    }

    fn count(
        &self,
        code: &str,
        number: usize,
        says: impl Fn(String) -> String,
    ) -> Result<(), RosterError> {
        match number {
            0 => self.settle(code),
            1 => self.raise(code, &says("1 student".to_owned())),
            more => self.raise(code, &says(format!("{more} students"))),
        }
    }
}
