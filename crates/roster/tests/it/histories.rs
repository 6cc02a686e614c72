//! Random histories against the invariants.

use homeroom_roster::suite::history;
use proptest::prelude::*;

proptest! {
    // Each history is a new file and some dozens of commits forced to disk.
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_history_keeps_the_invariants(steps in history::steps()) {
        let (_folder, subject) = crate::empty();
        history::live(&subject, &steps);
    }
}
