//! The steps of a history and how they are drawn.

use homeroom_model::IdRange;
use proptest::prelude::*;

use super::district_side::{self, DistrictStep};
use super::goals::{self, GoalsStep};

/// One step. Small numbers choose among few districts, apps and so on, so that steps meet each other; `stale` uses what
/// was true before instead of what is true now.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named after the methods and their arguments")]
pub enum Step {
    Setting {
        key: u8,
        value: u8,
        replace: bool,
    },
    AddDistrict(u8),
    ChangeDistrict {
        district: u8,
        name: u8,
        contact: bool,
    },
    AddApp {
        app: u8,
        client: u8,
    },
    RemoveApp(u8),
    Connect {
        connection: u8,
        app: u8,
        district: u8,
        token: u8,
    },
    MoveView {
        connection: u8,
        district: u8,
        snapshot: u8,
        stale: bool,
        name: u8,
    },
    SwitchEvents {
        connection: u8,
        district: u8,
        on: bool,
    },
    ForgetEvents {
        district: u8,
        before: u8,
    },
    Revoke {
        connection: u8,
        district: u8,
    },
    AddPerson {
        person: u8,
        district: u8,
        created: u8,
    },
    RemovePerson {
        person: u8,
        district: u8,
    },
    ReserveIds {
        district: u8,
        count: u64,
        now: u32,
        fence: u8,
    },
    Lease {
        district: u8,
        now: u8,
        over: bool,
    },
    RenewLease {
        district: u8,
        now: u8,
        stale: bool,
    },
    ReleaseLease {
        district: u8,
        stale: bool,
    },
    StartRun {
        run: u8,
        district: u8,
        started: u8,
        stale: bool,
    },
    FinishRun {
        run: u8,
        district: u8,
        state: u8,
        report: u8,
        hold: u8,
        tells: bool,
    },
    CloseAbandoned {
        district: u8,
        now: u8,
    },
    Publish {
        district: u8,
        run: u8,
        objects: Vec<u8>,
        stale: bool,
        overtaken: bool,
        name: u8,
        hold: u8,
        block: bool,
    },
    ReplaceManifest {
        district: u8,
        number: u8,
        objects: Vec<u8>,
        stale: bool,
    },
    ForgetSnapshot {
        district: u8,
        number: u8,
    },
    Pin {
        district: u8,
        number: u8,
        name: u8,
        now: u8,
    },
    Unpin {
        district: u8,
        number: u8,
        name: u8,
    },
    Condemn {
        objects: Vec<u8>,
        now: u8,
    },
    Pardon(Vec<u8>),
    Seize {
        before: u8,
        limit: u8,
    },
    ForgetCondemned(Vec<u8>),
    District(DistrictStep),
    Goals(GoalsStep),
}

fn objects() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..6u8, 0..4)
}

/// One step, drawn.
pub(super) fn step() -> impl Strategy<Value = Step> {
    // A few of each, so that steps meet.
    let (few, rare) = (0..3u8, prop::bool::weighted(0.15));
    let some = 0..4u8;
    let time = 0..250u8;
    let d = prop_oneof![5 => Just(0u8), 2 => Just(1), 1 => Just(2)].boxed();
    let hold = prop_oneof![3 => Just(0u8), 4 => 1..4u8];
    prop_oneof![
        1 => (few.clone(), few.clone(), any::<bool>())
            .prop_map(|(key, value, replace)| Step::Setting { key, value, replace }),
        1 => d.clone().prop_map(Step::AddDistrict),
        2 => (d.clone(), few.clone(), any::<bool>())
            .prop_map(|(district, name, contact)| Step::ChangeDistrict { district, name, contact }),
        1 => (few.clone(), few.clone()).prop_map(|(app, client)| Step::AddApp { app, client }),
        1 => few.clone().prop_map(Step::RemoveApp),
        3 => (some.clone(), few.clone(), d.clone(), some.clone()).prop_map(
            |(connection, app, district, token)| Step::Connect { connection, app, district, token }
        ),
        9 => (0..2u8, d.clone(), few.clone(), rare, few.clone()).prop_map(
            |(connection, district, snapshot, stale, name)| {
                Step::MoveView { connection, district, snapshot, stale, name }
            }
        ),
        3 => (0..2u8, d.clone(), prop::bool::weighted(0.8)).prop_map(
            |(connection, district, on)| Step::SwitchEvents { connection, district, on }
        ),
        1 => (d.clone(), few.clone())
            .prop_map(|(district, before)| Step::ForgetEvents { district, before }),
        1 => (some.clone(), d.clone())
            .prop_map(|(connection, district)| Step::Revoke { connection, district }),
        1 => (few.clone(), d.clone(), few.clone())
            .prop_map(|(person, district, created)| Step::AddPerson { person, district, created }),
        1 => (few.clone(), d.clone())
            .prop_map(|(person, district)| Step::RemovePerson { person, district }),
        2 => (d.clone(), 1..3 * IdRange::PER_SECOND, 0..6u32, few.clone()).prop_map(
            |(district, count, now, fence)| Step::ReserveIds { district, count, now, fence }
        ),
        3 => (d.clone(), time.clone(), any::<bool>())
            .prop_map(|(district, now, over)| Step::Lease { district, now, over }),
        1 => (d.clone(), time.clone(), rare)
            .prop_map(|(district, now, stale)| Step::RenewLease { district, now, stale }),
        1 => (d.clone(), rare)
            .prop_map(|(district, stale)| Step::ReleaseLease { district, stale }),
        9 => (0..16u8, d.clone(), few.clone(), rare).prop_map(
            |(run, district, started, stale)| Step::StartRun { run, district, started, stale }
        ),
        9 => (some.clone(), d.clone(), 0..9u8, few.clone(), hold.clone(), any::<bool>()).prop_map(
            |(run, district, state, report, hold, tells)| {
                Step::FinishRun { run, district, state, report, hold, tells }
            }
        ),
        1 => (d.clone(), time.clone())
            .prop_map(|(district, now)| Step::CloseAbandoned { district, now }),
        14 => (d.clone(), some.clone(), objects(), rare, rare, few.clone(), hold, rare).prop_map(
            |(district, run, objects, stale, overtaken, name, hold, block)| {
                Step::Publish { district, run, objects, stale, overtaken, name, hold, block }
            }
        ),
        1 => (d.clone(), some.clone(), objects(), rare).prop_map(
            |(district, number, objects, stale)| {
                Step::ReplaceManifest { district, number, objects, stale }
            }
        ),
        2 => (d.clone(), some.clone())
            .prop_map(|(district, number)| Step::ForgetSnapshot { district, number }),
        4 => (d.clone(), 1..3u8, few.clone(), time.clone())
            .prop_map(|(district, number, name, now)| Step::Pin { district, number, name, now }),
        1 => (d.clone(), some.clone(), few.clone())
            .prop_map(|(district, number, name)| Step::Unpin { district, number, name }),
        2 => (objects(), time.clone())
            .prop_map(|(objects, now)| Step::Condemn { objects, now }),
        1 => objects().prop_map(Step::Pardon),
        1 => (time, some).prop_map(|(before, limit)| Step::Seize { before, limit }),
        1 => objects().prop_map(Step::ForgetCondemned),
        24 => district_side::step(&d).prop_map(Step::District),
        10 => goals::step(&d).prop_map(Step::Goals),
    ]
}
