//! Reservations of published ids, made durable before any of the ids is written (layout, idea 1).

use std::num::NonZeroU64;

use async_trait::async_trait;
use homeroom_model::{IdRange, ObjectId};

use crate::StoreError;
use crate::limits::invalid;

/// Reservations of published ids.
#[async_trait]
pub trait Ids: Send + Sync {
    /// Sets `count` ids aside, for ever: the range begins at `now_seconds` or after the district's high-water mark,
    /// whichever is later, and the mark rises to its last second. A range that is not used is lost, never reissued.
    ///
    /// `fence` is drawn at random by the caller for each call. No two ranges of the installation share a fence in the
    /// same second, so a restored backup, which has forgotten the newest ranges, still gives no id twice. After a
    /// restore pass a `now_seconds` not below the newest id that is known to exist, so that new ids still sort last.
    ///
    /// Refused: `Gone` if there is no such district, `Invalid` if the range would end after the last second that
    /// ids can count (the year 2106), `Exists` if the fence is taken in one of those seconds: draw again.
    async fn reserve_ids(
        &self,
        district: ObjectId,
        count: NonZeroU64,
        now_seconds: u32,
        fence: [u8; 5],
    ) -> Result<IdRange, StoreError>;
}

/// The range that follows `high_water`, the last second any earlier range of the district uses.
///
/// Refused as `Invalid` if it would end after the year 2106.
pub fn next_range(
    high_water: Option<u32>,
    count: NonZeroU64,
    now_seconds: u32,
    fence: [u8; 5],
) -> Result<IdRange, StoreError> {
    let exhausted = || invalid("the range of ids", "would end after the year 2106");
    let earliest = match high_water {
        Some(last) => last.checked_add(1).ok_or_else(exhausted)?,
        None => 0,
    };
    let range = IdRange {
        seconds: earliest.max(now_seconds),
        fence,
        count: count.get(),
    };
    let spill = (range.count - 1) / IdRange::PER_SECOND;
    if u64::from(range.seconds) + spill > u64::from(u32::MAX) {
        return Err(exhausted());
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn many(count: u64) -> NonZeroU64 {
        NonZeroU64::new(count).unwrap()
    }

    #[test]
    fn the_clock_leads_unless_it_stepped_back() {
        let at = |mark, now| next_range(mark, many(1), now, [0; 5]).unwrap().seconds;
        assert_eq!(at(None, 0), 0);
        assert_eq!(at(None, 100), 100);
        assert_eq!(at(Some(99), 100), 100);
        assert_eq!(at(Some(100), 100), 101);
        assert_eq!(at(Some(500), 100), 501);
    }

    #[test]
    fn nothing_is_given_after_the_last_second() {
        let at = |mark, count| next_range(mark, many(count), 0, [0; 5]).is_ok();
        assert!(at(Some(u32::MAX - 1), IdRange::PER_SECOND));
        assert!(!at(Some(u32::MAX - 1), IdRange::PER_SECOND + 1));
        assert!(!at(Some(u32::MAX), 1));
        assert!(!at(None, u64::MAX));
    }

    proptest! {
        #[test]
        fn ranges_one_after_another_ascend_and_never_touch(
            asked in prop::collection::vec((1..3 * IdRange::PER_SECOND, 0..50u32), 1..20),
        ) {
            let mut mark = None;
            let mut last_id = None;
            for (count, now) in asked {
                let range = next_range(mark, many(count), now, [7; 5]).unwrap();
                prop_assert!(range.get(0) > last_id);
                last_id = range.get(count - 1);
                prop_assert!(last_id.is_some());
                mark = Some(range.last_second());
            }
        }
    }
}
