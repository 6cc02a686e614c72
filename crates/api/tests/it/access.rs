//! Who may ask for what: every kind of caller at every path, compared with one table.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::ManagementToken;
use homeroom_wire::{Route, VERSIONS};

use crate::client::Client;
use crate::served::Served;

const TABLE: &str = include_str!("access.txt");

/// Adds a management token and says what it is.
pub(crate) async fn management_token(
    served: &Served,
    name: &str,
    district: Option<ObjectId>,
    expires: Option<Timestamp>,
) -> String {
    let mut id = [0x77; 12];
    id.iter_mut()
        .zip(name.bytes())
        .for_each(|(to, from)| *to = from);
    let token = format!("management-{name}");
    let kept = ManagementToken {
        id: ObjectId::new(id),
        digest: homeroom_api::token_digest(&token),
        name: name.to_owned(),
        district,
        created: Timestamp::from_millis(0),
        expires,
        revoked: None,
    };
    let added = served.installation.store.add_management_token(kept).await;
    added.unwrap();
    token
}

/// The kinds of callers: nobody, apps, and whoever runs the installation. Until districts can share less, there are two
/// scopes of an app: everything, and nothing as long as its view has not moved to the first publish.
async fn callers(served: &Served) -> Vec<(&'static str, Client)> {
    let installation = &served.installation;
    let nobody = served.client.anonymous();
    let other = installation.add_district(2).await;
    let store = &installation.store;
    let now = Timestamp::from_millis(installation.time.seconds() * 1000);
    let with = |token: &str| nobody.with_token(token);
    let theirs = with(&installation.connect(&served.app, other).await);
    let gone = installation.add_app(4).await;
    let token = installation.connect(&gone, served.district).await;
    let connections = store.connections_of_app(gone.id).await.unwrap();
    let revoked = store.revoke(served.district, connections[0].id).await;
    assert!(revoked.unwrap());
    let gone = with(&token);
    let follower = follower(served).await;
    // The last, because connecting another moves its view too.
    let early = installation.add_app(3).await;
    let early = with(&installation.connect_unmoved(&early, served.district).await);
    let all = with(&management_token(served, "all", None, None).await);
    let own = with(&management_token(served, "own", Some(served.district), None).await);
    let others = with(&management_token(served, "other", Some(other), None).await);
    let ended = with(&management_token(served, "ended", None, Some(now)).await);
    let revoked = with(&management_token(served, "revoked", None, None).await);
    let tokens = store.management_tokens().await.unwrap();
    let found = tokens.iter().find(|token| token.name == "revoked").unwrap();
    assert!(store.revoke_management_token(found.id, now).await.unwrap());
    vec![
        ("nobody", nobody.clone()),
        ("unknown", with("somebody-made-this-up")),
        (
            "secret",
            nobody.authorized("Basic Y2xpZW50MTpzZWNyZXQ6IG9mIDE="),
        ),
        ("app", served.client.clone()),
        ("events", follower),
        ("early", early),
        ("theirs", theirs),
        ("gone", gone),
        ("m:all", all),
        ("m:own", own),
        ("m:other", others),
        ("m:ended", ended),
        ("m:gone", revoked),
    ]
}

/// An app with events in the same district.
async fn follower(served: &Served) -> Client {
    let app = served.installation.add_app(2).await;
    let token = served
        .installation
        .connect_with_events(&app, served.district);
    served.client.with_token(&token.await)
}

