//! S37: events read again, twice and in another order, by processes that die before or after they commit, come to what one clean
//! pass comes to: the same roster, and the same rows of the audit.

use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{Order, Ran, Trigger};
use homeroom_testkit::Dice;

use super::app::{App, Came, Death};
use super::check::{self, Wrong};
use super::look::Look;
use super::mortal::Moment;
use super::play;
use super::story::Story;
use super::village::Village;
use crate::world::{self, World};

/// What repeated passes came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Repeated {
    pub(crate) histories: u64,
    pub(crate) events: u64,
    pub(crate) deaths: u64,
    pub(crate) rows: u64,
}

impl Repeated {
    pub(crate) fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.events += other.events;
        self.deaths += other.deaths;
        self.rows += other.rows;
    }
}

/// Rows of the audit without who did them when: runs, actions and moments of two apps are their own.
fn audit(look: &Look) -> Vec<String> {
    let rows = look.rows(
        "SELECT op, kind, subject, reason, ifnull(changes, '-') FROM audit ORDER BY subject, op, kind, reason, changes",
    );
    rows.iter().map(|row| without_moments(row)).collect()
}

/// A row without the moments in it, which are numbers of thirteen digits.
fn without_moments(row: &str) -> String {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let mut text = String::new();
    let mut rest = row;
    while let Some(at) = rest.find(is_digit) {
        let (before, number) = rest.split_at(at);
        let end = number
            .find(|letter| !is_digit(letter))
            .unwrap_or(number.len());
        text.push_str(before);
        text.push_str(if end == 13 {
            "a moment"
        } else {
            &number[..end]
        });
        rest = &number[end..];
    }
    text + rest
}

/// Plays one: two apps before one server, the one in peace.
pub(crate) async fn repeated(seed: u64, story: &Story) -> Repeated {
    let mut dice = Dice::new(seed);
    let version = play::version(&mut dice);
    story.tell(format!("a district of version {}, two apps", version.name));
    let clean = World::of_policy(version, world::policy(&[]));
    let mut village = Village::begin(&clean.toy, 1, false, Dice::new(dice.any()));
    let beside = clean.beside(world::policy(&[]));
    let mut clean = App::of(clean);
    let mut dying = App::of(beside);
    let settings = homeroom_faults::Settings {
        seed,
        ..homeroom_faults::Settings::default()
    };
    let settings = settings
        .with("repeated-events=1,shuffled-events=1")
        .unwrap();
    let spoilt = dying.world.over(settings);
    dying
        .world
        .read_with(&move |parts| parts.transport = std::sync::Arc::clone(&spoilt));
    let mut repeated = Repeated {
        histories: 1,
        ..Repeated::default()
    };
    for app in [&mut clean, &mut dying] {
        pass(app, &mut Dice::new(0), 0, story).await;
    }
    for turn in 1..=3 {
        let told = village.river.told();
        while village.river.told() < told + 60 {
            if let Some(what) = village.happen() {
                story.tell(format!("  source: {what}"));
            }
        }
        repeated.events += (village.river.told() - told) as u64;
        story.tell(format!("pass {turn}"));
        pass(&mut clean, &mut dice, 0, story).await;
        repeated.deaths += pass(&mut dying, &mut dice, 80, story).await;
        let wrong = check::changed(&clean.look.roster(), &dying.look.roster());
        let wrong: Wrong = wrong
            .into_iter()
            .map(|(key, rows)| format!("{} {}: {rows}", key.0, key.1))
            .collect();
        Story::expect("S37: the same roster as after one clean pass", &wrong);
        let (one, other) = (audit(&clean.look), audit(&dying.look));
        let wrong: Wrong = one
            .iter()
            .filter(|row| !other.contains(row))
            .map(|row| format!("only the clean one has {row}"))
            .chain(
                other
                    .iter()
                    .filter(|row| !one.contains(row))
                    .map(|row| format!("only the other has {row}")),
            )
            .chain(
                (one.len() != other.len())
                    .then(|| format!("{} rows are {} rows", one.len(), other.len())),
            )
            .collect();
        Story::expect("S37: the same rows of the audit as one clean pass", &wrong);
        repeated.rows += one.len() as u64;
    }
    repeated
}

/// Runs until nothing is left to do; what waits is approved. How often the process died.
async fn pass(app: &mut App, dice: &mut Dice, deadly: u64, story: &Story) -> u64 {
    let mut deaths = 0;
    let tenant = app.world.tenant.clone();
    for _ in 0..80 {
        let death = drawn(dice, deadly);
        let came = app
            .order(&tenant, &Order::new(Trigger::Schedule), death)
            .await;
        let Some(ran) = lived(came, &mut deaths, story) else {
            continue;
        };
        if ran.state == RunState::Held || !ran.holds.is_empty() {
            let death = drawn(dice, deadly);
            let came = app
                .approve(&app.look.waiting().unwrap_or(ran.digest), Part::All, death)
                .await;
            lived(came, &mut deaths, story);
        } else if ran.plan.is_empty() {
            return deaths;
        }
    }
    panic!("EXPECTED: a pass comes to its end");
}

/// Mostly close to the end of a run, where effects and cursor are.
fn drawn(dice: &mut Dice, deadly: u64) -> Death {
    if dice.below(100) >= deadly {
        return Death::Never;
    }
    let moment = if dice.below(2) == 0 {
        Moment::Before
    } else {
        Moment::After
    };
    Death::Operation(4 + dice.below(90), moment)
}

fn lived(came: Came, deaths: &mut u64, story: &Story) -> Option<Box<Ran>> {
    match came {
        Came::Ran(ran) => Some(ran),
        Came::Died(at) => {
            *deaths += 1;
            story.tell(format!("  the process died {at}"));
            None
        }
        Came::Failed(error) => {
            story.tell(format!("  {error}"));
            None
        }
    }
}
