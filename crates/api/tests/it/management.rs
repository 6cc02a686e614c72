//! The management API.

use axum::http::Method;
use homeroom_api::Settings;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::AuditEntry;
use homeroom_testkit::{SMALL, generated};
use serde_json::Value;

use crate::access::management_token;
use crate::client::Client;
use crate::installation::settings;
use crate::served::Served;

const BASE: &str = "/management/v1";

async fn manager(served: &Served, name: &str, district: Option<ObjectId>) -> Client {
    let token = management_token(served, name, district, None).await;
    served.client.with_token(&token)
}

/// Every record of a list, page by page.
async fn walk(client: &Client, address: &str, limit: usize) -> Vec<Value> {
    let joint = if address.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{address}{joint}limit={limit}"));
    let mut found = Vec::new();
    while let Some(address) = next {
        let page = client.read(&address).await;
        let data = page["data"].as_array().unwrap();
        assert!(data.len() <= limit);
        found.extend(data.iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
        assert!(next.is_none() || data.len() == limit);
    }
    found
}

fn texts<'v>(records: &'v [Value], member: &str) -> Vec<&'v str> {
    let texts = records
        .iter()
        .map(|record| record[member].as_str().unwrap());
    texts.collect()
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_told_with_their_reports() {
    let served = Served::new().await;
    for day in 1..4 {
        let files = generated(SMALL, 1, day);
        served.installation.import(served.district, files).await;
    }
    let client = manager(&served, "all", None).await;
    let runs = format!("{BASE}/districts/{}/runs", served.district);
    let all = walk(&client, &runs, 1000).await;
    assert!(all.len() >= 4);
    assert!(texts(&all, "started").is_sorted_by(|newer, older| newer >= older));
    for limit in [1, 3] {
        assert_eq!(walk(&client, &runs, limit).await, all, "{limit}");
    }
    let published: Vec<_> = all
        .iter()
        .filter(|run| run["state"] == "published")
        .collect();
    assert_eq!(published[0]["snapshot"], 4);
    let newest = published[0]["id"].as_str().unwrap();
    let run = client.read(&format!("{runs}/{newest}")).await;
    assert_eq!(run["report"]["state"], "published", "{run}");
    assert!(
        run["artifacts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|left| left["name"] == "plan")
    );
    let plan = client.read(&format!("{runs}/{newest}/plan")).await;
    assert!(plan.is_object(), "{plan}");
    for nothing in ["x", "777777777777777777777777"] {
        assert_eq!(client.status(&format!("{runs}/{nothing}")).await, 404);
        assert_eq!(client.status(&format!("{runs}/{nothing}/plan")).await, 404);
    }
}

#[tokio::test]
async fn findings_come_line_by_line_all_or_in_pages() {
    let served = Served::new().await;
    let mut files = generated(SMALL, 1, 1);
    for number in 0..40 {
        let key = format!("lost-{number}");
        files.add(
            "enrollments.csv",
            &[("Section_id", &key), ("Student_id", "nobody")],
        );
    }
    served.installation.import(served.district, files).await;
    let client = manager(&served, "all", None).await;
    let runs = format!("{BASE}/districts/{}/runs", served.district);
    let newest = client.read(&format!("{runs}?limit=1")).await;
    let newest = newest["data"][0]["id"].as_str().unwrap().to_owned();
    let report = client.read(&format!("{runs}/{newest}")).await;
    let counted: u64 = report["report"]["problems"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    let findings = format!("{runs}/{newest}/findings");
    let answer = client.get(&findings).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let all: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(all.len() >= 150, "{}", all.len());
    assert_eq!(all.len() as u64, counted);
    let mut walked = Vec::new();
    let mut next = Some(format!("{findings}?limit=60"));
    while let Some(address) = next {
        let page = client.get(&address).await;
        walked.extend(
            page.text()
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()),
        );
        let link = page.header("link").to_owned();
        next = link
            .strip_prefix('<')
            .map(|link| link.split_once(">; rel=\"next\"").unwrap().0.to_owned());
    }
    assert_eq!(walked, all);
    let code = all
        .iter()
        .find(|finding| finding["place"]["file"] == "enrollments")
        .unwrap_or(&all[0]);
    let code = code["code"].as_str().unwrap();
    let of_code: Vec<_> = all
        .iter()
        .filter(|finding| finding["code"] == code)
        .collect();
    let answer = client
        .get(&format!("{findings}?code={code}&limit=1000"))
        .await;
    assert_eq!(answer.text().lines().count(), of_code.len().min(1000));
    for (query, status) in [
        ("limit=0", 400),
        ("limit=1001", 400),
        ("starting_after=x", 400),
        ("code=NONE", 200),
    ] {
        let answer = client.get(&format!("{findings}?{query}")).await;
        assert_eq!(answer.status, status, "{query}");
    }
}

#[tokio::test]
async fn what_became_of_an_id_is_told() {
    let served = Served::new().await;
    let before = served
        .client
        .read("/v3.1/users?role=student&limit=10000")
        .await;
    for day in [20, 40, 60] {
        let files = generated(SMALL, 1, day);
        served.installation.import(served.district, files).await;
    }
    let after = served.client.ids("/v3.1/users?role=student").await;
    let client = manager(&served, "own", Some(served.district)).await;
    let mut gone = 0;
    for student in before["data"].as_array().unwrap() {
        let student = &student["data"];
        let (id, key) = (
            student["id"].as_str().unwrap(),
            student["roles"]["student"]["sis_id"].as_str().unwrap(),
        );
        let is_here = after.iter().any(|other| other == id);
        if is_here && gone > 0 && id != before["data"][0]["data"]["id"] {
            continue;
        }
        gone += usize::from(!is_here);
        let told = client.read(&format!("{BASE}/ids/{id}")).await;
        let told = &told["data"];
        assert_eq!(
            (&told["id"], &told["what"]),
            (&id.into(), &"student".into())
        );
        assert_eq!(told["key"], key, "{told}");
        assert_eq!(told["now"] == "published", is_here, "{told}");
        assert_eq!(told["present"].as_str(), is_here.then_some(id), "{told}");
        let given = &told["history"][0];
        assert_eq!(
            (&given["event"], &given["snapshot"]),
            (&"given".into(), &1.into())
        );
        assert_eq!(given["evidence"], "sis_id");
        assert!(
            given["at"].as_str().unwrap().starts_with("2026-09-01T09"),
            "{given}"
        );
        let coded = key
            .replace('%', "%25")
            .replace('/', "%2F")
            .replace(' ', "%20");
        let by_key = client.read(&format!("{BASE}/keys/students/{coded}")).await;
        assert_eq!(by_key["data"][0], *told);
    }
    assert!(gone > 0, "somebody left in two months");
    for unknown in ["x", "777777777777777777777777"] {
        assert_eq!(client.status(&format!("{BASE}/ids/{unknown}")).await, 404);
    }
    assert_eq!(
        client.status(&format!("{BASE}/keys/students/nobody")).await,
        404
    );
    assert_eq!(client.status(&format!("{BASE}/keys/terms/2026")).await, 404);
}

#[tokio::test]
async fn a_token_for_one_district_sees_no_other() {
    let served = Served::new().await;
    let other = served.installation.add_district(2).await;
    for (number, district) in [(1, Some(served.district)), (2, Some(other)), (3, None)] {
        let entry = AuditEntry {
            id: ObjectId::new([number; 12]),
            district,
            at: Timestamp::from_millis(i64::from(number)),
            actor: "cli:test".to_owned(),
            action: "test.done".to_owned(),
            detail: "number 1".to_owned(),
        };
        served.installation.store.add_audit(entry).await.unwrap();
    }
    let all = manager(&served, "all", None).await;
    let own = manager(&served, "own", Some(served.district)).await;
    let districts = |list: &[Value]| texts(list, "id").join(" ");
    let of = |ids: &[ObjectId]| {
        ids.iter()
            .map(|id| id.to_hex())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let listed = walk(&all, &format!("{BASE}/districts"), 1).await;
    assert_eq!(districts(&listed), of(&[served.district, other]));
    let listed = walk(&own, &format!("{BASE}/districts"), 1).await;
    assert_eq!(districts(&listed), of(&[served.district]));
    let tests = |list: Vec<Value>| {
        list.iter()
            .filter(|entry| entry["action"] == "test.done")
            .count()
    };
    assert_eq!(tests(walk(&all, &format!("{BASE}/audit"), 2).await), 3);
    assert_eq!(tests(walk(&own, &format!("{BASE}/audit"), 2).await), 1);
    let told = walk(&own, &format!("{BASE}/audit"), 2).await;
    assert!(told.iter().any(|entry| entry["detail"] == "number 1"));
    let audit = format!("{BASE}/districts/{other}/audit");
    assert_eq!(tests(walk(&all, &audit, 100).await), 1);
    assert_eq!(own.status(&audit).await, 404);
    // An id of the other district's is nobody's here, whoever asks.
    let school = served.client.ids("/v3.1/schools").await.swap_remove(0);
    let address = format!("{BASE}/ids/{school}");
    assert_eq!(own.status(&address).await, 200);
    assert_eq!(all.status(&address).await, 400, "which district?");
    assert_eq!(
        all.status(&format!("{address}?district={}", served.district))
            .await,
        200
    );
    assert_eq!(
        all.status(&format!("{address}?district={other}")).await,
        404
    );
    assert_eq!(
        own.status(&format!("{address}?district={other}")).await,
        404
    );
}

#[tokio::test]
async fn nothing_can_be_changed_and_too_much_cannot_be_asked() {
    let served = Served::new().await;
    let token = management_token(&served, "all", None, None).await;
    let client = served.client.with_token(&token);
    let districts = format!("{BASE}/districts");
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = client.send(method, &districts, &[]).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
        assert!(answer.json()["message"].is_string());
    }
    let head = client.send(Method::HEAD, &districts, &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("cache-control"), "no-store");
    assert_eq!(head.header("x-request-id").len(), 36);
    let limited = served.installation.client(Settings {
        rate_limit: 2,
        ..settings()
    });
    let client = limited.with_token(&token);
    for (status, remaining) in [(200, "1"), (200, "0"), (429, "0")] {
        let answer = client.get(&districts).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-ratelimit-remaining"), remaining);
    }
}
