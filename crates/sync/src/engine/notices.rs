//! What people are told, once for as long as it lasts (integration-side A4.13), and how a district is connected.

use std::time::Duration;

use homeroom_model::{Date, Timestamp};
use homeroom_roster::{Connection, Decision, NewNotice, Roster, RosterError};

/// The codes of notices.
pub(crate) mod code {
    /// A plan, or a part of one, waits for approval.
    pub(crate) const HOLD: &str = "hold_opened";
    /// The district's token was refused.
    pub(crate) const TOKEN: &str = "token_revoked";
    /// The source says that it is paused.
    pub(crate) const PAUSED: &str = "source_paused";
    /// Two full reads in a row were cut short.
    pub(crate) const PARTIAL: &str = "partial_reads";
    /// The source's events are silent about what happens there.
    pub(crate) const FEED: &str = "feed_silent";
    /// Conflicts wait for somebody.
    pub(crate) const CONFLICTS: &str = "conflicts";
    /// Questions wait for somebody.
    pub(crate) const SUGGESTIONS: &str = "suggestions";
    /// A field stopped coming for the whole district; the subject is `table.field`.
    pub(crate) const FIELD: &str = "field_unshared";
    /// No success for a day.
    pub(crate) const STALE: &str = "no_success";
}

/// So many partial reads in a row are told (integration-side S16).
const PARTIAL_READS: u32 = 2;

/// How the source answered.
#[derive(Clone, Copy)]
pub(crate) struct Answered {
    /// Whether it says that it is paused.
    pub(crate) paused: bool,
    /// Of a full read: how many in a row were cut short.
    pub(crate) partial: Option<u32>,
    /// Whether its events are silent; nothing if they were not asked.
    pub(crate) silent: Option<bool>,
}

/// The source answered: it is connected, whatever was before.
pub(crate) fn reached(
    roster: &dyn Roster,
    district: i64,
    answered: Answered,
    at: Timestamp,
) -> Result<(), RosterError> {
    let Answered {
        paused,
        partial,
        silent,
    } = answered;
    let known = roster.read()?.district(district)?;
    let state = if paused {
        Connection::Paused
    } else {
        Connection::Connected
    };
    if known.is_some_and(|known| known.state != state) {
        let reason = paused.then_some("source_paused");
        roster.set_connection(district, state, reason, None, at)?;
    }
    roster.settle_notice(district, code::TOKEN, "", at)?;
    if paused {
        let detail = "the source is frozen; what was read stays true until it goes on";
        raise(roster, (district, code::PAUSED, ""), detail, at)?;
    } else {
        roster.settle_notice(district, code::PAUSED, "", at)?;
    }
    if silent == Some(true) {
        let detail = "the source was brought up to date, and its events did not say so: the district is read in full instead";
        raise(roster, (district, code::FEED, ""), detail, at)?;
    } else if silent == Some(false) {
        roster.settle_notice(district, code::FEED, "", at)?;
    }
    match partial {
        Some(reads) if reads >= PARTIAL_READS => {
            let detail = format!(
                "{reads} full reads in a row were cut short: nobody is treated as gone until one is complete"
            );
            raise(roster, (district, code::PARTIAL, ""), &detail, at)
        }
        Some(0) => roster
            .settle_notice(district, code::PARTIAL, "", at)
            .map(drop),
        _ => Ok(()),
    }
}

/// What waits for people's decisions, in numbers.
pub(crate) fn questions(
    roster: &dyn Roster,
    district: i64,
    at: Timestamp,
) -> Result<(), RosterError> {
    let reading = roster.read()?;
    let conflicts = reading.conflicts(district)?;
    let conflicts = conflicts.iter().filter(|conflict| conflict.open).count();
    let suggestions = reading.suggestions(district)?;
    let open = |decision| decision == Decision::Open;
    let suggestions = suggestions.iter().filter(|one| open(one.decision)).count();
    drop(reading);
    for (code, number, what) in [
        (code::CONFLICTS, conflicts, "conflicts wait to be settled"),
        (
            code::SUGGESTIONS,
            suggestions,
            "suggestions wait for an answer",
        ),
    ] {
        if number > 0 {
            let detail = format!("{number} {what}");
            raise(roster, (district, code, ""), &detail, at)?;
        } else {
            roster.settle_notice(district, code, "", at)?;
        }
    }
    Ok(())
}

/// The token was refused and there is no other: nobody is deactivated by that (integration-side B7).
pub(crate) fn disconnected(
    roster: &dyn Roster,
    district: i64,
    until: Date,
    at: Timestamp,
) -> Result<(), RosterError> {
    let state = Connection::Disconnected;
    roster.set_connection(district, state, Some("token_revoked"), Some(until), at)?;
    let detail = format!(
        "the district's token was refused and no other could be found; accounts go on until {until}, then a plan asks what becomes of them"
    );
    raise(roster, (district, code::TOKEN, ""), &detail, at)
}

pub(crate) fn raise(
    roster: &dyn Roster,
    (district, code, subject): (i64, &str, &str),
    detail: &str,
    at: Timestamp,
) -> Result<(), RosterError> {
    let notice = NewNotice {
        district,
        code,
        subject,
        detail: Some(detail),
        at,
    };
    roster.raise(&notice).map(drop)
}

/// A moment so much later.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.millis().saturating_add(by))
}
