//! Rows: which are taken, which are not, and what is said about them.

use homeroom_progress::feed::Switch;
use serde_json::{Value, json};

use super::{CSV, Feed, JSON, rows};
use crate::client::Client;

#[tokio::test]
async fn a_request_as_the_seed_documents_it_is_answered_to_the_letter() {
    let feed = Feed::new().await;
    let [one, two, ..] = feed.students.as_slice() else {
        panic!()
    };
    let body = format!(
        r#"{{ "data": {{ "students": [
          {{ "clever_id": "{one}", "metrics": {{ "minutes": 126, "lessons_completed": 23 }} }},
          {{ "clever_id": "{two}", "metrics": {{ "minutes": 32.5, "lessons_completed": 4.2 }} }}
        ] }} }}"#
    );
    let answer = feed.post(JSON, &body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.text(),
        r#"{"data":{"received":2,"updated":2,"unchanged":0,"warnings":[],"rejected":[],"progress_metric":"lessons_completed"}}"#
    );
    assert!(!answer.header("x-request-id").is_empty());
    feed.pass(5);
    let again = feed.taken(JSON, &body).await;
    assert_eq!(
        (&again["updated"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
    let table = format!("clever_id,minutes,lessons_completed\n{one},126,23\n{two},32.5,4.2\n");
    let again = feed.taken(CSV, &table).await;
    assert_eq!(
        (&again["updated"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
}

#[tokio::test]
async fn students_who_are_left_out_stay_as_they_are() {
    let feed = Feed::new().await;
    let all: Vec<_> = feed
        .students
        .iter()
        .map(|student| (student.as_str(), "\"minutes\":10,\"books_read\":1"))
        .collect();
    let (first, second) = all.split_at(all.len() / 2);
    let taken = feed.taken(JSON, &rows(second)).await;
    assert_eq!(taken["updated"], json!(second.len()));
    let taken = feed.taken(JSON, &rows(first)).await;
    assert_eq!(taken["updated"], json!(first.len()));
    let taken = feed.taken(JSON, &rows(&all)).await;
    assert_eq!(taken["unchanged"], json!(all.len()));
    let none = feed.taken(JSON, &rows(&[])).await;
    let expected =
        json!({ "received": 0, "updated": 0, "unchanged": 0, "warnings": [], "rejected": [] });
    assert_eq!(none, expected, "an empty list is a valid no-op");
}

/// What a row comes to: `updated`, `unchanged`, or the reason it is not taken; and what is said about it.
async fn outcome(feed: &Feed, student: &str, metrics: &str) -> (String, Vec<String>) {
    feed.pass(1);
    let taken = feed.taken(JSON, &rows(&[(student, metrics)])).await;
    let reasons = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|row| row["reason"].as_str().unwrap().to_owned())
            .collect()
    };
    let what = match reasons(&taken["rejected"]).pop() {
        Some(reason) => reason,
        None if taken["updated"] == json!(1) => "updated".to_owned(),
        None => "unchanged".to_owned(),
    };
    (what, reasons(&taken["warnings"]))
}

#[tokio::test]
async fn every_rule_for_a_row() {
    let feed = Feed::new().await;
    let student = feed.students[0].as_str();
    // A first row, or a body of one malformed row would be refused whole.
    feed.taken(
        JSON,
        &rows(&[(student, "\"minutes\":100,\"books_read\":10")]),
    )
    .await;
    feed.pass(60);
    for (metrics, what, warnings) in [
        ("\"minutes\":130,\"books_read\":11", "updated", vec![]),
        ("\"minutes\":130.25,\"books_read\":11.5", "updated", vec![]),
        (
            "\"minutes\":1.3025e2,\"books_read\":11.50",
            "unchanged",
            vec![],
        ),
        ("\"books_read\":12", "updated", vec!["no_minutes"]),
        ("\"minutes\":131", "updated", vec![]),
        (
            "\"minutes\":120,\"books_read\":13",
            "updated",
            vec!["regression"],
        ),
        (
            "\"minutes\":131,\"books_read\":9",
            "unchanged",
            vec!["regression"],
        ),
        (
            "\"minutes\":5000,\"books_read\":14",
            "unchanged",
            vec!["implausible"],
        ),
        (
            "\"minutes\":131,\"books_read\":14,\"stars\":\"many\"",
            "updated",
            vec![],
        ),
        ("\"minutes\":131,\"books_read\":14", "unchanged", vec![]),
    ] {
        let expected = (
            what.to_owned(),
            warnings.iter().map(|&reason| reason.to_owned()).collect(),
        );
        assert_eq!(
            outcome(&feed, student, metrics).await,
            expected,
            "{metrics}"
        );
    }
}

#[tokio::test]
async fn every_reason_for_which_a_row_is_not_taken() {
    let feed = Feed::new().await;
    let [good, other, ..] = feed.students.as_slice() else {
        panic!()
    };
    for (metrics, reason) in [
        ("\"minutes\":-1,\"books_read\":1", "bad_value"),
        ("\"minutes\":\"12\",\"books_read\":1", "bad_value"),
        ("\"minutes\":null,\"books_read\":1", "bad_value"),
        ("\"minutes\":1e400,\"books_read\":1", "bad_value"),
        ("\"minutes\":1,\"books_read\":[1]", "bad_value"),
        ("\"minutes\":1000000001,\"books_read\":1", "bad_value"),
        ("", "no_metrics"),
        ("\"stars\":1", "no_metrics"),
    ] {
        let body = rows(&[(good, "\"minutes\":1,\"books_read\":1"), (other, metrics)]);
        let taken = feed.taken(JSON, &body).await;
        let expected = json!([{ "index": 1, "clever_id": other, "reason": reason }]);
        assert_eq!(taken["rejected"], expected, "{metrics}");
        assert_eq!(taken["received"], json!(2));
    }
    let mixed = format!(
        "{{\"data\":{{\"students\":[7,{{\"clever_id\":\"{good}\",\"metrics\":{{\"minutes\":1}}}},{{\"metrics\":{{\"minutes\":1}}}},\
         {{\"clever_id\":12,\"metrics\":{{\"minutes\":1}}}},{{\"clever_id\":\"{good}\",\"metrics\":5}}]}}}}"
    );
    let taken = feed.taken(JSON, &mixed).await;
    let reasons = taken["rejected"].as_array().unwrap().iter();
    let reasons: Vec<_> = reasons.map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "not_a_row",
            "unknown_student",
            "unknown_student",
            "not_a_row"
        ]
    );
}

/// One wording for all, so nothing can be probed: malformed, unknown, not a student, of another district.
#[tokio::test]
async fn ids_that_are_not_shared_are_answered_alike() {
    let feed = Feed::new().await;
    let client: &Client = &feed.served.client;
    let teacher = client.ids("/v3.1/users?role=teacher").await.swap_remove(0);
    let school = client.ids("/v3.1/schools").await.swap_remove(0);
    let installation = &feed.served.installation;
    let elsewhere = installation.add_district(2).await;
    let files = homeroom_testkit::generated(homeroom_testkit::SMALL, 2, 0);
    installation.import(elsewhere, files).await;
    let token = installation.connect(&feed.served.app, elsewhere).await;
    let theirs = client
        .with_token(&token)
        .ids("/v3.1/users?role=student")
        .await;
    let known = feed.students[0].as_str();
    for stranger in [
        "5f00aa11bb22cc33dd44ee21",
        "Anna",
        "",
        &teacher,
        &school,
        &theirs[0],
        "ffffffffffffffffffffffff",
    ] {
        let body = rows(&[
            (stranger, "\"minutes\":1,\"books_read\":1"),
            (known, "\"minutes\":1"),
        ]);
        let answered = feed.taken(JSON, &body).await;
        let sent = if stranger.len() == 24 {
            stranger
        } else {
            "not an id"
        };
        let expected = json!([{ "index": 0, "clever_id": sent, "reason": "unknown_student" }]);
        assert_eq!(answered["rejected"], expected, "{stranger}");
        assert_eq!(
            (&answered["received"], &answered["warnings"]),
            (&json!(2), &json!([]))
        );
    }
}

#[tokio::test]
async fn only_students_of_the_chosen_schools_are_known() {
    let feed = Feed::new().await;
    let schools = feed.served.client.ids("/v3.1/schools").await;
    let mut chosen = None;
    for school in &schools {
        let address = format!("/v3.1/schools/{school}/users?role=student");
        let students = feed.served.client.ids(&address).await;
        if !students.is_empty() && students.len() < feed.students.len() {
            chosen = Some((
                homeroom_model::ObjectId::from_hex(school).unwrap(),
                students,
            ));
        }
    }
    let (school, inside) = chosen.unwrap();
    let wish = Switch {
        schools: Some(Some(vec![school])),
        ..Switch::default()
    };
    feed.switch(&wish).await;
    let all: Vec<_> = feed
        .students
        .iter()
        .map(|id| (id.as_str(), "\"minutes\":1"))
        .collect();
    let taken = feed.taken(JSON, &rows(&all)).await;
    assert_eq!(taken["updated"], json!(inside.len()));
    let rejected = taken["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), all.len() - inside.len());
    assert!(
        rejected
            .iter()
            .all(|row| row["reason"] == json!("unknown_student"))
    );
}

#[tokio::test]
async fn a_student_twice_in_one_body_is_two_submissions_in_a_row() {
    let feed = Feed::new().await;
    let [one, two, ..] = feed.students.as_slice() else {
        panic!()
    };
    let body = rows(&[
        (one, "\"minutes\":5,\"books_read\":1"),
        (two, "\"minutes\":5,\"books_read\":1"),
        (one, "\"minutes\":8,\"books_read\":2"),
        (two, "\"minutes\":5,\"books_read\":1"),
    ]);
    let taken = feed.taken(JSON, &body).await;
    assert_eq!(
        (&taken["updated"], &taken["unchanged"]),
        (&json!(3), &json!(1))
    );
    let expected = json!([
        { "index": 2, "clever_id": one, "reason": "repeated_student" },
        { "index": 3, "clever_id": two, "reason": "repeated_student" },
    ]);
    assert_eq!(taken["warnings"], expected);
    let known = feed
        .taken(JSON, &rows(&[(one, "\"minutes\":8,\"books_read\":2")]))
        .await;
    assert_eq!(known["unchanged"], json!(1), "the later, higher one counts");
}

#[tokio::test]
async fn keys_that_are_not_used_are_listed() {
    let feed = Feed::new().await;
    let [one, two, ..] = feed.students.as_slice() else {
        panic!()
    };
    let body = rows(&[
        (one, "\"minutes\":5,\"books_read\":1,\"stars\":3"),
        (
            two,
            "\"stars\":4,\"books_read\":1,\"minutes\":5,\"coins\":1",
        ),
    ]);
    let taken = feed.taken(JSON, &body).await;
    assert_eq!(taken["progress_metric"], json!("books_read"));
    let expected = json!([{ "key": "stars", "rows": 2 }, { "key": "coins", "rows": 1 }]);
    assert_eq!(taken["ignored_metrics"], expected);
}

#[tokio::test]
async fn an_app_whose_view_shows_nothing_yet_knows_nobody() {
    let feed = Feed::new().await;
    let installation = &feed.served.installation;
    let early = installation.add_app(3).await;
    let token = installation
        .connect_unmoved(&early, feed.served.district)
        .await;
    let on = Switch {
        on: Some(true),
        ..Switch::default()
    };
    let key = homeroom_store::FeedKey {
        district: feed.served.district,
        app: early.id,
    };
    let by = homeroom_progress::feed::By {
        actor: "cli:ada",
        now: homeroom_model::Timestamp::from_millis(0),
        audit: homeroom_model::ObjectId::new([0x42; 12]),
    };
    homeroom_progress::feed::switch(&*installation.store, key, &on, by)
        .await
        .unwrap();
    let client = feed.client.with_token(&token);
    let body = rows(&[(&feed.students[0], "\"minutes\":1")]);
    let answer = super::send(
        &client,
        axum::http::Method::POST,
        super::PATH,
        &[("content-type", JSON)],
        &body,
    )
    .await;
    assert_eq!(
        answer.json()["data"]["rejected"][0]["reason"],
        json!("unknown_student")
    );
}
