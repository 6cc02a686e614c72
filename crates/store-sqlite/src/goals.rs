mod deliveries;
mod feeds;
mod student_years;

use async_trait::async_trait;
use homeroom_model::{Date, ObjectId};
use homeroom_store::{
    AuditEntry, FeedKey, Goals, GoalsDelivery, GoalsFeed, GoalsMove, GoalsStandings, GoalsTarget,
    SetGoalsFeed, StoreError, StudentYear, Which, limits,
};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{date, moment, number, number_if_any, signed};
use crate::fault::Answer;
use crate::{SqliteStore, audit, query};

#[async_trait]
impl Goals for SqliteStore {
    async fn goals_feed(&self, key: FeedKey) -> Result<Option<GoalsFeed>, StoreError> {
        self.read("reading a feed", |connection| feeds::find(connection, key))
            .await
    }

    async fn goals_feeds(&self, district: ObjectId) -> Result<Vec<GoalsFeed>, StoreError> {
        self.read("listing feeds", |connection| {
            feeds::of_district(connection, district)
        })
        .await
    }

    async fn set_goals_feed(&self, wish: SetGoalsFeed) -> Result<u64, StoreError> {
        wish.check()?;
        self.write("changing a feed", move |tx| feeds::set(tx, &wish))
            .await
    }

    async fn forget_goals_feed(
        &self,
        key: FeedKey,
        audit: Option<AuditEntry>,
    ) -> Result<bool, StoreError> {
        audit.as_ref().map_or(Ok(()), AuditEntry::check)?;
        self.write("forgetting a feed", move |tx| {
            feeds::forget(tx, key, audit.as_ref())
        })
        .await
    }

    async fn student_years(
        &self,
        key: FeedKey,
        year: i16,
        which: Which<'_>,
        earlier: bool,
    ) -> Result<Vec<StudentYear>, StoreError> {
        let wanted = student_years::Wanted::new(which);
        self.read_many("reading student years", move |connection| {
            student_years::read(connection, key, year, &wanted, earlier)
        })
        .await
    }

    async fn keep_goals(&self, key: FeedKey, change: GoalsMove) -> Result<u64, StoreError> {
        change.check()?;
        self.write("keeping what an app reported", move |tx| {
            let after = change.after(feeds::find(tx, key)?)?;
            feeds::write(tx, &after)?;
            student_years::write(tx, key, change.year, &change.changed)?;
            if let Some(delivery) = &change.delivery {
                deliveries::log(tx, key, delivery, limits::GOALS_DELIVERIES)?;
            }
            if let Some(entry) = &change.audit {
                audit::add(tx, entry)?;
            }
            Ok(after.generation)
        })
        .await
    }

    async fn log_goals_refusal(
        &self,
        key: FeedKey,
        delivery: GoalsDelivery,
    ) -> Result<bool, StoreError> {
        delivery.check_refusal()?;
        self.write("logging a refusal", move |tx| {
            if feeds::find(tx, key)?.is_none() {
                return Ok(false);
            }
            deliveries::log(tx, key, &delivery, limits::GOALS_REFUSALS)?;
            Ok(true)
        })
        .await
    }

