//! A generated district that is served to one application.

use homeroom_model::ObjectId;
use homeroom_testkit::{Files, SMALL, generated};
use homeroom_wire::{Object, Route, VERSIONS, Version};

use crate::client::{Client, document, id};
use crate::installation::{Installation, NewApp, settings};

/// The district, and the application's way to it.
pub(crate) struct Served {
    pub(crate) installation: Installation,
    pub(crate) district: ObjectId,
    pub(crate) app: NewApp,
    pub(crate) token: String,
    pub(crate) client: Client,
}

impl Served {
    pub(crate) async fn new() -> Self {
        Self::on(Installation::new()).await
    }

    /// In an installation of one's own.
    pub(crate) async fn on(installation: Installation) -> Self {
        Self::of(installation, generated(SMALL, 1, 0)).await
    }

    /// A district of these files.
    pub(crate) async fn of(installation: Installation, files: Files) -> Self {
        let district = installation.add_district(1).await;
        installation.import(district, files).await;
        let app = installation.add_app(1).await;
        let token = installation.connect(&app, district).await;
        let client = installation.client(settings()).with_token(&token);
        Self {
            installation,
            district,
            app,
            token,
            client,
        }
    }
}

impl Client {
    /// The ids of a list of at most 10,000.
    pub(crate) async fn ids(&self, address: &str) -> Vec<String> {
        let joint = if address.contains('?') { '&' } else { '?' };
        let page = self.read(&format!("{address}{joint}limit=10000")).await;
        let items = page["data"].as_array().unwrap().iter();
        items.map(|item| id(document(item)).to_owned()).collect()
    }

    /// The address of a route in a version, from the first record that has something there; `None` if there is no record.
    async fn address(&self, version: &Version, route: &Route) -> Option<String> {
        let address = |id: &str| format!("/{}{}", version.name, route.path.replace("{id}", id));
        if !route.takes_id() {
            return Some(address(""));
        }
        let collection = match route.of {
            Object::User => "users?role=teacher",
            other => other.collection(),
        };
        let origins = self.ids(&format!("/{}/{collection}", version.name)).await;
        for origin in &origins {
            let address = address(origin);
            if self.status(&address).await == 200 {
                return Some(address);
            }
        }
        origins.first().map(|origin| address(origin))
    }

    /// The address of every route of every version, but for those of records that the district has none of.
    pub(crate) async fn addresses(&self) -> Vec<(&'static Route, String)> {
        let mut addresses = Vec::new();
        for version in VERSIONS {
            for route in Route::of_version(version) {
                let address = self.address(version, route).await;
                addresses.extend(address.map(|address| (route, address)));
            }
        }
        addresses
    }

    /// The address of every path of events of every version, for a client whose feed is not empty: by the first event, and
    /// by the first object of each kind.
    pub(crate) async fn event_addresses(&self) -> Vec<(&'static Route, String)> {
        let mut addresses = Vec::new();
        for version in VERSIONS {
            for route in Route::of_events(version) {
                let mut path = route.path.to_owned();
                if route.takes_id() {
                    let collection = format!("/{}/{}", version.name, route.of.collection());
                    let first = self.ids(&collection).await;
                    path = path.replace("{id}", &first[0]);
                }
                addresses.push((route, format!("/{}{path}", version.name)));
            }
        }
        addresses
    }
}
