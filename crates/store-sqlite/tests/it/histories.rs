//! Random histories, against the oracle.

use homeroom_store::MemoryStore;
use homeroom_store::suite::history;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tokio::runtime;

proptest! {
    // Each history is a new file and some fifty commits forced to disk.
    // The seed is fixed, so that a failure can be repeated; the seed of a longer search belongs here while it lasts.
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_adapter_does_what_the_oracle_does(history in history::histories()) {
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (_folder, store) = super::empty();
            history::compare(&MemoryStore::new(), &store, &history).await;
            let problems = store.check().await.unwrap();
            assert!(problems.is_empty(), "{problems:?}");
        });
    }
}
