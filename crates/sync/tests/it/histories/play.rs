//! A history: day after day things happen at the source and in the app, the app is told to do this or that, answers go wrong,
//! processes die; after every step the invariants are looked at.

use std::collections::BTreeMap;

use homeroom_model::ObjectId;
use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{Extent, Note, Order, Ran, ReadHow, Tenant, Trigger, Until};
use homeroom_testkit::Dice;
use homeroom_testkit::toy;
use homeroom_wire::{Family, Object, V1_2, V2_1, V3_1, Version};

use super::app::{App, Came, Death};
use super::check::{self, Absences, State};
use super::local;
use super::shown;
use super::story::Story;
use super::village::{Village, short};
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

/// Answers that go wrong for a while: faults of `homeroom faults`, and what it is in words of its own.
const WEATHER: &[&str] = &[
    "short-pages,duplicate-border,empty-last-page",
    "html=0.08,cut-json=0.08,empty-object=0.08",
    "error-503=0.15,error-500=0.1,cut-body=0.1",
    "collapse=0.3,repeated-page=0.1",
    "html-404=0.2",
    "throttled=0.1/20,slow=0.05",
    "repeated-events=1,shuffled-events=1,unknown-events=0.3",
    "silent-feed",
    "aged-feed",
    "refused-cursor",
    "unknown-fields,unknown-roles=0.2",
    "html=0.4,error-503=0.4",
];

/// Faults that leave something unsaid that events would have said, without any sign of it.
fn is_deaf(weather: &str) -> bool {
    weather.contains("silent") || weather.contains("aged") || weather.contains("refused")
}

