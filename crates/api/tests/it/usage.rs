//! A school year of usage, played through the real sender into the real receiver, and every figure compared with what really
//! happened (integration-side D7).
//!
//! The simulator says what students did. Apps of their own (a database, the sync engine, the sender of Goals) follow the
//! district, write it into their ledgers and push it every evening; the district takes it and shows its figures. There is an
//! outage, a storm of old requests, a total that falls and is confirmed, accounts that are merged, students who come, leave,
//! change school or their id. What figures should say is worked out from the simulator alone, by rules written down here once more.

mod app;
mod cast;
mod checks;
mod oracle;
mod people;
mod play;

use play::{Play, Size};

/// Some weeks with two apps.
const WEEKS: Size = Size {
    pupils: 60,
    school_days: 46,
    apps: &[0, 2],
};

/// A school year with three.
const YEAR: Size = Size {
    pupils: 110,
    school_days: 180,
    apps: &[0, 1, 2],
};

#[tokio::test(start_paused = true)]
async fn every_figure_is_what_really_happened() {
    if !homeroom_testkit::soak() {
        Play::new(homeroom_testkit::seed(20), WEEKS)
            .await
            .run()
            .await;
        return;
    }
    let seed = homeroom_testkit::seed(2026);
    for seed in seed..seed + 6 {
        Play::new(seed, YEAR).await.run().await;
    }
}
