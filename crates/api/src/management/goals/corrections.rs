//! What waits to be confirmed, and saying what it means.

use axum::response::Response;
use homeroom_model::ObjectId;
use homeroom_progress::corrections::{self, CorrectionError, Decision, Whose};
use homeroom_store::FeedKey;
use serde::Deserialize;
use serde_json::json as value;

use super::super::json;
use super::Asked;
use crate::error::ApiError;

/// What is decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    app: ObjectId,
    r#do: Word,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Confirm,
    Dismiss,
}

/// What waits to be confirmed in an app this school year, ascending by student. Students stand in it by their ids.
pub(in super::super) async fn open(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let feed = asked.feed().await?;
    let found = corrections::open(&*asked.api.store, feed, asked.api.clock.now());
    let found = found.await.map_err(refused)?;
    let data: Vec<_> = found
        .iter()
        .map(|open| {
            let mut document = value!(open);
            if let Some(members) = document.as_object_mut() {
                members.insert("app".to_owned(), value!(feed.app));
            }
            document
        })
        .collect();
    Ok(json(&value!({ "data": data })))
}

/// Confirms or dismisses what is open of a student.
pub(in super::super) async fn correct(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const NOTHING: &str = "Nothing is open of this student in this app.";
    let district = asked.district().await?.document.id;
    let wish: Wish = asked.wish()?;
    let student = asked.captured.id("student");
    let student = student.ok_or(ApiError::NotThere(NOTHING))?;
    let key = FeedKey {
        district,
        app: wish.app,
    };
    let (decision, done) = match wish.r#do {
        Word::Confirm => (Decision::Confirm, "confirmed"),
        Word::Dismiss => (Decision::Dismiss, "dismissed"),
    };
    let actor = asked.manager.actor();
    let by = asked.by(&actor);
    let whose = Whose::These(&[student]);
    let decided = corrections::decide(&*asked.api.store, key, whose, decision, by);
    if decided.await.map_err(refused)?.is_empty() {
        return Err(ApiError::NotThere(NOTHING));
    }
    let done = value!({ "student": student, "app": key.app, "done": done });
    Ok(json(&value!({ "data": done })))
}

fn refused(error: CorrectionError) -> ApiError {
    match error {
        CorrectionError::NoFeed => {
            ApiError::NotThere("Goals were never switched on for this app and district.")
        }
        other => ApiError::unavailable(other),
    }
}
