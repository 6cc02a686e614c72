//! `/goals/v1/active-minutes`: heartbeats in, active minutes out (integration-side D2). Nothing is kept, so the names of
//! students may be whatever the app calls them.

use axum::body::Body;
use axum::response::Response;
use homeroom_goals::Amount;
use homeroom_goals::active_minutes::{Activity, Heartbeat, Rules, active, moment};
use homeroom_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Asked, json};
use crate::error::ApiError;

/// Longest body, in bytes.
const BODY: usize = 8 << 20;

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with students, and with rules, from and to if they are needed"
)]
struct Told<'a> {
    /// What counts; the shipped rules where it is left out.
    #[serde(default)]
    rules: Rules,
    /// Only what was done from this instant on, in milliseconds since 1970.
    #[serde(default, deserialize_with = "moment::from")]
    from: Option<Timestamp>,
    /// Only what was done before this one.
    #[serde(default, deserialize_with = "moment::to")]
    to: Option<Timestamp>,
    #[serde(borrow)]
    students: Vec<Student<'a>>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with student and heartbeats"
)]
struct Student<'a> {
    /// Whatever the app calls the student.
    student: String,
    #[serde(borrow)]
    heartbeats: Vec<Heartbeat<'a>>,
}

#[derive(Serialize)]
struct Answer {
    data: Vec<Counted>,
}

#[derive(Serialize)]
struct Counted {
    student: String,
    minutes: Amount,
    #[serde(flatten)]
    activity: Activity,
}

/// Counts active minutes.
pub(super) async fn count(asked: &Asked<'_>, body: Body) -> Result<Response, ApiError> {
    let held = asked.api.bodies.read(body, None, BODY).await?;
    let counting = tokio::task::spawn_blocking(move || counted(&held.bytes));
    let answer = counting.await.map_err(ApiError::unavailable)?;
    json(&answer?)
}

fn counted(body: &[u8]) -> Result<Answer, ApiError> {
    let told: Told<'_> = serde_json::from_slice(body)
        .map_err(|error| ApiError::Unusable(format!("The heartbeats cannot be read: {error}.")))?;
    let from = told.from.unwrap_or(Timestamp::from_millis(i64::MIN));
    let to = told.to.unwrap_or(Timestamp::from_millis(i64::MAX));
    let counted = told.students.into_iter().map(|student| {
        let activity = active(&student.heartbeats, &told.rules);
        Counted {
            student: student.student,
            minutes: activity.within(from, to),
            activity,
        }
    });
    Ok(Answer {
        data: counted.collect(),
    })
}
