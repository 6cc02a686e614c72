//! What waits to be confirmed: listed, confirmed and dismissed as it was seen.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Reported;

impl Reported {
    /// The app reports minutes and lessons of some students.
    async fn sends(&self, rows: &[(&str, u32, u32)]) {
        let rows = rows.iter().map(|(id, minutes, lessons)| {
            json!({ "clever_id": id, "metrics": { "minutes": minutes, "lessons_completed": lessons } })
        });
        let body = json!({ "data": { "students": rows.collect::<Vec<_>>() } });
        let (status, told) = self
            .as_app(Method::POST, "/v2.0/metrics", body.to_string())
            .await;
        assert_eq!(status, 200, "{told}");
    }

    /// What is open of the app.
    async fn open(&self) -> Vec<Value> {
        let open = self.client().read(&self.address_of_open()).await;
        open["data"].as_array().unwrap().clone()
    }

    fn address_of_open(&self) -> String {
        format!("{}/open?app={}", self.base, self.served.app.id)
    }

    async fn decide(
        &self,
        student: &str,
        decision: &str,
        (what, shown, value): (&str, u32, u32),
    ) -> (StatusCode, Value) {
        let wish = json!({
            "app": self.served.app.id, "do": decision, "what": what, "shown": shown, "value": value,
        });
        self.as_district(&format!("/corrections/{student}"), wish)
            .await
    }

    async fn minutes(&self, student: &str) -> Value {
        let address = format!("{}/students/{student}", self.base);
        let figure = self.client().read(&address).await;
        figure["apps"][0]["minutes"].clone()
    }
}

#[tokio::test]
async fn what_is_open_is_listed_confirmed_and_dismissed() {
    let reported = Reported::new().await;
    let (one, two) = (reported.students[0].as_str(), reported.students[1].as_str());
    assert_eq!(reported.open().await, Vec::<Value>::new());
    let before = reported.audited().await.len();
    reported.sends(&[(one, 80, 3), (two, 80, 3)]).await;
    let open = reported.open().await;
    assert_eq!(open.len(), 2);
    let value = |member: &str| &open[0][member]["value"];
    assert_eq!(
        (
            &open[0]["student"],
            &open[0]["minutes"],
            value("lower_minutes")
        ),
        (&json!(one), &json!(90), &json!(80))
    );
    let seen = ("lower_minutes", 90, 80);
    let app = reported.served.app.id;
    for (student, decision) in [(one, "confirm"), (two, "dismiss")] {
        let (status, told) = reported.decide(student, decision, seen).await;
        assert_eq!(
            (status, told),
            (
                StatusCode::OK,
                json!({ "data": {
                    "student": student, "app": app, "what": "lower_minutes", "shown": 90, "value": 80,
                    "done": format!("{decision}ed"),
                } })
            )
        );
        let again = reported.decide(student, decision, seen).await;
        assert_eq!(again.0, 404, "nothing is left");
    }
    assert_eq!(reported.open().await, Vec::<Value>::new());
    assert_eq!(
        (reported.minutes(one).await, reported.minutes(two).await),
        (json!(80), json!(90))
    );
    let audited = reported.audited().await;
    let audited: Vec<_> = audited.iter().rev().skip(before).take(3).collect();
    assert_eq!(
        audited,
        [
            &format!("token:ada: goals read: open of app {app}"),
            &format!(
                "token:ada: goals confirmed: app {app}; student {one}: lower_minutes 90 -> 80"
            ),
            &format!(
                "token:ada: goals dismissed: app {app}; student {two}: lower_minutes 90 stays, not 80"
            ),
        ]
    );
}

#[tokio::test]
async fn what_came_after_somebody_looked_is_not_decided_by_them() {
    let reported = Reported::new().await;
    let one = reported.students[0].as_str();
    reported.sends(&[(one, 80, 3)]).await;
    let seen = ("lower_minutes", 90, 80);
    reported.sends(&[(one, 5, 1)]).await;
    for decision in ["confirm", "dismiss"] {
        let (status, told) = reported.decide(one, decision, seen).await;
        assert_eq!(status, StatusCode::CONFLICT, "{told}");
        assert_eq!(told["open"], reported.open().await[0]);
        assert_eq!(told["open"]["lower_minutes"]["value"], 5);
        let audited = reported.audited().await;
        let told_of = format!("token:ada: goals read: student {one}");
        assert!(audited.contains(&told_of), "{audited:?}");
        assert!(
            told["message"]
                .as_str()
                .unwrap()
                .starts_with("Nothing was decided")
        );
    }
    assert_eq!(reported.minutes(one).await, json!(90));
    // Each by itself: the minutes, while the progress goes on to wait.
    let decided = reported.decide(one, "confirm", ("lower_minutes", 90, 5));
    assert_eq!(decided.await.0, 200);
    let open = reported.open().await;
    assert_eq!(
        (&open[0]["minutes"], &open[0]["lower_minutes"]),
        (&json!(5), &Value::Null)
    );
    assert_eq!(open[0]["lower_progress"]["value"], 1);
}

#[tokio::test]
async fn a_decision_names_what_was_seen() {
    let reported = Reported::new().await;
    let one = reported.students[0].as_str();
    reported.sends(&[(one, 80, 3)]).await;
    let path = format!("/corrections/{one}");
    let app = reported.served.app.id;
    let whole = json!({
        "app": app, "do": "confirm", "what": "lower_minutes", "shown": 90, "value": 80,
    });
    for member in ["app", "do", "what", "shown", "value"] {
        let mut wish = whole.clone();
        wish.as_object_mut().unwrap().remove(member);
        let (status, told) = reported.as_district(&path, wish).await;
        assert_eq!(status, 400, "{member}");
        assert!(told["message"].as_str().unwrap().contains(member), "{told}");
    }
    for (member, value) in [
        ("do", json!("forget")),
        ("what", json!("minutes")),
        ("value", json!(null)),
        ("more", json!(1)),
    ] {
        let mut wish = whole.clone();
        wish[member] = value;
        assert_eq!(reported.as_district(&path, wish).await.0, 400, "{member}");
    }
    let mut elsewhere = whole.clone();
    elsewhere["app"] = json!("777777777777777777777777");
    assert_eq!(reported.as_district(&path, elsewhere).await.0, 404);
    let address = format!("{}{path}", reported.base);
    let answer = reported.client().get(&address).await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, "POST, OPTIONS")
    );
    assert_eq!(reported.minutes(one).await, json!(90));
}

#[tokio::test]
async fn what_is_open_is_listed_page_by_page() {
    let reported = Reported::new().await;
    let students: Vec<&str> = reported.students.iter().map(String::as_str).collect();
    let rows: Vec<_> = students.iter().map(|student| (*student, 80, 3)).collect();
    reported.sends(&rows).await;
    let client = reported.client();
    let (mut found, mut pages) = (Vec::new(), 0);
    let mut next = Some(format!("{}&limit=7", reported.address_of_open()));
    while let Some(address) = next {
        let page = client.read(&address).await;
        let open = page["data"].as_array().unwrap();
        found.extend(open.iter().map(|open| open["student"].clone()));
        next = page["next"].as_str().map(str::to_owned);
        assert!(open.len() == 7 || next.is_none());
        pages += 1;
    }
    let mut expected = students.clone();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(pages, students.len().div_ceil(7));
    for wrong in ["limit=0", "limit=1001", "starting_after=7"] {
        let address = format!("{}&{wrong}", reported.address_of_open());
        assert_eq!(client.status(&address).await, 400, "{wrong}");
    }
}