/// Every path there is, as it is named and as it is asked for.
async fn paths(served: &Served, follower: &Client) -> Vec<(String, String)> {
    let district = served.district.to_hex();
    let mut paths: Vec<_> = ["/", "/health", "/ready", "/metrics", "/docs/", "/nowhere"]
        .map(|path| (path.to_owned(), path.to_owned()))
        .into();
    let documents = documents(&served.client).await;
    paths.extend(documents.into_iter().map(|path| (path.clone(), path)));
    let listing = "/oauth/tokens?owner_type=district".to_owned();
    paths.push(("/oauth/tokens".to_owned(), listing));
    let document = served.client.anonymous();
    let document = document.read("/openapi/management-v1.json").await;
    let store = &served.installation.store;
    // The first run, which read files: the newest only added people.
    let runs = store.runs(served.district, None, 100).await.unwrap();
    let run = runs.last().unwrap().id.to_hex();
    let student = served
        .client
        .ids("/v3.1/users?role=student")
        .await
        .swap_remove(0);
    let sis_id = served.client.read(&format!("/v3.1/users/{student}")).await;
    let sis_id = sis_id["data"]["roles"]["student"]["sis_id"]
        .as_str()
        .unwrap();
    let managed = document["paths"].as_object().unwrap().keys();
    let mut people = Vec::new();
    for (part, role) in [("/teachers/", "teacher"), ("/contacts/", "contact")] {
        let ids = served.client.ids(&format!("/v3.1/users?role={role}")).await;
        people.push((part, ids[0].clone()));
    }
    people.push((
        "/goals/schools/",
        served.client.ids("/v3.1/schools").await[0].clone(),
    ));
    paths.extend(managed.map(|path| {
        let person = people.iter().find(|(part, _)| path.contains(part));
        let mut asked = path
            .replace("{district}", &district)
            .replace("{run}", &run)
            .replace("{app}", &served.app.id.to_hex())
            .replace("{student}", &student)
            .replace("{id}", person.map_or(&student, |(_, id)| id))
            .replace("{kind}", "students")
            .replace("{key}", sis_id);
        if path.ends_with("/goals/open") || path.ends_with("/goals/targets") {
            let _ = write!(asked, "?app={}", served.app.id);
        }
        if !asked.contains(&district) {
            let _ = write!(asked, "?district={district}");
        }
        (path.clone(), asked)
    }));
    let goals = served.client.anonymous();
    let goals = goals.read("/openapi/goals-v1.json").await;
    let goals = goals["paths"].as_object().unwrap().keys();
    paths.extend(goals.map(|path| (path.clone(), path.clone())));
    let mut served = served.client.addresses().await;
    let routes = VERSIONS.iter().copied().flat_map(Route::of_version);
    assert_eq!(served.len(), routes.count(), "every path has an address");
    served.extend(follower.event_addresses().await);
    paths.extend(served.into_iter().map(|(route, address)| {
        let version = address.split('/').nth(1).unwrap();
        (format!("/{version}{}", route.path), address)
    }));
    for collection in ["schools", "sections"] {
        let first = follower.ids(&format!("/v3.1/{collection}")).await;
        let path = format!("/v3.1/attendance/{collection}");
        paths.push((format!("{path}/{{id}}"), format!("{path}/{}", first[0])));
    }
    paths
}

/// The documents that the page at `/docs` lists.
async fn documents(client: &Client) -> Vec<String> {
    let page = client.get("/docs/swagger-initializer.js").await.text();
    let documents = page.split('"').filter(|text| text.starts_with("/openapi/"));
    documents.map(str::to_owned).collect()
}

/// Every path that one of them describes.
async fn documented(client: &Client) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for document in documents(client).await {
        let document = client.read(&document).await;
        let base = document["servers"][0]["url"].as_str().unwrap_or_default();
        let base = base.strip_suffix('/').unwrap_or(base);
        let own = document["paths"].as_object().unwrap().keys();
        paths.extend(own.map(|path| format!("{base}{path}")));
    }
    assert!(paths.len() > 200, "{}", paths.len());
    paths
}

#[tokio::test]
async fn every_caller_gets_what_the_table_says() {
    let served = Served::new().await;
    // Records of every kind, so that every path has something.
    let schools = served.client.read("/v3.1/schools?limit=1").await;
    let school = schools["data"][0]["data"]["sis_id"].as_str().unwrap();
    let people = vec![school.to_owned()];
    served
        .installation
        .add_people(served.district, people)
        .await;
    let callers = callers(&served).await;
    served.installation.time.pass(Duration::from_secs(1));
    let mut table = format!("{:52}", "");
    for (name, _) in &callers {
        let _ = write!(table, " {name:>7}");
    }
    table.push('\n');
    let (_, follower) = callers.iter().find(|caller| caller.0 == "events").unwrap();
    let paths = paths(&served, follower).await;
    let named: BTreeSet<_> = paths.iter().map(|(path, _)| path.clone()).collect();
    let documented = documented(&served.client.anonymous()).await;
    let missing: Vec<_> = documented.difference(&named).collect();
    assert!(missing.is_empty(), "no line for {missing:?}");
    for (path, address) in paths {
        let _ = write!(table, "{path:52}");
        for (_, client) in &callers {
            let status = client.get(&address).await.status;
            let _ = write!(table, " {status:>7}");
        }
        table.push('\n');
    }
    assert!(
        table == TABLE,
        "tests/it/access.txt says otherwise; if that is meant, it becomes:\n{table}"
    );
}
