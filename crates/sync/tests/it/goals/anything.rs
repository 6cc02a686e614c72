//! Whatever happens, in any order: each total arrives exactly, in the end (issue 6; integration-side D2.9, D2.10).

use std::collections::BTreeMap;

use homeroom_goals::ledger::{Account, Entry, Increment, Profile, Tally, covered};
use homeroom_goals::{Amount, SchoolYear};
use homeroom_model::ObjectId;
use homeroom_roster::suite::sample::{created, source};
use homeroom_roster::{Kind, Op};
use proptest::prelude::*;

use super::place::{App, District, METRIC, ONE, id, years};
use super::receiver::{Act, GARBAGE};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A student works: which, and for how long. It is recorded whenever it is, however short a time that is after anything.
    Work(usize, i64),
    /// So many minutes pass.
    Pass(u64),
    /// An activity is recorded again.
    Again(usize),
    /// A push meets these acts.
    Push(Vec<Act>),
    /// A student is not shared any more, or again: the receiver knows at once, the app with the next sync.
    Share(usize, bool),
    /// A student gets another id.
    Rekey(usize),
    /// An account goes into another.
    Merge(usize, usize),
    /// The app syncs who is shared.
    Sync,
    /// The app's progress metric at the district is declared to be the one that is sent, or another.
    Declare(bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Well),
        1 => Just(Act::LostBefore),
        2 => Just(Act::LostAfter),
        1 => Just(Act::CutAfter),
        1 => Just(Act::HangBefore),
        1 => Just(Act::HangAfter),
        1 => prop::sample::select(vec![400, 401, 404, 500, 503]).prop_map(Act::Status),
        1 => prop::sample::select(vec![Act::Off, Act::OffUnsaid]),
        1 => Just(Act::StatusAfter(502)),
        1 => (1_u32..30).prop_map(Act::Window),
        2 => (0..GARBAGE).prop_map(Act::Garbage),
        1 => (0..GARBAGE).prop_map(Act::GarbageBefore),
        1 => (1_usize..4).prop_map(Act::Most),
        1 => Just(Act::DieBefore),
        2 => Just(Act::DieAfter),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0_usize..6;
    let step = prop_oneof![
        8 => (who.clone(), 0_i64..50).prop_map(|(who, minutes)| Step::Work(who, minutes)),
        4 => prop_oneof![Just(0_u64), 1..10_u64, 10..200_u64].prop_map(Step::Pass),
        1 => any::<prop::sample::Index>().prop_map(|which| Step::Again(which.index(50))),
        6 => prop::collection::vec(act(), 0..9).prop_map(Step::Push),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, shared)| Step::Share(who, shared)),
        1 => who.clone().prop_map(Step::Rekey),
        1 => (who.clone(), who).prop_map(|(from, into)| Step::Merge(from, into)),
        2 => Just(Step::Sync),
        1 => any::<bool>().prop_map(Step::Declare),
    ];
    prop::collection::vec(step, 1..30)
}

/// What the test knows by itself.
struct Truth {
    people: Vec<i64>,
    /// The id of each, and whether it is shared.
    ids: Vec<(u32, bool)>,
    /// Whether the app knows that it is shared.
    known: Vec<bool>,
    merged: BTreeMap<i64, i64>,
    ledger: Vec<Increment>,
    fresh: u32,
}

impl Truth {
    /// The total of every student whom both sides have.
    fn expected(&self, year: SchoolYear) -> BTreeMap<ObjectId, (Amount, Amount)> {
        let years = years();
        let mut tally = Tally::new(&years, year);
        for increment in &self.ledger {
            tally.take(&Entry::Done(increment.clone()));
        }
        let totals = tally.totals();
        let profile = |(person, (number, shared)): (&i64, &(u32, bool))| {
            let merged_into = self.merged.get(person).copied().map(Account);
            Profile {
                account: Account(*person),
                source: (merged_into.is_none() && *shared).then(|| id(*number)),
                merged_into,
                active: merged_into.is_none() && *shared,
            }
        };
        let profiles: Vec<_> = self.people.iter().zip(&self.ids).map(profile).collect();
        let students = covered(&profiles).students.into_iter();
        students
            .map(|student| {
                let sums = || {
                    student
                        .accounts
                        .iter()
                        .filter_map(|account| totals.get(account))
                };
                let minutes = sums().map(|sum| sum.minutes).sum();
                (
                    student.source,
                    (minutes, sums().map(|sum| sum.progress).sum()),
                )
            })
            .collect()
    }
}

async fn push(app: &mut App, river: &District, acts: &[Act]) {
    app.receiver.script(acts);
    let died = tokio::select! {
        _ = app.push(river) => false,
        () = app.receiver.death.notified() => true,
    };
    if died {
        app.restart();
    }
    app.receiver.script(&[]);
}

