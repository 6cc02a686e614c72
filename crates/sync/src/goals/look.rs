//! What is true of a district at one moment: who is to be reported, what everybody reached, and what may go out.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_goals::ledger::{Account, Covered, Profile, Student, Sum, covered};
use homeroom_goals::outgoing::{Held, Later, Outgoing, Told, paced, sendable};
use homeroom_goals::{Amount, Moment, SchoolYear};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_roster::{
    GoalAcknowledged, GoalCorrection, GoalSent, GoalUndone, GoalsReading, Reading, RosterError,
};

use super::reporting::Reporting;

/// A student whose total is lower than the one acknowledged, with the ledger rows that explain it (integration-side D2.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallen {
    /// The id at the source.
    pub source: ObjectId,
    /// The accounts, ascending.
    pub accounts: Vec<i64>,
    /// The total as it is computed now.
    pub computed: Sum,
    /// The most that was acknowledged.
    pub acknowledged: Sum,
    /// Activities of these accounts that were undone. Without any it is an account's merge that was taken back, or another
    /// count of progress.
    pub undone: Vec<GoalUndone>,
}

/// A district at a moment.
pub(super) struct Look {
    pub(super) moment: Moment,
    pub(super) covered: Covered,
    pub(super) rows: Vec<Outgoing>,
    pub(super) later: Vec<Later>,
    pub(super) fallen: Vec<Fallen>,
    pub(super) totals: BTreeMap<Account, Sum>,
    pub(super) acknowledged: Vec<GoalAcknowledged>,
    pub(super) corrections: Vec<GoalCorrection>,
    sent: BTreeMap<ObjectId, GoalSent>,
}

/// What is kept of an amount; amounts that a column cannot hold are none that anybody sends.
pub(super) fn stored(amount: Amount) -> i64 {
    i64::try_from(amount.micros()).unwrap_or(i64::MAX)
}

fn amount(stored: i64) -> Amount {
    Amount::from_micros(stored.unsigned_abs())
}

/// From the first instant of a school year to the first of the next.
pub(super) fn bounds(reporting: &Reporting, year: SchoolYear) -> (Timestamp, Timestamp) {
    let next = SchoolYear(year.0.saturating_add(1));
    (reporting.years.begins(year), reporting.years.begins(next))
}

