//! School days that lie behind an installation: what apps reported on them is taken as the server would have taken it, at
//! moments that are past.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use homeroom_goals::submission::Limits;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_progress::receive::{Answer, Form as Taken, Reception, Request};
use homeroom_store::FeedKey;
use homeroom_store_sqlite::SqliteStore;

use super::Place;
use super::bodies::{Form, Reached, body};

const DAY: i64 = 86_400_000;

/// Has every student reported once a day on so many days before today, weekends left out. What was reached on the last of
/// them comes back.
pub(super) fn live(place: &Place<'_>, days: u32) -> Result<Reached> {
    let id = |text: &str| ObjectId::from_hex(text).context("an id that is none");
    let key = FeedKey {
        district: id(&place.district)?,
        app: id(&place.app)?,
    };
    let store = Arc::new(SqliteStore::open(&place.data.join("control.db"))?);
    let reception = Reception::new(store, Limits::default());
    let runtime = tokio::runtime::Runtime::new()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let today = i64::try_from(now.as_millis())? / DAY;
    let first = today - i64::from(days) * 7 / 5;
    let mut reached = Reached::default();
    for day in (first..today).filter(|day| (day + 3).rem_euclid(7) < 5) {
        reached.day();
        let request = Request {
            key,
            form: Taken::Json,
            body: body(&place.students, reached, Form::Json).into(),
            now: Timestamp::from_millis(day * DAY + 20 * 3_600_000),
            audit: key.app,
        };
        let known = Arc::new(|_: &ObjectId| true);
        let answer = runtime.block_on(reception.take(&request, known))?;
        ensure!(
            matches!(answer, Answer::Taken(_)),
            "a past day was not taken: {answer:?}"
        );
    }
    Ok(reached)
}
