//! Events and what may be missing of them (integration-side A1.5, A1.6, B11, S38).

use homeroom_client::{
    Batch, Cancel, ClientError, EventFilter, Fault, Gap, Head, Mark, Source, Verb,
};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_wire::{Object, V1_2, V3_1};
use serde_json::{Value, json};

use crate::mock::{Act, DISTRICT, Mock, Reply, Server, id};

fn feed(numbers: impl IntoIterator<Item = u32>) -> Mock {
    let mut mock = Mock::small(&V3_1, 60);
    for number in numbers {
        mock.event(number, "users.updated", number);
    }
    mock
}

async fn batches(source: &Source, after: Option<ObjectId>) -> Result<Vec<Batch>, ClientError> {
    let mut feed = source.events(after, &EventFilter::default(), &Cancel::default());
    let mut batches = Vec::new();
    while let Some(batch) = feed.next().await? {
        batches.push(batch);
    }
    Ok(batches)
}

fn ids(batches: &[Batch]) -> Vec<ObjectId> {
    batches
        .iter()
        .flat_map(|batch| &batch.events)
        .map(|event| event.id)
        .collect()
}

fn numbers(range: std::ops::Range<u32>) -> Vec<ObjectId> {
    range.map(|number| id(9, number)).collect()
}

#[tokio::test(start_paused = true)]
async fn events_come_in_batches_that_carry_the_cursor() {
    let source = Server::new(feed(0..25)).source();
    let found = batches(&source, Some(id(9, 2))).await.unwrap();
    assert_eq!(ids(&found), numbers(3..25));
    let cursors: Vec<_> = found.iter().map(|batch| batch.cursor).collect();
    assert_eq!(cursors, [Some(id(9, 12)), Some(id(9, 22)), Some(id(9, 24))]);
    let event = &found[0].events[0];
    assert_eq!(
        (event.kind.as_str(), event.object, event.verb),
        ("users.updated", Some(Object::User), Some(Verb::Updated))
    );
    assert_eq!(
        (event.about(), event.previous.as_ref()),
        (Some(id(4, 3)), None)
    );
    assert!(event.record.as_ref().unwrap().read.is_ok() && event.is_known());
    let raw: Value = serde_json::from_slice(&event.raw).unwrap();
    let document: Value = serde_json::from_slice(&event.document).unwrap();
    assert_eq!(raw["data"]["object"], document);
    assert!(!format!("{event:?}").contains("First"), "{event:?}");
    let none = batches(&source, Some(id(9, 24))).await.unwrap();
    assert_eq!(
        (none.len(), ids(&none).len(), none[0].cursor),
        (1, 0, Some(id(9, 24)))
    );
}

