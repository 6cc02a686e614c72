//! What people were asked and said, and what became of accounts.

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{
    About, Asked, Decision, Dispute, Fate, Found, Link, LinkState, Local, Picks, Reason, Standing,
};
use homeroom_roster::field::{person, section, term};
use homeroom_roster::{self as app, Reading, RosterError, RowChange};
use homeroom_segment::Snapshot;

use crate::roster::columns::{person_kind, roster_kind};

/// Every question that is not withdrawn, but for what was accepted and done where doing it again would do something.
pub(super) fn asked(reading: &dyn Reading, district: i64) -> Result<Vec<Asked>, RosterError> {
    let mut asked = Vec::new();
    for suggestion in reading.suggestions(district)? {
        let decision = match suggestion.decision {
            app::Decision::Open => Decision::Pending,
            app::Decision::Accepted if is_done(reading, district, &suggestion)? => continue,
            app::Decision::Accepted => Decision::Accepted,
            app::Decision::Rejected => Decision::Rejected,
            app::Decision::Gone => continue,
        };
        let about = About::from_text(&suggestion.about);
        let source = ObjectId::from_hex(&suggestion.source_id);
        if let (Some(about), Some(source)) = (about, source) {
            asked.push(Asked {
                number: suggestion.id,
                about,
                source,
                local: Local(suggestion.entity),
                evidence: suggestion.evidence.unwrap_or_default(),
                decision,
            });
        }
    }
    Ok(asked)
}

fn is_done(
    reading: &dyn Reading,
    district: i64,
    suggestion: &app::Suggestion,
) -> Result<bool, RosterError> {
    let (kind, old) = (suggestion.kind, suggestion.entity);
    let Some(new) = reading.linked(district, kind, &suggestion.source_id)? else {
        return Ok(false);
    };
    let points = |id: i64, field: app::Field, to: i64| -> Result<bool, RosterError> {
        let record = reading.record(kind, id)?;
        Ok(record.is_some_and(|record| record.get(field).integer() == Some(to)))
    };
    match About::from_text(&suggestion.about) {
        Some(About::CarryOver) => points(new.entity, section::CARRIED_FROM, old),
        Some(About::Successor) => points(old, term::SUCCESSOR, new.entity),
        _ => Ok(false),
    }
}

/// Contradictions that are open or were settled.
pub(super) fn disputes(reading: &dyn Reading, district: i64) -> Result<Vec<Dispute>, RosterError> {
    let conflicts = reading.conflicts(district)?.into_iter();
    let disputes = conflicts.filter_map(|conflict| {
        let reasons = [Reason::Ambiguous, Reason::SplitIdentity];
        let reason = reasons
            .into_iter()
            .find(|reason| reason.text() == conflict.code)?;
        let mut between: Vec<_> = conflict.entities.into_iter().map(Local).collect();
        between.sort_unstable();
        Some(Dispute {
            number: conflict.id,
            reason,
            source: ObjectId::from_hex(&conflict.source_id)?,
            field: conflict.field,
            between,
            settled: !conflict.open,
        })
    });
    Ok(disputes.collect())
}

/// What is open of what was found.
pub(super) fn findings(reading: &dyn Reading, district: i64) -> Result<Vec<Found>, RosterError> {
    let findings = reading.findings(district, false)?.into_iter();
    let found = findings.filter_map(|finding| {
        let mut kinds = Kind::ALL.into_iter();
        Some(Found {
            kind: kinds.find(|kind| kind.table() == finding.kind)?,
            source: ObjectId::from_hex(&finding.source_id)?,
            field: finding.field,
            code: finding.code,
        })
    });
    Ok(found.collect())
}

/// Records that wait for a pick.
pub(super) fn staged(
    reading: &dyn Reading,
    district: i64,
) -> Result<BTreeSet<ObjectId>, RosterError> {
    let staged = reading.staged(district)?.into_iter();
    let waiting = staged.filter(|staged| staged.picked.is_none());
    Ok(waiting
        .filter_map(|staged| ObjectId::from_hex(&staged.source_id))
        .collect())
}

