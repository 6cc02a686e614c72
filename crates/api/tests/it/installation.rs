//! An installation in the process of the test, and what these tests do with it.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use homeroom_api::Settings;
use homeroom_model::{Date, District, ObjectId};
use homeroom_store::{DistrictChange, Edit, Person, PersonKind, Store};
use homeroom_testkit::{Provider, new_district};

use crate::client::Client;

/// An installation.
pub(crate) struct Installation(pub(crate) Provider);

/// An app with its credentials.
pub(crate) struct NewApp {
    pub(crate) id: ObjectId,
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

impl Deref for Installation {
    type Target = Provider;

    fn deref(&self) -> &Provider {
        &self.0
    }
}

/// Settings that forget view pointers at once, so that moves are seen by the next request, and count no requests.
pub(crate) fn settings() -> Settings {
    Provider::settings()
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self(Provider::new())
    }

    /// An installation over a control store.
    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        Self(Provider::on(store))
    }

    /// An application's way in, without a token yet.
    pub(crate) fn client(&self, settings: Settings) -> Client {
        Client::new(self.router(settings))
    }

    /// The same under a master key that is not the one its tokens are sealed with.
    pub(crate) fn client_with_another_key(&self) -> Client {
        Client::new(self.router_with_another_key())
    }

    /// The same after a restart, with nothing remembered of what lies in the depot.
    pub(crate) fn reopened(&self) -> Client {
        Client::new(self.0.reopened())
    }

    /// Adds a district of which everything is known that somebody may enter.
    pub(crate) async fn add_district(&self, number: u8) -> ObjectId {
        let document = District {
            mdr_number: "0412".to_owned(),
            nces_id: "0612345".to_owned(),
            portal_url: "https://portal.example/river".to_owned(),
            login_methods: vec!["SAML".to_owned(), "Google".to_owned()],
            pause_start: Date::new(2026, 7, 1),
            pause_end: Date::new(2026, 8, 15),
            ..new_district(named(b'd', number), &format!("District {number}"))
        };
        self.0.add_district(document).await
    }

    /// Adds an app.
    pub(crate) async fn add_app(&self, number: u8) -> NewApp {
        let app = NewApp {
            id: named(b'a', number),
            client_id: format!("client{number}"),
            secret: format!("secret: of {number}"),
        };
        let name = format!("App {number}");
        self.0
            .add_app(app.id, &name, &app.client_id, &app.secret)
            .await;
        app
    }

    /// Connects an app with a district and switches its events on before it is shown anything; the token.
    pub(crate) async fn connect_with_events(&self, app: &NewApp, district: ObjectId) -> String {
        let token = self.connect_unmoved(app, district).await;
        let connection = connection(app, district);
        self.switch_events(district, connection, true).await;
        self.move_views(district).await;
        token
    }

    /// Connects an app with a district; the token.
    pub(crate) async fn connect(&self, app: &NewApp, district: ObjectId) -> String {
        let token = self.connect_unmoved(app, district).await;
        self.move_views(district).await;
        token
    }

    /// Connects an app with a district and shows it nothing yet; the token.
    pub(crate) async fn connect_unmoved(&self, app: &NewApp, district: ObjectId) -> String {
        let ([.., number], [.., place]) = (*app.id.bytes(), *district.bytes());
        let token = format!("token-of-{number}-in-{place}");
        let connection = connection(app, district);
        self.0.connect(connection, app.id, district, &token).await;
        token
    }

    /// Something is wrong in a district, and its apps are told.
    pub(crate) async fn trouble(&self, district: ObjectId) {
        let change = DistrictChange {
            state: Edit::To("error".to_owned()),
            error: Edit::To("The last upload has errors.".to_owned()),
            ..DistrictChange::default()
        };
        self.store.change_district(district, change).await.unwrap();
        self.move_views(district).await;
    }

    /// Adds a district admin and a member of staff that no file brings, and publishes them.
    pub(crate) async fn add_people(&self, district: ObjectId, schools: Vec<String>) {
        let admin = Person {
            id: named(b'p', 1),
            district,
            kind: PersonKind::DistrictAdmin,
            email: "data.office@river.example".to_owned(),
            first: "Dana".to_owned(),
            last: "Office".to_owned(),
            title: "Data Manager".to_owned(),
            department: String::new(),
            schools: Vec::new(),
            roles: Vec::new(),
            staff_id: String::new(),
            created: self.time.now(),
        };
        let staff = Person {
            id: named(b'p', 2),
            kind: PersonKind::Staff,
            email: "help.desk@river.example".to_owned(),
            first: "Hal".to_owned(),
            last: "Desk".to_owned(),
            title: "Technician".to_owned(),
            department: "Help desk".to_owned(),
            schools,
            roles: vec!["badges".to_owned(), "passwords".to_owned()],
            staff_id: "H-1".to_owned(),
            ..admin.clone()
        };
        for person in [admin, staff] {
            self.store.add_person(person).await.unwrap();
        }
        self.time.pass(Duration::from_mins(1));
        Box::pin(self.ingest.people_changed(district))
            .await
            .unwrap();
    }

    /// Removes them again.
    pub(crate) async fn remove_people(&self, district: ObjectId) {
        for person in self.store.people(district).await.unwrap() {
            let removed = self.store.remove_person(district, person.id).await;
            assert!(removed.unwrap());
        }
        self.time.pass(Duration::from_mins(1));
        Box::pin(self.ingest.people_changed(district))
            .await
            .unwrap();
    }
}

/// The connection of an app with a district.
fn connection(app: &NewApp, district: ObjectId) -> ObjectId {
    let ([.., number], [.., place]) = (*app.id.bytes(), *district.bytes());
    named(b'c', number * 16 + place)
}

/// An id of an installation's own things, told apart by kind and number.
fn named(kind: u8, number: u8) -> ObjectId {
    ObjectId::new([0x66, 0, 0, 0, 0, 0, 0, 0, 0, 0, kind, number])
}
