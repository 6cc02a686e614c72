//! The same end by other ways: by events or in full, school by school in any order, killed and repeated.
//!
//! Compared are the tables of two apps' databases, under the source's ids: local numbers, and with them what is named by them, are
//! replaced by the active source id of the record. Left out are moments and dates (`since`, `opened`, `closed`, `from`): two apps
//! that look at different hours learn of the same thing at different hours; and the words for *how* it was learnt
//! (`absent_in_full_read`, `deleted_event`, `not_found`), which differ by nature.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use homeroom_client::Cancel;
use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{Extent, Order, ReadHow, Tenant, Trigger, Unwatched, Yes};
use homeroom_testkit::{Dice, toy};
use homeroom_wire::Version;

use super::look::Look;
use super::play;
use super::shown::{self, Lines, readable};
use super::story::Story;
use super::village::Village;
use crate::world::{self, World};

/// Tables, the column by which their rows are somebody's, references, and other columns.
const TABLES: &[(&str, &str, &[&str], &str)] = &[
    (
        "school",
        "id",
        &[],
        "origin, state, name, sis_id, number, state_id, low_grade, high_grade, ext",
    ),
    (
        "term",
        "id",
        &[],
        "origin, state, name, start_date, end_date, ext",
    ),
    (
        "course",
        "id",
        &["school"],
        "origin, state, name, number, ext",
    ),
    (
        "section",
        "id",
        &["school", "course", "term"],
        "origin, state, name, sis_id, number, period, subject, grade, ext",
    ),
    (
        "person",
        "id",
        &["merged_into"],
        "origin, source_state, app_state, first_name, middle_name, last_name, email",
    ),
    (
        "role",
        "person",
        &[],
        "role, sis_id, number, state_id, grade, graduation_year, birth_date, title, ext",
    ),
    ("role_school", "person", &["school"], "role, is_primary"),
    (
        "membership",
        "section",
        &["person"],
        "is_teacher, source, intent, position",
    ),
    (
        "relationship",
        "contact",
        &["student"],
        "type, label, closed IS NULL",
    ),
    ("link", "entity", &[], "kind, source_id, person_kind, state"),
];

/// A database as lines under the source's ids. With `now`, only what is there now: what is archived or missing, what ended, and
/// ids of before are left out, because an app that came later never saw them.
fn database(look: &Look, now: bool) -> Lines {
    let mut names = BTreeMap::new();
    for row in look.rows("SELECT entity, source_id FROM link WHERE state = 'active'") {
        let (entity, id) = row.split_once(' ').unwrap();
        names.insert(entity.to_owned(), id.to_owned());
    }
    let gone: BTreeSet<String> = look
        .rows(
            "SELECT id FROM person WHERE source_state <> 'present' UNION SELECT id FROM section WHERE state <> 'active'
             UNION SELECT id FROM school WHERE state <> 'active' UNION SELECT id FROM term WHERE state <> 'active'
             UNION SELECT id FROM course WHERE state <> 'active'",
        )
        .into_iter()
        .collect();
    let mut lines = Lines::new();
    for (table, key, references, rest) in TABLES {
        let mut columns = String::new();
        for reference in *references {
            let _ = write!(columns, "ifnull({reference}, 0), ");
        }
        let sql = format!("SELECT {key}, {columns}{rest} FROM {table}");
        for row in look.rows(&sql) {
            let mut words = row.splitn(references.len() + 2, ' ');
            let ids: Vec<_> = words.by_ref().take(references.len() + 1).collect();
            let rest = words.next().unwrap_or_default();
            let ended = *table == "relationship" && rest.ends_with(" 0");
            let earlier = *table == "link" && !rest.ends_with(" active");
            if now && (gone.contains(ids[0]) || ended || earlier) {
                continue;
            }
            let name = |id: &str| match id {
                "0" => "-".to_owned(),
                id if now && gone.contains(id) => "-".to_owned(),
                id => names
                    .get(id)
                    .cloned()
                    .unwrap_or_else(|| "unknown".to_owned()),
            };
            let ids: Vec<_> = ids.into_iter().map(name).collect();
            lines.insert(format!("{table} {} {rest}", ids.join(" ")));
        }
    }
    lines
}

fn apart(one: &Lines, other: &Lines) -> Vec<String> {
    let only_one = one
        .difference(other)
        .map(|line| format!("only the first: {}", readable(line)));
    let only_other = other
        .difference(one)
        .map(|line| format!("only the second: {}", readable(line)));
    only_one.chain(only_other).collect()
}

