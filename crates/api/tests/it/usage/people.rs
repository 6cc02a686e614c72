//! What the people of the district and of an app decide.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_progress::feed::{By, Switch, switch};
use homeroom_store::{FeedKey, ManagementToken};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::app::App;
use super::cast::Cast;
use super::play::Play;
use crate::client::Client;
use crate::installation::{Installation, settings};

const MANAGEMENT: &str = "management-of-goals";

/// The district's settings: its calendar is the one that is played.
pub(crate) async fn decide(installation: &Installation, cast: &Cast, district: ObjectId) {
    let closed = cast.calendar.closed().iter();
    let closed: Vec<String> = closed
        .map(|(from, to)| format!("\"{from}..{to}\""))
        .collect();
    let text = format!(
        "time_zone = \"America/Chicago\"\n[calendar]\nfirst_day = \"{}\"\nlast_day = \"2027-06-25\"\n[identity]\nreturn_days = 1\n[goals]\nclosed = [{}]\n",
        cast.calendar.first(),
        closed.join(", ")
    );
    let store = &installation.store;
    let now = Timestamp::from_millis(0);
    let set = store.set_district_settings(district, None, &text, "cli:test", now);
    set.await.unwrap();
}

/// Whoever reads figures.
pub(crate) async fn manager(installation: &Installation) -> Client {
    let token = ManagementToken {
        id: ObjectId::new([0x77; 12]),
        digest: homeroom_api::token_digest(MANAGEMENT),
        name: "goals".to_owned(),
        district: None,
        created: Timestamp::from_millis(0),
        expires: None,
        revoked: None,
    };
    installation
        .store
        .add_management_token(token)
        .await
        .unwrap();
    installation.client(settings()).with_token(MANAGEMENT)
}

/// Switches Goals on for an app, which says what it counts; with targets, if it is to have any.
pub(crate) async fn switch_on(
    (installation, client): (&Installation, &Client),
    district: ObjectId,
    app: &App,
    token: &str,
    targets: bool,
) {
    let key = FeedKey {
        district,
        app: app.id,
    };
    let by = By {
        actor: "cli:test",
        now: Timestamp::from_millis(1_788_249_600_000),
        audit: app.id,
    };
    let wish = Switch {
        on: Some(true),
        ..Switch::default()
    };
    switch(&*installation.store, key, &wish, by).await.unwrap();
    let profile = app.usage.app();
    let declared = json!({ "progress": {
        "key": profile.progress_key,
        "label": profile.progress_label,
        "ceiling": profile.ceiling,
        "counts_finished_work": true,
    } });
    send(client, Method::PUT, "/goals/v1/app", token, &declared).await;
    if targets {
        let wishes = json!({ "targets": [
            { "level": "district", "metric": "minutes", "per_week": profile.minutes_per_week, "from": "2026-07-01" },
            { "level": "district", "metric": "progress", "per_week": profile.units_per_week / 100, "from": "2026-07-01" },
        ] });
        let address = format!(
            "/management/v1/districts/{district}/goals/targets?app={}",
            app.id
        );
        send(client, Method::POST, &address, MANAGEMENT, &wishes).await;
    }
}

/// A student's total may fall.
pub(crate) async fn allow(app: &App, student: ObjectId) {
    let (district, student) = (app.tenant.district, student.to_hex());
    let allowed = app.sender.allow(
        district,
        &app.reporting,
        &student,
        "Ms Orr",
        Some("looked at"),
    );
    allowed.await.unwrap();
}

/// The district confirms what waits.
pub(crate) async fn confirm(play: &Play, app: usize, student: ObjectId) {
    let base = format!("/management/v1/districts/{}/goals", play.district);
    let id = play.apps[app].id;
    let open = play.manager.read(&format!("{base}/open?app={id}")).await;
    let open = open["data"].as_array().unwrap();
    let mut waits = open.iter();
    let waits = waits.find(|one| one["student"] == student.to_hex());
    let waits = waits.unwrap_or_else(|| panic!("{open:?}"));
    // Others are those who left the morning after a storm: nothing that would lift them was sent since.
    assert!(open.len() <= 4, "{open:?}");
    let address = format!("{base}/corrections/{student}");
    for (what, of) in [("lower_minutes", "minutes"), ("lower_progress", "progress")] {
        if let Some(value) = waits[what].get("value") {
            let body = json!({
                "app": id, "do": "confirm", "what": what, "value": value, "shown": waits[of],
            });
            send(&play.manager, Method::POST, &address, MANAGEMENT, &body).await;
        }
    }
}

async fn send(client: &Client, method: Method, address: &str, token: &str, body: &Value) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(address)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let (head, body) = client.router().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body);
    assert_eq!(head.status.as_u16(), 200, "{address}: {text}");
    serde_json::from_slice(&body).unwrap()
}
