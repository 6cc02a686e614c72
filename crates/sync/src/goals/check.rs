//! Whether this app's feed would pass a certification, from the sender's own log (issue 6).

use std::collections::BTreeSet;

use homeroom_goals::certification::{Facts, Finding, check};
use homeroom_goals::ledger::Student;
use homeroom_goals::{Amount, monday};
use homeroom_model::{Date, Timestamp};
use homeroom_roster::{
    GoalAcknowledged, GoalDelivery, GoalDeliveryState, GoalTrigger, GoalWaiting, Notice, Reading,
    RosterError,
};

use super::Sender;
use super::alarm::HELD;
use super::deliver::{is_off, is_undecided};
use super::error::GoalsError;
use super::look::{Look, bounds, totals};
use super::reporting::Reporting;
use super::told::{LATER, REGRESSION};

/// So many whole days are looked at.
const DAYS: i32 = 7;
/// Deliveries of these days: hourly, in as many parts as anybody needs.
const MOST: u32 = 100_000;
/// How long ago a student may have been reported to be covered.
const COVERED_MILLIS: i64 = 48 * 3_600_000;
/// Minutes of a week from which on a student works enough for the metric to move.
const BUSY: Amount = Amount::whole(30);
/// Reasons to wait of students whom the district has all the same, or who cannot be sent.
const KNOWN: [&str; 4] = ["implausible", "regression", "not_sendable", LATER];

impl Sender {
    /// Pass or fail for every criterion of a certification, as far as this side can see. What a second sending of the same
    /// bytes does is known once a [`Push`](super::Push) did it `twice`.
    pub async fn check(
        &self,
        district: i64,
        reporting: &Reporting,
    ) -> Result<Vec<Finding>, GoalsError> {
        let now = self.clock().now();
        let own = reporting.clone();
        let facts = self.with_roster(move |roster| {
            let reading = roster.read()?;
            let Some(_) = reading.district(district)? else {
                return Ok(None);
            };
            facts(&*reading, district, &own, now).map(Some)
        });
        let facts = facts.await?.ok_or(GoalsError::NoDistrict(district))?;
        Ok(check(&facts))
    }
}

fn facts(
    reading: &dyn Reading,
    district: i64,
    reporting: &Reporting,
    now: Timestamp,
) -> Result<Facts, RosterError> {
    let look = Look::at(reading, district, reporting, reporting.years.moment(now))?;
    let feed = reading.goal_feed(district)?;
    let since = feed.as_ref().map_or(now, |feed| feed.since);
    let days = whole_days(reporting, since, look.moment.day);
    let first = days.first().copied().unwrap_or(look.moment.day);
    let log = reading.goal_deliveries(district, reporting.years.starts(first), MOST)?;
    let waiting = reading.goal_waiting(district)?;
    let (busy, moved) = of_last_week(reading, district, reporting, &look)?;
    let (began, _) = bounds(reporting, look.moment.year);
    let notices = reading.notices(district, true)?;
    let falling = Falling {
        reporting,
        look: &look,
        log: &log,
        waiting: &waiting,
        notices: &notices,
    };
    let late = look
        .acknowledged
        .iter()
        .filter(|row| not_from_zero(row, began));
    let on = |day: &Date, is: fn(&GoalDelivery) -> bool| {
        let mut such = log.iter().filter(|one| is(one));
        such.any(|one| {
            one.finished
                .is_some_and(|at| reporting.years.day_of(at) == *day)
        })
    };
    let without = |day: &&Date| !on(day, is_accepted) && on(day, is_off);
    let days_off = days.iter().filter(without).count();
    let days_on = days.iter().filter(|day| !without(day));
    Ok(Facts {
        days: days_on.map(|day| on(day, is_accepted)).collect(),
        days_off: count(days_off),
        active: count(look.covered.students.len()),
        covered: covered(&look, &log, &waiting, now),
        refused: count(log.iter().filter(|one| is_wrong_token(one)).count()),
        off: count(log.iter().filter(|one| is_off(one)).count()),
        changed_by_resend: changed_by_resend(&log),
        regressions: count(falling.lower_now()),
        days_fallen: count(falling.days(first, now)),
        not_from_zero: count(late.count()),
        saw_year_begin: feed.is_some() && since <= began,
        key: Some(reporting.metric.clone()),
        left_out: left_out(&log, &reporting.metric),
        busy,
        moved,
        counts_finished_work: reporting.counts_finished_work,
    })
}

/// The last whole days of the district since sending began, ascending.
fn whole_days(reporting: &Reporting, since: Timestamp, today: Date) -> Vec<Date> {
    let first = (reporting.years.day_of(since).days() + 1).max(today.days() - DAYS);
    (first..today.days()).filter_map(Date::from_days).collect()
}

fn is_accepted(delivery: &GoalDelivery) -> bool {
    delivery.state == GoalDeliveryState::Acknowledged
}

fn is_wrong_token(delivery: &GoalDelivery) -> bool {
    let refused = delivery.state == GoalDeliveryState::Refused;
    let by_token = matches!(delivery.status, Some(401 | 403 | 404));
    refused && by_token && !is_off(delivery) && !is_undecided(delivery)
}

