//! Cases of [`Connections`](crate::Connections).

use super::sample::{
    add_district, app, at, connected, connection, digest, district, id, published, refused,
};
use crate::{Conflict, DistrictChange, Edit, Store, ViewMove, ViewPointer, limits};

fn to(snapshot: Option<u64>, moved_at: i64) -> ViewMove {
    ViewMove {
        snapshot,
        document: district(1),
        moved_at: at(moved_at),
        events: None,
    }
}

/// Generation 0 shows no records and the district document of that moment.
pub async fn a_connection_begins_without_a_snapshot(store: &dyn Store) {
    let made = connected(store).await;
    let new = connection(3, 2, 1);
    assert_eq!((made.id, made.app, made.district), (id(3), id(2), id(1)));
    assert_eq!((made.token, &made.sealed), (new.token, &new.sealed));
    assert_eq!((&made.scopes, made.created), (&new.scopes, new.created));
    let begin = ViewPointer {
        snapshot: None,
        document: district(1),
        moved_at: new.created,
        generation: 0,
    };
    assert_eq!(made.view, begin);
    let change = DistrictChange {
        name: Edit::To("Renamed".into()),
        ..DistrictChange::default()
    };
    store.change_district(id(1), change).await.unwrap();
    let found = store.connection(id(1), id(3)).await.unwrap().unwrap();
    assert_eq!(found, made, "a view keeps the document it moved to");
}

/// Look-up by digest.
pub async fn a_token_leads_to_its_connection_only(store: &dyn Store) {
    let made = connected(store).await;
    let found = store.connection_by_token(&digest(3)).await.unwrap();
    assert_eq!(found, Some(made));
    assert_eq!(store.connection_by_token(&digest(4)).await.unwrap(), None);
    assert_eq!(store.connection(id(2), id(3)).await.unwrap(), None);
}

/// What must be there before, and what must not.
pub async fn both_sides_must_exist_and_meet_once(store: &dyn Store) {
    connected(store).await;
    add_district(store, 4).await;
    store.add_app(app(5)).await.unwrap();
    let gone = [connection(9, 2, 7), connection(9, 7, 1)];
    for connection in gone {
        refused(store.connect(connection).await, Conflict::Gone);
    }
    refused(store.connect(connection(9, 2, 1)).await, Conflict::Exists);
    refused(store.connect(connection(3, 5, 4)).await, Conflict::Exists);
    let mut same_id = connection(9, 5, 1);
    same_id.id = id(3);
    refused(store.connect(same_id).await, Conflict::Exists);
    let mut long = connection(9, 5, 1);
    long.sealed = vec![0; limits::SEALED + 1];
    refused(store.connect(long).await, Conflict::Invalid);
    assert_eq!(store.counts().await.unwrap().connections, 1);
    store.connect(connection(9, 5, 1)).await.unwrap();
}

/// By district for an app, by app for a district.
pub async fn lists_have_their_order(store: &dyn Store) {
    for byte in [1, 2, 3] {
        add_district(store, byte).await;
        store.add_app(app(byte)).await.unwrap();
    }
    for (byte, app, district) in [(10, 1, 3), (30, 1, 1), (20, 1, 2), (9, 3, 1), (8, 2, 3)] {
        store
            .connect(connection(byte, app, district))
            .await
            .unwrap();
    }
    let of_app = store.connections_of_app(id(1)).await.unwrap();
    let districts: Vec<_> = of_app.iter().map(|kept| kept.district).collect();
    assert_eq!(districts, [id(1), id(2), id(3)]);
    let of_district = store.connections_of_district(id(3)).await.unwrap();
    let apps: Vec<_> = of_district.iter().map(|kept| kept.app).collect();
    assert_eq!(apps, [id(1), id(2)]);
    assert_eq!(of_district[0].id, id(10));
    assert!(store.connections_of_app(id(9)).await.unwrap().is_empty());
}

