//! When a walk is complete, and when not: every fault and its verdict (integration-side A1.3, B10, S16).

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use homeroom_client::{
    Broken, Cancel, ClientError, Fault, Movement, Outcome, Reading, Record, Report, Scope,
    Settings, Why,
};
use homeroom_model::{ObjectId, Role};
use homeroom_wire::{Object, V3_1};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq, proptest};
use serde_json::{Value, json};

use crate::mock::{Act, Mock, Reply, Request, Server, Splitting, id};

pub(crate) const USERS: u32 = 55;

/// Everything that was handed over of a kind, by id.
pub(crate) fn by_id(records: &[Record], object: Object) -> BTreeMap<Option<ObjectId>, Value> {
    let own = records.iter().filter(|record| record.object == object);
    own.map(|record| (record.id, serde_json::from_slice(&record.raw).unwrap()))
        .collect()
}

pub(crate) fn everything() -> Reading {
    Reading {
        resources: false,
        ..Reading::everything()
    }
}

pub(crate) async fn read(
    server: &std::sync::Arc<Server>,
) -> (Result<Report, ClientError>, Vec<Record>) {
    let mut records = Vec::new();
    let report = server
        .source()
        .read(&everything(), &mut records, &Cancel::default())
        .await;
    (report, records)
}

/// What comes of a reading in which something is wrong with the third page of users.
pub(crate) async fn misbehaving(
    act: impl Fn(&Request<'_>) -> Act + Send + Sync + 'static,
) -> (
    std::sync::Arc<Server>,
    Result<Report, ClientError>,
    Vec<Record>,
) {
    let third = format!("users?limit=10&starting_after={}", id(4, 19).to_hex());
    let server = Server::acting(Mock::small(&V3_1, USERS), move |request| {
        if request.target.ends_with(&third) {
            act(request)
        } else {
            Act::Pass
        }
    });
    let (report, records) = read(&server).await;
    (server, report, records)
}

pub(crate) fn users(report: &Report) -> &homeroom_client::Collected {
    report.collection(Object::User).unwrap()
}

/// The fault that made the users partial; everything else must be complete.
fn fault(report: &Report) -> Fault {
    for other in &report.collections {
        assert!(
            other.object == Object::User || other.is_complete(),
            "{other}"
        );
    }
    assert!(!report.says_gone(Object::User) && report.says_gone(Object::Section));
    match &users(report).outcome {
        Outcome::Partial {
            why: Why::Failed(failure),
        } => {
            assert_eq!(failure.path, "/v3.1/users");
            failure.fault
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) fn edited(request: &Request<'_>, edit: impl FnOnce(&mut Value)) -> Act {
    let mut page: Value = serde_json::from_slice(&request.right.body).unwrap();
    edit(&mut page);
    Act::Reply(Reply::json(200, &page))
}

fn next_link(uri: &str) -> Value {
    json!([{"rel": "next", "uri": uri}])
}

#[tokio::test(start_paused = true)]
async fn a_quiet_walk_hands_over_everything_once_and_says_so() {
    let mock = Mock::small(&V3_1, USERS);
    let server = Server::new(mock.clone());
    let (report, records) = read(&server).await;
    let report = report.unwrap();
    assert!(report.is_complete() && report.says_gone(Object::User));
    assert_eq!(report.movement, Movement::Quiet);
    let expected = mock.lists["/users"].iter();
    let expected: BTreeMap<_, _> = expected
        .map(|document| {
            (
                ObjectId::from_hex(document["id"].as_str().unwrap()),
                document.clone(),
            )
        })
        .collect();
    assert_eq!(by_id(&records, Object::User), expected);
    let walked = users(&report);
    assert_eq!(
        (
            walked.pages,
            walked.records,
            walked.repeated,
            walked.effort.retries
        ),
        (6, 55, 0, 0)
    );
    assert_eq!(walked.effort.requests, 7, "six pages and the count");
    assert_eq!(report.effort.requests, server.log().len() as u64);
    assert!(report.strange.is_empty(), "{:?}", report.strange);
    let order: Vec<_> = report
        .collections
        .iter()
        .map(|one| one.object.collection())
        .collect();
    assert_eq!(
        order,
        [
            "districts",
            "schools",
            "terms",
            "courses",
            "users",
            "sections"
        ]
    );
    assert_eq!(report.freshness.state.as_deref(), Some("running"));
    let line = walked.to_string();
    assert!(
        line.starts_with("users: 55 records in 6 pages, ") && line.ends_with(", complete"),
        "{line}"
    );
    assert!(
        !format!("{:?}", records[10]).contains("First"),
        "{:?}",
        records[10]
    );
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_and_forgotten() {
    let faults: [fn() -> Act; 11] = [
        || Act::Reply(Reply::json(500, &json!({}))),
        || Act::Reply(Reply::text(502, "text/html", "<html>")),
        || Act::Reply(Reply::text(503, "text/plain", "")),
        || Act::Reply(Reply::json(504, &json!({}))),
        || Act::Reply(Reply::text(429, "text/plain", "").with("retry-after", &1)),
        || Act::Reply(Reply::json(200, &json!({}))),
        || Act::Reply(Reply::text(200, "text/html", "<html>Cannot GET</html>")),
        || Act::Reply(Reply::text(200, "application/json", "{\"data\":[{\"da")),
        || Act::Break(Broken::Cut),
        || Act::Break(Broken::Unreachable),
        || Act::Hang,
    ];
    for (at, fault) in faults.into_iter().enumerate() {
        let (_, report, records) = misbehaving(move |request| {
            if request.again == 0 {
                fault()
            } else {
                Act::Pass
            }
        })
        .await;
        let report = report.unwrap();
        assert!(report.is_complete(), "fault {at}: {}", users(&report));
        assert_eq!(users(&report).records, u64::from(USERS), "fault {at}");
        assert_eq!(
            by_id(&records, Object::User).len(),
            USERS as usize,
            "fault {at}"
        );
        assert_eq!(users(&report).effort.retries, 1, "fault {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_makes_the_walk_partial_after_all_tries() {
    let rows: [(Fault, fn() -> Act); 11] = [
        (Fault::Status(500), || {
            Act::Reply(Reply::json(500, &json!({})))
        }),
        (Fault::Status(502), || {
            Act::Reply(Reply::text(502, "text/html", "<html>"))
        }),
        (Fault::Status(503), || {
            Act::Reply(Reply::text(503, "text/plain", ""))
        }),
        (Fault::NoEnvelope("data"), || {
            Act::Reply(Reply::json(200, &json!({})))
        }),
        (Fault::NoEnvelope("data"), || {
            Act::Reply(Reply::json(200, &json!({"data": 7})))
        }),
        (Fault::NoEnvelope("links"), || {
            Act::Reply(Reply::json(200, &json!({"data": [], "links": "x"})))
        }),
        (Fault::Html, || {
            Act::Reply(Reply::text(200, "text/html; charset=utf-8", "<html>"))
        }),
        (Fault::ContentType, || {
            Act::Reply(Reply::text(200, "text/plain", "{\"data\":[]}"))
        }),
        (Fault::NotJson, || {
            Act::Reply(Reply::text(200, "application/json", "{\"data\":[{\"da"))
        }),
        (Fault::Cut, || Act::Break(Broken::Cut)),
        (Fault::Unreachable, || Act::Break(Broken::Unreachable)),
    ];
    for (expected, act) in rows {
        let (server, report, records) = misbehaving(move |_| act()).await;
        let report = report.unwrap();
        assert_eq!(fault(&report), expected);
        assert_eq!(
            by_id(&records, Object::User).len(),
            20,
            "{expected}: the pages before may be used"
        );
        let tries = server.asked(&format!("starting_after={}", id(4, 19).to_hex()));
        assert_eq!(tries, Settings::default().tries as usize, "{expected}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_pass_is_not_tried_again() {
    for status in [204, 301, 400, 403, 404, 413, 501, 505] {
        let (server, report, _) =
            misbehaving(move |_| Act::Reply(Reply::json(status, &json!({"message": "no"})))).await;
        assert_eq!(fault(&report.unwrap()), Fault::Status(status));
        assert_eq!(
            server.asked(&format!("starting_after={}", id(4, 19).to_hex())),
            1,
            "{status}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn links_that_lead_nowhere_end_the_walk_as_partial() {
    let itself = format!("/v3.1/users?limit=10&starting_after={}", id(4, 19).to_hex());
    for (link, expected) in [
        (itself.as_str(), Fault::LinkRepeats),
        ("/v3.1/users?limit=10", Fault::LinkRepeats),
        (
            "https://elsewhere.example/v3.1/users?limit=10",
            Fault::ForeignLink,
        ),
        ("//elsewhere.example/v3.1/users", Fault::ForeignLink),
        ("javascript:alert(1)", Fault::ForeignLink),
    ] {
        let owned = link.to_owned();
        let (_, report, records) =
            misbehaving(move |request| edited(request, |page| page["links"] = next_link(&owned)))
                .await;
        assert_eq!(fault(&report.unwrap()), expected, "{link}");
        assert_eq!(
            by_id(&records, Object::User).len(),
            30,
            "{link}: what the page holds is there"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn pages_without_end_end() {
    let endless = |documents: bool| {
        Server::acting(Mock::small(&V3_1, USERS), move |request| {
            if !request.target.starts_with("/v3.1/users") {
                return Act::Pass;
            }
            let uri = format!("/v3.1/users?x={}", request.number);
            edited(request, |page| {
                page["links"] = next_link(&uri);
                if !documents {
                    page["data"] = json!([]);
                }
            })
        })
    };
    let (report, records) = read(&endless(true)).await;
    assert_eq!(fault(&report.unwrap()), Fault::NoProgress);
    assert_eq!(
        by_id(&records, Object::User).len(),
        55,
        "a page of 10, then the whole list"
    );
    let server = endless(false);
    let (report, _) = read(&server).await;
    assert_eq!(fault(&report.unwrap()), Fault::NoProgress);
    assert!(server.asked("/users") <= 13);

    let server = Server::new(Mock::small(&V3_1, USERS));
    let limited =
        |change: fn(&mut Settings)| server.source_with(|parts| change(&mut parts.settings));
    for (source, expected) in [
        (
            limited(|settings| settings.most_pages = 3),
            Fault::TooManyPages,
        ),
        (
            limited(|settings| settings.most_bytes = 2000),
            Fault::TooManyBytes,
        ),
    ] {
        let mut records = Vec::<Record>::new();
        let report = source
            .read(&everything(), &mut records, &Cancel::default())
            .await;
        assert_eq!(fault(&report.unwrap()), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_ends_too_early_is_found_out_by_counting() {
    let end = |request: &Request<'_>| edited(request, |page| page["links"] = json!([]));
    let (_, report, _) = misbehaving(end).await;
    let report = report.unwrap();
    let why = Why::Short {
        counted: 55,
        given: 30,
    };
    assert_eq!(users(&report).outcome, Outcome::Partial { why });
    assert!(!report.says_gone(Object::User));
}

#[tokio::test(start_paused = true)]
async fn a_collection_that_collapsed_is_not_complete() {
    let server = Server::new(Mock::small(&V3_1, 0));
    let mut reading = everything();
    reading.earlier = BTreeMap::from([(Object::User, 7), (Object::School, 9)]);
    let report = server
        .source()
        .read(&reading, &mut Vec::<Record>::new(), &Cancel::default())
        .await
        .unwrap();
    assert_eq!(
        users(&report).outcome,
        Outcome::Partial {
            why: Why::Collapsed { earlier: 7 }
        }
    );
    assert!(
        report.collection(Object::School).unwrap().is_complete(),
        "fewer is not none"
    );
    let (report, _) = read(&server).await;
    assert!(report.unwrap().is_complete(), "nothing before, nothing now");
}

#[tokio::test(start_paused = true)]
async fn a_role_that_collapsed_makes_its_collection_partial() {
    let server = Server::new(Mock::small(&V3_1, USERS));
    let mut reading = Reading::of(Scope::District);
    reading.earlier_in_role = BTreeMap::from([(Role::Student, 900), (Role::Teacher, 3)]);
    let report = server
        .source()
        .read(&reading, &mut Vec::<Record>::new(), &Cancel::default())
        .await
        .unwrap();
    let why = Why::Collapsed { earlier: 3 };
    assert_eq!(users(&report).outcome, Outcome::Partial { why });
    assert_eq!(
        users(&report).records,
        u64::from(USERS),
        "fewer is not none"
    );
}

#[tokio::test(start_paused = true)]
async fn a_source_that_moves_meanwhile_is_noticed() {
    let mut mock = Mock::small(&V3_1, USERS);
    mock.event(1, "users.updated", 3);
    let server = Server::new(mock);
    let moving = std::sync::Arc::clone(&server);
    let mut take = |record: Record| {
        if record.id == Some(id(4, 7)) {
            moving.mock.lock().unwrap().event(2, "users.deleted", 8);
        }
        ControlFlow::Continue(())
    };
    let report = server
        .source()
        .read(&everything(), &mut take, &Cancel::default())
        .await
        .unwrap();
    let Movement::Moved { from, to } = report.movement else {
        panic!("{:?}", report.movement)
    };
    assert_eq!(
        (from.cursor(), to.cursor()),
        (Some(id(9, 1)), Some(id(9, 2)))
    );
    assert_eq!(report.mark, from);
    assert!(
        report.is_complete() && !report.says_gone(Object::User),
        "complete, but not to be relied upon"
    );

    let synced = Server::acting(Mock::small(&V3_1, 1), |request| {
        if request.target.contains("/districts/") && request.again == 1 {
            return edited(request, |answer| {
                answer["data"]["last_sync"] = json!("2026-09-01T07:00:00.000Z");
            });
        }
        Act::Pass
    });
    let (report, _) = read(&synced).await;
    assert!(matches!(report.unwrap().movement, Movement::Moved { .. }));

    let mut mock = Mock::small(&V3_1, 1);
    mock.lists.remove("/events");
    mock.lists.get_mut("/districts").unwrap()[0]
        .as_object_mut()
        .unwrap()
        .remove("last_sync");
    let (report, _) = read(&Server::new(mock)).await;
    let report = report.unwrap();
    assert_eq!(report.movement, Movement::Unknown);
    assert!(report.is_complete() && !report.says_gone(Object::User));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_reading_asks_for_nothing_more() {
    let server = Server::new(Mock::small(&V3_1, USERS));
    let cancel = Cancel::default();
    let flag = cancel.clone();
    let mut take = |record: Record| {
        if record.id == Some(id(4, 12)) {
            flag.set();
        }
        ControlFlow::Continue(())
    };
    let report = server
        .source()
        .read(&everything(), &mut take, &cancel)
        .await
        .unwrap();
    let why = |object| match &report.collection(object).unwrap().outcome {
        Outcome::Partial { why } => why.fault(),
        Outcome::Complete => None,
    };
    assert_eq!(
        (why(Object::User), why(Object::Section)),
        (Some(Fault::Cancelled), Some(Fault::Cancelled))
    );
    assert_eq!(why(Object::Course), None);
    assert_eq!(server.asked("/sections"), 0);
}

fn splitting() -> impl Strategy<Value = Splitting> {
    (any::<Option<u64>>(), any::<bool>(), any::<bool>()).prop_map(|(uneven, absolute, trailing)| {
        Splitting {
            uneven,
            absolute,
            trailing,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_page_size_and_any_splitting_give_the_same_records(
        size in 1_u32..70, splitting in splitting(), number in 0_u32..60,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (report, records, expected) = runtime.block_on(async {
            let mut mock = Mock::small(&V3_1, number);
            mock.splitting = splitting;
            let expected = mock.lists["/users"].clone();
            let source = Server::new(mock).source_with(|parts| parts.settings.page_size = size);
            let mut records = Vec::new();
            let report = source.read(&everything(), &mut records, &Cancel::default()).await;
            (report.unwrap(), records, expected)
        });
        prop_assert_eq!(report.is_complete(), true);
        let users = records.iter().filter(|record| record.object == Object::User);
        let raw: Vec<Value> = users.map(|record| serde_json::from_slice(&record.raw).unwrap()).collect();
        prop_assert_eq!(raw, expected);
    }
}
