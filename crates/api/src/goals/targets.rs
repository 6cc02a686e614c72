//! `/goals/v1/targets`: what an app recommends, and, where the district allows, the targets set for it (integration-side D4).

use axum::body::Body;
use axum::response::Response;
use homeroom_goals::Amount;
use homeroom_goals::target::{Metric, SchoolType};
use homeroom_model::Date;
use homeroom_progress::feed::FeedSettings;
use homeroom_progress::targets::{LevelWord, NamedTarget, Setter, TargetWish, said};
use serde::{Deserialize, Serialize};
use serde_json::json as value;

use super::{Asked, json};
use crate::data::open_view;
use crate::error::ApiError;

/// Longest list of recommendations, in bytes.
const BODY: usize = 64 << 10;

/// What an app recommends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recommended {
    targets: Vec<Recommendation>,
}

/// A recommendation for everybody, for a grade or for a type of school.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recommendation {
    #[serde(default)]
    grade: Option<String>,
    #[serde(default)]
    school_type: Option<SchoolType>,
    metric: Metric,
    #[serde(deserialize_with = "said")]
    per_week: Option<Amount>,
    #[serde(default)]
    from: Option<Date>,
}

impl From<Recommendation> for TargetWish {
    fn from(said: Recommendation) -> Self {
        Self {
            level: LevelWord::App,
            id: None,
            grade: said.grade,
            school_type: said.school_type,
            metric: said.metric,
            per_week: said.per_week,
            from: said.from,
        }
    }
}

/// The targets an app may see.
#[derive(Serialize)]
struct Shown {
    /// Whether the district shows what it and its people set.
    all: bool,
    targets: Vec<NamedTarget>,
}

/// Shows the app's own recommendations and, where the district allows, what was set for it, as far as it is about schools,
/// sections and students that are shared with the app now. Who set it is not told.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let feed = asked.feed().await?;
    let settings = FeedSettings::read(&feed).map_err(ApiError::unavailable)?;
    let now = asked.api.clock.now();
    let targets = asked.api.figures.targets_in_force(feed.key, now);
    let targets = asked.api.within(targets).await?;
    let mut targets = targets.map_err(ApiError::unavailable)?;
    targets.retain(|named| settings.apps_see_targets || named.target.level == "app");
    if targets.iter().any(|named| named.whose().is_some()) {
        let (_, opened) = open_view(asked.api, asked.caller.clone()).await?;
        let shared = |(kind, id)| opened.shares(kind, &id);
        targets.retain(|named| named.whose().is_none_or(shared));
    }
    for named in &mut targets {
        named.target.by.clear();
    }
    json(&value!({ "data": Shown { all: settings.apps_see_targets, targets } }))
}

/// Takes recommendations, all or none. Others that were made before stay until something is said of the same students.
pub(super) async fn recommend(asked: &Asked<'_>, body: Body) -> Result<Response, ApiError> {
    let feed = asked.feed().await?;
    let held = asked.api.bodies.read(body, None, BODY).await?;
    let said: Recommended = serde_json::from_slice(&held.bytes).map_err(|error| {
        ApiError::Unusable(format!("The recommendations cannot be read: {error}."))
    })?;
    let wishes: Vec<TargetWish> = said.targets.into_iter().map(TargetWish::from).collect();
    let by = asked.api.by("app");
    let figures = &asked.api.figures;
    let set = figures.set_targets(feed.key, &wishes, Setter::App, by);
    let set = asked.api.within(set).await?;
    set.map_err(ApiError::targets)?;
    list(asked).await
}
