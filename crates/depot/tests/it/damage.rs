//! Objects that are no longer what was written.

use std::fs;

use homeroom_depot::frame::{self, FrameError};
use homeroom_depot::{Damage, DepotError, Settings};
use homeroom_segment::{Digest, Located};

use crate::{NOTHING_KEPT, depot, depot_with, file_of, payload, whole};

#[tokio::test]
async fn every_flipped_byte_is_noticed_and_names_the_object() {
    let (folder, depot) = depot_with(NOTHING_KEPT);
    let table = payload(1, 200);
    let object = depot.put(table.clone()).await.unwrap();
    let file = file_of(&folder, &object);
    let stored = fs::read(&file).unwrap();
    assert_eq!(stored.len(), frame::HEADER + 200);
    for at in 0..stored.len() {
        let mut bytes = stored.clone();
        bytes[at] ^= 0x20;
        fs::write(&file, bytes).unwrap();
        let error = depot.get(&whole(&table)).await.unwrap_err();
        assert!(
            matches!(error, DepotError::Damaged { object: named, .. } if named == object),
            "byte {at}: {error}"
        );
        assert!(error.to_string().contains(&object.to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_file_cut_short_anywhere_is_noticed() {
    let (folder, depot) = depot_with(NOTHING_KEPT);
    let table = payload(1, 100);
    let object = depot.put(table.clone()).await.unwrap();
    let file = file_of(&folder, &object);
    let stored = fs::read(&file).unwrap();
    for length in 0..stored.len() {
        fs::write(&file, &stored[..length]).unwrap();
        let found = length as u64;
        let what = match found.checked_sub(frame::HEADER as u64) {
            None => FrameError::Header { found },
            Some(found) => FrameError::Length {
                promised: 100,
                found,
            },
        };
        let wanted = DepotError::Damaged {
            object,
            what: what.into(),
        };
        assert_eq!(depot.get(&whole(&table)).await, Err(wanted));
    }
}

#[tokio::test]
async fn an_object_in_the_place_of_another_is_noticed() {
    let (folder, depot) = depot_with(NOTHING_KEPT);
    let (mine, other) = (payload(1, 100), payload(2, 100));
    let object = depot.put(mine.clone()).await.unwrap();
    let found = depot.put(other).await.unwrap();
    fs::copy(file_of(&folder, &found), file_of(&folder, &object)).unwrap();
    let what = Damage::Misplaced { found };
    assert_eq!(
        depot.get(&whole(&mine)).await,
        Err(DepotError::Damaged { object, what })
    );
    assert_eq!(
        depot.verify(&object).await,
        Err(DepotError::Damaged { object, what })
    );
    assert_eq!(depot.verify(&found).await, Ok(()));
}

#[tokio::test]
async fn putting_a_damaged_object_again_repairs_it_for_readers_of_old_and_new() {
    let (folder, depot) = depot_with(Settings::default());
    let table = payload(1, 100);
    let object = depot.put(table.clone()).await.unwrap();
    let before = depot.get(&whole(&table)).await.unwrap();
    let file = file_of(&folder, &object);
    // A new file in its place: the mapped one must stay as it is.
    fs::remove_file(&file).unwrap();
    fs::write(&file, b"HOMEROOM, but not all of it").unwrap();
    assert!(depot.verify(&object).await.is_err());
    assert_eq!(depot.put(table.clone()).await, Ok(object));
    assert_eq!(depot.verify(&object).await, Ok(()));
    assert_eq!(depot.get(&whole(&table)).await.as_ref(), Ok(&table));
    assert_eq!(before, table);
}

#[tokio::test]
async fn a_missing_object_is_told_from_a_damaged_one_and_nothing_is_remembered() {
    let (_folder, depot) = depot();
    let table = payload(1, 100);
    let object = Digest::of(&table);
    let missing = Err(DepotError::NotFound { object });
    assert_eq!(depot.get(&whole(&table)).await, missing);
    assert_eq!(
        depot.verify(&object).await,
        Err(DepotError::NotFound { object })
    );
    depot.put(table.clone()).await.unwrap();
    assert_eq!(depot.get(&whole(&table)).await, Ok(table));
}

#[tokio::test]
async fn a_part_outside_its_object_is_an_error_and_no_panic() {
    let (_folder, depot) = depot();
    let object = depot.put(payload(1, 100)).await.unwrap();
    for (offset, length) in [
        (0, 101),
        (101, 0),
        (64, 37),
        (u64::MAX, 1),
        (1, u64::MAX),
        (u64::MAX, u64::MAX),
    ] {
        let payload = 100;
        let wanted = DepotError::Damaged {
            object,
            what: Damage::Part {
                offset,
                length,
                payload,
            },
        };
        let part = Located {
            object,
            offset,
            length,
        };
        assert_eq!(depot.get(&part).await, Err(wanted.clone()));
        assert_eq!(depot.warm(&part).await, Err(wanted));
    }
    let end = Located {
        object,
        offset: 100,
        length: 0,
    };
    assert!(depot.get(&end).await.unwrap().is_empty());
}