/// Adds up the ledger of some time.
pub(super) fn totals(
    reading: &dyn Reading,
    district: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<BTreeMap<Account, Sum>, RosterError> {
    let mut totals = BTreeMap::new();
    reading.goal_sums(district, from, to, &mut |sum| {
        let (minutes, progress) = (amount(sum.minutes), amount(sum.progress));
        totals.insert(Account(sum.person), Sum { minutes, progress });
        Ok(())
    })?;
    Ok(totals)
}

/// Everybody as sending sees them.
pub(super) fn profiles(reading: &dyn Reading, district: i64) -> Result<Vec<Profile>, RosterError> {
    let mut profiles = Vec::new();
    reading.goal_profiles(district, &mut |profile| {
        profiles.push(Profile {
            account: Account(profile.person),
            source: profile.source_id.and_then(ObjectId::from_hex),
            merged_into: profile.merged_into.map(Account),
            active: profile.active,
        });
        Ok(())
    })?;
    Ok(profiles)
}

impl Look {
    /// Looks at a district; everything of one moment.
    pub(super) fn at(
        reading: &dyn Reading,
        district: i64,
        reporting: &Reporting,
        moment: Moment,
    ) -> Result<Self, RosterError> {
        let bounds = bounds(reporting, moment.year);
        let covered = covered(&profiles(reading, district)?);
        let totals = totals(reading, district, bounds)?;
        let acknowledged = reading.goal_acknowledged(district, moment.year.0)?;
        let corrections = reading.goal_corrections(district, moment.year.0)?;
        let known = known(&acknowledged, &reporting.metric);
        let allowed = allowed(&covered.students, &totals, &corrections);
        let sendable = sendable(&covered.students, &totals, &known, &allowed);
        let sent = reading.goal_sent(district, moment.year.0)?.into_iter();
        let sent = sent.filter_map(|one| Some((ObjectId::from_hex(&one.source_id)?, one)));
        let sent: BTreeMap<ObjectId, GoalSent> = sent.collect();
        let told = Telling::new(&sent, &acknowledged, &covered, moment.at);
        let paced = paced(&sendable.rows, |row| told.of(row), &moment);
        let mut fallen = Vec::with_capacity(sendable.held.len());
        for held in sendable.held {
            fallen.push(Fallen::of(&held, reading, bounds)?);
        }
        Ok(Self {
            moment,
            covered,
            rows: paced.rows,
            later: paced.later,
            fallen,
            totals,
            acknowledged,
            corrections,
            sent,
        })
    }

    /// Of these rows, the ids and minutes that the district is not known to have.
    pub(super) fn sending(&self, rows: &[Outgoing]) -> Vec<(String, i64)> {
        let is_news = |row: &&Outgoing| {
            let known = self.sent.get(&row.student);
            !known.is_some_and(|one| one.taken && one.minutes == stored(row.sum.minutes))
        };
        let news = rows.iter().filter(is_news);
        news.map(|row| (row.student.to_hex(), stored(row.sum.minutes)))
            .collect()
    }

    /// What is acknowledged if these rows are taken, with their progress or without it. A correction lowers what is known of
    /// every account of its student, so that none of them holds the total back again. Where progress was left out, what is
    /// known of it stays, and who may let it fall may do so until it is taken.
    pub(super) fn acknowledging(
        &self,
        rows: &[Outgoing],
        metric: &str,
        with_progress: bool,
        at: Timestamp,
    ) -> (Vec<GoalAcknowledged>, Vec<i64>) {
        let known = self.acknowledged.iter().map(|row| (row.person, row));
        let known: BTreeMap<i64, &GoalAcknowledged> = known.collect();
        let open = |account: &Account| {
            let of = |one: &&GoalCorrection| one.delivery.is_none() && one.person == account.0;
            self.corrections.iter().find(of)
        };
        let progress = |person: i64, now: Amount| match known.get(&person) {
            _ if with_progress => (metric, stored(now)),
            Some(before) => (before.metric.as_str(), before.progress),
            None => (metric, 0),
        };
        let (mut acknowledged, mut told) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            let students = &self.covered.students;
            let place = students.binary_search_by_key(&row.student, |student| student.source);
            let accounts = place.ok().and_then(|place| students.get(place));
            let accounts = accounts.map_or(&[][..], |student| &student.accounts);
            let corrections: Vec<&GoalCorrection> = accounts.iter().filter_map(open).collect();
            let lowered = accounts
                .iter()
                .filter(|account| !corrections.is_empty() && known.contains_key(&account.0));
            let mut people: BTreeSet<i64> = lowered.map(|account| account.0).collect();
            people.insert(row.account.0);
            let whole = corrections
                .iter()
                .filter(|one| with_progress || one.progress >= one.from_progress);
            told.extend(whole.map(|one| one.id));
            acknowledged.extend(people.into_iter().map(|person| {
                let (metric, progress) = progress(person, row.sum.progress);
                GoalAcknowledged {
                    person,
                    metric: metric.to_owned(),
                    minutes: stored(row.sum.minutes),
                    progress,
                    at,
                    first_minutes: stored(row.sum.minutes),
                    first_at: at,
                }
            }));
        }
        (acknowledged, told)
    }
}

/// What the district may have of each student.
struct Telling<'a> {
    sent: &'a BTreeMap<ObjectId, GoalSent>,
    acknowledged: BTreeMap<i64, Told>,
    covered: &'a Covered,
    now: Timestamp,
}

