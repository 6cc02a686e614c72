//! `POST /v2.0/metrics`: the totals of students (clever-api 8; integration-side D3).

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use homeroom_progress::calendar::Rules;
use homeroom_progress::receive::{Answer, Known, ReceiveError, Refusal, Request};

use super::arrival::{Arrived, announced, arrive};
use super::{Asked, OFF, json};
use crate::data::open_view;
use crate::error::ApiError;

/// Takes a request. Whatever comes of it stands in the log of the feed.
pub(super) async fn take(asked: &Asked<'_>, body: Body) -> Result<Response, ApiError> {
    let taken = async {
        asked.feed().await?;
        arrive(asked, body).await
    };
    let arrived = match taken.await {
        Ok(arrived) => arrived,
        Err(error) => {
            note(asked, &error).await?;
            return Err(error);
        }
    };
    let Arrived { form, table, held } = arrived;
    let (_, opened) = open_view(asked.api, asked.caller.clone()).await?;
    let by = asked.api.by("app");
    let request = Request {
        key: asked.key(),
        form,
        body: table,
        now: by.now,
        audit: by.audit,
    };
    let known: Arc<dyn Known> = opened;
    let taking = asked.api.reception.take(&request, known);
    let answer = tokio::time::timeout(asked.api.submission_patience, taking).await;
    drop(held);
    match answer.unwrap_or(Err(ReceiveError::Interrupted)) {
        Ok(Answer::Taken(receipt)) => json(&receipt),
        Ok(Answer::Refused(refused)) if refused.is_too_large() => {
            Err(ApiError::TooLarge(sentence(&refused.to_string())))
        }
        Ok(Answer::Refused(refused)) => Err(ApiError::Unusable(sentence(&refused.to_string()))),
        Err(ReceiveError::Off) => {
            note(asked, &OFF).await?;
            Err(OFF)
        }
        Err(ReceiveError::Busy) => Err(ApiError::Full),
        Err(error) => Err(ApiError::unavailable(error)),
    }
}

/// Notes a request that was refused before its body was looked at. Where Goals were never on there is no log.
async fn note(asked: &Asked<'_>, error: &ApiError) -> Result<(), ApiError> {
    if error.cause().is_some() {
        return Ok(());
    }
    let api = asked.api;
    let rules = Rules::of(&*api.store, asked.key().district);
    let rules = api.within(rules).await?;
    let refusal = Refusal {
        at: api.clock.now(),
        status: error.status().as_u16(),
        message: error.to_string(),
        bytes: announced(&asked.parts.headers).unwrap_or(0),
        body: None,
    };
    let rules = rules.map_err(ApiError::unavailable)?;
    let noting = api.reception.refuse(asked.key(), &rules, &refusal);
    api.ask(noting).await.map(drop)
}

/// The message as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_ascii_uppercase(), letters.as_str())
    })
}