#[tokio::test(start_paused = true)]
async fn strange_and_broken_events_are_kept_or_counted() {
    let mut mock = feed(0..3);
    mock.event(3, "users.transmogrified", 1);
    mock.event(4, "wands.created", 1);
    mock.event(5, "users.deleted", 1);
    let events = mock.lists.get_mut("/events").unwrap();
    events[0]["data"]["previous_attributes"] = json!({"email": "old"});
    events[1]["previous_attributes"] = json!({"email": null});
    events[2]["data"] = json!("nothing");
    let source = Server::new(mock).source();
    let mut feed = source.events(None, &EventFilter::default(), &Cancel::default());
    let batch = feed.next().await.unwrap().unwrap();
    assert_eq!(feed.next().await.unwrap(), None);
    assert_eq!((batch.events.len(), batch.unreadable), (5, 1));
    let previous: Vec<_> = batch
        .events
        .iter()
        .map(|event| event.previous.clone())
        .collect();
    assert_eq!(previous[0].as_deref(), Some(&br#"{"email":"old"}"#[..]));
    assert_eq!(previous[1].as_deref(), Some(&br#"{"email":null}"#[..]));
    let known: Vec<_> = batch
        .events
        .iter()
        .map(homeroom_client::Event::is_known)
        .collect();
    assert_eq!(known, [true, true, false, false, true]);
    let strange = &feed.strange().event_types;
    assert_eq!(
        strange.keys().collect::<Vec<_>>(),
        ["users.transmogrified", "wands.created"]
    );
    assert_eq!(feed.effort().requests, 1);
}

#[tokio::test(start_paused = true)]
async fn repeated_and_shuffled_events_are_put_in_order() {
    let server = Server::acting(feed(0..25), |request| {
        if !request.target.contains("/events?limit=10") {
            return Act::Pass;
        }
        let mut page: Value = serde_json::from_slice(&request.right.body).unwrap();
        let data = page["data"].as_array_mut().unwrap();
        let twice = data.clone();
        data.extend(twice);
        data.reverse();
        Act::Reply(Reply::json(200, &page))
    });
    let found = batches(&server.source(), None).await.unwrap();
    assert_eq!(ids(&found), numbers(0..25));
    let counted: Vec<_> = found
        .iter()
        .map(|batch| (batch.repeated, batch.disordered))
        .collect();
    assert_eq!(counted, [(10, 9), (10, 9), (5, 4)]);
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_fails_ends_and_keeps_its_cursor() {
    let server = Server::acting(feed(0..25), |request| {
        if request.target.contains(&id(9, 9).to_hex()) {
            return Act::Reply(Reply::json(500, &json!({})));
        }
        Act::Pass
    });
    let mut feed = server
        .source()
        .events(None, &EventFilter::default(), &Cancel::default());
    assert_eq!(feed.next().await.unwrap().unwrap().cursor, Some(id(9, 9)));
    let error = feed.next().await.unwrap_err();
    let ClientError::Failed(failure) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (failure.fault, failure.path.as_str()),
        (Fault::Status(500), "/v3.1/events")
    );
    assert_eq!(feed.next().await.unwrap(), None);

    let mut mock = feed_of_another_district();
    mock.event(3, "users.updated", 1);
    let error = batches(&Server::new(mock).source(), None)
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        ClientError::DistrictMismatch {
            collection: "users",
            ..
        }
    ));
}

fn feed_of_another_district() -> Mock {
    let mut mock = feed(0..2);
    mock.lists.get_mut("/events").unwrap()[1]["data"]["object"]["district"] =
        json!(id(7, 7).to_hex());
    mock
}

#[tokio::test(start_paused = true)]
async fn events_are_chosen_by_the_server_where_it_can_and_here_where_not() {
    let filter = EventFilter {
        objects: vec![Object::School],
        school: Some(id(1, 0)),
    };
    let mut mock = feed(0..4);
    mock.event(4, "schools.updated", 1);
    let server = Server::new(mock.clone());
    let mut chosen = server.source().events(None, &filter, &Cancel::default());
    let batch = chosen.next().await.unwrap().unwrap();
    assert_eq!(batch.events.len(), 1);
    let school = id(1, 0).to_hex();
    assert_eq!(
        server.asked(&format!(
            "/events?limit=10&record_type=schools&school={school}"
        )),
        1
    );

    mock.version = &V1_2;
    for event in mock.lists.get_mut("/events").unwrap() {
        let kind = event["type"].as_str().unwrap().replace("users", "students");
        event["type"] = json!(kind);
    }
    let server = Server::new(mock);
    let mut chosen = server.source().events(None, &filter, &Cancel::default());
    let batch = chosen.next().await.unwrap().unwrap();
    let kinds: Vec<_> = batch
        .events
        .iter()
        .map(|event| event.kind.as_str())
        .collect();
    assert_eq!(
        (kinds, batch.cursor),
        (vec!["schools.updated"], Some(id(9, 4)))
    );
    assert_eq!(server.asked("/v1.2/events?limit=10"), 1);
}

fn mark(number: u32) -> Mark {
    Mark {
        head: Head::At(id(9, number)),
        last_sync: Some(Timestamp::from_millis(1_788_242_400_000)),
    }
}

async fn gap(mock: Mock, mark: Mark) -> Option<Gap> {
    Server::new(mock)
        .source()
        .gap_since(&mark, &Cancel::default())
        .await
        .unwrap()
}

fn synced_again(mut mock: Mock) -> Mock {
    mock.lists.get_mut("/districts").unwrap()[0]["last_sync"] = json!("2026-09-01T07:00:00.000Z");
    mock
}

#[tokio::test(start_paused = true)]
async fn s38_a_cursor_that_is_too_old_or_not_known_is_a_gap() {
    assert_eq!(gap(feed(3..9), mark(8)).await, None, "nothing happened");
    assert_eq!(
        gap(feed(3..9), mark(3)).await,
        None,
        "the oldest event is known"
    );
    let oldest = Some(id(9, 3));
    assert_eq!(gap(feed(3..9), mark(2)).await, Some(Gap::TooOld { oldest }));
    assert_eq!(
        gap(feed([3, 5, 6]), mark(4)).await,
        Some(Gap::UnknownCursor)
    );
    assert_eq!(
        gap(feed([]), mark(4)).await,
        Some(Gap::TooOld { oldest: None })
    );
    let empty = Mark {
        head: Head::Empty,
        ..mark(0)
    };
    assert_eq!(
        gap(feed(3..9), empty).await,
        None,
        "everything there is comes after it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_synced_and_silent_is_a_gap() {
    assert_eq!(
        gap(synced_again(feed(3..9)), mark(8)).await,
        Some(Gap::Silent)
    );
    assert_eq!(gap(synced_again(feed(3..9)), mark(7)).await, None);
    let empty = Mark {
        head: Head::Empty,
        ..mark(0)
    };
    assert_eq!(gap(synced_again(feed([])), empty).await, Some(Gap::Silent));
    let mut off = feed(3..9);
    off.lists.remove("/events");
    assert_eq!(gap(off, mark(8)).await, Some(Gap::Off));
    let unavailable = Mark {
        head: Head::Unavailable,
        ..mark(0)
    };
    assert_eq!(gap(feed(3..9), unavailable).await, Some(Gap::Off));
}

#[tokio::test(start_paused = true)]
async fn a_server_of_ours_says_what_is_missing() {
    for (said, expected) in [
        ("none".to_owned(), Gap::Off),
        (
            id(9, 4).to_hex(),
            Gap::Told {
                whole_from: id(9, 4),
            },
        ),
    ] {
        let server = Server::acting(feed(0..9), move |request| {
            Act::Reply(request.right.clone().with("homeroom-events-gap", &said))
        });
        let found = batches(&server.source(), None).await.unwrap();
        assert_eq!(found[0].gap, Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn the_newest_event_is_found_where_nobody_knows_last() {
    let server = Server::acting(feed(0..25), |request| {
        if request.target.contains("ending_before=last") {
            return Act::Reply(Reply::json(400, &json!({"message": "not an id"})));
        }
        Act::Pass
    });
    let mut records = Vec::new();
    let reading = homeroom_client::Reading::of(homeroom_client::Scope::District);
    let report = server
        .source()
        .read(&reading, &mut records, &Cancel::default())
        .await
        .unwrap();
    assert_eq!(report.mark.head, Head::At(id(9, 24)));
    assert_eq!(server.source().district(), DISTRICT);
}
