//! A history: day after day things happen at the source and in the app, the app is told to do this or that, answers go wrong,
//! processes die; after every step the invariants are looked at.

mod acts;
mod came;
mod weather;
mod words;

use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{Order, ReadHow, Tenant, Trigger, Until};
use homeroom_testkit::Dice;
use homeroom_wire::{V1_2, V2_1, V3_1, Version};

use super::app::{App, Came, Death};
use super::check::{self, Absences, State};
use super::local;
use super::shown;
use super::story::Story;
use super::village::Village;
use crate::world::{self, CONTACTS};

/// What histories came to, added up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) histories: u64,
    pub(crate) changes: u64,
    pub(crate) orders: u64,
    pub(crate) applied: u64,
    pub(crate) held: u64,
    pub(crate) partial: u64,
    pub(crate) failed: u64,
    pub(crate) deaths: u64,
    pub(crate) by_hand: u64,
    pub(crate) undone: u64,
    /// How often everything the app shows was compared with the source.
    pub(crate) compared: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.changes += other.changes;
        self.orders += other.orders;
        self.applied += other.applied;
        self.held += other.held;
        self.partial += other.partial;
        self.failed += other.failed;
        self.deaths += other.deaths;
        self.by_hand += other.by_hand;
        self.undone += other.undone;
        self.compared += other.compared;
    }
}

/// A history while it is played.
#[allow(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each of which may be without the others"
)]
pub(crate) struct Play<'s> {
    story: &'s Story,
    dice: Dice,
    app: App,
    village: Village,
    /// A second district in the same app, which is left alone now and then, and otherwise has a life too.
    other: Option<(Village, Tenant, super::look::Look)>,
    contacts: bool,
    absences: Absences,
    /// Faults that are on.
    weather: &'static str,
    /// Whether all that happened since the app last showed what the source has was told by events.
    heard: bool,
    token: bool,
    /// Whether runs are undone.
    undoes: bool,
    /// Whether the policy has a window in which classes may change as they like.
    window: bool,
    /// Whether somebody said yes to something, and no run ended since.
    said: bool,
    pub(crate) tally: Tally,
    /// The last order that was applied, and what was there before: to be taken back.
    last: Option<(i64, State)>,
    day: u32,
}

const VERSIONS: [(&Version, u64); 3] = [(&V3_1, 6), (&V2_1, 2), (&V1_2, 2)];

/// The version a history speaks.
pub(crate) fn version(dice: &mut Dice) -> &'static Version {
    let all: u64 = VERSIONS.iter().map(|(_, often)| often).sum();
    let mut at = dice.below(all);
    for (version, often) in VERSIONS {
        if at < often {
            return version;
        }
        at -= often;
    }
    &V3_1
}

/// The policy of a history, and what it is in words.
pub(crate) fn policy(dice: &mut Dice) -> (Vec<(&'static str, &'static str)>, bool, &'static str) {
    match dice.below(5) {
        0 => (CONTACTS.to_vec(), true, "with contacts"),
        1 => (
            vec![("hold = \"all\"", "hold = \"destructive_only\"")],
            false,
            "what is harmless is not held",
        ),
        2 => (
            vec![("floor = 25", "floor = 4"), ("floor = 20", "floor = 3")],
            false,
            "strict guards",
        ),
        3 => (
            vec![
                ("# first_day = \"2026-08-17\"", "first_day = \"2026-08-17\""),
                ("# last_day = ", "last_day = "),
            ],
            false,
            "with a calendar",
        ),
        _ => (Vec::new(), false, "as the preset is"),
    }
}

/// Plays the history of a seed.
pub(crate) async fn history(seed: u64, story: &Story) -> Tally {
    let mut dice = Dice::new(seed);
    let version = version(&mut dice);
    let (changes, contacts, words) = policy(&mut dice);
    story.tell(format!(
        "a district of version {}, the policy {words}",
        version.name
    ));
    let app = App::new(version, world::policy(&changes));
    let village = Village::begin(&app.world.toy, 1, contacts, Dice::new(dice.any()));
    let other = (dice.below(4) == 0).then(|| {
        let village = Village::begin(&app.world.toy, 2, contacts, Dice::new(dice.any()));
        let tenant = app.world.connect(&village.river);
        let look = super::look::Look::at(app.world.roster.path(), tenant.district);
        (village, tenant, look)
    });
    let days = 8 + dice.below(14);
    let undoes = dice.below(3) == 0;
    let mut play = Play {
        story,
        dice,
        app,
        village,
        other,
        contacts,
        absences: Absences::default(),
        weather: "",
        heard: true,
        token: true,
        undoes,
        window: words == "with a calendar",
        said: false,
        tally: Tally {
            histories: 1,
            ..Tally::default()
        },
        last: None,
        day: 0,
    };
    play.noted();
    play.first().await;
    for _ in 0..days {
        play.day().await;
    }
    play.settle().await;
    play.tally
}