/// A line without its email where emails are not shared: what an app keeps of them depends on when it heard them.
fn without_email(line: String, village: &Village) -> String {
    match line.rsplit_once(' ') {
        Some((person, _)) if line.starts_with("person ") && !village.emails_are_shared() => {
            person.to_owned()
        }
        _ => line,
    }
}

/// One app on a server that other apps read too.
struct Reader<'s> {
    world: World,
    look: Look,
    name: &'static str,
    story: &'s Story,
}

impl<'s> Reader<'s> {
    /// An app of its own before the same server.
    fn beside(&self, name: &'static str, policy: &[(&str, &str)]) -> Self {
        let world = World::beside(&self.world, world::policy(policy));
        Self::new(name, world, self.story)
    }

    fn new(name: &'static str, world: World, story: &'s Story) -> Self {
        let look = Look::at(world.roster.path(), world.tenant.district);
        Self {
            world,
            look,
            name,
            story,
        }
    }

    async fn run(&self, order: Order) -> homeroom_sync::Ran {
        let (engine, tenant): (_, &Tenant) = (&self.world.engine, &self.world.tenant);
        let ran = Box::pin(engine.run(tenant, &order, &Cancel::default(), &Unwatched))
            .await
            .unwrap();
        if std::env::var_os("HOMEROOM_LINES").is_some() {
            self.story.tell(format!("    {}: {}", self.name, ran.mode));
            for line in ran.plan.lines(true) {
                self.story.tell(format!("      {}", shown::readable(&line)));
            }
        }
        ran
    }

    async fn say_yes(&self, ran: &homeroom_sync::Ran) {
        let waiting = self.look.waiting();
        let yes = Yes {
            digest: waiting.as_deref().unwrap_or(&ran.digest),
            part: Part::All,
            by: "principal",
            note: None,
        };
        let (engine, tenant) = (&self.world.engine, &self.world.tenant);
        let said = Box::pin(engine.approve(tenant, &yes, &Cancel::default(), &Unwatched)).await;
        said.unwrap();
    }

    /// Runs until nothing waits, and people say yes to everything.
    async fn follow(&self, read: ReadHow) -> Vec<&'static str> {
        let mut modes = Vec::new();
        for _ in 0..8 {
            let ran = self
                .run(Order {
                    read,
                    ..Order::new(Trigger::Schedule)
                })
                .await;
            modes.push(ran.mode);
            if ran.state == RunState::Held || !ran.holds.is_empty() {
                self.say_yes(&ran).await;
            } else if ran.plan.is_empty() {
                return modes;
            }
        }
        panic!("EXPECTED: after some runs nothing is left to do");
    }

    fn database(&self, now: bool) -> Lines {
        database(&self.look, now)
    }
}

/// What a comparison of histories came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Compared {
    pub(crate) histories: u64,
    pub(crate) days: u64,
    pub(crate) changes: u64,
    pub(crate) by_events: u64,
    pub(crate) lines: u64,
}

impl Compared {
    pub(crate) fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.days += other.days;
        self.changes += other.changes;
        self.by_events += other.by_events;
        self.lines += other.lines;
    }
}

