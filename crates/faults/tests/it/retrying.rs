//! A client that tries again rightly gets everything.

use std::time::Duration;

use homeroom_faults::Settings;
use homeroom_testkit::small_district;
use proptest::prelude::*;

use crate::client::{Client, Got, documents, id, link};
use crate::home::Home;

/// Faults that keep a request from its answer, and those that a plain walk bears.
const FAULTS: &str = "transport=0.3,slow=0.3/0,drip=0.3/0,timeout=0.3/0,short-pages=0.5,empty-last-page,\
                      duplicate-border=0.5,repeated-page=0.3,repeated-events=0.5,unknown-fields";

/// Everything of a list, each record once, with tries; and the statuses that were met.
async fn all(client: &Client, home: &Home, list: &str, tries: usize) -> (Vec<String>, Vec<u16>) {
    let (mut found, mut met) = (Vec::new(), Vec::new());
    let mut next = Some(list.to_owned());
    while let Some(asked) = next {
        let mut page = None;
        for _ in 0..tries {
            let got: Got = client.get(&asked).await;
            met.push(got.status.as_u16());
            // A page that leads to itself has failed too.
            if got.is_good() && link(&got.json(), "next").as_ref() != Some(&asked) {
                page = Some(got.json());
                break;
            }
            home.time.pass(Duration::from_secs(2));
        }
        let page = page.unwrap_or_else(|| panic!("{asked} fails for ever: {met:?}"));
        for document in documents(&page) {
            if !found.contains(&id(&document).to_owned()) {
                found.push(id(&document).to_owned());
            }
        }
        next = link(&page, "next");
        assert!(met.len() < 3000, "a walk without an end");
    }
    (found, met)
}

#[test]
fn every_page_comes_after_finitely_many_tries() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let home = runtime.block_on(Home::new(&small_district()));
    let quiet = runtime.block_on(async {
        let walk = async |list| crate::client::ids(&home.plain().walk(list).await);
        [
            walk("/v3.1/users").await,
            walk("/v1.1/sections").await,
            walk("/v3.1/events").await,
        ]
    });
    let config = ProptestConfig {
        cases: 10,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(seed: u64, budget in 1_u32..4, limit in 1_usize..9)| {
        let walk = || runtime.block_on(async {
            let settings = Settings { seed, budget, ..Settings::default() };
            let client = home.with(settings.with(FAULTS).unwrap());
            let mut walked = Vec::new();
            for list in ["users", "sections", "events"] {
                let version = if list == "sections" { "v1.1" } else { "v3.1" };
                let address = format!("/{version}/{list}?limit={limit}");
                // The budget, and once more for a window that was closed by another request.
                walked.push(all(&client, &home, &address, 2 * budget as usize + 2).await);
            }
            walked
        });
        let walked = walk();
        let found: Vec<_> = walked.iter().map(|(found, _)| found.clone()).collect();
        prop_assert_eq!(&found[..], &quiet[..]);
        // The same seed and the same requests meet the same.
        prop_assert_eq!(walked, walk());
    });
}
