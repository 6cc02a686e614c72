//! A store or depot that fails, hangs or is damaged: an answer that says so, and all is well again once it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use homeroom_segment::Manifest;
use homeroom_store::MemoryStore;
use homeroom_store::suite::watched::Watched;
use homeroom_testkit::{SMALL, generated};

use crate::client::Client;
use crate::gate::{Gate, Gated};
use crate::installation::Installation;
use crate::served::Served;

/// A refusal that tells the client when to come back, and nothing about the machine.
async fn fails(client: &Client, address: &str, status: u16) {
    let answer = client.get(address).await;
    assert_eq!(answer.status, status, "{address}: {}", answer.text());
    let message = answer.refusal(address);
    assert!(message.contains("log"), "{message}");
    for detail in ["disk", "/srv", "bug in", "damaged", "objects"] {
        assert!(!message.contains(detail), "{message}");
    }
}

// Time stands still unless everything waits, and then leaps: the store's ten seconds pass at once.
#[tokio::test(start_paused = true)]
async fn a_store_that_fails_hangs_or_panics_is_a_status() {
    let gated = Arc::new(Gated::new());
    let store = Watched::new(&Arc::new(MemoryStore::new()), Arc::clone(&gated));
    let served = Served::on(Installation::on(store)).await;
    let nobody = served.client.anonymous();
    let listing = nobody.authorized("Basic Y2xpZW50MTpzZWNyZXQ6IG9mIDE=");
    listing.read("/oauth/tokens?owner_type=district").await;
    for (gate, status) in [
        (Gate::Failing, 503),
        (Gate::Hanging, 503),
        (Gate::Panicking, 500),
    ] {
        gated.set(gate);
        for address in [
            "/v3.1/users",
            "/v3.1/users?limit=10000",
            "/v3.0/districts",
            "/v2.0/students",
            "/v1.1/students",
            "/v3.1/events",
            "/v1.1/events",
        ] {
            fails(&served.client, address, status).await;
            let answer = served.client.get(address).await;
            assert_eq!(answer.header("x-request-id").len(), 36);
        }
        fails(&listing, "/oauth/tokens?owner_type=district", status).await;
        fails(&nobody, "/ready", status).await;
        nobody.read("/health").await;
        gated.set(Gate::Open);
        served.client.read("/v3.1/users").await;
        nobody.read("/ready").await;
    }
}

/// Every file below a folder, largest first.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
    found
}

/// The files of the objects that a request reads: neither what was uploaded, nor what changed, nor the ledger.
async fn rosters(served: &Served) -> Vec<PathBuf> {
    let current = served.installation.store.current(served.district).await;
    let manifest = Manifest::from_text(&current.unwrap().unwrap().manifest).unwrap();
    let parts = manifest.parts.iter();
    let read = parts.filter(|(name, _)| *name != "changes" && !name.starts_with("ledger."));
    let objects: BTreeSet<_> = read.map(|(_, part)| part.object.to_string()).collect();
    let path = |object: &String| {
        let (shard, rest) = object.split_at(2);
        let folder = served.installation.folder.path();
        folder.join("objects").join(shard).join(rest)
    };
    objects.iter().map(path).collect()
}

#[tokio::test]
async fn a_damaged_or_missing_object_is_one_districts_trouble() {
    let served = Served::new().await;
    let installation = &served.installation;
    let whole = files(installation.folder.path());
    let other = installation.add_district(2).await;
    installation.import(other, generated(SMALL, 2, 0)).await;
    let token = installation.connect(&served.app, other).await;
    let neighbour = |anybody: &Client| anybody.with_token(&token);
    served.client.read("/v3.1/users").await;

    let rosters = rosters(&served).await;
    assert!(rosters.iter().all(|object| whole.contains(object)));
    for file in &rosters {
        let bytes = fs::read(file).unwrap();
        let mut damaged = bytes.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x10;
        for broken in [
            Some(&damaged),
            Some(&bytes[..middle].to_vec()),
            Some(&Vec::new()),
            None,
        ] {
            fs::remove_file(file).unwrap();
            if let Some(broken) = broken {
                fs::write(file, broken).unwrap();
            }
            let anybody = installation.reopened();
            fails(&anybody.with_token(&served.token), "/v3.1/users", 503).await;
            neighbour(&anybody).read("/v3.1/users").await;
            let _ = fs::remove_file(file);
            fs::write(file, &bytes).unwrap();
            anybody.with_token(&served.token).read("/v3.1/users").await;
        }
    }
    assert!(!rosters.is_empty());
}