    async fn goals_deliveries(
        &self,
        key: FeedKey,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<GoalsDelivery>, StoreError> {
        self.read_many("listing deliveries", move |connection| {
            deliveries::list(connection, key, before, limit)
        })
        .await
    }

    async fn goals_delivery_days(
        &self,
        key: FeedKey,
        from: Date,
        to: Date,
    ) -> Result<Vec<Date>, StoreError> {
        self.read("listing days of deliveries", |connection| {
            let sql = "SELECT day FROM goals_delivery_days \
                       WHERE district = ?1 AND app = ?2 AND day BETWEEN ?3 AND ?4 ORDER BY day";
            let between = params![
                key.district.bytes(),
                key.app.bytes(),
                from.days(),
                to.days()
            ];
            query::all(connection, sql, between, |row| date(row, 0))
        })
        .await
    }

    async fn add_goals_targets(
        &self,
        key: FeedKey,
        expected: u64,
        targets: Vec<GoalsTarget>,
        audit: Option<AuditEntry>,
    ) -> Result<u64, StoreError> {
        GoalsTarget::check_all(&targets, expected, audit.as_ref())?;
        self.write("setting targets", move |tx| {
            add_targets(tx, key, expected, &targets, audit.as_ref())
        })
        .await
    }

    async fn goals_targets(&self, key: FeedKey) -> Result<Vec<GoalsTarget>, StoreError> {
        self.read_many("listing targets", move |connection| {
            targets(connection, key, 0)
        })
        .await
    }

    async fn goals_standings(
        &self,
        key: FeedKey,
        year: i16,
    ) -> Result<Option<GoalsStandings>, StoreError> {
        self.read_many("reading standings", move |connection| {
            let sql = "SELECT made_of, bytes FROM goals_standings \
                       WHERE district = ?1 AND app = ?2 AND year = ?3";
            let of = params![key.district.bytes(), key.app.bytes(), year];
            query::first(connection, sql, of, |row| {
                Ok(GoalsStandings {
                    made_of: row.get(0)?,
                    bytes: row.get(1)?,
                })
            })
        })
        .await
    }

    async fn keep_goals_standings(
        &self,
        key: FeedKey,
        year: i16,
        standings: GoalsStandings,
    ) -> Result<bool, StoreError> {
        limits::standings(&standings.made_of, standings.bytes.len())?;
        self.write("keeping standings", move |tx| {
            if feeds::find(tx, key)?.is_none() {
                return Ok(false);
            }
            let sql = "INSERT INTO goals_standings (district, app, year, made_of, bytes) \
                       VALUES (?1, ?2, ?3, ?4, ?5) \
                       ON CONFLICT DO UPDATE SET made_of = excluded.made_of, bytes = excluded.bytes";
            let row = params![
                key.district.bytes(),
                key.app.bytes(),
                year,
                standings.made_of,
                standings.bytes,
            ];
            query::change(tx, sql, row)?;
            Ok(true)
        })
        .await
    }
}

fn add_targets(
    tx: &Transaction<'_>,
    key: FeedKey,
    expected: u64,
    wanted: &[GoalsTarget],
    noted: Option<&AuditEntry>,
) -> Answer<u64> {
    feeds::required(tx, key)?;
    let sql = "SELECT max(number) FROM goals_targets WHERE district = ?1 AND app = ?2";
    let of = params![key.district.bytes(), key.app.bytes()];
    let last = query::first(tx, sql, of, |row| number_if_any(row, 0))?;
    let last = last.flatten().unwrap_or(0);
    let after = targets(tx, key, expected)?;
    let Some(new) = GoalsTarget::following(expected, last, &after, wanted)? else {
        return Ok(last);
    };
    if let Some(entry) = noted {
        audit::add(tx, entry)?;
    }
    let sql = "INSERT INTO goals_targets \
               (district, app, number, audience, metric, per_week, from_day, set_by, at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    for target in &new {
        let row = params![
            key.district.bytes(),
            key.app.bytes(),
            signed(target.number),
            target.audience,
            target.metric,
            target.per_week.map(signed),
            target.from.days(),
            target.by,
            target.at.millis(),
        ];
        query::change(tx, sql, row)?;
    }
    Ok(new.last().map_or(last, |target| target.number))
}

/// The targets of a feed with numbers above `after`.
fn targets(connection: &Connection, key: FeedKey, after: u64) -> Answer<Vec<GoalsTarget>> {
    let sql = "SELECT number, audience, metric, per_week, from_day, set_by, at FROM goals_targets \
               WHERE district = ?1 AND app = ?2 AND number > ?3 ORDER BY number";
    let of = params![key.district.bytes(), key.app.bytes(), signed(after)];
    query::all(connection, sql, of, read_target)
}

fn read_target(row: &Row<'_>) -> Answer<GoalsTarget> {
    Ok(GoalsTarget {
        number: number(row, 0)?,
        audience: row.get(1)?,
        metric: row.get(2)?,
        per_week: number_if_any(row, 3)?,
        from: date(row, 4)?,
        by: row.get(5)?,
        at: moment(row, 6)?,
    })
}
