//! Random histories, against the oracle.

use homeroom_store::MemoryStore;
use homeroom_store::suite::history;
use proptest::prelude::*;
use tokio::runtime;

proptest! {
    // Each history is a new file and some fifty commits forced to disk.
    #![proptest_config(ProptestConfig {
        cases: 48,
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
