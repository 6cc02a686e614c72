//! `/goals/v1/app`: what an app declares about its metrics in a district, and what the district settled.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::Response;
use homeroom_goals::Amount;
use homeroom_goals::report_link::Subject;
use homeroom_goals::submission::{Doubt, doubt};
use homeroom_progress::feed::{Declaration, FeedError, FeedSettings};
use homeroom_store::GoalsFeed;
use serde::{Deserialize, Serialize};

use super::{Asked, OFF, json};
use crate::error::ApiError;

/// Longest declaration, in bytes.
const BODY: usize = 64 << 10;

/// What is said to an app that tells of a metric without a key.
const NO_KEY: &str = "No metric was declared or sent yet: all this is said of the first that comes, and until progress.key is \
                      declared another one can take its place.";

/// What an app declares.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    #[serde(default)]
    progress: Progress,
    #[serde(default)]
    may_fall: bool,
    #[serde(default)]
    reports: BTreeMap<Subject, String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Progress {
    key: Option<String>,
    label: Option<String>,
    ceiling: Option<Amount>,
    counts_finished_work: Option<bool>,
}

/// What is settled about a feed.
#[derive(Serialize)]
struct Shown {
    data: ShownFeed,
}

#[derive(Serialize)]
struct ShownFeed {
    district: String,
    app: String,
    progress: ShownProgress,
    may_fall: bool,
    reports: BTreeMap<Subject, String>,
    series: Vec<ShownSeries>,
    schools: Option<Vec<String>>,
    targets_shown: bool,
    last_delivery: Option<String>,
}

#[derive(Serialize)]
struct ShownProgress {
    key: Option<String>,
    label: String,
    ceiling: Option<Amount>,
    counts_finished_work: Option<bool>,
    /// What is odd about the key, or that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

#[derive(Serialize)]
struct ShownSeries {
    number: u32,
    key: String,
    since: String,
    declared: bool,
}

/// Shows what is settled.
pub(super) async fn show(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let feed = asked.feed().await?;
    shown(&feed)
}

/// Takes a declaration, all of it: what is left out is taken back, but for the key.
pub(super) async fn declare(asked: &Asked<'_>, body: Body) -> Result<Response, ApiError> {
    asked.feed().await?;
    let held = asked.api.bodies.read(body, None, BODY).await?;
    // A list would be read as an object whose fields have no names, and one without entries takes everything back.
    if held.bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::BadRequest(
            "The declaration cannot be read: it is an object in JSON.",
        ));
    }
    let declared: Declared = serde_json::from_slice(&held.bytes)
        .map_err(|error| ApiError::Unusable(format!("The declaration cannot be read: {error}.")))?;
    let declaration = Declaration {
        progress_key: declared.progress.key,
        label: declared.progress.label,
        ceiling: declared.progress.ceiling,
        may_fall: declared.may_fall,
        counts_finished_work: declared.progress.counts_finished_work,
        report_links: declared.reports,
    };
    let by = asked.api.by("app");
    let declaring =
        homeroom_progress::feed::declare(&*asked.api.store, asked.key(), &declaration, by);
    match asked.api.within(declaring).await? {
        Ok(feed) => shown(&feed),
        Err(FeedError::Off) => Err(OFF),
        Err(error @ (FeedError::Store(_) | FeedError::Unreadable(_))) => {
            Err(ApiError::unavailable(error))
        }
        Err(error) => Err(ApiError::Unusable(format!(
            "Nothing was declared: {error}."
        ))),
    }
}

fn shown(feed: &GoalsFeed) -> Result<Response, ApiError> {
    let settings = FeedSettings::read(feed).map_err(ApiError::unavailable)?;
    let key = settings.progress_key().map(str::to_owned);
    let series = settings.series.iter().map(|series| ShownSeries {
        number: series.number,
        key: series.key.clone(),
        since: series.since.to_iso(),
        declared: series.declared,
    });
    let links = settings.report_links.iter();
    json(&Shown {
        data: ShownFeed {
            district: feed.key.district.to_hex(),
            app: feed.key.app.to_hex(),
            progress: ShownProgress {
                advice: match key.as_deref() {
                    Some(key) => doubt(key).map(Doubt::advice),
                    None => settings.says_anything().then_some(NO_KEY),
                },
                label: settings.progress_label().to_owned(),
                key,
                ceiling: settings.ceiling,
                counts_finished_work: settings.counts_finished_work,
            },
            may_fall: settings.may_fall,
            reports: links
                .map(|(subject, link)| (*subject, link.as_str().to_owned()))
                .collect(),
            series: series.collect(),
            schools: settings
                .schools
                .as_ref()
                .map(|schools| schools.iter().map(|school| school.to_hex()).collect()),
            targets_shown: settings.apps_see_targets,
            last_delivery: feed.last.map(homeroom_model::Timestamp::to_iso),
        },
    })
}
