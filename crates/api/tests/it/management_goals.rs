//! Goals under the management API, and what an app is told about its own.

mod corrections;
mod shared;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_progress::feed::{By, Switch, switch};
use homeroom_store::{FeedKey, GoalsFeed};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::access::management_token;
use crate::client::Client;
use crate::installation::Installation;
use crate::served::Served;

/// Sends a body, and gives the status and what came back.
async fn sent(
    client: &Client,
    token: &str,
    (method, address): (Method, &str),
    (kind, body): (&str, String),
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(address)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body))
        .unwrap();
    let (head, body) = client.router().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (
        head.status,
        serde_json::from_slice(&bytes).unwrap_or_default(),
    )
}

const JSON: &str = "application/json";

/// A district with Goals on for one app, which reported about everybody once.
struct Reported {
    served: Served,
    token: String,
    base: String,
    students: Vec<String>,
}

async fn switched(
    installation: &Installation,
    key: FeedKey,
    wish: &Switch,
    number: u8,
) -> GoalsFeed {
    let by = By {
        actor: "cli:ada",
        now: Timestamp::from_millis(installation.time.seconds() * 1000),
        audit: ObjectId::new([number; 12]),
    };
    switch(&*installation.store, key, wish, by).await.unwrap()
}

impl Reported {
    async fn new() -> Self {
        Self::of(Served::new().await).await
    }

    async fn of(served: Served) -> Self {
        let token = management_token(&served, "ada", Some(served.district), None).await;
        let on = Switch {
            on: Some(true),
            ..Switch::default()
        };
        let reported = Self {
            base: format!("/management/v1/districts/{}/goals", served.district),
            students: served.client.ids("/v3.1/users?role=student").await,
            token,
            served,
        };
        switched(&reported.served.installation, reported.key(), &on, 1).await;
        let rows: Vec<_> = reported
            .students
            .iter()
            .map(|id| json!({ "clever_id": id, "metrics": { "minutes": 90, "lessons_completed": 3 } }))
            .collect();
        let body = json!({ "data": { "students": rows } }).to_string();
        let (status, receipt) = reported.as_app(Method::POST, "/v2.0/metrics", body).await;
        assert_eq!(status, 200, "{receipt}");
        reported
    }

    fn key(&self) -> FeedKey {
        FeedKey {
            district: self.served.district,
            app: self.served.app.id,
        }
    }

    fn client(&self) -> Client {
        self.served.client.with_token(&self.token)
    }

    async fn as_app(&self, method: Method, address: &str, body: String) -> (StatusCode, Value) {
        sent(
            &self.served.client,
            &self.served.token,
            (method, address),
            (JSON, body),
        )
        .await
    }

    async fn as_district(&self, address: &str, body: Value) -> (StatusCode, Value) {
        let address = format!("{}{address}", self.base);
        let body = (JSON, body.to_string());
        sent(
            &self.served.client,
            &self.token,
            (Method::POST, &address),
            body,
        )
        .await
    }

    /// What the audit says was done, newest first, as far as it is about Goals.
    async fn audited(&self) -> Vec<String> {
        let store = &self.served.installation.store;
        let entries = store
            .audit(Some(self.served.district), None, 100)
            .await
            .unwrap();
        let entries = entries
            .iter()
            .filter(|entry| entry.action.starts_with("goals"));
        let told = |entry: &homeroom_store::AuditEntry| {
            format!("{}: {}: {}", entry.actor, entry.action, entry.detail)
        };
        entries.map(told).collect()
    }
}