/// Records that people picked or dropped. The app's database says of people only that they are people; which kind of record
/// it is, the mirror says.
pub(crate) fn picks(
    reading: &dyn Reading,
    district: i64,
    mirror: &Snapshot,
) -> Result<Picks, RosterError> {
    let mut picks = Picks::new();
    for staged in reading.staged(district)? {
        let source = ObjectId::from_hex(&staged.source_id);
        let (Some(picked), Some(source)) = (staged.picked, source) else {
            continue;
        };
        let of = Kind::ALL
            .into_iter()
            .filter(|kind| roster_kind(*kind) == Some(staged.kind));
        let there = of
            .clone()
            .find(|kind| mirror.table(*kind).find(&source).is_some());
        if let Some(kind) = there.or(of.clone().next()) {
            picks.insert((kind, source), picked);
        }
    }
    Ok(picks)
}

/// What became of an account, or of another record.
pub(super) fn fate(reading: &dyn Reading, kind: Kind, local: Local) -> Result<Fate, RosterError> {
    let Some(stored) = roster_kind(kind) else {
        return Ok(Fate::Missing);
    };
    let Some(record) = reading.record(stored, local.0)? else {
        return Ok(Fate::Missing);
    };
    if stored != app::Kind::Person {
        return Ok(Fate::There);
    }
    let into = record.get(person::MERGED_INTO).integer();
    Ok(match (record.get(person::APP_STATE).text(), into) {
        (Some("merged_into"), Some(into)) => Fate::MergedInto(Local(into)),
        (Some("ok" | "suspended"), _) => Fate::There,
        _ => Fate::Missing,
    })
}

/// Accounts that became part of one, with the ids that they brought in as the audit says.
pub(super) fn brought_into(
    reading: &dyn Reading,
    district: i64,
    (kind, into): (Kind, Local),
) -> Result<Vec<(Local, Vec<Link>)>, RosterError> {
    let mut parts = Vec::new();
    reading.records(district, app::Kind::Person, &mut |id, record| {
        if record.get(person::MERGED_INTO).integer() == Some(into.0) {
            let present = record.get(person::SOURCE_STATE).text() == Some("present");
            parts.push((id, present));
        }
        Ok(())
    })?;
    let mut brought = Vec::new();
    for (from, present) in parts {
        let entries = reading.timeline(from)?.into_iter().rev();
        let merge = entries
            .into_iter()
            .find(|entry| entry.op == "merge" && entry.subject == from);
        let changes = merge.map(|entry| entry.changes).unwrap_or_default();
        let mut links: Vec<Link> = changes
            .into_iter()
            .filter_map(|change| link_before(change, (kind, from), present))
            .collect();
        links.sort_by_key(|link| link.source);
        brought.push((Local(from), links));
    }
    Ok(brought)
}

fn link_before(change: RowChange, (kind, from): (Kind, i64), present: bool) -> Option<Link> {
    let RowChange::Link {
        link,
        before: Some(before),
        ..
    } = change
    else {
        return None;
    };
    let own = before.entity == from && before.person == person_kind(kind);
    Some(Link {
        source: ObjectId::from_hex(&link).filter(|_| own)?,
        local: Local(from),
        state: state(before.state),
        standing: if present {
            Standing::Present
        } else {
            Standing::Gone
        },
        joined: before.state == app::LinkState::Joint,
        touched: true,
        applied: [0; 16],
        members: [0; 16],
    })
}

/// What an id is to its account.
pub(super) fn state(state: app::LinkState) -> LinkState {
    match state {
        app::LinkState::Active => LinkState::Active,
        app::LinkState::Joint => LinkState::Joint,
        app::LinkState::Alias | app::LinkState::Legacy => LinkState::Alias,
    }
}
