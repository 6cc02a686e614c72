//! Every path of every version over a generated district, against our own field table and against the published
//! definitions (issue 2, "What must be seen to work").

mod coverage;
mod documents;
pub(crate) mod schemas;
mod spread;
pub(crate) mod walk;

use std::collections::BTreeSet;

use homeroom_simulator::Profile;
use homeroom_testkit::{Files, SMALL, generated, seed, soak};
use homeroom_wire::{Object, ROUTES, Route, Shape, V3_0, V3_1, Version};
use serde_json::Value;

use crate::client::{Client, id, links};
use crate::installation::{Installation, settings};
use coverage::{Fields, Paths};
use documents::Documents;
use schemas::Schemas;
use walk::{items, walk};

/// A version under test.
struct Contract {
    _installation: Installation,
    version: &'static Version,
    client: Client,
    schemas: Schemas,
    /// What the collections list.
    told: Documents,
    /// Records that have resources.
    attached: BTreeSet<String>,
    paths: Paths,
}

#[tokio::test]
async fn every_path_of_3_0_keeps_its_contract() {
    keeps_its_contract(&V3_0).await;
}

#[tokio::test]
async fn every_path_of_3_1_keeps_its_contract() {
    keeps_its_contract(&V3_1).await;
}

async fn keeps_its_contract(version: &'static Version) {
    let (installation, client) = installation().await;
    let mut contract = Contract {
        _installation: installation,
        version,
        client,
        schemas: Schemas::of(version),
        told: Documents::default(),
        attached: BTreeSet::new(),
        paths: Paths::default(),
    };
    for route in routes(version).filter(|route| !route.takes_id()) {
        contract.collection(route).await;
    }
    for object in Object::of(version) {
        contract.singles(object).await;
    }
    contract.told.check_references();
    contract.find_attached().await;
    for route in routes(version).filter(|route| route.relation().is_some()) {
        for origin in contract.origins(route.of) {
            contract.relation(route, &origin).await;
        }
    }
    contract.links_lead_somewhere().await;
    contract.paths.finish(version);
    Fields::seen(version, &contract.told).finish();
}