#[tokio::test]
async fn every_audience_has_its_figures_in_json_and_csv() {
    let reported = Reported::new().await;
    let (client, base) = (reported.client(), &reported.base);
    let served = &reported.served;
    let first = async |address: &str| served.client.ids(address).await.swap_remove(0);
    let (teacher, contact) = (
        first("/v3.1/users?role=teacher").await,
        first("/v3.1/users?role=contact").await,
    );
    let school = first("/v3.1/schools").await;
    let student = &reported.students[0];
    for (path, audience) in [
        ("district".to_owned(), "district"),
        (format!("schools/{school}"), "school"),
        (format!("teachers/{teacher}"), "teacher"),
        (format!("students/{student}"), "student"),
        (format!("contacts/{contact}"), "contact"),
        (format!("apps/{}", served.app.id), "app"),
    ] {
        let figure = client.read(&format!("{base}/{path}")).await;
        assert_eq!(figure["audience"], audience);
        assert_eq!(figure["as_of"]["day"], "2026-09-01", "{figure}");
        let table = client.get(&format!("{base}/{path}?format=csv")).await;
        assert_eq!(
            table.header("content-type"),
            "text/csv; charset=utf-8; header=present"
        );
        assert!(table.text().contains("\r\n"), "{}", table.text());
        let wanted = client
            .send(
                Method::GET,
                &format!("{base}/{path}"),
                &[("accept", "text/csv, */*;q=0.1")],
            )
            .await;
        assert_eq!(wanted.text(), table.text());
        assert_eq!(
            client.status(&format!("{base}/{path}?format=pdf")).await,
            400
        );
    }
    let figure = client.read(&format!("{base}/district")).await;
    let total = &figure["apps"][0]["total"];
    assert_eq!(total["students"], reported.students.len());
    assert_eq!(total["reported"], reported.students.len());
    let none = client
        .read(&format!("{base}/district?app=777777777777777777777777"))
        .await;
    assert_eq!(none["apps"], json!([]));
    for table in ["groups", "weeks", "feeds"] {
        assert_eq!(
            client
                .status(&format!("{base}/district?format=csv&table={table}"))
                .await,
            200
        );
    }
    for (wrong, status) in [
        ("students/x", 404),
        ("students/777777777777777777777777", 404),
        ("apps/777777777777777777777777", 404),
        ("district?table=all", 400),
        ("district?app=x", 400),
        ("open", 400),
        ("nothing", 404),
    ] {
        assert_eq!(
            client.status(&format!("{base}/{wrong}")).await,
            status,
            "{wrong}"
        );
    }
    let spanish = client
        .read(&format!("{base}/students/{student}?language=es"))
        .await;
    assert_eq!(spanish["language"], "es");
}

#[tokio::test]
async fn who_looks_at_named_people_is_audited() {
    let reported = Reported::new().await;
    let (client, base) = (reported.client(), &reported.base);
    let before = reported.audited().await.len();
    client.read(&format!("{base}/district")).await;
    assert_eq!(
        client
            .status(&format!("{base}/students/777777777777777777777777"))
            .await,
        404
    );
    assert_eq!(
        reported.audited().await.len(),
        before,
        "nobody was looked at"
    );
    let student = &reported.students[0];
    client.read(&format!("{base}/students/{student}")).await;
    client
        .get(&format!("{base}/students/{student}?format=csv"))
        .await;
    let audited = reported.audited().await;
    assert_eq!(audited.len(), before + 2);
    assert_eq!(
        audited[0],
        format!("token:ada: goals read: student {student}")
    );
    // Whose rows were rejected or warned about stands in an app's requests.
    let app = reported.served.app.id;
    client.read(&format!("{base}/apps/{app}")).await;
    let audited = reported.audited().await;
    assert_eq!(audited.len(), before + 3);
    assert_eq!(audited[0], format!("token:ada: goals read: app {app}"));
}

/// Wishes that cannot be meant.
fn wrong_targets() -> Vec<Value> {
    vec![
        json!({}),
        json!({ "targets": [] }),
        json!({ "targets": [{ "level": "app", "metric": "minutes", "per_week": 5 }] }),
        json!({ "targets": [{ "level": "district", "metric": "minutes", "per_week": -5 }] }),
        // Leaving the amount out is no way of taking a target back.
        json!({ "targets": [{ "level": "district", "metric": "minutes" }] }),
        json!({ "targets": [{ "level": "district", "metric": "minutes", "per_week": 5, "more": 1 }] }),
    ]
}

