//! A district behind the API in this process, and clients of it that meet faults.

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use homeroom_faults::{Faults, Settings};
use homeroom_model::ObjectId;
use homeroom_testkit::{Files, Provider, new_district};

use crate::client::Client;

pub(crate) const TOKEN: &str = "token-of-a-test";

/// A district.
pub(crate) struct Home {
    provider: Provider,
    pub(crate) district: ObjectId,
}

impl Deref for Home {
    type Target = Provider;

    fn deref(&self) -> &Provider {
        &self.provider
    }
}

fn named(kind: u8) -> ObjectId {
    ObjectId::new([0x66, 0, 0, 0, 0, 0, 0, 0, 0, 0, kind, 1])
}

impl Home {
    /// A district that was imported once, after an app was connected with it: its feed tells of everything.
    pub(crate) async fn new(files: &Files) -> Self {
        let provider = Provider::new();
        let (app, connection) = (named(b'a'), named(b'c'));
        let document = new_district(named(b'd'), "River");
        let district = provider.add_district(document).await;
        provider.add_app(app, "App", "client", "secret").await;
        provider.connect(connection, app, district, TOKEN).await;
        provider.switch_events(district, connection, true).await;
        provider.move_views(district).await;
        let home = Self { provider, district };
        home.import(files).await;
        home
    }

    /// A later export of the district.
    pub(crate) async fn import(&self, files: &Files) {
        self.provider.import(self.district, files.clone()).await;
    }

    pub(crate) fn router(&self) -> Router {
        self.provider.router(Provider::settings())
    }

    /// A client of the API as it is.
    pub(crate) fn plain(&self) -> Client {
        Client::new(self.router(), TOKEN)
    }

    /// A client that meets faults.
    pub(crate) fn faulty(&self, faults: &str) -> Client {
        self.with(Settings::default().with(faults).unwrap())
    }

    pub(crate) fn with(&self, settings: Settings) -> Client {
        let time = Arc::clone(&self.time);
        let faults = Faults::new(settings, Arc::new(move || time.now()));
        Client::new(self.router().layer(faults), TOKEN)
    }
}