/// The paths that a version has.
fn routes(version: &'static Version) -> impl Iterator<Item = &'static Route> {
    ROUTES
        .iter()
        .filter(move |route| route.span.contains(version))
}

/// An application connected to a generated district, beside another district that must never show.
pub(crate) async fn installation() -> (Installation, Client) {
    let installation = Installation::new();
    let other = installation.add_district(2).await;
    installation.import(other, generated(SMALL, 2, 0)).await;
    let district = installation.add_district(1).await;
    installation.import(district, files()).await;
    let app = installation.add_app(1).await;
    let token = installation.connect(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    let schools = client.read("/v3.1/schools").await;
    let schools = items(&schools).iter().take(2);
    let schools = schools.map(|item| item["data"]["sis_id"].as_str().unwrap().to_owned());
    installation.add_people(district, schools.collect()).await;
    installation.trouble(district).await;
    (installation, client)
}

/// A generated district, and what districts rarely send: market data numbers, whole preferred names.
fn files() -> Files {
    let profile = if soak() {
        Profile::students(1500)
    } else {
        SMALL
    };
    let mut files = generated(profile, seed(1), 0);
    let school = [
        ("School_id", "9901"),
        ("School_name", "Annex"),
        ("School_number", "99"),
        ("Mdr_number", "04125"),
    ];
    files.add("schools.csv", &school);
    files.add(
        "students.csv",
        &[
            ("School_id", "9901"),
            ("Student_id", "9900001"),
            ("First_name", "Augusta"),
            ("Last_name", "King"),
            ("Preferred_first_name", "Ada"),
            ("Preferred_middle_name", "B"),
            ("Preferred_last_name", "Lovelace"),
        ],
    );
    files
}

impl Contract {
    fn address(&self, path: &str) -> String {
        format!("/{}{path}", self.version.name)
    }

    /// A collection: whole, in pages in both directions, counted, and once more for each role.
    async fn collection(&mut self, route: &'static Route) {
        let address = self.address(route.path);
        let whole = self.list(route, &address).await;
        let ids: Vec<_> = whole
            .iter()
            .map(|item| id(&item["data"]).to_owned())
            .collect();
        assert!(!ids.is_empty(), "{address} is empty");
        for item in whole {
            let own = self.address(&format!(
                "/{}/{}",
                route.gives.collection(),
                id(&item["data"])
            ));
            assert_eq!(item["uri"], own);
            self.told.add(route.gives, item["data"].clone());
        }
        if route.counts {
            self.counted(&address, ids.len()).await;
        }
        for role in route.roles {
            let address = format!("{address}?role={}", role.text());
            let there = self.list(route, &address).await;
            let there: BTreeSet<_> = there
                .iter()
                .map(|item| id(&item["data"]).to_owned())
                .collect();
            assert_eq!(there, self.told.users_with(role.text()), "{address}");
            self.counted(&address, there.len()).await;
        }
    }

    async fn counted(&mut self, address: &str, number: usize) {
        let joint = if address.contains('?') { '&' } else { '?' };
        let address = format!("{address}{joint}count=true");
        let expected = serde_json::json!({
            "count": number,
            "links": [{ "rel": "self", "uri": &address }],
        });
        assert_eq!(self.client.read(&address).await, expected);
    }

    /// A list as one page, checked against the schemas and against the same list in small pages, forward and backward.
    async fn list(&mut self, route: &'static Route, address: &str) -> Vec<Value> {
        let joint = if address.contains('?') { '&' } else { '?' };
        let page = self
            .client
            .read(&format!("{address}{joint}limit=10000"))
            .await;
        self.schemas.check(route, &page, address);
        assert_eq!(links(&page).len(), 1, "{address}: one page is all there is");
        let whole = items(&page).clone();
        self.paths.walked(route, !whole.is_empty());
        assert!(
            whole.is_sorted_by(|a, b| id(&a["data"]) < id(&b["data"])),
            "{address}: ids ascend strictly"
        );
        // Three pages and a bit of everything that has more than three records.
        for limit in [whole.len() / 3].into_iter().filter(|limit| *limit > 0) {
            let address = format!("{address}{joint}limit={limit}");
            walk(&self.client, &address, &whole).await;
        }
        whole
    }

    /// Where relations are followed from.
    fn origins(&self, object: Object) -> Vec<String> {
        spread::origins(&self.told, object, &self.attached)
    }

    async fn find_attached(&mut self) {
        for resource in self.told.ids(Object::Resource) {
            for relation in ["courses", "sections", "users"] {
                let address = self.address(&format!("/resources/{resource}/{relation}"));
                self.attached.extend(self.client.ids(&address).await);
            }
        }
    }

    /// Every record by its own id: what its collection lists, with links to what belongs to it.
    async fn singles(&mut self, object: Object) {
        let path = format!("/{}/{{id}}", object.collection());
        let route = routes(self.version)
            .find(|route| route.path == path)
            .unwrap();
        for own in self.told.ids(object) {
            let address = self.address(&path.replace("{id}", &own));
            let answer = self.client.read(&address).await;
            self.schemas.check(route, &answer, &address);
            self.paths.walked(route, true);
            assert_eq!(&answer["data"], self.told.get(object, &own), "{address}");
            let links = links(&answer);
            let rels: BTreeSet<_> = links.iter().map(|(rel, _)| *rel).collect();
            assert_eq!(
                rels,
                documents::links_of(object, &answer["data"]),
                "{address}"
            );
            for (rel, uri) in links {
                let below = if rel == "self" {
                    String::new()
                } else {
                    format!("/{rel}")
                };
                assert_eq!(uri, format!("{address}{below}"));
            }
        }
    }

    /// What belongs to one record; documents are the same by whichever path they are reached.
    async fn relation(&mut self, route: &'static Route, origin: &str) {
        let address = self.address(&route.path.replace("{id}", origin));
        if route.shape == Shape::Through {
            return self.through(route, origin, &address).await;
        }
        let whole = self.list(route, &address).await;
        for item in &whole {
            assert_eq!(
                item["data"],
                *self.told.get(route.gives, id(&item["data"])),
                "{address}"
            );
        }
        let all: BTreeSet<_> = whole.iter().map(|item| id(&item["data"])).collect();
        let mut in_a_role = BTreeSet::new();
        for role in route.roles {
            let address = format!("{address}?role={}", role.text());
            for item in self.list(route, &address).await {
                assert!(
                    item["data"]["roles"].get(role.text()).is_some(),
                    "{address}"
                );
                in_a_role.insert(id(&item["data"]).to_owned());
            }
        }
        assert!(
            route.roles.is_empty() || in_a_role.iter().eq(all.iter().copied()),
            "{address}"
        );
        if route.primary {
            let address = format!("{address}?primary=true");
            let primary = self.list(route, &address).await;
            let primary: Vec<_> = primary.iter().map(|item| id(&item["data"])).collect();
            assert!(primary.iter().all(|id| all.contains(id)), "{address}");
            assert_eq!(primary, self.told.primary(route, origin), "{address}");
        }
    }

    /// Links are addresses as they stand: each is answered as it is spelt.
    async fn links_lead_somewhere(&self) {
        for object in Object::of(self.version) {
            for origin in self.origins(object) {
                let own = self.address(&format!("/{}/{origin}", object.collection()));
                for (_, uri) in links(&self.client.read(&own).await) {
                    self.client.read(uri).await;
                }
            }
        }
    }

    async fn through(&mut self, route: &'static Route, origin: &str, address: &str) {
        let target = self.told.target(route, origin);
        let Some(target) = target else {
            assert_eq!(self.client.status(address).await, 404, "{address}");
            return;
        };
        let answer = self.client.read(address).await;
        self.schemas.check(route, &answer, address);
        self.paths.walked(route, true);
        assert_eq!(
            answer["data"],
            *self.told.get(route.gives, &target),
            "{address}"
        );
        let own = self.address(&format!("/{}/{target}", route.gives.collection()));
        assert_eq!(links(&answer), [("self", own.as_str())], "{address}");
    }
}