impl Play<'_> {
    fn chance(&mut self, of_hundred: u64) -> bool {
        self.dice.below(100) < of_hundred
    }

    fn date(&self) -> String {
        self.app.world.today()
    }

    /// The source is so now.
    fn noted(&mut self) {
        let shared = shown::shared(&self.village.river, false);
        self.absences.note(&shared);
    }

    async fn first(&mut self) {
        self.story
            .tell(format!("day 0, {}: the first sync", self.date()));
        if self.other.is_some() {
            self.story
                .tell("  the app has a second district with the same SIS ids");
        }
        let death = Death::drawn(&mut self.dice, 40);
        self.order(Order::new(Trigger::Schedule), death).await;
        self.settle().await;
    }

    async fn day(&mut self) {
        self.day += 1;
        let days = 1 + self.dice.below(20);
        self.app.world.days(days);
        self.story
            .tell(format!("day {}, {}:", self.day, self.date()));
        self.change_weather();
        let changes = if self.chance(15) {
            8 + self.dice.below(8)
        } else {
            self.dice.below(6)
        };
        for _ in 0..changes {
            if let Some(what) = self.village.happen() {
                self.tally.changes += 1;
                self.story.tell(format!("  source: {what}"));
                self.noted();
            }
        }
        if self.chance(60) {
            self.village.river.synced();
        }
        for _ in 0..self.dice.below(3) {
            if let Some(what) = local::happen(&self.app, &mut self.dice) {
                self.tally.by_hand += 1;
                self.last = None;
                self.story.tell(format!("  app: {what}"));
            }
        }
        self.other_day().await;
        for _ in 0..=self.dice.below(3) {
            self.act().await;
        }
        if self.chance(20) {
            self.settle().await;
        }
    }

    /// The second district lives too, and nothing of it shows in the first.
    async fn other_day(&mut self) {
        let Some((mut village, tenant, look)) = self.other.take() else {
            return;
        };
        for _ in 0..self.dice.below(4) {
            village.happen();
        }
        let before = State::of(&self.app.look);
        let order = Order {
            read: ReadHow::Full,
            ..Order::new(Trigger::Schedule)
        };
        if let Came::Ran(ran) = self.app.order(&tenant, &order, Death::Never).await
            && ran.state == RunState::Held
        {
            let tenant_was = std::mem::replace(&mut self.app.world.tenant, tenant.clone());
            let came = self.app.approve(&ran.digest, Part::All, Death::Never).await;
            assert!(
                matches!(came, Came::Ran(_)),
                "the other district is approved"
            );
            self.app.world.tenant = tenant_was;
        }
        let after = State::of(&self.app.look);
        let only_this = |state: &State| state.rows.clone();
        let wrong = check::changed(&only_this(&before), &only_this(&after));
        let wrong: Vec<_> = wrong
            .into_iter()
            .map(|(key, rows)| format!("{} {}: {rows}", key.0, key.1))
            .collect();
        Story::expect(
            "B16.3: a run of the second district leaves the first as it is",
            &wrong,
        );
        self.other = Some((village, tenant, look));
    }

    /// Everything is right again and read in full, and whatever waits is approved: then the app shows what the source has, and
    /// the next plan is empty.
    pub(crate) async fn settle(&mut self) {
        self.story.tell(format!(
            "  {}, everything is right again, and people say yes:",
            self.date()
        ));
        if !self.weather.is_empty() {
            self.good_weather();
        }
        if !self.token {
            self.new_token();
        }
        self.village.river.events(true);
        self.village.river.synced();
        let mut quiet = false;
        for _ in 0..8 {
            let order = Order {
                read: ReadHow::Full,
                ..Order::new(Trigger::Schedule)
            };
            let Some(ran) = self.order(order, Death::Never).await else {
                panic!("a run before a source that is right failed");
            };
            if ran.state == RunState::Held || !ran.holds.is_empty() {
                let digest = self.app.look.waiting().unwrap_or(ran.digest);
                self.approve(&digest, Part::All, Death::Never).await;
            } else if ran.state == RunState::NoChange {
                quiet = true;
                break;
            }
        }
        assert!(
            quiet,
            "EXPECTED: B16.5: what is approved and applied is not planned again"
        );
        self.same("once nothing is held");
        let order = Order {
            read: ReadHow::Kept,
            until: Until::Plan,
            ..Order::new(Trigger::Demand)
        };
        let ran = self.order(order, Death::Never).await.unwrap();
        let lines: Vec<_> = ran.plan.lines(true).collect();
        Story::expect(
            "B16.5: the plan after the plan is empty",
            if ran.plan.is_empty() { &[] } else { &lines },
        );
        let order = Order::new(Trigger::Schedule);
        let ran = self.order(order, Death::Never).await.unwrap();
        assert_eq!(
            ran.state,
            RunState::NoChange,
            "EXPECTED: S02: nothing changed, and nothing is done"
        );
        self.heard = true;
    }
}