/// B16.7: whoever follows events has after each day the database of whoever reads everything each day; and what is there in the
/// end is what an app has that came only then, or read some days in full and others not at all.
pub(crate) async fn full_is_delta(seed: u64, story: &Story) -> Compared {
    let mut dice = Dice::new(seed);
    let version: &'static Version = play::version(&mut dice);
    let contacts = dice.below(3) == 0;
    let changes: &[_] = if contacts { &world::CONTACTS } else { &[] };
    story.tell(format!(
        "a district of version {}, three apps",
        version.name
    ));
    let first = World::of_policy(version, world::policy(changes));
    let mut village = Village::begin(&first.toy, 1, contacts, Dice::new(dice.any()));
    let by_events = Reader::new("by events", first, story);
    let in_full = by_events.beside("in full", changes);
    let now_and_then = by_events.beside("now and then", changes);
    let mut compared = Compared {
        histories: 1,
        ..Compared::default()
    };
    by_events.follow(ReadHow::Full).await;
    in_full.follow(ReadHow::Full).await;
    for day in 1..=6 + dice.below(8) {
        by_events.world.days(1 + dice.below(4));
        story.tell(format!("day {day}:"));
        for _ in 0..dice.below(7) {
            if let Some(what) = village.happen() {
                compared.changes += 1;
                story.tell(format!("  source: {what}"));
            }
        }
        village.river.synced();
        let modes = by_events.follow(ReadHow::Auto).await;
        compared.by_events += modes.iter().filter(|mode| **mode == "events").count() as u64;
        in_full.follow(ReadHow::Full).await;
        let (one, other) = (by_events.database(false), in_full.database(false));
        Story::expect(
            "B16.7: the app that follows events and the one that reads in full are equal",
            &apart(&one, &other),
        );
        compared.days += 1;
        compared.lines += one.len() as u64;
        if dice.below(4) == 0 {
            now_and_then
                .follow(if dice.below(2) == 0 {
                    ReadHow::Full
                } else {
                    ReadHow::Auto
                })
                .await;
        }
    }
    now_and_then.follow(ReadHow::Full).await;
    let late = by_events.beside("in the end", changes);
    late.follow(ReadHow::Full).await;
    let left_out: BTreeSet<String> = by_events.look.undecided();
    let asked = |lines: Lines| -> Lines {
        let counts = |line: &String| !line.split(' ').any(|word| left_out.contains(word));
        // What was set once stays as it was first heard, and an email that is shared no more as it was heard last.
        lines
            .into_iter()
            .filter(|line| counts(line) && !line.starts_with("role "))
            .map(|line| without_email(line, &village))
            .collect()
    };
    let one = asked(by_events.database(true));
    for (who, other) in [
        ("that read now and then", &now_and_then),
        ("that came in the end", &late),
    ] {
        Story::expect(
            &format!("B16.7: what is there is the same for the app {who}"),
            &apart(&one, &asked(other.database(true))),
        );
    }
    compared
}

/// Any order of schools ends in the same state, which is that of a full read but for what belongs to no school.
pub(crate) async fn schools_in_any_order(seed: u64, story: &Story) -> Compared {
    let mut dice = Dice::new(seed);
    let version: &'static Version = play::version(&mut dice);
    story.tell(format!("a district of version {}, two apps", version.name));
    let first = World::of_policy(version, world::policy(&[]));
    let mut village = Village::begin(&first.toy, 1, false, Dice::new(dice.any()));
    let one = Reader::new("one", first, story);
    let other = one.beside("the other", &[]);
    let mut compared = Compared {
        histories: 1,
        ..Compared::default()
    };
    for reader in [&one, &other] {
        reader.follow(ReadHow::Full).await;
    }
    for day in 1..=3 + dice.below(4) {
        one.world.days(1 + dice.below(4));
        story.tell(format!("day {day}:"));
        for _ in 0..=dice.below(6) {
            if let Some(what) = village.happen() {
                compared.changes += 1;
                story.tell(format!("  source: {what}"));
            }
        }
        let mut schools: Vec<u64> = (1..=4)
            .filter(|school| village.river.has(toy::school(*school)))
            .collect();
        // What waits for a yes of people waits in both.
        for reader in [&one, &other] {
            for turn in (1..schools.len()).rev() {
                let at = usize::try_from(dice.below(turn as u64 + 1)).unwrap();
                schools.swap(turn, at);
            }
            story.tell(format!("  schools are read in the order {schools:?}"));
            for _ in 0..2 {
                for school in &schools {
                    let extent = Extent::School(toy::school(*school));
                    let ran = reader
                        .run(Order {
                            extent,
                            ..Order::new(Trigger::Demand)
                        })
                        .await;
                    if ran.state == RunState::Held || !ran.holds.is_empty() {
                        reader.say_yes(&ran).await;
                    }
                }
            }
        }
        // A few emails among blanks: only the district can tell whether they are shared.
        let there = |reader: &Reader<'_>| -> Lines {
            let lines = reader.database(true).into_iter();
            lines.map(|line| without_email(line, &village)).collect()
        };
        Story::expect(
            "whatever the order of schools, the apps are equal",
            &apart(&there(&one), &there(&other)),
        );
        compared.days += 1;
        compared.lines += one.database(true).len() as u64;
    }
    for reader in [&one, &other] {
        reader.follow(ReadHow::Full).await;
    }
    Story::expect(
        "and so they are after a full read",
        &apart(&one.database(true), &other.database(true)),
    );
    compared
}
