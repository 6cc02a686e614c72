//! Runs and what they left: reports, findings, plans.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use homeroom_history::Artifact;
use homeroom_store::{DistrictRecord, Run};
use serde_json::{Value, json as value};

use super::lines::{self, Lines};
use super::paging::{cursor, one_more};
use super::{Asked, documents, json};
use crate::error::{ApiError, JSON};

const NDJSON: HeaderValue = HeaderValue::from_static("application/x-ndjson");
const LINK: HeaderName = header::LINK;

impl Asked<'_> {
    /// The district the path names.
    pub(super) async fn district(&self) -> Result<DistrictRecord, ApiError> {
        let named = self.captured.id("district");
        self.manager.district(self.api, named).await
    }

    /// The run the path names.
    async fn run(&self) -> Result<Run, ApiError> {
        let district = self.district().await?.document.id;
        let run = match self.captured.id("run") {
            Some(run) => self.api.ask(self.api.store.run(district, run)).await?,
            None => None,
        };
        run.ok_or(ApiError::NotThere("This district had no such run."))
    }

    async fn artifact(&self, run: &Run, name: &str) -> Result<Option<Artifact>, ApiError> {
        let artifact = self.api.history.artifact(run.district, run.id, name).await;
        artifact.map_err(ApiError::unavailable)
    }
}

/// The runs of a district.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let district = asked.district().await?.document.id;
    let (limit, before) = (asked.limit()?, asked.before()?);
    let runs = asked.api.store.runs(district, before, one_more(limit));
    let runs = asked.api.ask(runs).await?;
    Ok(json(&asked.page(runs, limit, documents::run, |last| {
        cursor(last.started, last.id)
    })))
}

/// A run with its report, and what else can be read of it.
pub(super) async fn one(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let (run, api) = (asked.run().await?, asked.api);
    let report = api.ask(api.store.report(run.district, run.id)).await?;
    let hold = api.ask(api.store.hold(run.district, run.id)).await?;
    let left = api.ask(api.store.artifacts(run.district, run.id)).await?;
    let left: Vec<_> = left
        .iter()
        .map(|artifact| value!({ "name": artifact.name, "bytes": artifact.plain_length }))
        .collect();
    let mut document = documents::run(&run);
    if let Some(members) = document.as_object_mut() {
        let report = report.map_or(Value::Null, |report| documents::opaque(&report));
        members.insert("report".to_owned(), report);
        let hold = hold.map_or(Value::Null, |hold| documents::hold(&hold));
        members.insert("hold".to_owned(), hold);
        members.insert("artifacts".to_owned(), left.into());
    }
    Ok(json(&document))
}

/// What a run found: all of it, or with `limit` a page.
pub(super) async fn findings(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let code = asked.parameter("code")?;
    let after = match asked.parameter("starting_after")? {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            ApiError::BadRequest("starting_after takes what the next link of the page before says.")
        })?,
    };
    let limit = match asked.parameter("limit")? {
        None => None,
        Some(_) => Some(asked.limit()?),
    };
    let run = asked.run().await?;
    let artifact = asked.artifact(&run, "findings").await?;
    let artifact = artifact.ok_or(ApiError::NotThere(
        "This run left no findings, or they are no longer kept; its report has their numbers.",
    ))?;
    let lines = Lines::new(artifact, code, after);
    let mut answer = match limit {
        None => lines::stream(lines).into_response(),
        Some(limit) => {
            let (body, more) = lines::page(lines, limit).await?;
            let mut answer = body.into_response();
            if more {
                let next = asked.next(&(after + limit as u64).to_string());
                let next = HeaderValue::try_from(format!("<{next}>; rel=\"next\""));
                let next = next.map_err(|_| ApiError::Broken("a link that is no header"))?;
                answer.headers_mut().insert(LINK, next);
            }
            answer
        }
    };
    answer.headers_mut().insert(header::CONTENT_TYPE, NDJSON);
    Ok(answer)
}

/// The plan of a run.
pub(super) async fn plan(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let run = asked.run().await?;
    let artifact = asked.artifact(&run, "plan").await?;
    let artifact = artifact.ok_or(ApiError::NotThere(
        "This run left no plan, or it is no longer kept; its report has the numbers.",
    ))?;
    let body = lines::whole(artifact).await?;
    Ok(([(header::CONTENT_TYPE, JSON)], body).into_response())
}
