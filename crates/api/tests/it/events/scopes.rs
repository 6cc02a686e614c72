//! The days of a year under scopes and masks that change from day to day: whatever is shared, the events of each move lead from
//! one full read to the next. Moves are made here as `ingest` makes them, because no rule of sharing can be set yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use homeroom_model::{District, IdRange, Mask, Scope, Timestamp};
use homeroom_segment::{Changes, MovedRecords, Snapshot, View};
use homeroom_testkit::{Dice, seed, soak};
use homeroom_wire::{EventPage, Move, Object, VERSIONS, answer, count_events, event, parse};

use super::feed::{Forms, Part, check_order};
use super::mirror::{Exempt, Mirror, OUTSIDE, STAMPS, stamps_alone};
use super::raw::{Documents, Key, Reader, documents, events};
use super::sharing::{Rule, everything};
use super::year::{Year, history};

/// A snapshot as it is shared.
struct Shared {
    number: u64,
    snapshot: Arc<Snapshot>,
    scope: Scope,
    mask: Mask,
    district: District,
}

impl Shared {
    fn view(&self) -> View<'_> {
        View {
            snapshot: &self.snapshot,
            scope: &self.scope,
            mask: &self.mask,
            district: &self.district,
        }
    }
}

/// Answers as a server does that knows one view, and the move that led to it.
struct Server<'a> {
    of: Move<'a>,
}

impl Reader for Server<'_> {
    async fn body(&self, address: &str) -> Vec<u8> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let request = parse(path, Some(query)).unwrap();
        let mut out = Vec::new();
        if request.route.gives != Object::Event {
            answer(&request, &self.of.after, &mut out).unwrap();
        } else if request.route.of == Object::Event && request.id.is_some() {
            out = event(&request, &self.of).unwrap();
        } else {
            let mut page = EventPage::new(&request);
            page.add(&request, &self.of);
            let numbered = request.version.rules.numbered_pages;
            let count = numbered.then(|| count_events(&request, &self.of));
            page.finish(&request, count, &mut out);
        }
        out
    }
}

/// The ids of a move.
fn range(number: u32, count: u64) -> IdRange {
    IdRange {
        seconds: 0x6400_0000 + number,
        fence: [1, 2, 3, 4, 5],
        count,
    }
}

/// Full reads in every version.
type Full = Vec<Arc<Documents>>;

async fn read_all(of: &Shared) -> Full {
    let records = MovedRecords::default();
    let server = Server {
        of: Move {
            before: of.view(),
            after: of.view(),
            records: &records,
            ids: range(0, records.places()),
            moved_at: Timestamp::from_millis(0),
        },
    };
    let mut full = Full::new();
    for version in VERSIONS {
        full.push(Arc::new(documents(&server, version).await));
    }
    full
}

/// One version's client of a life.
struct Copy {
    mirror: Mirror,
    forms: Forms,
    /// The full read after the last move.
    full: Arc<Documents>,
    /// Documents that differ from the full read, and why.
    exempt: BTreeMap<Key, &'static str>,
    /// How often one was exempted.
    exempted: usize,
}

/// A connection whose rule changes.
struct Life {
    dice: Dice,
    rule: Rule,
    /// Every so many publishes it moves.
    rhythm: u64,
    shared: Shared,
    /// What everybody could see of the same snapshot who sees everything.
    wide: Full,
    copies: Vec<Copy>,
    moves: u32,
}

/// What was published, and all that can be read of it.
struct Newest {
    number: u64,
    snapshot: Arc<Snapshot>,
    district: District,
    wide: Full,
}

impl Newest {
    async fn of(year: &Year<'_>) -> Self {
        let published = year.installation.ingest.published(year.district).await;
        let store = &year.installation.store;
        let record = store.district(year.district).await.unwrap().unwrap();
        let (scope, mask) = everything();
        let shared = Shared {
            number: record.snapshot.unwrap(),
            snapshot: Arc::new(published.unwrap().snapshot),
            scope,
            mask,
            district: record.document,
        };
        Self {
            wide: read_all(&shared).await,
            number: shared.number,
            snapshot: shared.snapshot,
            district: shared.district,
        }
    }

    fn shared(&self, rule: &Rule) -> Shared {
        Shared {
            number: self.number,
            scope: rule.scope(&self.snapshot),
            mask: rule.mask,
            snapshot: Arc::clone(&self.snapshot),
            district: self.district.clone(),
        }
    }
}

impl Life {
    async fn begin(newest: &Newest, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let rule = Rule::any(&mut dice);
        let shared = newest.shared(&rule);
        let full = read_all(&shared).await;
        let copies = VERSIONS.iter().zip(full).map(|(version, full)| Copy {
            mirror: Mirror::new(version, (*full).clone()),
            forms: Forms::new(version, true),
            full,
            exempt: BTreeMap::new(),
            exempted: 0,
        });
        Self {
            rhythm: 1 + dice.below(3),
            dice,
            rule,
            wide: newest.wide.clone(),
            copies: copies.collect(),
            shared,
            moves: 0,
        }
    }

    /// Moves to what is published, under the rule or under another one.
    async fn go_on(&mut self, year: &Year<'_>, newest: &Newest) {
        for _ in 0..self.dice.below(3) {
            self.rule.change(&mut self.dice);
        }
        let after = newest.shared(&self.rule);
        let history = year.installation.ingest.history();
        let (from, to) = (Some(self.shared.number), Some(after.number));
        let changes = history.changes(year.district, from, to).await.unwrap();
        // Now and then nothing is kept of what lies between.
        let changes = changes.filter(|_| self.dice.below(8) > 0);
        self.go_to(after, newest, changes.as_deref()).await;
    }

