//! How a district's metrics stand.

use std::collections::BTreeMap;

use homeroom_goals::SchoolYear;
use homeroom_goals::submission::{Doubt, doubt};
use homeroom_model::Timestamp;
use homeroom_roster::{
    Connection, GoalDelivery, GoalDeliveryState, GoalFeedRow, GoalWaiting, Notice,
};

use super::Sender;
use super::alarm::{self, is_late};
use super::error::GoalsError;
use super::look::{Fallen, Look};
use super::reporting::Reporting;

/// So many deliveries are shown.
const SHOWN: u32 = 20;

/// How a district's metrics stand.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The district's name.
    pub name: String,
    /// The school year of now.
    pub year: SchoolYear,
    /// What was recorded and sent so far; nothing if nothing was.
    pub feed: Option<GoalFeedRow>,
    /// Whether the alarm is due.
    pub late: bool,
    /// In one sentence.
    pub sentence: String,
    /// Students to be reported.
    pub students: usize,
    /// Of those, how many have done something this school year.
    pub at_work: usize,
    /// Whose total fell.
    pub fallen: Vec<Fallen>,
    /// Who waits since the last push, counted by reason.
    pub waits: Vec<Waits>,
    /// Every one of them, by account and reason.
    pub waiting: Vec<GoalWaiting>,
    /// The last deliveries, newest first.
    pub deliveries: Vec<GoalDelivery>,
    /// What people should know.
    pub notices: Vec<Notice>,
    /// What would be better about the metric's key.
    pub key: Option<&'static str>,
}

/// How many wait for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The reason.
    pub reason: String,
    /// How many.
    pub students: usize,
    /// Since when the first of them does.
    pub since: Timestamp,
}

impl Sender {
    /// How a district's metrics stand. Raises or settles the alarm.
    pub async fn standing(
        &self,
        district: i64,
        reporting: &Reporting,
    ) -> Result<Standing, GoalsError> {
        let late = self.alarm(district, reporting).await?;
        let now = self.clock().now();
        let own = reporting.clone();
        let standing = self.with_roster(move |roster| {
            let reading = roster.read()?;
            let Some(known) = reading.district(district)? else {
                return Ok(None);
            };
            let look = Look::at(&*reading, district, &own, own.years.moment(now))?;
            let feed = reading.goal_feed(district)?;
            let deliveries = reading.goal_deliveries(district, Timestamp::default(), SHOWN)?;
            let mut notices = reading.notices(district, false)?;
            notices.retain(|notice| alarm::ALL.contains(&notice.code.as_str()));
            let waiting = reading.goal_waiting(district)?;
            let students = &look.covered.students;
            let works = |student: &&homeroom_goals::ledger::Student| {
                let mut accounts = student.accounts.iter();
                accounts.any(|account| look.totals.contains_key(account))
            };
            Ok(Some(Standing {
                year: look.moment.year,
                late: late && feed.as_ref().is_some_and(|feed| is_late(feed, &own, now)),
                sentence: sentence(known.state, feed.as_ref(), &deliveries, late),
                students: students.len(),
                at_work: students.iter().filter(works).count(),
                fallen: look.fallen,
                waits: counted(&waiting),
                waiting,
                deliveries,
                notices,
                key: doubt(&own.metric).map(Doubt::advice),
                feed,
                name: known.name,
            }))
        });
        standing.await?.ok_or(GoalsError::NoDistrict(district))
    }
}

fn counted(waiting: &[GoalWaiting]) -> Vec<Waits> {
    let mut found: BTreeMap<&str, (usize, Timestamp)> = BTreeMap::new();
    for row in waiting {
        let (count, since) = found.entry(&row.reason).or_insert((0, row.since));
        *count += 1;
        *since = (*since).min(row.since);
    }
    let found = found.into_iter();
    found
        .map(|(reason, (students, since))| Waits {
            reason: reason.to_owned(),
            students,
            since,
        })
        .collect()
}

fn sentence(
    state: Connection,
    feed: Option<&GoalFeedRow>,
    deliveries: &[GoalDelivery],
    late: bool,
) -> String {
    let Some(feed) = feed else {
        return "Nothing was recorded or sent yet.".to_owned();
    };
    let troubled =
        |one: &&GoalDelivery| one.state != GoalDeliveryState::Acknowledged || one.detail.is_some();
    let last = deliveries.iter().find(troubled);
    let why = last
        .and_then(|one| one.detail.as_deref())
        .unwrap_or("it was not sent");
    let good = feed.last_good.map(Timestamp::to_iso);
    match (late, good) {
        _ if state == Connection::Disconnected => {
            "The district is disconnected: nothing reaches it until it has a token again."
                .to_owned()
        }
        (true, Some(good)) => {
            format!("Late: everything was last acknowledged {good}. The last trouble: {why}.")
        }
        (true, None) => {
            format!("Late: nothing was ever acknowledged whole. The last trouble: {why}.")
        }
        (false, Some(good)) => format!("Everything was last acknowledged {good}."),
        (false, None) => "Nothing was acknowledged whole yet.".to_owned(),
    }
}
