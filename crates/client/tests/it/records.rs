//! The records that a walk hands over: each once, kept as sent, of our district.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use homeroom_client::{Cancel, ClientError, Outcome, Reading, Record, Scope, Why};
use homeroom_model::Role;
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use crate::mock::{DISTRICT, Mock, Server, id};
use crate::walks::{USERS, by_id, edited, everything, misbehaving, read, users};

#[tokio::test(start_paused = true)]
async fn a_record_of_another_district_ends_everything() {
    let (_, report, _) = misbehaving(|request| {
        edited(request, |page| {
            page["data"][3]["data"]["district"] = json!(id(7, 7).to_hex());
        })
    })
    .await;
    let error = report.unwrap_err();
    let expected = ClientError::DistrictMismatch {
        path: "/v3.1/users".to_owned(),
        collection: "users",
    };
    assert_eq!(error, expected);
    let mut mock = Mock::small(&V3_1, 1);
    mock.ones.insert(
        format!("/districts/{}", DISTRICT.to_hex()),
        json!({"id": id(7, 7).to_hex()}),
    );
    let (report, records) = read(&Server::new(mock)).await;
    assert!(matches!(
        report,
        Err(ClientError::DistrictMismatch {
            collection: "districts",
            ..
        })
    ));
    assert!(records.is_empty());
}

#[tokio::test(start_paused = true)]
async fn records_that_come_again_or_cannot_be_read_are_counted_and_kept() {
    let (_, report, records) = misbehaving(|request| {
        edited(request, |page| {
            let again = page["data"][0].clone();
            let data = page["data"].as_array_mut().unwrap();
            data.push(again);
            data.reverse();
            data[2]["data"]["roles"] = json!(7);
            data[3]["data"].as_object_mut().unwrap().remove("district");
        })
    })
    .await;
    let report = report.unwrap();
    let walked = users(&report);
    assert!(report.is_complete(), "{walked}");
    let counted = (
        walked.records,
        walked.repeated,
        walked.unreadable,
        walked.of_no_district,
    );
    assert_eq!(counted, (55, 1, 1, 1));
    let broken: Vec<_> = records
        .iter()
        .filter(|record| record.read.is_err())
        .collect();
    let [broken] = broken[..] else {
        panic!("{broken:?}")
    };
    assert!(broken.id.is_some() && broken.raw.ends_with(b"}"));

    let (_, report, records) =
        misbehaving(|request| edited(request, |page| page["data"][4]["data"]["id"] = json!("?")))
            .await;
    let report = report.unwrap();
    assert_eq!(
        users(&report).outcome,
        Outcome::Partial {
            why: Why::WithoutId { number: 1 }
        }
    );
    assert!(
        records.iter().any(|record| record.id.is_none()),
        "it is kept all the same"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_is_tolerated_and_counted_by_name() {
    let mut mock = Mock::small(&V3_1, 30);
    for user in mock.users().iter_mut().take(4) {
        user["shoe_size"] = json!({"left": 41});
        user["roles"]["mentor"] = json!({"of": "x"});
        user["roles"]["student"]["grade"] = json!("14");
    }
    let (report, records) = read(&Server::new(mock)).await;
    let report = report.unwrap();
    assert!(report.is_complete() && records.iter().all(|record| record.read.is_ok()));
    let strange = report.strange;
    assert_eq!(
        strange.fields,
        BTreeMap::from([("User.shoe_size".to_owned(), 4)])
    );
    assert_eq!(strange.roles, BTreeMap::from([("mentor".to_owned(), 4)]));
    assert_eq!(
        strange.values,
        BTreeMap::from([("User.roles.student.grade".to_owned(), 4)])
    );
}

#[tokio::test(start_paused = true)]
async fn people_of_several_roles_come_once_however_they_are_asked_for() {
    let mut mock = Mock::small(&V3_1, 30);
    for (at, user) in mock.users().iter_mut().enumerate() {
        let teacher = json!({"sis_id": "t", "school": id(1, 0).to_hex()});
        let staff = json!({"schools": []});
        user["roles"] = match at % 4 {
            0 => json!({"teacher": teacher, "staff": staff, "district_admin": {}}),
            1 => json!({"teacher": teacher}),
            2 => json!({"contact": {}}),
            _ => user["roles"].clone(),
        };
    }
    let server = Server::new(mock);
    let (whole, all) = read(&server).await;
    assert_eq!(users(&whole.unwrap()).records, 30);
    let mut records = Vec::new();
    let reading = Reading::of(Scope::District);
    let report = server
        .source()
        .read(&reading, &mut records, &Cancel::default())
        .await
        .unwrap();
    let walked = users(&report);
    assert_eq!(
        (walked.records, walked.repeated),
        (23, 16),
        "8 people of three roles, no contacts"
    );
    assert!(walked.is_complete());
    let mut expected = by_id(&all, Object::User);
    expected.retain(|_, user| user["roles"].get("contact").is_none());
    assert_eq!(by_id(&records, Object::User), expected);
    let none = Reading {
        roles: vec![Role::Contact],
        ..Reading::of(Scope::District)
    };
    let mut records = Vec::new();
    server
        .source()
        .read(&none, &mut records, &Cancel::default())
        .await
        .unwrap();
    assert_eq!(by_id(&records, Object::User).len(), 7);
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_the_records_may_stop() {
    let server = Server::new(Mock::small(&V3_1, USERS));
    let mut taken = 0;
    let mut take = |_: Record| {
        taken += 1;
        if taken == 20 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let report = server
        .source()
        .read(&everything(), &mut take, &Cancel::default())
        .await;
    assert_eq!(report, Err(ClientError::Stopped));
    assert_eq!(taken, 20);
}
