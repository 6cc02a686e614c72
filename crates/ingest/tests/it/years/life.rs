//! One district from its first upload to its last: what is done with each day's files, and what must have come of it.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_ingest::{ApproveRequest, Outcome, Report};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_simulator::{Expect, History, MemorySink, Truth, YearDates};

use super::book::{Book, Cause};
use super::keys::keys;
use super::people::People;
use super::replay::Replay;
use crate::history::followed::Followed;
use crate::site::{DAY, Site};

/// Uploads come in the evening.
const EVENING: i64 = DAY / 4 * 3;
/// How often a publish is undone, beside those that somebody approved.
const UNDONE: usize = 9;
/// How often everything that the change log said is compared with everything that is there.
const REPLAYS: usize = 40;

pub(super) struct Life {
    pub(super) followed: Followed,
    pub(super) book: Book,
    pub(super) people: People,
    pub(super) replay: Replay,
    ends: BTreeMap<&'static str, usize>,
    published: usize,
}

impl Life {
    /// A district whose guards know the calendar.
    pub(super) async fn new(history: &History) -> Self {
        let site = Site::new().await;
        let settings = calendar(&history.settings().years);
        let set = site
            .ingest
            .set_settings(site.district, None, &settings, "test");
        set.await.unwrap();
        Self {
            followed: Followed::new(site).await,
            book: Book::default(),
            people: People::default(),
            replay: Replay::default(),
            ends: BTreeMap::new(),
            published: 0,
        }
    }

    /// A day's upload.
    pub(super) async fn day(&mut self, truth: &Truth, files: &MemorySink) {
        let site = &self.followed.site;
        let evening = i64::from(truth.day.date.days()) * DAY + EVENING;
        site.clock.pass(evening - site.clock.now().millis());
        let number = site.number().await;
        let report = site.import(files).await.unwrap();
        let told = || {
            format!(
                "{} {:?}\n{}",
                truth.day.date,
                truth.incident,
                report.text(12)
            )
        };
        let may = match truth.expect {
            Expect::Harmless => [Outcome::Published, Outcome::NoChange],
            Expect::NoChange => [Outcome::NoChange; 2],
            Expect::Held { .. } => [Outcome::Held; 2],
            Expect::Fatal => [Outcome::Error; 2],
        };
        assert!(may.contains(&report.state), "{}", told());
        let end = match (report.state, truth.expect) {
            (Outcome::Held, Expect::Held { wanted: true }) => {
                assert_eq!(site.number().await, number, "{}", told());
                self.approve(&report).await;
                self.look(truth, number).await;
                "approved"
            }
            (Outcome::Held, _) => {
                self.discard(&report, files).await;
                "discarded"
            }
            (Outcome::Published, _) => {
                self.look(truth, number).await;
                "published"
            }
            (Outcome::NoChange, _) => "no change",
            _ => "error",
        };
        *self.ends.entry(end).or_default() += 1;
        let moved = matches!(end, "published" | "approved");
        assert_eq!(self.followed.site.number().await, number + u64::from(moved));
        if moved || end == "no change" {
            self.is_true(truth);
        }
        let undone = end == "approved" || self.published % UNDONE == UNDONE - 1;
        if moved && number > 0 && undone {
            self.undo_and_redo(files).await;
            self.is_true(truth);
            *self.ends.entry("undone and done again").or_default() += 1;
        }
    }

    async fn approve(&self, report: &Report) {
        let site = &self.followed.site;
        let request = ApproveRequest {
            district: site.district,
            run: ObjectId::from_hex(&report.run).unwrap(),
            digest: report.plan.clone().unwrap(),
            selection: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| ()),
        };
        let report = site.ingest.approve(request).await.unwrap();
        assert_eq!(report.state, Outcome::Published);
    }

    /// Drops what is held; the same files are not tried again.
    async fn discard(&self, report: &Report, files: &MemorySink) {
        let site = &self.followed.site;
        let run = ObjectId::from_hex(&report.run).unwrap();
        let discarded = site
            .ingest
            .discard(site.district, run, "test", "wrong files");
        discarded.await.unwrap();
        let again = site.import(files).await.unwrap();
        assert_eq!(again.state, Outcome::Blocked, "{}", again.text(3));
    }

    /// Looks at what was published after the snapshot of a number.
    async fn look(&mut self, truth: &Truth, number: u64) {
        self.followed.follow(number).await;
        let now = self.followed.site.clock.now();
        self.enter(truth, now);
        let newest = self.followed.newest();
        if number == 0 {
            self.replay.begin(newest);
        } else {
            self.replay.apply(&self.followed.changes());
        }
        self.published += 1;
        if self.published.is_multiple_of(REPLAYS) {
            self.replay.check(newest);
        }
    }

    fn enter(&mut self, truth: &Truth, now: Timestamp) {
        self.is_true(truth);
        let published = keys(self.followed.newest());
        self.book.enter(truth, &published, now);
        self.people.enter(truth, &published);
    }

    /// What is published is what is true.
    fn is_true(&self, truth: &Truth) {
        let published = keys(self.followed.newest());
        let records = truth.records.iter();
        let told: BTreeSet<_> = records
            .map(|record| (record.noun, record.key.clone()))
            .collect();
        let missing: Vec<_> = told
            .iter()
            .filter(|key| !published.contains_key(*key))
            .collect();
        let more: Vec<_> = published
            .keys()
            .filter(|key| !told.contains(*key))
            .collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{}: missing {missing:?}, more {more:?}",
            truth.day.date
        );
    }

    /// After the last day.
    pub(super) async fn end(self) {
        self.replay.check(self.followed.newest());
        self.ask_what_became().await;
        let (ends, causes) = (&self.ends, &self.book.causes);
        let (returned, people) = (self.book.returned, &self.people);
        eprintln!(
            "  {ends:?}; {} ids; other ids: {causes:?}; back under their ids: {returned}; users merged {}, split {}",
            self.followed.ids.len(),
            people.merged,
            people.split
        );
        // Nothing of this is true of a history in which nothing happens.
        for end in ["approved", "discarded", "published", "no change", "error"] {
            assert!(ends.contains_key(end), "nothing ended as {end}");
        }
        for cause in [Cause::Rekeyed, Cause::Forgotten] {
            assert!(causes.contains_key(&cause), "nothing was {cause:?}");
        }
        assert!(returned > 0 && people.merged > 0 && people.split > 0);
    }
}

/// The calendar as a district's settings have it.
fn calendar(years: &[YearDates]) -> String {
    let first = years.first().expect("a year");
    let boundaries: Vec<_> = years
        .iter()
        .map(|year| format!("\"{}\"", year.second_term))
        .collect();
    format!(
        "[calendar]\nfirst_day = \"{}\"\nlast_day = \"{}\"\nboundaries = [{}]\n",
        first.first_day,
        first.last_day,
        boundaries.join(", ")
    )
}
