//! What the receiver's side saw of a feed, for certification (issue 6).

use std::collections::BTreeSet;

use homeroom_goals::certification::{self, Facts};
use homeroom_goals::submission::Notice;
use homeroom_model::Date;
use homeroom_store::GoalsDelivery;

use crate::book::{Book, FeedBook};
use crate::receive::report_of;
use crate::standings::{Flags, Standings};

/// Whole days that are looked at.
const DAYS: i32 = 7;
/// The status of requests that came while Goals were off. A token of another kind gets it too, and has no app, so no feed in
/// whose log it could stand.
const OFF: u16 = 404;

/// The first day whose requests are looked at.
pub(crate) fn since(book: &Book) -> Date {
    let today = book.moment.day;
    Date::from_days(today.days() - DAYS).unwrap_or(today)
}

/// The facts of a feed. `requests` are those since that day, newest first; older ones help to know what came before.
pub(crate) fn received(
    book: &Book,
    feed: &FeedBook,
    standings: &Standings,
    requests: &[GoalsDelivery],
) -> Facts {
    let today = book.moment.day.days();
    let count = |flag: Flags| standings.count(|flags| flags.has(flag));
    let lately = requests
        .iter()
        .filter(|request| request.day.days() >= today - DAYS);
    let lately: Vec<&GoalsDelivery> = lately.collect();
    let answered = |with: &[u16]| {
        let such = lately
            .iter()
            .filter(|request| with.contains(&request.status));
        u32::try_from(such.count()).unwrap_or(u32::MAX)
    };
    let (days, days_off) = days(feed, today, &lately);
    Facts {
        days,
        days_off,
        active: standings.count(|_| true),
        covered: count(Flags::HEARD),
        refused: answered(&[401, 403]),
        off: answered(&[OFF]),
        changed_by_resend: changed_by_resend(requests),
        regressions: count(Flags::FELL),
        days_fallen: days_fallen(requests, today - DAYS),
        not_from_zero: count(Flags::NOT_FROM_ZERO),
        saw_year_begin: feed.saw_year_begin,
        key: feed.settings.progress_key().map(str::to_owned),
        left_out: left_out(requests),
        busy: count(Flags::BUSY),
        moved: standings.count(|flags| flags.has(Flags::BUSY) && flags.has(Flags::MOVED)),
        counts_finished_work: feed.settings.counts_finished_work,
    }
}

/// Of each of the last whole days since the feed began this school year, whether anything was accepted, without days on which
/// nothing was because Goals were off; and how many those were.
fn days(feed: &FeedBook, today: i32, requests: &[&GoalsDelivery]) -> (Vec<bool>, u32) {
    let off = requests.iter().filter(|request| request.status == OFF);
    let off: BTreeSet<Date> = off.map(|request| request.day).collect();
    let (mut days, mut days_off) = (Vec::new(), 0);
    for day in (today - DAYS..today).filter_map(Date::from_days) {
        let delivered = feed.days.binary_search(&day).is_ok();
        if !delivered && off.contains(&day) {
            days_off += 1;
        } else if feed.began.is_some_and(|began| began <= day) {
            days.push(delivered);
        }
    }
    (days, days_off)
}

/// Days from one on, on which requests brought totals that were lower than what was known.
///
/// A body that was taken before, and brought nothing lower then, is a late repeat: it was overtaken by a newer one, and no total
/// fell. A body that was overtaken before it was first taken counts, for nothing tells it from a fall.
fn days_fallen(requests: &[GoalsDelivery], since: i32) -> u32 {
    let (mut taken, mut days) = (BTreeSet::new(), BTreeSet::new());
    for request in requests.iter().rev().filter(|request| request.accepted) {
        let fell = request.rows.warnings > 0 && report_of(request).regressions > 0;
        if !fell {
            taken.insert(request.body);
        } else if request.day.days() >= since && !taken.contains(&request.body) {
            days.insert(request.day);
        }
    }
    u32::try_from(days.len()).unwrap_or(u32::MAX)
}

/// What the newest request that was taken left out, if it brought another metric than the app's.
fn left_out(requests: &[GoalsDelivery]) -> Option<String> {
    let newest = requests.iter().find(|request| request.accepted)?;
    let report = report_of(newest);
    let sent = report.ignored_metrics.first()?;
    let expected = report.expected_metric?;
    Some(certification::left_out(&sent.key, Some(&expected)))
}

/// Rows that changed a figure when a request was sent a second time, right after the first. Where something else became of its
/// rows than the first time, it was something else that changed: who is shared, or which metric the app has.
fn changed_by_resend(requests: &[GoalsDelivery]) -> Option<u32> {
    let mut accepted = requests
        .iter()
        .filter(|request| request.accepted)
        .peekable();
    while let Some(request) = accepted.next() {
        if accepted
            .peek()
            .is_some_and(|before| before.body == request.body && is_alike(before, request))
        {
            return Some(request.rows.updated);
        }
    }
    None
}

fn is_alike(before: &GoalsDelivery, request: &GoalsDelivery) -> bool {
    let (first, second) = (report_of(before), report_of(request));
    let mut warnings = second.warnings.iter();
    before.rows.rejected == request.rows.rejected
        && first.progress_metric == second.progress_metric
        && warnings.all(|warning| warning.reason != Notice::NewSeries)
}
