//! What an app may send: totals against what was acknowledged, at the pace of time, and the bodies (integration-side D2.4 to
//! D2.8, D3).

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use homeroom_model::{ObjectId, Timestamp};

use crate::{
    Amount, Moment,
    ledger::{Account, Student, Sum},
    submission::MINUTES,
};

/// A row to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The student's id at the source.
    pub student: ObjectId,
    /// The account under which the answer is remembered: the student's first.
    pub account: Account,
    /// The totals of this school year.
    pub sum: Sum,
}

/// A student whose total is lower than the one acknowledged: held until a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The student.
    pub student: Student,
    /// The total as it is computed now.
    pub computed: Sum,
    /// The most that was acknowledged this school year.
    pub acknowledged: Sum,
}

/// What may be sent now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sendable {
    /// In order of the students' ids.
    pub rows: Vec<Outgoing>,
    /// Who is held, in the same order.
    pub held: Vec<Held>,
}

/// Compares totals with what the receiver acknowledged in this school year, by account. Totals that fell are held, unless a
/// person allowed the correction for one of the student's accounts; all others go, whether they changed or not. Acknowledged
/// values belong to accounts and not to ids, so a student whose id changed goes out under the new one with the same total.
pub fn sendable(
    students: &[Student],
    totals: &BTreeMap<Account, Sum>,
    acknowledged: &BTreeMap<Account, Sum>,
    allowed: &BTreeSet<Account>,
) -> Sendable {
    let mut sendable = Sendable::default();
    for student in students {
        let of = |known: &BTreeMap<Account, Sum>| -> Vec<Sum> {
            student
                .accounts
                .iter()
                .filter_map(|account| known.get(account))
                .copied()
                .collect()
        };
        let computed = Sum {
            minutes: of(totals).iter().map(|sum| sum.minutes).sum(),
            progress: of(totals).iter().map(|sum| sum.progress).sum(),
        };
        // Two accounts that were acknowledged under one id each told its whole total, not a part of it.
        let most = of(acknowledged).into_iter().reduce(|a, b| Sum {
            minutes: a.minutes.max(b.minutes),
            progress: a.progress.max(b.progress),
        });
        let acknowledged = most.unwrap_or_default();
        let fell =
            computed.minutes < acknowledged.minutes || computed.progress < acknowledged.progress;
        let is_allowed = student
            .accounts
            .iter()
            .any(|account| allowed.contains(account));
        let Some(account) = student.accounts.first().copied() else {
            continue;
        };
        if fell && !is_allowed {
            sendable.held.push(Held {
                student: student.clone(),
                computed,
                acknowledged,
            });
        } else {
            sendable.rows.push(Outgoing {
                student: student.source,
                account,
                sum: computed,
            });
        }
    }
    sendable
}

/// Minutes that were sent of a student this school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The minutes.
    pub minutes: Amount,
    /// If they arrived, then no later than this.
    pub until: Timestamp,
}

/// A student of whom only a part of the minutes may be sent now, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later {
    /// The student's id at the source.
    pub student: ObjectId,
    /// The account under which the answer is remembered.
    pub account: Account,
    /// The minutes that follow.
    pub minutes: Amount,
}

/// What may be sent at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paced {
    /// In the order they came in.
    pub rows: Vec<Outgoing>,
    /// Of whom minutes follow, in the same order.
    pub later: Vec<Later>,
}

/// Less than time has passed by so much: what the clocks of two sides, and a request under way, may differ by.
const MARGIN_MINUTES: u32 = 1;

/// Lowers minutes to what any receiver that sets aside what rises by more than time has passed (integration-side D3) takes for
/// plausible: no more than was sent last, plus the whole minutes since, less one; for a student of whom nothing was ever sent,
/// those since the school year began. Each report keeps to that against the one before, so it does against every earlier one, and
/// it does not matter which of them arrived. What is left over follows with later reports.
///
/// `told` gives what the district may have of a student. Of several, where it is not known under which id each arrived, the row
/// has to suit every one; until it does, it waits.
pub fn paced(rows: &[Outgoing], told: impl Fn(&Outgoing) -> Vec<Told>, moment: &Moment) -> Paced {
    let began = [Told {
        minutes: Amount::ZERO,
        until: moment.began,
    }];
    let mut paced = Paced::default();
    for row in rows {
        let told = told(row);
        let told = if told.is_empty() { &began[..] } else { &told };
        let most = told
            .iter()
            .map(|one| one.minutes + passed(one.until, moment.at))
            .min()
            .unwrap_or_default();
        let least = told.iter().map(|one| one.minutes).max().unwrap_or_default();
        let whole = row.sum.minutes;
        let now = whole.min(most);
        let may_go = now == whole || now >= least;
        if may_go {
            let sum = Sum {
                minutes: now,
                ..row.sum
            };
            paced.rows.push(Outgoing { sum, ..*row });
        }
        if now < whole {
            let known = if may_go { now } else { least };
            paced.later.push(Later {
                student: row.student,
                account: row.account,
                minutes: whole.less(known),
            });
        }
    }
    paced
}

/// The whole minutes between two moments, less the margin.
fn passed(from: Timestamp, to: Timestamp) -> Amount {
    let minutes = to.millis().saturating_sub(from.millis()) / 60_000;
    let minutes = u32::try_from(minutes.max(0)).unwrap_or(u32::MAX);
    Amount::whole(minutes.saturating_sub(MARGIN_MINUTES))
}

/// A body of JSON. Equal rows give equal bytes, so a retry sends the same body and a digest tells it is.
pub fn json(rows: &[Outgoing], progress_key: &str) -> Vec<u8> {
    let key = serde_json::to_string(progress_key).unwrap_or_default();
    let mut body = Vec::with_capacity(rows.len() * 100 + 32);
    body.extend_from_slice(br#"{"data":{"students":["#);
    for (place, row) in rows.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let Sum { minutes, progress } = row.sum;
        // Writing into memory does not fail.
        let _ = write!(
            body,
            r#"{comma}{{"clever_id":"{}","metrics":{{"{MINUTES}":{minutes},{key}:{progress}}}}}"#,
            row.student
        );
    }
    body.extend_from_slice(b"]}}");
    body
}

/// A body of CSV.
pub fn csv(rows: &[Outgoing], progress_key: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(rows.len() * 48 + 64);
    let quoted = progress_key.replace('"', "\"\"");
    let _ = if progress_key.contains([',', '"', ' ']) {
        writeln!(body, "clever_id,{MINUTES},\"{quoted}\"")
    } else {
        writeln!(body, "clever_id,{MINUTES},{progress_key}")
    };
    for row in rows {
        let _ = writeln!(
            body,
            "{},{},{}",
            row.student, row.sum.minutes, row.sum.progress
        );
    }
    body
}
