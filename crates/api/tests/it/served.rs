//! A generated district that is served to one application.

use homeroom_model::ObjectId;
use homeroom_wire::{Family, Object, Route, VERSIONS};

use crate::client::{Client, id};
use crate::installation::{Installation, NewApp, SMALL, generated, settings};

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
        let district = installation.add_district(1).await;
        installation.import(district, generated(SMALL, 1, 0)).await;
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
        items.map(|item| id(&item["data"]).to_owned()).collect()
    }

    /// The address of a route in a version, from the first record there is.
    pub(crate) async fn address(&self, version: &str, route: &Route) -> String {
        let collection = route.of.collection();
        let first = match (route.takes_id(), route.of) {
            (false, _) => String::new(),
            (true, Object::User) => self
                .ids(&format!("/{version}/users?role=teacher"))
                .await
                .swap_remove(0),
            (true, _) => self
                .ids(&format!("/{version}/{collection}"))
                .await
                .swap_remove(0),
        };
        format!("/{version}{}", route.path.replace("{id}", &first))
    }

    /// The address of every route of every version that has users; the older ones are walked in the wire.
    pub(crate) async fn addresses(&self) -> Vec<(&'static Route, String)> {
        let mut addresses = Vec::new();
        for version in VERSIONS
            .iter()
            .filter(|version| version.family == Family::Three)
        {
            for route in Route::of_version(version) {
                addresses.push((route, self.address(version.name, route).await));
            }
        }
        addresses
    }
}