    async fn go_to(&mut self, after: Shared, newest: &Newest, changes: Option<&[Changes]>) {
        self.moves += 1;
        let (was, is) = (self.shared.view(), after.view());
        let records = MovedRecords::between(was, is, changes);
        let server = Server {
            of: Move {
                before: was,
                after: is,
                records: &records,
                ids: range(self.moves, records.places()),
                moved_at: Timestamp::from_millis(1_711_469_381_123),
            },
        };
        for (at, copy) in self.copies.iter_mut().enumerate() {
            let wide = [&*self.wide[at], &*newest.wide[at]];
            copy.follow(&server, wide, &mut self.dice).await;
        }
        self.shared = after;
        self.wide.clone_from(&newest.wide);
    }
}

impl Copy {
    async fn follow(&mut self, server: &Server<'_>, wide: [&Documents; 2], dice: &mut Dice) {
        let version = self.mirror.version;
        let feed = format!("/{}/events", version.name);
        let told = events(server, version, &feed, 10_000).await;
        check_order(&told);
        self.forms.check(&told);
        self.mirror.replay(&told);
        if dice.below(4) == 0 {
            let part = Part {
                reader: server,
                version,
                since: None,
                events: &told,
            };
            part.check(dice).await;
        }
        let full = documents(server, version).await;
        for event in &told {
            self.exempt.remove(&event.key);
        }
        // What differs from yesterday and was not told has to have a reason.
        for (key, is) in &full {
            let untold = self.full.get(key).filter(|was| *was != is);
            let untold = untold.filter(|_| self.mirror.documents.get(key) != Some(is));
            let Some(was) = untold else { continue };
            assert!(
                stamps_alone(was, is),
                "{} {key:?}\n{was}\n{is}",
                version.name
            );
            let [before, after] = wide.map(|documents| &documents[key]);
            let reason = if stamps_alone(before, after) {
                STAMPS
            } else {
                OUTSIDE
            };
            self.exempted += 1;
            let standing = self.exempt.entry(key.clone()).or_insert(reason);
            if reason == OUTSIDE {
                *standing = OUTSIDE;
            }
        }
        let differing = self.mirror.exempt(&full);
        self.exempt.retain(|key, _| differing.contains(key));
        assert!(
            self.exempt.keys().eq(&differing),
            "{}: without a reason",
            version.name
        );
        self.full = Arc::new(full);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_shared_the_events_of_each_move_lead_to_a_full_read() {
    let first = seed(1);
    for seed in first..first + if soak() { 4 } else { 1 } {
        live(seed).await;
    }
}

async fn live(seed: u64) {
    let (students, lives) = if soak() {
        (120 + (seed * 61) % 151, 8)
    } else {
        (50, 3)
    };
    let history = history(students, seed);
    let mut year = Year::new(&history).await;
    year.next().await.unwrap();
    let mut newest = Newest::of(&year).await;
    let mut lives: Vec<_> = {
        let mut all = Vec::new();
        for life in 0..lives {
            all.push(Life::begin(&newest, seed * 1000 + life).await);
        }
        all
    };
    let mut uploads = 0;
    while year.next().await.is_some() {
        uploads += 1;
        if year.number().await > newest.number {
            newest = Newest::of(&year).await;
        }
        for life in &mut lives {
            if uploads % life.rhythm == 0 || year.is_over() {
                life.go_on(&year, &newest).await;
            }
            // What is shared changes on days without an upload too.
            for _ in 0..life.dice.below(3) {
                life.go_on(&year, &newest).await;
            }
        }
    }
    report(seed, students, &year, &lives);
}

fn report(seed: u64, students: u64, year: &Year<'_>, lives: &[Life]) {
    let moves: u32 = lives.iter().map(|life| life.moves).sum();
    eprintln!(
        "seed {seed}: {students} students, {} publishes, {} lives with {moves} moves",
        year.published,
        lives.len()
    );
    for (at, version) in VERSIONS.iter().enumerate() {
        let (mut exempt, mut replayed) = (Exempt::default(), [0; 3]);
        let (mut exempted, mut documents) = (0, 0);
        for copy in lives.iter().map(|life| &life.copies[at]) {
            for reason in copy.exempt.values() {
                *exempt.0.entry(reason).or_default() += 1;
            }
            for (all, number) in replayed.iter_mut().zip(copy.mirror.replayed) {
                *all += number;
            }
            exempted += copy.exempted;
            documents += copy.full.len();
        }
        let [created, updated, deleted] = replayed;
        assert!(created > 0 && updated > 0 && deleted > 0);
        let unmet = lives.iter().map(|life| life.copies[at].mirror.unmet());
        let never =
            unmet.reduce(|all, one| all.into_iter().filter(|kind| one.contains(kind)).collect());
        assert!(
            !soak() || never == Some(Vec::new()),
            "{} {never:?}",
            version.name
        );
        eprintln!(
            "seed {seed} {}: {created} created, {updated} updated, {deleted} deleted; {documents} documents as read in the end; \
             exempt then {exempt}; exempted {exempted} times in all",
            version.name
        );
    }
}
