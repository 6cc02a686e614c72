//! What an app is told about schools, sections and students that are not shared with it any more.

use homeroom_progress::feed::Switch;
use homeroom_testkit::{Files, small_district};
use serde_json::{Value, json};

use super::{Reported, switched};
use crate::installation::Installation;
use crate::served::Served;

/// The known district without a student and their section.
fn without_them() -> Files {
    let files = small_district();
    let mut left = Vec::new();
    for (name, gone) in [
        ("students.csv", &["S1,P3,"][..]),
        ("sections.csv", &["S1,X2,"]),
        ("enrollments.csv", &["S1,X2,"]),
    ] {
        let text = files.text(name);
        let lines = text.lines();
        let stay = lines.filter(|line| !gone.iter().any(|gone| line.starts_with(gone)));
        let stay: Vec<_> = stay.collect();
        assert!(stay.len() < text.lines().count(), "{name}");
        left.push((name, stay.join("\n")));
    }
    let with = |files: Files, (name, text): (&str, String)| files.with(name, &text);
    left.into_iter().fold(files, with)
}

#[tokio::test]
async fn an_app_sees_targets_of_what_is_shared_with_it_now() {
    let served = Served::of(Installation::new(), small_district()).await;
    let reported = Reported::of(served).await;
    let served = &reported.served;
    let client = &served.client;
    let by_sis_id = async |address: &str, sis_id: &str| -> String {
        let found = client.read(address).await;
        let mut found = found["data"].as_array().unwrap().iter();
        let found = found.find(|one| one["data"].to_string().contains(&format!("\"{sis_id}\"")));
        found.unwrap()["data"]["id"].as_str().unwrap().to_owned()
    };
    let (stays, leaves) = (
        by_sis_id("/v3.1/users?role=student", "P1").await,
        by_sis_id("/v3.1/users?role=student", "P3").await,
    );
    let (section, ends) = (
        by_sis_id("/v3.1/sections", "X1").await,
        by_sis_id("/v3.1/sections", "X2").await,
    );
    let school = by_sis_id("/v3.1/schools", "S1").await;
    let for_whom = |level: &str, id: &str| json!({ "level": level, "id": id, "metric": "minutes", "per_week": 40 });
    let wishes = json!({ "targets": [
        { "level": "district", "metric": "minutes", "per_week": 50 },
        for_whom("school", &school),
        for_whom("section", &section),
        for_whom("section", &ends),
        for_whom("student", &stays),
        for_whom("student", &leaves),
    ] });
    let path = format!("/targets?app={}", served.app.id);
    let (status, told) = reported.as_district(&path, wishes).await;
    assert_eq!(status, 200, "{told}");
    reported
        .client()
        .read(&format!("{}{path}", reported.base))
        .await;
    let read = format!("token:ada: goals read: targets of app {}", served.app.id);
    assert_eq!(reported.audited().await[0], read);
    let shown = Switch {
        apps_see_targets: Some(true),
        ..Switch::default()
    };
    switched(&served.installation, reported.key(), &shown, 2).await;
    let ids = async || -> Vec<Value> {
        let told = client.read("/goals/v1/targets").await;
        let targets = told["data"]["targets"].as_array().unwrap().iter();
        targets.map(|target| target["id"].clone()).collect()
    };
    let sorted = |mut ids: [&str; 2]| {
        ids.sort_unstable();
        ids.map(|id| json!(id))
    };
    let [first, second] = sorted([&section, &ends]);
    let [one, two] = sorted([&stays, &leaves]);
    assert_eq!(
        ids().await,
        [Value::Null, json!(school), first, second, one, two]
    );
    let publishing = served.installation.import(served.district, without_them());
    publishing.await;
    assert_eq!(client.status(&format!("/v3.1/users/{leaves}")).await, 404);
    assert_eq!(
        ids().await,
        [Value::Null, json!(school), json!(section), json!(stays)]
    );
}