impl<'a> Telling<'a> {
    fn new(
        sent: &'a BTreeMap<ObjectId, GoalSent>,
        acknowledged: &[GoalAcknowledged],
        covered: &'a Covered,
        now: Timestamp,
    ) -> Self {
        let told = acknowledged.iter().map(|row| {
            let (minutes, until) = (amount(row.minutes), row.at);
            (row.person, Told { minutes, until })
        });
        Self {
            sent,
            acknowledged: told.collect(),
            covered,
            now,
        }
    }

    /// What was last sent under the student's id. Where that is not known (another id until now, or it was sent before that was
    /// kept), it is what any of the student's accounts has acknowledged: under which id does not say itself.
    fn of(&self, row: &Outgoing) -> Vec<Told> {
        if let Some(sent) = self.sent.get(&row.student) {
            return vec![Told {
                minutes: amount(sent.minutes),
                until: sent.until.unwrap_or(self.now),
            }];
        }
        let students = &self.covered.students;
        let place = students.binary_search_by_key(&row.student, |student| student.source);
        let student = place.ok().and_then(|place| students.get(place));
        let accounts = student.into_iter().flat_map(|student| &student.accounts);
        accounts
            .filter_map(|account| self.acknowledged.get(&account.0).copied())
            .collect()
    }
}

impl Fallen {
    fn of(
        held: &Held,
        reading: &dyn GoalsReading,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Self, RosterError> {
        let accounts: Vec<i64> = held.student.accounts.iter().map(|one| one.0).collect();
        let mut undone = Vec::new();
        for account in &accounts {
            undone.extend(reading.goal_undone(*account, from, to)?);
        }
        Ok(Self {
            source: held.student.source,
            accounts,
            computed: held.computed,
            acknowledged: held.acknowledged,
            undone,
        })
    }

    /// Why the total is lower, in one sentence.
    pub fn says(&self) -> String {
        let Sum { minutes, progress } = self.computed;
        let before = self.acknowledged;
        let why = match self.undone.len() {
            0 => "no activity of the student was undone: an account that counted before does not any more, or the metric is counted \
                  otherwise"
                .to_owned(),
            1 => "1 activity was undone".to_owned(),
            more => format!("{more} activities were undone"),
        };
        format!(
            "the total is {minutes} minutes and {progress}, {} and {} were acknowledged: {why}",
            before.minutes, before.progress
        )
    }
}

/// What was acknowledged by account. Progress under another key is another series, with which nothing is compared.
fn known(acknowledged: &[GoalAcknowledged], metric: &str) -> BTreeMap<Account, Sum> {
    let sum = |row: &GoalAcknowledged| Sum {
        minutes: amount(row.minutes),
        progress: if row.metric == metric {
            amount(row.progress)
        } else {
            Amount::ZERO
        },
    };
    let known = acknowledged.iter();
    known.map(|row| (Account(row.person), sum(row))).collect()
}

/// The accounts whose total may be lower. What was allowed is what somebody saw: a total that fell further is held again.
fn allowed(
    students: &[Student],
    totals: &BTreeMap<Account, Sum>,
    corrections: &[GoalCorrection],
) -> BTreeSet<Account> {
    let open: BTreeMap<Account, &GoalCorrection> = corrections
        .iter()
        .filter(|one| one.delivery.is_none())
        .map(|one| (Account(one.person), one))
        .collect();
    let mut allowed = BTreeSet::new();
    if open.is_empty() {
        return allowed;
    }
    for student in students {
        let sums = || {
            student
                .accounts
                .iter()
                .filter_map(|account| totals.get(account))
        };
        let minutes: Amount = sums().map(|sum| sum.minutes).sum();
        let progress: Amount = sums().map(|sum| sum.progress).sum();
        let corrections = student
            .accounts
            .iter()
            .filter_map(|account| open.get(account));
        let fits = corrections
            .filter(|one| minutes >= amount(one.minutes) && progress >= amount(one.progress));
        allowed.extend(fits.map(|one| Account(one.person)));
    }
    allowed
}
