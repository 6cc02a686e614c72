//! What waits to be confirmed, and saying what it means.

use axum::response::Response;
use homeroom_goals::Amount;
use homeroom_goals::total::Correction;
use homeroom_model::ObjectId;
use homeroom_progress::corrections::{self, CorrectionError, Decision, Open, Seen};
use homeroom_progress::targets::said;
use homeroom_store::FeedKey;
use serde::Deserialize;
use serde_json::{Value, json as value};

use super::super::json;
use super::super::paging::one_more;
use super::Asked;
use crate::error::ApiError;

/// What is decided, about a value as it was seen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    app: ObjectId,
    r#do: Word,
    what: Correction,
    value: Amount,
    /// What is shown; `null` is an answer, and leaving it out is none.
    #[serde(deserialize_with = "said")]
    shown: Option<Amount>,
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
    let limit = asked.limit()?;
    let after = match asked.parameter("starting_after")? {
        None => None,
        Some(text) => Some(ObjectId::from_hex(&text).ok_or(ApiError::BadRequest(
            "starting_after takes what the next link of the page before says.",
        ))?),
    };
    let page = (after, one_more(limit) as usize);
    let now = asked.api.clock.now();
    let found = corrections::open(&*asked.api.store, feed, page, now);
    let found = asked.api.within(found).await?;
    let found = found.map_err(|error| refused(error, feed))?;
    if !found.is_empty() {
        let whose = format!("open of app {}", feed.app);
        asked.note(feed.district, whose).await?;
    }
    let page = asked.page(
        found,
        limit,
        |open| document(open, feed),
        |last| last.student.to_hex(),
    );
    Ok(json(&page))
}

/// What waits of a student in an app.
fn document(open: &Open, feed: FeedKey) -> Value {
    let mut document = value!(open);
    if let Some(members) = document.as_object_mut() {
        members.insert("app".to_owned(), value!(feed.app));
    }
    document
}

/// Confirms or dismisses a value that waits of a student, if it waits as it was seen.
pub(in super::super) async fn correct(asked: &Asked<'_>) -> Result<Response, ApiError> {
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
    let by = asked.api.by(&actor);
    let seen = [Seen {
        student,
        what: wish.what,
        shown: wish.shown,
        value: wish.value,
    }];
    let decided = corrections::decide(&*asked.api.store, key, &seen, decision, by);
    let decided = asked.api.within(decided).await?;
    if let Err(error) = decided {
        let error = refused(error, key);
        if matches!(error, ApiError::Changed(_)) {
            asked.note(district, format!("student {student}")).await?;
        }
        return Err(error);
    }
    let [seen] = seen;
    let mut document = value!(seen);
    if let Some(members) = document.as_object_mut() {
        members.insert("app".to_owned(), value!(key.app));
        members.insert("done".to_owned(), value!(done));
    }
    Ok(json(&value!({ "data": document })))
}

const NOTHING: &str = "Nothing is open of this student in this app.";

fn refused(error: CorrectionError, feed: FeedKey) -> ApiError {
    match error {
        CorrectionError::NoFeed => {
            ApiError::NotThere("Goals were never switched on for this app and district.")
        }
        CorrectionError::Changed(now) => match now.first() {
            Some(open) => ApiError::Changed(document(open, feed)),
            None => ApiError::NotThere(NOTHING),
        },
        other => ApiError::unavailable(other),
    }
}
