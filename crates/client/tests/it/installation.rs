//! An installation of our own in the process of the test, as a source.

use std::sync::Arc;

use axum::Router;
use homeroom_client::{Address, AppCredentials, Parts, Secret, Settings, Source};
use homeroom_model::ObjectId;
use homeroom_testkit::{InProcess, Provider, SMALL, TestClock, generated, new_district};
use homeroom_wire::Version;

use crate::mock::{BASE, id};

pub(crate) const TOKEN: &str = "token-of-the-app";

/// An installation with one district, which one application reads.
pub(crate) struct Installation {
    provider: Provider,
    pub(crate) district: ObjectId,
    pub(crate) connection: ObjectId,
}

impl Installation {
    /// With a district on its first day, and events on before anything is shown.
    pub(crate) async fn new() -> Self {
        let provider = Provider::new();
        let (app, connection) = (id(0x61, 1), id(0x63, 1));
        let district = new_district(id(0x64, 1), "River Valley");
        let district = provider.add_district(district).await;
        provider.add_app(app, "App", "app", "app-secret").await;
        provider.connect(connection, app, district, TOKEN).await;
        let installation = Self {
            provider,
            district,
            connection,
        };
        installation.events(true).await;
        installation.import(0).await;
        installation
    }

    /// Switches the events of the application.
    pub(crate) async fn events(&self, on: bool) {
        let (provider, district) = (&self.provider, self.district);
        provider.switch_events(district, self.connection, on).await;
        provider.move_views(district).await;
    }

    /// Imports what the district's system exports on a day.
    pub(crate) async fn import(&self, day: u32) {
        let files = generated(SMALL, 1, day);
        self.provider.import(self.district, files).await;
    }

    /// What an application connects to.
    pub(crate) fn router(&self) -> Router {
        self.provider.router(Provider::settings())
    }

    /// The district as a source, in process.
    pub(crate) fn source(&self, version: &'static Version) -> Source {
        self.source_with(version, |_| {})
    }

    pub(crate) fn source_with(
        &self,
        version: &'static Version,
        change: impl FnOnce(&mut Parts),
    ) -> Source {
        let mut parts = Parts {
            api: Address::parse(BASE).unwrap(),
            oauth: None,
            version,
            district: self.district,
            token: Secret::new(TOKEN),
            credentials: None,
            transport: Arc::new(InProcess::new(self.router())),
            clock: Arc::new(TestClock::new()),
            settings: Settings {
                page_size: 37,
                event_page_size: 29,
                ..Settings::default()
            },
        };
        change(&mut parts);
        Source::new(parts)
    }

    pub(crate) fn credentials() -> AppCredentials {
        AppCredentials {
            client_id: "app".to_owned(),
            client_secret: Secret::new("app-secret"),
        }
    }
}