async fn play(steps: &[Step]) {
    let mut app = App::new();
    let river = app.district(1);
    let mut people = river.town.students.to_vec();
    people.extend(app.enrol(&river, 3));
    let numbers = [40, 41, 42, 100, 101, 102];
    let mut truth = Truth {
        ids: numbers.map(|number| (number, true)).to_vec(),
        known: vec![true; people.len()],
        people,
        merged: BTreeMap::new(),
        ledger: Vec::new(),
        fresh: 500,
    };
    for step in steps {
        happens(step, &mut app, &river, &mut truth).await;
        acknowledged_is_known(&app, &river, &truth);
        nothing_waits_there(&app, &river, &truth);
    }
    sync(&app, &river, &mut truth);
    app.receiver.declare(METRIC);
    // Whoever sent dies no more: its lease runs out.
    app.minutes(5);
    for _ in 0..100 {
        let pushed = app.push_done(&river).await;
        nothing_waits_there(&app, &river, &truth);
        if pushed.later.is_empty() {
            break;
        }
        app.until(pushed.next_try);
    }
    let year = years()
        .moment(homeroom_client::Clock::now(&*app.clock))
        .year;
    let expected = truth.expected(year);
    for (student, total) in &expected {
        let shown = app.receiver.shown(&river.token, *student);
        assert_eq!(shown, Some(*total), "{student}");
        assert!(!app.receiver.waits(&river.token, *student));
    }
    assert!(app.waiting(&river).is_empty(), "{:?}", app.waiting(&river));
}

async fn happens(step: &Step, app: &mut App, river: &District, truth: &mut Truth) {
    match step {
        Step::Work(who, minutes) => {
            let person = truth.people[*who];
            let activity = format!("activity {}", truth.ledger.len());
            app.works(river, &activity, person, *minutes);
            truth.ledger.push(Increment {
                activity: activity.into(),
                account: Account(person),
                at: homeroom_client::Clock::now(&*app.clock),
                minutes: Amount::whole(u32::try_from(*minutes).unwrap()),
                progress: Amount::whole(1),
            });
        }
        Step::Again(which) => {
            if let Some(known) = truth.ledger.get(*which) {
                // Under the same id with other content: what came first stays.
                app.record(river, &[app.done(&known.activity, truth.people[0], 5)]);
            }
        }
        Step::Pass(minutes) => app.minutes(*minutes),
        Step::Push(acts) => push(app, river, acts).await,
        Step::Share(who, shared) => {
            truth.ids[*who].1 = *shared;
            app.receiver
                .share(&river.token, id(truth.ids[*who].0), *shared);
        }
        Step::Rekey(who)
            if truth.known[*who] && !truth.merged.contains_key(&truth.people[*who]) =>
        {
            let (old, fresh) = (truth.ids[*who].0, truth.fresh);
            truth.fresh += 1;
            app.receiver.share(&river.token, id(old), false);
            truth.ids[*who] = (fresh, true);
            app.receiver.share(&river.token, id(fresh), true);
            let (old, new) = (source(old), source(fresh));
            let rekey = Op::Rekey {
                kind: Kind::Person,
                old: &old,
                new: created(&new),
            };
            app.sync(river, &[rekey]);
        }
        Step::Merge(from, into) => {
            let pair = (truth.people[*from], truth.people[*into]);
            let is_free = |person| !truth.merged.contains_key(person);
            if from != into
                && is_free(&pair.0)
                && is_free(&pair.1)
                && truth.known[*from]
                && truth.known[*into]
            {
                let (from, into) = pair;
                app.sync(
                    river,
                    &[Op::Merge {
                        from,
                        into,
                        joint: false,
                    }],
                );
                truth.merged.insert(from, into);
            }
        }
        Step::Sync => sync(app, river, truth),
        Step::Declare(ours) => app
            .receiver
            .declare(if *ours { METRIC } else { "books_read" }),
        Step::Rekey(_) => {}
    }
}

/// The app learns who is shared.
fn sync(app: &App, river: &District, truth: &mut Truth) {
    for (place, person) in truth.people.iter().enumerate() {
        let shared = truth.ids[place].1;
        if truth.known[place] == shared || truth.merged.contains_key(person) {
            continue;
        }
        let person = *person;
        let op = if shared {
            Op::Reactivate { person }
        } else {
            Op::Deactivate {
                person,
                disconnected: false,
            }
        };
        app.sync(river, &[op]);
        truth.known[place] = shared;
    }
}

/// The receiver never sets a total aside, nor sees one fall, under whatever id.
fn nothing_waits_there(app: &App, river: &District, truth: &Truth) {
    for number in 40..truth.fresh {
        assert!(!app.receiver.waits(&river.token, id(number)), "{number}");
    }
}

/// What the app takes for acknowledged the receiver has, at any moment, whatever happened.
fn acknowledged_is_known(app: &App, river: &District, truth: &Truth) {
    let told = app.known(river).into_iter();
    let told = told.map(|row| (row.minutes / ONE, row.progress / ONE));
    let numbers = 40..truth.fresh;
    let known = numbers.filter_map(|number| app.shown(river, number));
    let most = |of: &mut dyn Iterator<Item = (i64, i64)>| {
        of.fold((0, 0), |most, one| (most.0.max(one.0), most.1.max(one.1)))
    };
    let (told, known) = (most(&mut { told }), most(&mut { known }));
    assert!(
        told.0 <= known.0 && told.1 <= known.1,
        "{told:?} acknowledged, {known:?} known"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_each_total_arrives_exactly_in_the_end(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(play(&steps));
    }
}
