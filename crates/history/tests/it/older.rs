//! Older snapshots by their numbers.

use std::sync::atomic::Ordering;

use homeroom_model::Kind;
use homeroom_segment::Manifest;
use homeroom_store::Snapshots as _;

use crate::installation::{DAY, Installation, exported};

#[tokio::test]
async fn a_snapshot_of_which_only_the_changes_are_kept_is_rebuilt_as_it_was() {
    let here = Installation::new().await;
    let mut then = Vec::new();
    for edition in 0..5 {
        then.push(here.publish(edition).await);
    }
    here.ingest.sweep(0).await.unwrap();
    let first = here
        .store
        .snapshot(here.district, 1)
        .await
        .unwrap()
        .unwrap();
    let first = Manifest::from_text(&first.manifest).unwrap();
    assert!(!first.parts.contains_key(Kind::Student.table()));
    for (number, expected) in (1..).zip(&then) {
        let snapshot = here
            .history()
            .snapshot(here.district, number)
            .await
            .unwrap();
        assert_eq!(snapshot.snapshot.number(), number);
        assert!(
            exported(&snapshot.snapshot) == *expected,
            "snapshot {number}"
        );
    }
    assert_ne!(then[0], then[1]);
    // Whatever was read before: from the one before, from the one after, and from far away.
    for numbers in [[3, 2, 1], [1, 3, 2], [2, 3, 1]] {
        let history = here.history();
        for number in numbers {
            let snapshot = history.snapshot(here.district, number).await.unwrap();
            let expected = &then[usize::try_from(number).unwrap() - 1];
            assert!(
                exported(&snapshot.snapshot) == *expected,
                "snapshot {number} of {numbers:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_kept_is_refused_and_what_is_kept_is_named() {
    let here = Installation::new().await;
    assert_eq!(
        here.refused(1).await,
        "this district does not keep snapshot 1; it has published nothing yet"
    );
    for edition in 0..4 {
        here.publish(edition).await;
    }
    assert_eq!(
        here.refused(5).await,
        "this district does not keep snapshot 5; it keeps 1 to 4 (2025-10-10 to 2025-10-13)"
    );
    here.now.fetch_add(40 * DAY, Ordering::Relaxed);
    here.publish(4).await;
    here.ingest.sweep(0).await.unwrap();
    assert_eq!(
        here.refused(2).await,
        "this district does not keep snapshot 2; it keeps 4 to 5 (2025-10-13 to 2025-11-23)"
    );
}
