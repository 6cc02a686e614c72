//! Clients of every version follow a district over HTTP for a school year, each in its own rhythm and with pages of its own.

use std::time::Duration;

use homeroom_store::Connection;
use homeroom_testkit::{Dice, seed, soak};
use homeroom_wire::{V3_1, VERSIONS, Version};

use super::feed::{Forms, Part, check_order};
use super::mirror::{Exempt, Mirror, STAMPS};
use super::raw::{Documents, Event, documents, events};
use super::year::{Year, event_days, history};
use crate::client::{Client, id};
use crate::installation::settings;

/// How often, in uploads, the six versions' followers look; and one who is sometimes too late for what is kept.
const RHYTHMS: [usize; 7] = [1, 2, 3, 5, 8, 13, 20];
/// How many events each of them asks for at once.
const PAGES: [usize; 7] = [10_000, 100, 10_000, 777, 10_000, 100, 1000];

/// One client: the cursor it stores, and its copy of the district.
struct Follower {
    mirror: Mirror,
    cursor: String,
    rhythm: usize,
    limit: usize,
    forms: Forms,
    /// When it looked last, in seconds.
    looked: i64,
    /// How often it had to read everything anew.
    resynced: usize,
}

impl Follower {
    async fn begin(
        client: &Client,
        version: &'static Version,
        rhythm: usize,
        limit: usize,
    ) -> Self {
        let cursor = last(client, version).await;
        let documents = documents(client, version).await;
        Self {
            mirror: Mirror::new(version, documents),
            cursor,
            rhythm,
            limit,
            forms: Forms::new(version, false),
            looked: 0,
            resynced: 0,
        }
    }

    /// Catches up.
    async fn follow(&mut self, client: &Client, moves: &[(String, String)], now: i64) {
        let away = now - std::mem::replace(&mut self.looked, now);
        let version = self.mirror.version;
        let address = format!("/{}/events?starting_after={}", version.name, self.cursor);
        let answer = client.get(&address).await;
        if !answer.header("homeroom-events-gap").is_empty() {
            assert!(away > i64::from(event_days()) * 86_400, "{address}");
            self.cursor = last(client, version).await;
            self.mirror.documents = documents(client, version).await;
            self.resynced += 1;
            return;
        }
        let told = events(client, version, &address, self.limit).await;
        assert!(told.is_sorted_by(|a, b| a.id < b.id));
        for (first, last) in moves {
            let of_move = |event: &&Event| (first..=last).contains(&&event.id);
            let of_move: Vec<_> = told.iter().filter(of_move).cloned().collect();
            check_order(&of_move);
        }
        self.forms.check(&told);
        self.mirror.replay(&told);
        if let Some(last) = told.last() {
            self.cursor.clone_from(&last.id);
        }
    }

    fn compare(&self, full: &Documents) -> usize {
        self.mirror.exempt(full).len()
    }
}

/// The id of a feed's last event.
async fn last(client: &Client, version: &Version) -> String {
    let feed = format!("/{}/events?ending_before=last&limit=1", version.name);
    let last = client.read(&feed).await;
    id(&last["data"][0]["data"]).to_owned()
}

/// The first and the last id that each move of a connection could give.
async fn moves(year: &Year<'_>, connection: &Connection) -> Vec<(String, String)> {
    let store = &year.installation.store;
    let moves = store.event_moves(year.district, connection.id).await;
    let moves: Vec<_> = moves.unwrap();
    let ends = moves.iter().map(|kept| {
        let ids = &kept.events.ids;
        let end = |at| ids.get(at).unwrap().to_hex();
        (end(0), end(ids.count - 1))
    });
    let ends: Vec<_> = ends.collect();
    assert!(ends.windows(2).all(|pair| pair[0].1 < pair[1].0));
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_events_leads_to_a_full_read_in_every_version() {
    let first = seed(1);
    for seed in first..first + if soak() { 3 } else { 1 } {
        follow_a_year(seed).await;
    }
}

async fn follow_a_year(seed: u64) {
    let students = if soak() { 150 + (seed * 61) % 251 } else { 60 };
    let history = history(students, seed);
    let mut year = Year::new(&history).await;
    let mut dice = Dice::new(seed);
    year.next().await.unwrap();
    let app = year.installation.add_app(1).await;
    let token = year
        .installation
        .connect_with_events(&app, year.district)
        .await;
    let client = year.installation.client(settings()).with_token(&token);
    let connections = year
        .installation
        .store
        .connections_of_district(year.district);
    let connection = connections.await.unwrap().remove(0);
    let mut followers = Vec::new();
    for (at, rhythm) in RHYTHMS.into_iter().enumerate() {
        let version = VERSIONS.get(at).copied().unwrap_or(&V3_1);
        followers.push(Follower::begin(&client, version, rhythm, PAGES[at]).await);
    }
    let (mut uploads, mut summer) = (0, 0);
    let mut was = None;
    while let Some(truth) = year.next().await {
        uploads += 1;
        let date = truth.day.date.days();
        summer = summer.max(was.map_or(0, |was| date - was));
        was = Some(date);
        let over = year.is_over();
        let looks = over || soak() && uploads % 20 == 0;
        let moves = moves(&year, &connection).await;
        for follower in &mut followers {
            if uploads % follower.rhythm == 0 || looks && follower.rhythm < 20 {
                let now = year.installation.time.seconds();
                follower.follow(&client, &moves, now).await;
            }
            if looks && follower.rhythm < 20 {
                let full = documents(&client, follower.mirror.version).await;
                follower.compare(&full);
            }
        }
        if uploads % 20 == 10 || over {
            // Long after, when what is past its time goes; nobody was there in between.
            year.installation.time.pass(Duration::from_mins(90));
            year.installation.ingest.sweep(0).await.unwrap();
        }
    }
    eprintln!(
        "seed {seed}: {students} students, {} publishes after {uploads} uploads, {} unusual, the longest pause {summer} days",
        year.published, year.unusual
    );
    for follower in &mut followers {
        let moves = moves(&year, &connection).await;
        let now = year.installation.time.seconds();
        follower.follow(&client, &moves, now).await;
        let version = follower.mirror.version;
        let full = documents(&client, version).await;
        let number = follower.compare(&full);
        let exempt = Exempt([(STAMPS, number)].into());
        let [created, updated, deleted] = follower.mirror.replayed;
        eprintln!(
            "seed {seed} {}, every {}: {created} created, {updated} updated, {deleted} deleted, {} times anew: {} documents as \
             read; exempt {exempt}",
            version.name,
            follower.rhythm,
            follower.resynced,
            full.len(),
        );
        assert!(follower.resynced > 0 || created > 0 && updated > 0 && deleted > 0);
        let unmet = follower.mirror.unmet();
        if !unmet.is_empty() {
            eprintln!(
                "  of {} nothing came of: {}",
                version.name,
                unmet.join(", ")
            );
        }
        let feed = format!("/{}/events", version.name);
        let all = events(&client, version, &feed, 10_000).await;
        follower.forms.check(&all);
        let middle = all.get(all.len() / 2).map(|event| event.id.as_str());
        let part = Part {
            reader: &client,
            version,
            since: middle,
            events: &all[(all.len() / 2 + 1).min(all.len())..],
        };
        part.check(&mut dice).await;
        let whole = Part {
            since: None,
            events: &all,
            ..part
        };
        if soak() {
            whole.check(&mut dice).await;
        }
    }
    assert!(summer > 30, "there was no summer");
}