#[tokio::test]
async fn targets_are_set_listed_and_shown_to_the_app_where_allowed() {
    let reported = Reported::new().await;
    let app = reported.served.app.id;
    let school = reported
        .served
        .client
        .ids("/v3.1/schools")
        .await
        .swap_remove(0);
    let targets = format!("/targets?app={app}");
    let wishes = json!({ "targets": [
        { "level": "district", "metric": "minutes", "per_week": 60 },
        { "level": "school", "id": school, "grade": "5", "metric": "progress", "per_week": 2.5, "from": "2026-09-07" },
    ] });
    let (status, set) = reported.as_district(&targets, wishes).await;
    assert_eq!(
        (status, set),
        (StatusCode::OK, json!({ "data": { "set": 2, "number": 2 } }))
    );
    let client = reported.client();
    let listed = client.read(&format!("{}{targets}", reported.base)).await;
    let newest = &listed["data"][0];
    assert_eq!(
        (&newest["level"], &newest["for_whom"], &newest["by"]),
        (&json!("school"), &json!("grade 5"), &json!("token:ada"))
    );
    let page = client
        .read(&format!("{}{targets}&limit=1", reported.base))
        .await;
    let rest = client.read(page["next"].as_str().unwrap()).await;
    assert_eq!(
        (&rest["data"][0]["number"], rest.get("next")),
        (&json!(1), None)
    );
    assert!(reported.audited().await[0].contains("goals targets set"));
    for wrong in wrong_targets() {
        let (answered, told) = reported.as_district(&targets, wrong.clone()).await;
        assert_eq!(answered.as_u16(), 400, "{wrong} {told}");
        assert!(told["message"].is_string());
    }
    let never = format!("/targets?app={}", ObjectId::new([9; 12]));
    let wish = json!({ "targets": [{ "level": "district", "metric": "minutes", "per_week": 5 }] });
    assert_eq!(reported.as_district(&never, wish).await.0, 404);
    // The app recommends, and sees its own until the district shows the rest.
    let said = json!({ "targets": [{ "school_type": "elementary", "metric": "minutes", "per_week": 45 }] });
    let (status, told) = reported
        .as_app(Method::PUT, "/goals/v1/targets", said.to_string())
        .await;
    assert_eq!(
        (status, &told["data"]["all"]),
        (StatusCode::OK, &json!(false)),
        "{told}"
    );
    let levels = |told: &Value| -> Vec<String> {
        let targets = told["data"]["targets"].as_array().unwrap().iter();
        targets
            .map(|target| target["level"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(levels(&told), ["app"]);
    let wish = Switch {
        apps_see_targets: Some(true),
        ..Switch::default()
    };
    switched(&reported.served.installation, reported.key(), &wish, 2).await;
    let told = reported.served.client.read("/goals/v1/targets").await;
    assert_eq!(
        levels(&told),
        ["app", "district"],
        "the school's begins next week"
    );
    assert!(
        !told.to_string().contains("ada"),
        "who set them is not told"
    );
    let wrong =
        json!({ "targets": [{ "level": "district", "metric": "minutes", "per_week": 45 }] });
    assert_eq!(
        reported
            .as_app(Method::PUT, "/goals/v1/targets", wrong.to_string())
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn an_app_is_told_what_certification_says() {
    let reported = Reported::new().await;
    let told = reported.served.client.read("/goals/v1/check").await;
    let data = &told["data"];
    assert_eq!(data["students"], reported.students.len());
    assert_eq!(data["findings"].as_array().unwrap().len(), 9);
    let off = Switch {
        on: Some(false),
        ..Switch::default()
    };
    switched(&reported.served.installation, reported.key(), &off, 2).await;
    for path in ["/goals/v1/check", "/goals/v1/targets"] {
        assert_eq!(reported.served.client.status(path).await, 404, "{path}");
    }
}