/// Compare and set.
pub async fn a_view_moves_once_per_generation(store: &dyn Store) {
    connected(store).await;
    published(store, 1, 10, &[1]).await;
    published(store, 1, 11, &[2]).await;
    let moved = store
        .move_view(id(1), id(3), 0, to(Some(1), 5))
        .await
        .unwrap();
    let expected = ViewPointer {
        snapshot: Some(1),
        document: district(1),
        moved_at: at(5),
        generation: 1,
    };
    assert_eq!(moved, expected);
    let late = store.move_view(id(1), id(3), 0, to(Some(2), 6)).await;
    refused(late, Conflict::Moved);
    let early = store.move_view(id(1), id(3), 2, to(Some(2), 6)).await;
    refused(early, Conflict::Moved);
    let found = store
        .connection_by_token(&digest(3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.view, expected);
    let moved = store
        .move_view(id(1), id(3), 1, to(Some(2), 6))
        .await
        .unwrap();
    assert_eq!((moved.snapshot, moved.generation), (Some(2), 2));
    let nobody = store.move_view(id(1), id(4), 2, to(Some(2), 6)).await;
    refused(nobody, Conflict::Gone);
}

/// A job that repeats its move after a crash gets the same answer.
pub async fn a_repeated_move_is_no_conflict(store: &dyn Store) {
    connected(store).await;
    published(store, 1, 10, &[1]).await;
    let first = store
        .move_view(id(1), id(3), 0, to(Some(1), 5))
        .await
        .unwrap();
    let again = store
        .move_view(id(1), id(3), 0, to(Some(1), 99))
        .await
        .unwrap();
    assert_eq!(again, first, "the moment of the first move stays");
    store
        .move_view(id(1), id(3), 1, to(None, 100))
        .await
        .unwrap();
    let stale = store.move_view(id(1), id(3), 0, to(Some(1), 5)).await;
    refused(stale, Conflict::Moved);
}

/// A view never points at nothing and never shows another district.
pub async fn a_view_needs_a_kept_snapshot_and_its_own_document(store: &dyn Store) {
    connected(store).await;
    let unknown = store.move_view(id(1), id(3), 0, to(Some(1), 5)).await;
    refused(unknown, Conflict::Gone);
    let mut foreign = to(None, 5);
    foreign.document = district(2);
    let foreign = store.move_view(id(1), id(3), 0, foreign).await;
    refused(foreign, Conflict::Invalid);
    let kept = store.connection(id(1), id(3)).await.unwrap().unwrap();
    assert_eq!(kept.view.generation, 0);
}

/// A finished run without change moves the document only.
pub async fn a_document_alone_can_move(store: &dyn Store) {
    connected(store).await;
    published(store, 1, 10, &[1]).await;
    store
        .move_view(id(1), id(3), 0, to(Some(1), 5))
        .await
        .unwrap();
    let mut only = to(Some(1), 6);
    only.document.last_sync = Some(at(6));
    let moved = store
        .move_view(id(1), id(3), 1, only.clone())
        .await
        .unwrap();
    assert_eq!(moved, only.pointer(1));
}

/// A revoked connection is gone for good.
pub async fn revoking_forgets_the_token(store: &dyn Store) {
    connected(store).await;
    published(store, 1, 10, &[1]).await;
    store
        .move_view(id(1), id(3), 0, to(Some(1), 5))
        .await
        .unwrap();
    assert!(!store.revoke(id(2), id(3)).await.unwrap());
    assert!(store.revoke(id(1), id(3)).await.unwrap());
    assert!(!store.revoke(id(1), id(3)).await.unwrap());
    assert_eq!(store.connection_by_token(&digest(3)).await.unwrap(), None);
    assert!(
        store
            .connections_of_district(id(1))
            .await
            .unwrap()
            .is_empty()
    );
    let again = store.connect(connection(3, 2, 1)).await.unwrap();
    assert_eq!((again.view.snapshot, again.view.generation), (None, 0));
}
