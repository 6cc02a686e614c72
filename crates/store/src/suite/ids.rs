//! Cases of [`Ids`](crate::Ids).

use std::num::NonZeroU64;

use homeroom_model::IdRange;

use super::sample::{add_district, id, refused};
use crate::{Conflict, Store, StoreError};

async fn reserve(
    store: &dyn Store,
    district: u8,
    count: u64,
    now: u32,
    fence: u8,
) -> Result<IdRange, StoreError> {
    let count = NonZeroU64::new(count).unwrap();
    store
        .reserve_ids(id(district), count, now, [fence; 5])
        .await
}

/// The high-water mark leads when the clock does not.
pub async fn ranges_of_a_district_ascend_when_the_clock_steps_back(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    let first = reserve(store, 1, 10, 1000, 1).await.unwrap();
    let expected = IdRange {
        seconds: 1000,
        fence: [1; 5],
        count: 10,
    };
    assert_eq!(first, expected);
    for (now, seconds) in [(1000, 1001), (10, 1002), (2000, 2000), (1999, 2001)] {
        let range = reserve(store, 1, 1, now, 2).await.unwrap();
        assert_eq!(range.seconds, seconds);
    }
    let other = reserve(store, 2, 1, 10, 3).await.unwrap();
    assert_eq!(other.seconds, 10, "districts have marks of their own");
    refused(reserve(store, 3, 1, 10, 3).await, Conflict::Gone);
}

/// A range of more than 2^24 ids takes more than one second.
pub async fn large_ranges_take_the_seconds_they_spill_into(store: &dyn Store) {
    add_district(store, 1).await;
    let full = reserve(store, 1, IdRange::PER_SECOND, 100, 1)
        .await
        .unwrap();
    assert_eq!((full.seconds, full.last_second()), (100, 100));
    let spilling = reserve(store, 1, 2 * IdRange::PER_SECOND + 1, 100, 1)
        .await
        .unwrap();
    assert_eq!((spilling.seconds, spilling.last_second()), (101, 103));
    let next = reserve(store, 1, 1, 100, 1).await.unwrap();
    assert_eq!(next.seconds, 104);
    assert!(next.get(0) > spilling.get(spilling.count - 1));
}

/// The pair of second and fence is unique over districts.
pub async fn a_fence_is_never_repeated_within_a_second(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    reserve(store, 1, 2 * IdRange::PER_SECOND, 100, 1)
        .await
        .unwrap();
    for now in [100, 101] {
        refused(reserve(store, 2, 1, now, 1).await, Conflict::Exists);
    }
    let long = 3 * IdRange::PER_SECOND;
    refused(reserve(store, 2, long, 98, 1).await, Conflict::Exists);
    let other_fence = reserve(store, 2, 1, 100, 2).await.unwrap();
    assert_eq!(other_fence.seconds, 100);
    let other_second = reserve(store, 2, 1, 102, 1).await.unwrap();
    assert_eq!(other_second.seconds, 102);
    let again = reserve(store, 2, 1, 0, 1).await.unwrap();
    assert_eq!(again.seconds, 103, "what was refused took no second");
}

/// Ids end with the second 2^32 - 1.
pub async fn the_end_of_the_calendar_is_refused(store: &dyn Store) {
    add_district(store, 1).await;
    refused(reserve(store, 1, u64::MAX, 0, 1).await, Conflict::Invalid);
    let late = IdRange::PER_SECOND + 1;
    refused(
        reserve(store, 1, late, u32::MAX, 1).await,
        Conflict::Invalid,
    );
    reserve(store, 1, 1, u32::MAX, 1).await.unwrap();
    refused(reserve(store, 1, 1, 0, 2).await, Conflict::Invalid);
}
