//! Figures by audience.

use axum::http::header;
use axum::response::Response;
use homeroom_model::ObjectId;
use homeroom_progress::figures::Language;

use super::Asked;
use crate::error::ApiError;

impl Asked<'_> {
    /// The id of the path.
    fn whom(&self, missing: &'static str) -> Result<ObjectId, ApiError> {
        self.captured.id("id").ok_or(ApiError::NotThere(missing))
    }

    /// The language that is asked for: `language`, else the first one of `Accept-Language`.
    fn language(&self) -> Result<Language, ApiError> {
        if let Some(tag) = self.parameter("language")? {
            return Ok(Language::of(&tag));
        }
        let accepted = self.parts.headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or("");
        Ok(Language::of(accepted.trim()))
    }
}

/// A student's own figures.
pub(in super::super) async fn student(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const NONE: &str = "This district has published no such student.";
    let (ask, id) = (asked.ask().await?, asked.whom(NONE)?);
    let figure = asked
        .told(asked.api.figures.student(&ask, id, asked.language()?))
        .await?;
    let figure = figure.ok_or(ApiError::NotThere(NONE))?;
    asked.note(ask.district, format!("student {id}")).await?;
    asked.answer(&figure, || figure.csv())
}

/// A contact's children.
pub(in super::super) async fn contact(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const NONE: &str = "This district has published no such contact.";
    let (ask, id) = (asked.ask().await?, asked.whom(NONE)?);
    let figure = asked
        .told(asked.api.figures.contact(&ask, id, asked.language()?))
        .await?;
    let figure = figure.ok_or(ApiError::NotThere(NONE))?;
    asked.note(ask.district, format!("contact {id}")).await?;
    asked.answer(&figure, || figure.csv())
}

/// A teacher's sections.
pub(in super::super) async fn teacher(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const NONE: &str =
        "This district has published no such teacher, or no such section of the teacher.";
    let (ask, id) = (asked.ask().await?, asked.whom(NONE)?);
    let section = match asked.parameter("section")? {
        None => None,
        Some(text) => Some(ObjectId::from_hex(&text).ok_or(ApiError::NotThere(NONE))?),
    };
    let figure = asked
        .told(asked.api.figures.teacher(&ask, id, section))
        .await?;
    let figure = figure.ok_or(ApiError::NotThere(NONE))?;
    asked.note(ask.district, format!("teacher {id}")).await?;
    asked.answer(&figure, || figure.csv())
}

/// A school.
pub(in super::super) async fn school(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const NONE: &str = "This district has published no such school.";
    const TABLES: &str = "table is groups or weeks.";
    let (ask, id) = (asked.ask().await?, asked.whom(NONE)?);
    let weeks = match asked.parameter("table")?.as_deref() {
        None | Some("groups") => false,
        Some("weeks") => true,
        Some(_) => return Err(ApiError::BadRequest(TABLES)),
    };
    let figure = asked.told(asked.api.figures.school(&ask, id)).await?;
    let figure = figure.ok_or(ApiError::NotThere(NONE))?;
    asked.note(ask.district, format!("school {id}")).await?;
    asked.answer(&figure, || {
        if weeks {
            figure.weeks_csv()
        } else {
            figure.csv()
        }
    })
}

/// The district.
pub(in super::super) async fn district(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const TABLES: &str = "table is groups, weeks or feeds.";
    let table = asked.parameter("table")?;
    let table = table.as_deref().unwrap_or("groups");
    if !["groups", "weeks", "feeds"].contains(&table) {
        return Err(ApiError::BadRequest(TABLES));
    }
    let ask = asked.ask().await?;
    let figure = asked.told(asked.api.figures.district(&ask)).await?;
    asked.answer(&figure, || match table {
        "weeks" => figure.weeks_csv(),
        "feeds" => figure.feeds_csv(),
        _ => figure.csv(),
    })
}

/// An app in the district, as its owner sees it.
pub(in super::super) async fn app(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const NONE: &str = "Goals are not on for this app and district.";
    let district = asked.district().await?.document.id;
    let app = asked.captured.id("app").ok_or(ApiError::NotThere(NONE))?;
    let now = asked.api.clock.now();
    let figure = asked
        .told(asked.api.figures.app(district, app, now))
        .await?;
    let figure = figure.ok_or(ApiError::NotThere(NONE))?;
    // It tells of single students: those whose rows were rejected or warned about.
    asked.note(district, format!("app {app}")).await?;
    asked.answer(&figure, || figure.csv())
}
