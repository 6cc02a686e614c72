//! Every path of every version over a generated district: answers are 200, valid by the field table and by the published
//! definitions, in ascending order, and the same in pages.

use homeroom_wire::{Items, Route, Shape, V1_1, V1_2, V2_0, V2_1, V3_0, V3_1, Version};
use serde_json::Value;

use crate::client::{Client, document, id, link};
use crate::contract::installation;
use crate::contract::schemas::Schemas;

/// About how many records relations are followed from.
const ORIGINS: usize = 12;

#[tokio::test]
async fn every_path_of_1_1_is_served() {
    walk(&V1_1).await;
}

#[tokio::test]
async fn every_path_of_1_2_is_served() {
    walk(&V1_2).await;
}

#[tokio::test]
async fn every_path_of_2_0_is_served() {
    walk(&V2_0).await;
}

#[tokio::test]
async fn every_path_of_2_1_is_served() {
    walk(&V2_1).await;
}

#[tokio::test]
async fn every_path_of_3_0_is_served() {
    walk(&V3_0).await;
}

#[tokio::test]
async fn every_path_of_3_1_is_served() {
    walk(&V3_1).await;
}

async fn walk(version: &'static Version) {
    let (_installation, client) = installation().await;
    let schemas = Schemas::of(version);
    for route in Route::of_version(version) {
        let path = Path {
            client: &client,
            route,
            schemas: &schemas,
        };
        let mut filled = false;
        let addresses = addresses(&client, version, route).await;
        let step = addresses.len().div_ceil(ORIGINS).max(1);
        for address in addresses.iter().step_by(step) {
            filled |= path.check(address).await;
        }
        // What few records have is looked for until it is found.
        for address in &addresses {
            if filled {
                break;
            }
            filled = path.check(address).await;
        }
        assert!(filled, "{}{} never has anything", version.name, route.path);
    }
}

/// The addresses of a route: from every record it starts from.
async fn addresses(client: &Client, version: &Version, route: &Route) -> Vec<String> {
    let address = |path: &str| format!("/{}{path}", version.name);
    if !route.takes_id() {
        return vec![address(route.path)];
    }
    let collection = address(&format!("/{}", route.of.collection()));
    let origins = client.ids(&collection).await;
    origins
        .iter()
        .map(|origin| address(&route.path.replace("{id}", origin)))
        .collect()
}

/// A path under test.
struct Path<'a> {
    client: &'a Client,
    route: &'static Route,
    schemas: &'a Schemas,
}

impl Path<'_> {
    /// Whether there is something at an address, which must be as it should.
    async fn check(&self, address: &str) -> bool {
        if self.route.shape == Shape::Through && self.client.status(address).await == 404 {
            return false;
        }
        if self.route.shape != Shape::List {
            self.valid(address).await;
            return true;
        }
        let page = self.valid(&format!("{address}?limit=10000")).await;
        let whole = page["data"].as_array().unwrap();
        if self.route.items != Items::Grades {
            let ascend = whole.is_sorted_by(|a, b| id(document(a)) < id(document(b)));
            assert!(ascend, "{address}: ids ascend strictly");
            self.paged(address, whole).await;
        }
        if self.route.counts {
            let counted = self.client.read(&format!("{address}?count=true")).await;
            assert_eq!(counted["count"], whole.len(), "{address}");
        }
        !whole.is_empty()
    }

    async fn valid(&self, address: &str) -> Value {
        let answer = self.client.read(address).await;
        self.schemas.check(self.route, &answer, address);
        answer
    }

    /// The pages of a list, one after another, are the list.
    async fn paged(&self, address: &str, whole: &[Value]) {
        let limit = (whole.len() / 3).max(1);
        let mut next = Some(format!("{address}?limit={limit}"));
        let mut met = Vec::new();
        while let Some(address) = next {
            let page = self.valid(&address).await;
            met.extend(page["data"].as_array().unwrap().iter().cloned());
            next = link(&page, "next");
        }
        assert_eq!(met, whole, "{address}");
    }
}
