//! Cases of [`Districts`](crate::Districts).

use homeroom_model::Date;

use super::sample::{add_district, at, district, id, refused};
use crate::{Conflict, DistrictChange, DistrictRecord, Edit, Store, limits};

/// What was added comes back whole.
pub async fn an_added_district_is_found(store: &dyn Store) {
    assert_eq!(store.district(id(1)).await.unwrap(), None);
    let added = store.add_district(district(1), at(5)).await.unwrap();
    let expected = DistrictRecord {
        document: district(1),
        created: at(5),
        revision: 0,
        snapshot: None,
    };
    assert_eq!(added, expected);
    assert_eq!(store.district(id(1)).await.unwrap(), Some(expected));
    assert_eq!(store.district(id(2)).await.unwrap(), None);
}

/// Ids are unique; the first district stays.
pub async fn an_id_is_taken_once(store: &dyn Store) {
    add_district(store, 1).await;
    let mut second = district(1);
    second.name = "Another".into();
    refused(store.add_district(second, at(9)).await, Conflict::Exists);
    let kept = store.district(id(1)).await.unwrap().unwrap();
    assert_eq!(kept.document, district(1));
    let mut long = district(2);
    long.name = "x".repeat(limits::TEXT + 1);
    refused(store.add_district(long, at(0)).await, Conflict::Invalid);
    assert_eq!(store.district(id(2)).await.unwrap(), None);
}

/// Pages are in id order and neither repeat nor leave out.
pub async fn pages_ascend_and_meet(store: &dyn Store) {
    for byte in [7, 3, 255, 1, 128, 0] {
        add_district(store, byte).await;
    }
    let ids = |page: Vec<DistrictRecord>| -> Vec<_> {
        page.into_iter().map(|record| record.document.id).collect()
    };
    let first = ids(store.districts(None, 2).await.unwrap());
    assert_eq!(first, [id(0), id(1)]);
    let second = ids(store.districts(Some(id(1)), 3).await.unwrap());
    assert_eq!(second, [id(3), id(7), id(128)]);
    let between = ids(store.districts(Some(id(100)), 9).await.unwrap());
    assert_eq!(between, [id(128), id(255)]);
    assert!(store.districts(Some(id(255)), 9).await.unwrap().is_empty());
    assert!(store.districts(None, 0).await.unwrap().is_empty());
    let all = ids(store.all_districts().await.unwrap());
    assert_eq!(all, [id(0), id(1), id(3), id(7), id(128), id(255)]);
}

/// Every field can be changed, and only those named are.
pub async fn a_change_touches_only_its_fields(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    let change = DistrictChange {
        state: Edit::To("success".into()),
        last_sync: Edit::To(Some(at(60))),
        contact: Edit::To(None),
        ..DistrictChange::default()
    };
    let changed = store.change_district(id(1), change).await.unwrap().unwrap();
    let mut expected = district(1);
    expected.state = "success".into();
    expected.last_sync = Some(at(60));
    expected.contact = None;
    assert_eq!(changed.document, expected);
    assert_eq!(changed.revision, 1);

    let change = DistrictChange {
        name: Edit::To("N".into()),
        mdr_number: Edit::To("M".into()),
        nces_id: Edit::To("C".into()),
        launch_date: Edit::To(Date::new(2001, 2, 3).unwrap()),
        portal_url: Edit::To("U".into()),
        sis_type: Edit::To("S".into()),
        login_methods: Edit::To(vec!["LDAP".into()]),
        error: Edit::To("E".into()),
        pause_start: Edit::To(None),
        pause_end: Edit::To(Date::new(2004, 2, 29)),
        ..DistrictChange::default()
    };
    expected = change.clone().apply(&expected);
    let changed = store.change_district(id(1), change).await.unwrap().unwrap();
    assert_eq!(changed.document, expected);
    assert_eq!((changed.document.name.as_str(), changed.revision), ("N", 2));
    assert_eq!(store.district(id(1)).await.unwrap(), Some(changed));
    let other = store.district(id(2)).await.unwrap().unwrap();
    assert_eq!((other.document, other.revision), (district(2), 0));
    let nobody = store.change_district(id(3), DistrictChange::default());
    assert_eq!(nobody.await.unwrap(), None);
}

/// The revision counts changes, not calls.
pub async fn a_change_that_changes_nothing_is_not_counted(store: &dyn Store) {
    let added = add_district(store, 1).await;
    let same = DistrictChange {
        state: Edit::To(added.document.state.clone()),
        ..DistrictChange::default()
    };
    let after = store.change_district(id(1), same).await.unwrap().unwrap();
    assert_eq!(after, added);
}

/// A refused change leaves every field.
pub async fn a_change_over_the_limits_is_refused_whole(store: &dyn Store) {
    let added = add_district(store, 1).await;
    let change = DistrictChange {
        state: Edit::To("error".into()),
        error: Edit::To("x".repeat(limits::TEXT + 1)),
        ..DistrictChange::default()
    };
    refused(
        store.change_district(id(1), change).await,
        Conflict::Invalid,
    );
    assert_eq!(store.district(id(1)).await.unwrap(), Some(added));
}