/// A history while it is played.
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

    /// Faults come and go, tokens too, and events are switched.
    fn change_weather(&mut self) {
        if self.weather.is_empty() && self.chance(30) {
            let at = usize::try_from(self.dice.below(WEATHER.len() as u64)).unwrap();
            self.weather = WEATHER[at];
            if is_deaf(self.weather) {
                self.heard = false;
            }
            let settings = homeroom_faults::Settings {
                seed: self.dice.any(),
                ..homeroom_faults::Settings::default()
            };
            let settings = settings.with(self.weather).unwrap();
            let spoilt = self.app.world.over(settings);
            self.app
                .world
                .read_with(&move |parts| parts.transport = std::sync::Arc::clone(&spoilt));
            self.story
                .tell(format!("  answers go wrong: {}", self.weather));
        } else if !self.weather.is_empty() && self.chance(60) {
            self.good_weather();
        }
        if self.token && self.chance(5) {
            self.token = false;
            self.village.river.revoke();
            self.story.tell("  the token is revoked");
        } else if !self.token && self.chance(60) {
            self.new_token();
        } else if self.chance(4) {
            let name = format!("token-of-day-{}", self.day);
            self.village.river.new_token(&name, true);
            self.story.tell("  the token is replaced, and listed");
        }
        if self.chance(6) {
            self.village.river.events(false);
            self.heard = false;
            self.story.tell("  events are switched off");
        } else if self.chance(30) {
            self.village.river.events(true);
        }
    }

    fn good_weather(&mut self) {
        self.weather = "";
        self.app.world.read_with(&|_| {});
        self.story.tell("  answers are right again");
    }

    fn new_token(&mut self) {
        self.token = true;
        let name = format!("token-again-{}", self.day);
        self.village.river.new_token(&name, true);
        self.app.world.read_with(&|_| {});
        self.weather = "";
        self.story.tell("  there is a new token");
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
        self.story.expect(
            "B16.3: a run of the second district leaves the first as it is",
            &wrong,
        );
        self.other = Some((village, tenant, look));
    }

    /// One order of any sort.
    async fn act(&mut self) {
        let death = Death::drawn(&mut self.dice, 25);
        let order = Order::new(if self.chance(50) {
            Trigger::Schedule
        } else {
            Trigger::Demand
        });
        match self.dice.below(20) {
            0..7 => {
                self.moving_source();
                let ran = self.order(order, death).await;
                self.follow_up(ran).await;
            }
            7..10 => {
                self.moving_source();
                let ran = self
                    .order(
                        Order {
                            read: ReadHow::Full,
                            ..order
                        },
                        death,
                    )
                    .await;
                self.follow_up(ran).await;
            }
            10 => {
                self.order(
                    Order {
                        read: ReadHow::Full,
                        deep: true,
                        ..order
                    },
                    death,
                )
                .await;
            }
            11 => {
                self.order(
                    Order {
                        read: ReadHow::Kept,
                        ..order
                    },
                    death,
                )
                .await;
            }
            12 => {
                self.order(
                    Order {
                        until: Until::Plan,
                        ..order
                    },
                    death,
                )
                .await;
            }
            13 | 14 => {
                let school = toy::school(1 + self.dice.below(4));
                self.order(
                    Order {
                        extent: Extent::School(school),
                        ..order
                    },
                    death,
                )
                .await;
            }
            15 => {
                if let Some(section) = self.any(self.village.sections()) {
                    self.order(
                        Order {
                            extent: Extent::Section(section),
                            ..order
                        },
                        death,
                    )
                    .await;
                }
            }
            16 => {
                if let Some(person) = self.any(self.village.students()) {
                    self.order(
                        Order {
                            extent: Extent::Person(person),
                            ..order
                        },
                        death,
                    )
                    .await;
                }
            }
            17 => {
                local::decide(&self.app, &mut self.dice, self.story);
                self.last = None;
            }
            18 if self.undoes => self.undo().await,
            _ => {
                self.app.restart().await;
                self.story.tell("  the process is started anew");
            }
        }
    }

    fn any(&mut self, all: Vec<ObjectId>) -> Option<ObjectId> {
        if all.is_empty() {
            return None;
        }
        let at = self.dice.below(all.len() as u64);
        all.get(usize::try_from(at).unwrap()).copied()
    }

    /// Something happens while the source is read.
    fn moving_source(&mut self) {
        if !self.chance(20) {
            return;
        }
        let people = match self.village.river.toy().version().family {
            Family::Three => "/users",
            _ => "/students",
        };
        let (river, nth) = (
            self.village.river.clone(),
            1 + usize::try_from(self.dice.below(2)).unwrap(),
        );
        let Some(student) = self.any(self.village.students()) else {
            return;
        };
        // Somebody who is deleted stands in rosters until the next day.
        self.story.tell(format!(
            "  source, while it is read: {} leaves",
            short(student)
        ));
        let text = if self.chance(50) { "/sections" } else { people };
        self.village.river.toy().before(text, nth, move |_| {
            if river.has(student) {
                river.delete(student);
            }
        });
    }

    /// A plan that is held is approved, in whole or in part, discarded, or left alone.
    async fn follow_up(&mut self, ran: Option<Box<Ran>>) {
        let Some(ran) = ran.filter(|ran| ran.state == RunState::Held || !ran.holds.is_empty())
        else {
            return;
        };
        let digest = self.app.look.waiting().unwrap_or(ran.digest);
        let death = Death::drawn(&mut self.dice, 25);
        match self.dice.below(6) {
            0 | 1 => {
                self.approve(&digest, Part::All, death).await;
            }
            2 => {
                self.approve(&digest, Part::Harmless, death).await;
            }
            3 => {
                if let Some(section) = self.any(self.village.river.ids(Object::Section)) {
                    self.approve(&digest, Part::Section(section), death).await;
                }
            }
            4 => {
                let engine = self.app.world.engine.clone();
                let discarded = engine
                    .discard(&self.app.world.tenant, &digest, "principal")
                    .await;
                self.story.tell(format!(
                    "  the plan is discarded: {:?}",
                    discarded.err().map(|error| error.to_string())
                ));
            }
            _ => {}
        }
    }

    /// Takes the last run back, and looks whether everything is as it was.
    async fn undo(&mut self) {
        let Some((run, before)) = self.last.take() else {
            return;
        };
        let came = self.app.undo(run, self.dice.below(4) == 0).await;
        let Ok(undoing) = came else {
            self.story
                .tell(format!("  run {run} is not undone: {}", came.unwrap_err()));
            return;
        };
        self.story.tell(format!(
            "  run {run} is undone: {:?}, {} rows taken back, {} kept, {} switched off",
            undoing.state, undoing.taken_back, undoing.all_kept, undoing.switched_off
        ));
        if undoing.state != RunState::Applied {
            return;
        }
        self.tally.undone += 1;
        self.heard = false;
        let after = State::of(&self.app.look);
        let wrong = check::b16_08_undo_restores(&before, &after);
        self.story.expect(
            "B16.8: after an undo everything that nobody touched is as it was",
            &wrong,
        );
    }

    async fn order(&mut self, order: Order, death: Death) -> Option<Box<Ran>> {
        let told = told(&order);
        let tenant = self.app.world.tenant.clone();
        let before = State::of(&self.app.look);
        let came = self.app.order(&tenant, &order, death).await;
        self.after(
            &told,
            before,
            came,
            order.read == ReadHow::Auto
                && order.extent == Extent::District
                && order.until == Until::Apply,
        )
    }

    async fn approve(&mut self, digest: &str, part: Part, death: Death) -> Option<Box<Ran>> {
        let before = State::of(&self.app.look);
        let told = format!("approve {}", part.text());
        let came = self.app.approve(digest, part, death).await;
        self.after(&told, before, came, false)
    }

    /// Tells what came of an order, and looks at every invariant that holds at any time.
    fn after(&mut self, told: &str, before: State, came: Came, whole: bool) -> Option<Box<Ran>> {
        self.tally.orders += 1;
        self.noted();
        let after = State::of(&self.app.look);
        let ran = match came {
            Came::Ran(ran) => {
                self.story.tell(format!("  {told}: {}", ended(&ran)));
                if std::env::var_os("HOMEROOM_LINES").is_some() {
                    for line in ran.plan.lines(true) {
                        self.story.tell(format!("      {}", shown::readable(&line)));
                    }
                }
                Some(ran)
            }
            Came::Failed(error) => {
                self.tally.failed += 1;
                self.story.tell(format!("  {told}: failed: {error}"));
                None
            }
            Came::Died(at) => {
                self.tally.deaths += 1;
                self.story.tell(format!(
                    "  {told}: the process died {at}; it is started again"
                ));
                None
            }
        };
        self.always(&before, &after);
        let Some(ran) = ran else {
            if after.changes != before.changes {
                self.last = None;
            }
            return None;
        };
        match ran.state {
            RunState::Applied => self.tally.applied += 1,
            RunState::Held => self.tally.held += 1,
            RunState::Partial => self.tally.partial += 1,
            _ => {}
        }
        self.of_state(&ran, &before, &after);
        if after.changes != before.changes {
            self.last = (ran.state == RunState::Applied).then_some((ran.run, before));
        }
        let quiet = self.weather.is_empty() && self.heard && self.token;
        // What waits is planned again, and may be free to go by then.
        let waits = ran.plan.actions().iter().any(|action| action.held) && !ran.report.approved;
        let done = matches!(ran.state, RunState::Applied | RunState::NoChange)
            && ran.holds.is_empty()
            && !waits;
        if whole && quiet && done && !ran.report.notes.contains(&Note::PartialWalk) {
            self.same("after a run by events nothing is held of");
        }
        Some(ran)
    }

    fn always(&self, before: &State, after: &State) {
        let (story, look) = (self.story, &self.app.look);
        story.expect(
            "the database keeps its own rules",
            &check::nothing_is_broken(&self.app.world),
        );
        story.expect(
            "B16.1: no sync deletes a learning record",
            &check::b16_01_work_stays(before, after, look),
        );
        story.expect(
            "B16.2: two present ids share no account",
            &check::b16_02_one_id_one_account(look),
        );
        let other = self.other.as_ref().map(|(_, _, look)| State::of(look));
        story.expect(
            "B16.3: districts are apart",
            &check::b16_03_districts_apart(look, other.as_ref().map(|state| (state, state))),
        );
        story.expect(
            "B16.6: who is there stays",
            &check::b16_06_who_is_there_stays(before, after, &self.absences),
        );
        story.expect(
            "B16.9: what is the app's own stays",
            &check::b16_09_own_and_islands_stay(before, after, look),
        );
        story.expect(
            "B16.10: groups change by people only",
            &check::b16_10_groups_stay(before, after, look),
        );
        story.expect(
            "B16.11: members follow from fact and wish",
            &check::b16_11_membership_is_fact_and_wish(look),
        );
        story.expect(
            "B16.12: every change is audited",
            &check::b16_12_changes_are_audited(before, after, look),
        );
    }

    /// What a run says of itself is so.
    fn of_state(&self, ran: &Ran, before: &State, after: &State) {
        let mut wrong = Vec::new();
        let quiet = matches!(
            ran.state,
            RunState::NoChange | RunState::Planned | RunState::Held | RunState::Failed
        );
        if quiet && before.changes != after.changes {
            wrong.push(format!(
                "{} rows came to the audit",
                after.changes - before.changes
            ));
        }
        // What depends on an action that a guard holds alone does not fit before that is done.
        let waits = ran.plan.actions().iter().any(|action| action.held);
        if !ran.performed.set_aside.is_empty() && !waits {
            wrong.push(format!(
                "actions did not fit: {:?}",
                ran.performed.set_aside
            ));
        }
        self.story.expect("a run does what it says", &wrong);
    }

    /// The app shows what the source has.
    fn same(&mut self, when: &str) {
        self.tally.compared += 1;
        let wrong = check::b16_04_app_is_source(&self.app.world, &self.app.look, self.contacts);
        self.story.expect(
            &format!("B16.4, {when}: the app shows what the source has"),
            &wrong,
        );
        self.absences.settle();
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
        self.story.expect(
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

fn told(order: &Order) -> String {
    let what = match (order.until, order.read) {
        (Until::Plan, _) => "a dry run",
        (_, ReadHow::Full) if order.deep => "a full run that compares every value",
        (_, ReadHow::Full) => "a full run",
        (_, ReadHow::Kept) => "a run from what was read last",
        (_, ReadHow::Auto) => "a run",
    };
    match order.extent {
        Extent::District => what.to_owned(),
        Extent::School(id) | Extent::Section(id) | Extent::Person(id) => {
            format!("{what} of {}", short(id))
        }
    }
}

fn ended(ran: &Ran) -> String {
    let notes: Vec<_> = ran.report.notes.iter().map(|note| note.text()).collect();
    let holds = if ran.holds.is_empty() {
        String::new()
    } else {
        format!(", holds {:?}", ran.holds)
    };
    let mut words: BTreeMap<String, u32> = BTreeMap::new();
    for action in ran
        .plan
        .actions()
        .iter()
        .filter(|action| !action.op.is_noop())
    {
        *words
            .entry(format!("{} {}", action.kind.table(), action.reason))
            .or_default() += 1;
    }
    let words: Vec<_> = words
        .iter()
        .map(|(word, often)| format!("{often} {word}"))
        .collect();
    let held = ran
        .plan
        .actions()
        .iter()
        .filter(|action| action.held)
        .count();
    let verdicts: String = ran
        .plan
        .verdicts()
        .iter()
        .map(|verdict| format!("; {verdict}"))
        .collect();
    let partial = ran
        .report
        .collections
        .iter()
        .filter_map(|line| Some(format!("; {}: {}", line.name, line.partial.as_ref()?)));
    let partial: String = partial.collect();
    let apart = if ran.difference.is_empty() {
        String::new()
    } else {
        format!(", {} lines differ", ran.difference.len())
    };
    format!(
        "run {} {} by {}{}{holds}{apart}{partial}; done {}, held {held}{verdicts}; planned [{}]",
        ran.run,
        ran.state.text(),
        ran.mode,
        if notes.is_empty() {
            String::new()
        } else {
            format!(" ({})", notes.join(", "))
        },
        ran.performed.done,
        words.join(", "),
    )
}
