//! What form 3 added: the switch for events, and moves that made some.

use homeroom_model::IdRange;
use homeroom_store::suite::sample::{at, district, id};
use homeroom_store::{EventMove, NewEvents, Store, ViewMove};

fn events() -> NewEvents {
    NewEvents {
        ids: IdRange {
            seconds: 1_700_000_100,
            fence: [9, 8, 7, 6, 5],
            count: 12,
        },
        layout: 0,
        whole: true,
    }
}

/// One of everything that form 3 can store and form 2 cannot.
pub(super) async fn fill(store: &dyn Store) {
    assert!(store.switch_events(id(1), id(3), true).await.unwrap());
    let to = ViewMove {
        snapshot: Some(1),
        document: district(1),
        moved_at: at(50),
        events: Some(events()),
    };
    store.move_view(id(1), id(3), 1, to).await.unwrap();
}

/// Finds what [`fill`] stored.
pub(super) async fn read(store: &dyn Store) {
    let connection = store.connection(id(1), id(3)).await.unwrap().unwrap();
    assert!(connection.events);
    let expected = EventMove {
        generation: 2,
        from: Some(1),
        to: Some(1),
        before: district(1),
        after: district(1),
        moved_at: at(50),
        events: events(),
    };
    assert_eq!(store.event_moves(id(1), id(3)).await.unwrap(), [expected]);
}
