//! Fields that stopped coming for a whole district (integration-side A2.8). The open notice that tells of one is also how the next
//! plan knows that what the app has of it is kept.

use std::collections::BTreeSet;

use homeroom_model::{Kind, Timestamp};
use homeroom_plan::Plan;
use homeroom_roster::{Reading, Roster, RosterError};

use super::notices::{self, code};

/// Fields that nobody shares any more, by table and name.
pub(crate) fn unshared(
    reading: &dyn Reading,
    district: i64,
) -> Result<BTreeSet<(Kind, String)>, RosterError> {
    let open = reading.notices(district, false)?.into_iter();
    let told = open.filter(|notice| notice.code == code::FIELD);
    Ok(told.filter_map(|notice| field(&notice.subject)).collect())
}

/// Tells of fields that stopped with a plan that is about to be applied.
pub(crate) fn stopped(
    roster: &dyn Roster,
    district: i64,
    plan: &Plan,
    at: Timestamp,
) -> Result<(), RosterError> {
    for stopped in plan.stopped() {
        let subject = format!("{}.{}", stopped.kind.table(), stopped.field);
        let what = if stopped.kept {
            "what is known of it is kept"
        } else {
            "what was known of it is cleared"
        };
        let detail = format!(
            "{} records had it, and none has it now: {what}; ask the district whether it meant to stop sharing it",
            stopped.records
        );
        notices::raise(roster, (district, code::FIELD, &subject), &detail, at)?;
    }
    Ok(())
}

/// Settles the notices of fields that came again with the plan that was just applied.
pub(crate) fn shared_again(
    roster: &dyn Roster,
    district: i64,
    plan: &Plan,
    at: Timestamp,
) -> Result<(), RosterError> {
    for (kind, name) in plan.shared_again() {
        let subject = format!("{}.{name}", kind.table());
        roster.settle_notice(district, code::FIELD, &subject, at)?;
    }
    Ok(())
}

fn field(subject: &str) -> Option<(Kind, String)> {
    let (table, name) = subject.split_once('.')?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.table() == table)?;
    Some((kind, name.to_owned()))
}
