//! Every path of events of every version over what happens to a generated district, against our own schema and the published
//! definitions (issue 4, "What must be seen to work"). What the events lead to is asked in `events`.

use std::collections::BTreeSet;
use std::time::Duration;

use homeroom_testkit::{Published, SMALL, generated, seed};
use homeroom_wire::{Object, Route, Shape, VERSIONS, Version, event_answer_schema};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::client::{Client, id, links};
use crate::contract::walk::{items, walk};
use crate::installation::{Installation, settings};

/// About how many events and objects are asked for one by one.
const EACH: usize = 12;

/// A district that is imported on three days, gets people of its own for a while and is in trouble; an app that follows it; beside it a
/// district that must never show.
async fn eventful() -> (Installation, Client) {
    let (installation, seed) = (Installation::new(), seed(1));
    let app = installation.add_app(1).await;
    let other = installation.add_district(2).await;
    installation.connect_with_events(&app, other).await;
    let district = installation.add_district(1).await;
    let token = installation.connect_with_events(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    installation.import(other, generated(SMALL, 2, 0)).await;
    for day in 0..3 {
        installation
            .import(district, generated(SMALL, seed, day))
            .await;
        installation.time.pass(Duration::from_hours(23));
    }
    let schools = client.read("/v3.1/schools").await;
    let schools = items(&schools).iter().take(2);
    let schools = schools.map(|item| item["data"]["sis_id"].as_str().unwrap().to_owned());
    installation.add_people(district, schools.collect()).await;
    installation.trouble(district).await;
    installation.remove_people(district).await;
    (installation, client)
}

/// The events of a version under test.
struct Feed<'a> {
    client: &'a Client,
    version: &'static Version,
    /// The whole feed, as its items stand.
    whole: Vec<Value>,
}

#[tokio::test]
async fn every_path_of_events_keeps_its_contract() {
    let (_installation, client) = eventful().await;
    for version in VERSIONS {
        let address = format!("/{}/events?limit=10000", version.name);
        let whole = items(&client.read(&address).await).clone();
        let ascend = whole.is_sorted_by(|a, b| id(&a["data"]) < id(&b["data"]));
        assert!(ascend && !whole.is_empty(), "{address}");
        let feed = Feed {
            client: &client,
            version,
            whole,
        };
        for route in Route::of_events(version) {
            feed.check(route).await;
        }
        let gone = |item: &Value| kind(item).ends_with(".deleted");
        assert!(feed.whole.iter().any(gone), "{address}");
        feed.report();
    }
}

impl Feed<'_> {
    async fn check(&self, route: &Route) {
        let validators = self.validators(route);
        let address =
            |id: &str| format!("/{}{}", self.version.name, route.path.replace("{id}", id));
        let step = self.whole.len().div_ceil(EACH);
        match (route.shape, route.of) {
            (Shape::List, Object::Event) => {
                let limit = self.whole.len() / 3;
                let address = format!("{}?limit={limit}", address(""));
                walk(self.client, &address, &self.whole).await;
                let page = self.client.get(&address).await;
                valid(&validators, &page.json());
                self.counted(route, &address, self.whole.len()).await;
            }
            (_, Object::Event) => {
                for event in self.whole.iter().step_by(step) {
                    let own = address(id(&event["data"]));
                    assert_eq!(event["uri"], own);
                    let answer = self.client.read(&own).await;
                    valid(&validators, &answer);
                    assert_eq!(answer["data"], event["data"]);
                    assert_eq!(links(&answer), [("self", own.as_str())]);
                }
            }
            (_, object) => {
                let about = self.about(object);
                let ids: BTreeSet<_> = about.iter().map(|event| object_id(event)).collect();
                assert!(!ids.is_empty(), "{}", route.path);
                let gone = |id: &&&str| about.iter().any(|event| is_end_of(event, id));
                let some = ids.iter().step_by(ids.len().div_ceil(EACH));
                for of in some.chain(ids.iter().filter(gone).take(EACH)) {
                    let own = about.iter().filter(|event| object_id(event) == *of);
                    let own: Vec<Value> = own.map(|event| (*event).clone()).collect();
                    self.of_object(route, &validators, &address(of), &own).await;
                }
            }
        }
    }

    /// The events of one object, which may be gone: whole, in pages, and with the way back that always is there.
    async fn of_object(
        &self,
        route: &Route,
        validators: &[Validator],
        address: &str,
        own: &[Value],
    ) {
        let answer = self.client.read(address).await;
        valid(validators, &answer);
        assert_eq!(items(&answer), own, "{address}");
        assert_eq!(answer["paging"]["count"], own.len(), "{address}");
        self.counted(route, &format!("{address}?limit=1"), own.len())
            .await;
        walk(self.client, &format!("{address}?limit=1"), own).await;
        for beyond in [
            format!("{address}?ending_before={}", id(&own[0]["data"])),
            format!(
                "{address}?starting_after={}",
                id(&own[own.len() - 1]["data"])
            ),
        ] {
            let beyond = self.client.read(&beyond).await;
            assert!(items(&beyond).is_empty());
        }
    }

    /// Versions 1.x tell how many there are, whatever page is asked for; later ones have no such parameter.
    async fn counted(&self, route: &Route, address: &str, number: usize) {
        let address = format!("{address}&count=true");
        let answer = self.client.read(&address).await;
        let expected = json!({ "count": number, "links": [{ "rel": "self", "uri": &address }] });
        assert_eq!(answer == expected, route.counts, "{address}");
        assert_eq!(route.counts, self.version.rules.numbered_pages);
    }

    /// What the answers of a path must be valid by.
    fn validators(&self, route: &Route) -> Vec<Validator> {
        let own = event_answer_schema(self.version, route);
        let told = Published::events(self.version).map(|published| published.answer(route));
        let schemas = [Some(own), told].into_iter().flatten();
        let compiled = schemas.map(|schema| jsonschema::validator_for(&schema).unwrap());
        compiled.collect()
    }

    /// The events about objects of a kind.
    fn about(&self, object: Object) -> Vec<&Value> {
        let prefix = object.event_prefix(self.version).unwrap();
        let about = |event: &&Value| kind(event).split('.').next() == Some(prefix);
        self.whole.iter().filter(about).collect()
    }

    fn report(&self) {
        let kinds: BTreeSet<_> = self.whole.iter().map(kind).collect();
        eprintln!(
            "{}: {} events of {} types: {}",
            self.version.name,
            self.whole.len(),
            kinds.len(),
            kinds.into_iter().collect::<Vec<_>>().join(" "),
        );
    }
}

fn kind(item: &Value) -> &str {
    item["data"]["type"].as_str().unwrap()
}

fn is_end_of(item: &Value, id: &str) -> bool {
    object_id(item) == id && kind(item).ends_with(".deleted")
}

fn object_id(item: &Value) -> &str {
    id(&item["data"]["data"]["object"])
}

/// An answer that every schema must take.
fn valid(validators: &[Validator], answer: &Value) {
    for validator in validators {
        let errors = validator.iter_errors(answer).take(5);
        let errors: Vec<_> = errors
            .map(|error| error.instance_path().to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}