/// What the last request that was taken said of the progress metric that is sent now.
fn left_out(log: &[GoalDelivery], metric: &str) -> Option<String> {
    let of_metric = |one: &&GoalDelivery| is_accepted(one) && one.metric == metric;
    log.iter().find(of_metric)?.detail.clone()
}

/// What tells of totals that fell.
struct Falling<'a> {
    reporting: &'a Reporting,
    look: &'a Look,
    log: &'a [GoalDelivery],
    waiting: &'a [GoalWaiting],
    notices: &'a [Notice],
}

impl Falling<'_> {
    /// Students whose total is lower than what was told before: held here, on the way, or waiting there to be confirmed.
    fn lower_now(&self) -> usize {
        let held = self.look.fallen.iter();
        let held = held.filter_map(|one| one.accounts.first().copied());
        let open = self.look.corrections.iter();
        let open = open.filter(|one| one.delivery.is_none());
        let there = self.waiting.iter().filter(|row| row.reason == REGRESSION);
        let open = open.map(|one| one.person);
        let people = held.chain(open).chain(there.map(|row| row.person));
        people.collect::<BTreeSet<i64>>().len()
    }

    /// Days since the first on which a total was lower: told so, held, or let fall by somebody.
    fn days(&self, first: Date, now: Timestamp) -> usize {
        let day = |at: Timestamp| self.reporting.years.day_of(at).days();
        let regressed = |one: &&GoalDelivery| one.counts.is_some_and(|counts| counts.regressed > 0);
        let told = self.log.iter().filter(regressed).map(|one| {
            let at = day(one.finished.unwrap_or(one.begun));
            (at, at)
        });
        let held = self.notices.iter().filter(|notice| notice.code == HELD);
        let held = held.map(|notice| (day(notice.raised), day(notice.settled.unwrap_or(now))));
        let now_held = (!self.look.fallen.is_empty()).then(|| (day(now), day(now)));
        let allowed = self.look.corrections.iter();
        let allowed = allowed.map(|one| (day(one.at), day(one.at)));
        let spans = told.chain(held).chain(now_held).chain(allowed);
        let first = first.days();
        let days = spans.flat_map(|(from, to)| from.max(first)..=to);
        days.collect::<BTreeSet<i32>>().len()
    }
}

fn not_from_zero(row: &GoalAcknowledged, began: Timestamp) -> bool {
    let old = row.first_at.millis() - began.millis();
    let old = Amount::of_millis(u64::try_from(old).unwrap_or(0));
    Amount::from_micros(row.first_minutes.unsigned_abs()) > old
}

/// Students who were sent in the last two days, and whom the district has.
fn covered(look: &Look, log: &[GoalDelivery], waiting: &[GoalWaiting], now: Timestamp) -> u32 {
    let recent = |one: &&GoalDelivery| now.millis() - one.begun.millis() < COVERED_MILLIS;
    if !log.iter().filter(recent).any(is_accepted) {
        return 0;
    }
    // What was set aside arrived.
    let set_aside = waiting.iter().filter(|row| row.reason == "implausible");
    let set_aside = set_aside.map(|row| row.person);
    let waiting = waiting
        .iter()
        .filter(|row| !KNOWN.contains(&row.reason.as_str()));
    let waiting: BTreeSet<i64> = waiting.map(|row| row.person).collect();
    let known = look.acknowledged.iter().map(|row| row.person);
    let known: BTreeSet<i64> = known.chain(set_aside).collect();
    let is_covered = |student: &&Student| {
        let mut accounts = student.accounts.iter();
        let is_known = accounts.any(|account| known.contains(&account.0));
        let mut accounts = student.accounts.iter();
        is_known && !accounts.any(|account| waiting.contains(&account.0))
    };
    count(look.covered.students.iter().filter(is_covered).count())
}

/// Rows that changed when the last push that was sent twice was sent the second time.
fn changed_by_resend(log: &[GoalDelivery]) -> Option<u32> {
    let resent = log
        .iter()
        .filter(|one| one.trigger == GoalTrigger::Resend && is_accepted(one));
    let mut changed = None;
    for one in resent {
        let before: u32 = changed.unwrap_or_default();
        changed = Some(before.saturating_add(one.counts.unwrap_or_default().updated));
        // Newest first: the push began here.
        if one.part == 1 {
            break;
        }
    }
    changed
}

/// Of the last whole week: students with half an hour, and how many of them got on.
fn of_last_week(
    reading: &dyn Reading,
    district: i64,
    reporting: &Reporting,
    look: &Look,
) -> Result<(u32, u32), RosterError> {
    let this = monday(look.moment.day);
    let last = Date::from_days(this.days() - 7).unwrap_or(this);
    let week = (reporting.years.starts(last), reporting.years.starts(this));
    let totals = totals(reading, district, week)?;
    let (mut busy, mut moved) = (0, 0);
    for student in &look.covered.students {
        let sums = || {
            student
                .accounts
                .iter()
                .filter_map(|account| totals.get(account))
        };
        let minutes: Amount = sums().map(|sum| sum.minutes).sum();
        let progress: Amount = sums().map(|sum| sum.progress).sum();
        if minutes >= BUSY {
            busy += 1;
            moved += u32::from(progress > Amount::ZERO);
        }
    }
    Ok((busy, moved))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
