//! Cases of [`Events`](crate::Events).

use homeroom_model::IdRange;

use super::sample::{at, connected, connection, district, id, published, refused};
use crate::{Conflict, EventMove, NewEvents, Store, ViewMove};

fn events(seconds: u32, count: u64) -> NewEvents {
    NewEvents {
        ids: IdRange {
            seconds,
            fence: [7; 5],
            count,
        },
        layout: 0,
        whole: seconds.is_multiple_of(2),
    }
}

fn to(snapshot: Option<u64>, moved_at: i64, events: Option<NewEvents>) -> ViewMove {
    ViewMove {
        snapshot,
        document: district(1),
        moved_at: at(moved_at),
        events,
    }
}

/// Off at the beginning, and as it was switched last.
pub async fn events_are_switched_per_connection(store: &dyn Store) {
    let made = connected(store).await;
    assert!(!made.events);
    assert!(store.switch_events(id(1), id(3), true).await.unwrap());
    assert!(!store.switch_events(id(2), id(3), true).await.unwrap());
    assert!(!store.switch_events(id(1), id(9), true).await.unwrap());
    let found = store.connection(id(1), id(3)).await.unwrap().unwrap();
    assert!(found.events);
    assert!(store.switch_events(id(1), id(3), false).await.unwrap());
    let found = store.connection(id(1), id(3)).await.unwrap().unwrap();
    assert!(!found.events);
}

/// A move keeps where it came from and where it led, once, however often it is tried.
pub async fn a_move_records_its_events_once(store: &dyn Store) {
    connected(store).await;
    published(store, 1, 10, &[1]).await;
    published(store, 1, 11, &[2]).await;
    let (of, view) = (id(1), id(3));
    store
        .move_view(of, view, 0, to(Some(1), 50, Some(events(8, 4))))
        .await
        .unwrap();
    let again = store
        .move_view(of, view, 0, to(Some(1), 60, Some(events(9, 4))))
        .await;
    assert_eq!(again.unwrap().generation, 1);
    store
        .move_view(of, view, 1, to(None, 70, None))
        .await
        .unwrap();
    let empty = store
        .move_view(of, view, 2, to(Some(2), 80, Some(events(10, 0))))
        .await;
    refused(empty, Conflict::Invalid);
    store
        .move_view(of, view, 2, to(Some(2), 80, Some(events(11, 6))))
        .await
        .unwrap();
    let expected = |generation, snapshot, moved_at, events| EventMove {
        generation,
        from: None,
        to: Some(snapshot),
        before: district(1),
        after: district(1),
        moved_at: at(moved_at),
        events,
    };
    let kept = store.event_moves(of, view).await.unwrap();
    let all = [
        expected(1, 1, 50, events(8, 4)),
        expected(3, 2, 80, events(11, 6)),
    ];
    assert_eq!(kept, all);
    assert!(store.event_moves(id(2), view).await.unwrap().is_empty());
}

/// The oldest snapshot that is needed, and forgetting by age and with the connection.
pub async fn events_are_forgotten_by_age_and_with_their_connection(store: &dyn Store) {
    connected(store).await;
    let of = id(1);
    assert_eq!(store.oldest_event_snapshot(of).await.unwrap(), None);
    for run in 10..13 {
        published(store, 1, run, &[1]).await;
    }
    store
        .move_view(of, id(3), 0, to(Some(1), 50, None))
        .await
        .unwrap();
    store
        .move_view(of, id(3), 1, to(Some(2), 60, Some(events(1, 2))))
        .await
        .unwrap();
    store
        .move_view(of, id(3), 2, to(Some(3), 70, Some(events(2, 2))))
        .await
        .unwrap();
    assert_eq!(store.oldest_event_snapshot(of).await.unwrap(), Some(1));
    assert_eq!(store.oldest_event_snapshot(id(9)).await.unwrap(), None);
    assert_eq!(store.forget_events(id(9), at(1000)).await.unwrap(), 0);
    assert_eq!(store.forget_events(of, at(61)).await.unwrap(), 1);
    assert_eq!(store.oldest_event_snapshot(of).await.unwrap(), Some(2));
    let newest = store.forget_events(of, at(1000)).await.unwrap();
    assert_eq!(newest, 0, "the newest move says where the feed stands");
    assert_eq!(store.event_moves(of, id(3)).await.unwrap().len(), 1);
    // Once the view has moved on without events, that move says nothing about where the feed stands.
    let pause = to(Some(3), 80, None);
    store.move_view(of, id(3), 3, pause).await.unwrap();
    assert_eq!(store.forget_events(of, at(70)).await.unwrap(), 0);
    assert_eq!(store.forget_events(of, at(71)).await.unwrap(), 1);
    assert_eq!(store.oldest_event_snapshot(of).await.unwrap(), None);
    let again = to(Some(3), 90, Some(events(3, 2)));
    store.move_view(of, id(3), 4, again).await.unwrap();
    assert_eq!(store.oldest_event_snapshot(of).await.unwrap(), Some(3));
    store.revoke(of, id(3)).await.unwrap();
    assert_eq!(store.oldest_event_snapshot(of).await.unwrap(), None);
    store.connect(connection(3, 2, 1)).await.unwrap();
    assert!(store.event_moves(of, id(3)).await.unwrap().is_empty());
}
