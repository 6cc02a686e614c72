//! What the control store keeps of a connection's moves, which its events are told from: whole, in order, with ids of their own.

use std::num::NonZeroU64;
use std::sync::Arc;

use homeroom_model::{District, Kind, ObjectId};
use homeroom_segment::{MovedRecords, Snapshot, View};
use homeroom_store::{
    Connections as _, EventMove, Events as _, Ids as _, NewEvents, ViewMove, ViewPointer,
};

use crate::site::Site;

impl Site {
    /// An installation whose one connection makes events from its first move on.
    pub(crate) async fn with_events() -> Self {
        let site = Self::new().await;
        let switched = site
            .store
            .switch_events(site.district, site.connection().await, true);
        assert!(switched.await.unwrap());
        site
    }

    async fn connection(&self) -> ObjectId {
        let connections = self.store.connections_of_district(self.district).await;
        connections.unwrap()[0].id
    }

    /// The moves of the one connection, each of which must follow the one before and have ids for what it may have changed,
    /// which nothing else has.
    pub(crate) async fn moves(&self) -> Vec<EventMove> {
        let moves = self
            .store
            .event_moves(self.district, self.connection().await);
        let moves = moves.await.unwrap();
        let mut given: Vec<[ObjectId; 2]> = Vec::new();
        for (at, kept) in moves.iter().enumerate() {
            match at.checked_sub(1).map(|at| &moves[at]) {
                None => assert_eq!(kept.from, None),
                Some(last) => {
                    assert_eq!(kept.generation, last.generation + 1);
                    assert_eq!((kept.from, &kept.before), (last.to, &last.after));
                }
            }
            let still = kept.from == kept.to && kept.before == kept.after;
            assert!(!still, "a move to where it was");
            assert!(kept.to >= kept.from, "a move back");
            self.check_places(kept).await;
            let ids = &kept.events.ids;
            let ends = [0, ids.count - 1].map(|place| ids.get(place).unwrap());
            assert!(given.last().is_none_or(|[_, last]| *last < ends[0]));
            given.push(ends);
        }
        if let Some(newest) = moves.last() {
            let view = self.view().await;
            assert_eq!(
                (newest.generation, newest.to, &newest.after),
                (view.generation, view.snapshot, &view.document)
            );
        }
        self.check_ids(&given).await;
        moves
    }

    /// Whoever reads a move finds as many places as it has ids.
    async fn check_places(&self, kept: &EventMove) {
        let history = self.ingest.history();
        let changes = if kept.events.whole {
            None
        } else if kept.from == kept.to {
            Some(Vec::new())
        } else {
            let changes = history.changes(self.district, kept.from, kept.to).await;
            Some(changes.unwrap().expect("it is kept"))
        };
        let (before, after) = (self.opened(kept.from).await, self.opened(kept.to).await);
        let (was, is) = (
            homeroom_sharing::everything(&before),
            homeroom_sharing::everything(&after),
        );
        let records = MovedRecords::between(
            view(&before, &was, &kept.before),
            view(&after, &is, &kept.after),
            changes.as_deref(),
        );
        assert_eq!(kept.events.layout, MovedRecords::LAYOUT);
        assert_eq!(kept.events.ids.count, records.places());
    }

    /// Moves the view to another document, without looking at what is published.
    pub(crate) async fn move_to(&self, to: ViewPointer) {
        let (district, now) = (self.district, self.clock.now());
        let seconds = u32::try_from(now.millis() / 1000).unwrap();
        let count = NonZeroU64::new(MovedRecords::default().places()).unwrap();
        let ids = self.store.reserve_ids(district, count, seconds, [9; 5]);
        let to_move = ViewMove {
            snapshot: to.snapshot,
            document: to.document,
            moved_at: now,
            events: Some(NewEvents {
                ids: ids.await.unwrap(),
                layout: MovedRecords::LAYOUT,
                whole: false,
            }),
        };
        let connection = self.connection().await;
        let moved = self
            .store
            .move_view(district, connection, to.generation, to_move);
        moved.await.unwrap();
    }

    async fn opened(&self, number: Option<u64>) -> Arc<Snapshot> {
        match number {
            Some(number) => {
                let opened = self.ingest.snapshot_at(self.district, number).await;
                Arc::clone(&opened.unwrap().snapshot)
            }
            None => Arc::new(Snapshot::empty()),
        }
    }

    /// No record has an id that an event has.
    async fn check_ids(&self, given: &[[ObjectId; 2]]) {
        let snapshot = self.published().await;
        for kind in Kind::ALL {
            let table = snapshot.table(kind);
            for row in 0..table.len() {
                let roles = (0..3).filter_map(|role| table.role_id(row, role));
                for id in roles.chain([table.id(row)]) {
                    let twice = given
                        .iter()
                        .any(|[first, last]| (first..=last).contains(&&id));
                    assert!(!twice, "{id} is an event's and a record's");
                }
            }
        }
    }
}

fn view<'a>(
    snapshot: &'a Snapshot,
    (scope, mask): &'a (homeroom_model::Scope, homeroom_model::Mask),
    district: &'a District,
) -> View<'a> {
    View {
        snapshot,
        scope,
        mask,
        district,
    }
}
