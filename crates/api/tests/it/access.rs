//! Who may ask for what: every kind of caller at every path, compared with one table.

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

/// The kinds of callers.
async fn callers(served: &Served) -> Vec<(&'static str, Client)> {
    let nobody = served.client.anonymous();
    let other = served.installation.add_district(2).await;
    let store = &served.installation.store;
    let now = Timestamp::from_millis(served.installation.time.seconds() * 1000);
    let with = |token: &str| nobody.with_token(token);
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
        ("app", served.client.clone()),
        (
            "secret",
            nobody.authorized("Basic Y2xpZW50MTpzZWNyZXQ6IG9mIDE="),
        ),
        ("unknown", with("somebody-made-this-up")),
        ("all", all),
        ("own", own),
        ("other", others),
        ("ended", ended),
        ("revoked", revoked),
    ]
}

/// Every path there is, as it is named and as it is asked for.
async fn paths(served: &Served) -> Vec<(String, String)> {
    let district = served.district.to_hex();
    let mut paths: Vec<_> = ["/", "/health", "/ready", "/metrics", "/docs/", "/nowhere"]
        .map(|path| (path.to_owned(), path.to_owned()))
        .into();
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
    paths.extend(managed.map(|path| {
        let mut asked = path
            .replace("{district}", &district)
            .replace("{run}", &run)
            .replace("{id}", &student)
            .replace("{kind}", "students")
            .replace("{key}", sis_id);
        if !asked.contains(&district) {
            let _ = write!(asked, "?district={district}");
        }
        (path.clone(), asked)
    }));
    let served = served.client.addresses().await;
    let routes = VERSIONS.iter().copied().flat_map(Route::of_version);
    assert_eq!(served.len(), routes.count(), "every path has an address");
    paths.extend(served.into_iter().map(|(route, address)| {
        let version = address.split('/').nth(1).unwrap();
        (format!("/{version}{}", route.path), address)
    }));
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
    let mut table = format!("{:64}", "");
    for (name, _) in &callers {
        let _ = write!(table, " {name:>7}");
    }
    table.push('\n');
    for (path, address) in paths(&served).await {
        let _ = write!(table, "{path:64}");
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
