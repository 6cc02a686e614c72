//! Goals: the figures of every audience, targets, and what waits to be confirmed.
//!
//! The path names the audience. What names people (a student, a contact, a teacher, a school) is noted in the audit before it
//! is answered: whoever drills down leaves a trace (integration-side D6).

mod corrections;
mod figures;
mod targets;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use homeroom_model::ObjectId;
use homeroom_progress::figures::{Ask, FigureError};
use homeroom_store::FeedKey;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Asked;
use crate::error::{ApiError, JSON};

pub(super) use corrections::{correct, open};
pub(super) use figures::{app, contact, district, school, student, teacher};
pub(super) use targets::{list as targets, set as set_targets};

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
/// The names of the forms an answer may have.
const FORMATS: &str = "format is json or csv.";

/// The form of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
}

impl Asked<'_> {
    /// What is asked for: one app, or all that are on.
    async fn ask(&self) -> Result<Ask, ApiError> {
        let district = self.district().await?.document.id;
        Ok(Ask {
            district,
            app: self.app_parameter()?,
            now: self.api.clock.now(),
        })
    }

    fn app_parameter(&self) -> Result<Option<ObjectId>, ApiError> {
        let Some(text) = self.parameter("app")? else {
            return Ok(None);
        };
        let app = ObjectId::from_hex(&text);
        app.map(Some)
            .ok_or(ApiError::BadRequest("app takes the id of an app."))
    }

    /// The feed of the app that the query names.
    async fn feed(&self) -> Result<FeedKey, ApiError> {
        let district = self.district().await?.document.id;
        let app = self.app_parameter()?;
        let app = app.ok_or(ApiError::BadRequest("app is missing: the id of an app."))?;
        Ok(FeedKey { district, app })
    }

    /// The form the caller wants: `format` in the query, else what `Accept` asks for, else JSON.
    fn form(&self) -> Result<Form, ApiError> {
        match self.parameter("format")?.as_deref() {
            Some("json") => return Ok(Form::Json),
            Some("csv") => return Ok(Form::Csv),
            Some(_) => return Err(ApiError::BadRequest(FORMATS)),
            None => {}
        }
        let accepted = self.parts.headers.get(header::ACCEPT);
        let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or("");
        let kinds = accepted
            .split(',')
            .filter_map(|part| part.split(';').next());
        let mut kinds = kinds.map(str::trim);
        let csv = kinds.find(|kind| matches!(*kind, "text/csv" | "application/json" | "*/*"));
        Ok(if csv == Some("text/csv") {
            Form::Csv
        } else {
            Form::Json
        })
    }

    /// An answer in the form the caller wants.
    fn answer<T: Serialize>(
        &self,
        document: &T,
        csv: impl FnOnce() -> String,
    ) -> Result<Response, ApiError> {
        if self.form()? == Form::Csv {
            return Ok(([(header::CONTENT_TYPE, CSV)], csv()).into_response());
        }
        let text = serde_json::to_vec(document);
        let text = text.map_err(|_| ApiError::Broken("a figure that is no JSON"))?;
        Ok(([(header::CONTENT_TYPE, JSON)], text).into_response())
    }

    /// What the body says.
    fn wish<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| ApiError::Unusable(format!("The body cannot be used: {error}.")))
    }

    /// Notes in the audit whose figures were looked at.
    async fn note(&self, district: ObjectId, whose: String) -> Result<(), ApiError> {
        let actor = self.manager.actor();
        let by = self.api.by(&actor);
        let noted = by.note(&*self.api.store, district, "goals read", whose);
        self.api.ask(noted).await
    }
}

impl Asked<'_> {
    /// A figure, or why there is none.
    async fn told<T>(
        &self,
        figure: impl Future<Output = Result<T, FigureError>>,
    ) -> Result<T, ApiError> {
        let told = self.api.within(figure).await?;
        told.map_err(ApiError::unavailable)
    }
}
