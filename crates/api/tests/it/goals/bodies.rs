//! Forms of a body: JSON, CSV, and files in forms.

use serde_json::json;

use super::{CSV, Feed, JSON};

/// Both students of a table are taken with these values.
async fn tables(feed: &Feed, kind: &str, body: &str) {
    let taken = feed.taken(kind, body).await;
    let rows = (
        &taken["received"],
        &taken["rejected"],
        &taken["progress_metric"],
    );
    assert_eq!(
        rows,
        (&json!(2), &json!([]), &json!("books_read")),
        "{body}"
    );
    let known = format!(
        "clever_id,minutes,books_read\n{},12.5,3\n{},7,1\n",
        feed.students[0], feed.students[1]
    );
    let again = feed.taken(CSV, &known).await;
    assert_eq!(again["unchanged"], json!(2), "{body}");
}

#[tokio::test]
async fn odd_tables_are_read_like_plain_ones() {
    let ids = |text: &str, feed: &Feed| {
        text.replace("ONE", &feed.students[0])
            .replace("TWO", &feed.students[1])
    };
    for table in [
        "clever_id,minutes,books_read\nONE,12.5,3\nTWO,7,1\n",
        "\u{feff}clever_id,minutes,books_read\r\nONE,12.5,3\r\nTWO,7,1\r\n",
        "clever_id, minutes, books_read\nONE, 12.5, 3\nTWO, 7, 1",
        "\"clever_id\",\"minutes\",\"books_read\"\n\"ONE\",\"12.5\",\"3\"\n\"TWO\",\"7\",\"1\"\n\n",
        "books_read,clever_id,minutes\n3,ONE,12.5\n1,TWO,7\n",
        "clever_id,minutes,books_read,stars\nONE,12.5,3,9\nTWO,7,1,\n",
    ] {
        let feed = Feed::new().await;
        tables(&feed, CSV, &ids(table, &feed)).await;
    }
    for kind in [
        "text/csv; charset=utf-8; header=present",
        "Text/CSV",
        "application/csv",
    ] {
        let feed = Feed::new().await;
        let table = ids("clever_id,minutes,books_read\nONE,12.5,3\nTWO,7,1\n", &feed);
        tables(&feed, kind, &table).await;
    }
}

#[tokio::test]
async fn files_come_in_forms() {
    for (part, file) in [
        (
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv",
            "csv",
        ),
        (
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: application/octet-stream",
            "csv",
        ),
        (
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\nContent-Type: application/octet-stream",
            "json",
        ),
        (
            "Content-Disposition: form-data; name=\"data\"\r\nContent-Type: application/json; charset=utf-8",
            "json",
        ),
    ] {
        let feed = Feed::new().await;
        let content = if file == "csv" {
            format!(
                "clever_id,minutes,books_read\n{},12.5,3\n{},7,1\n",
                feed.students[0], feed.students[1]
            )
        } else {
            super::rows(&[
                (&feed.students[0], "\"minutes\":12.5,\"books_read\":3"),
                (&feed.students[1], "\"minutes\":7,\"books_read\":1"),
            ])
        };
        let body = format!("--XyZ\r\n{part}\r\n\r\n{content}\r\n--XyZ--\r\n");
        tables(&feed, "multipart/form-data; boundary=XyZ", &body).await;
    }
}

#[tokio::test]
async fn json_may_be_written_in_any_way_that_is_json() {
    let feed = Feed::new().await;
    let [one, two, ..] = feed.students.as_slice() else {
        panic!()
    };
    let body = format!(
        "\n{{ \"meta\": [1, {{\"data\": 2}}], \"data\": {{ \"note\": null, \"students\": [ {{ \"metrics\": {{ \"books_read\": 3, \
         \"minutes\": 12.50 }}, \"name\": {{}}, \"clever_id\": \"{one}\" }}, {{ \"clever_id\": \"\\u00{:x}{}\", \"metrics\": \
         {{ \"minutes\": 7e0, \"books_read\": 1 }} }} ] }} }}\r\n",
        two.as_bytes()[0],
        &two[1..]
    );
    tables(&feed, JSON, &body).await;
}

/// What stands in docs/goals.md under a mark.
fn documented<'p>(page: &'p str, mark: &str) -> &'p str {
    let (_, after) = page.split_once(&format!("<!-- {mark} -->\n")).unwrap();
    let (_, block) = after.split_once('\n').unwrap();
    block.split_once("```").unwrap().0
}

/// The senders of docs/goals.md, as curl sends them.
#[tokio::test]
async fn the_senders_of_the_page_are_taken_as_they_stand_there() {
    let page = include_str!("../../../../../docs/goals.md");
    for line in page
        .lines()
        .filter(|line| line.contains("/v2.0/metrics") && line.starts_with("curl"))
    {
        assert!(
            line.contains("$SERVER/v2.0/metrics") && line.contains("Bearer $TOKEN"),
            "{line}"
        );
    }
    for (mark, kind) in [("totals.json", JSON), ("totals.csv", CSV)] {
        let feed = Feed::new().await;
        assert!(page.contains(&format!("-H 'Content-Type: {kind}' --data-binary @{mark}")));
        let body = documented(page, mark)
            .replace("5f00aa11bb22cc33dd44ee21", &feed.students[0])
            .replace("5f00aa11bb22cc33dd44ee22", &feed.students[1]);
        let answer = feed.post(kind, &body).await;
        assert_eq!(answer.text(), documented(page, "answer").trim(), "{mark}");
        let form = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{mark}\"\r\nContent-Type: {kind}\r\n\r\n{body}\r\n--b--\r\n"
        );
        let again = feed.taken("multipart/form-data; boundary=b", &form).await;
        assert_eq!(again["unchanged"], json!(2), "{mark}");
    }
    let feed = Feed::new().await;
    let headers = [("content-type", JSON)];
    let app = documented(page, "app.json");
    let put = super::send(
        &feed.client,
        axum::http::Method::PUT,
        "/goals/v1/app",
        &headers,
        app,
    )
    .await;
    assert_eq!(put.status, 200, "{}", put.text());
    let beats = documented(page, "heartbeats.json");
    let path = "/goals/v1/active-minutes";
    let counted = super::send(
        &feed.client,
        axum::http::Method::POST,
        path,
        &headers,
        beats,
    )
    .await;
    assert_eq!(counted.text(), documented(page, "counted").trim());
}
