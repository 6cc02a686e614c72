//! Cases of [`Goals`](crate::Goals) and the audit: what changes and what is said of it are one step.

use super::goals::begun;
use super::sample::{audit_entry, feed_key, goals_move, goals_target, id, refused, set_feed};
use crate::{AuditEntry, Conflict, SetGoalsFeed, Store, Which, limits};

/// What the audit says of a change is added with it, or neither is.
pub async fn a_change_and_its_entry_in_the_audit_are_one_step(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let taken = audit_entry(8, Some(1), 10);
    store.add_audit(taken.clone()).await.unwrap();
    let other = AuditEntry {
        detail: "other".into(),
        ..taken.clone()
    };
    let noted = |generation, entry: &AuditEntry| {
        let mut change = goals_move(generation, 2027, &[10]);
        (change.delivery, change.audit) = (None, Some(entry.clone()));
        change
    };
    let refusal = store.keep_goals(key, noted(0, &other)).await;
    refused(refusal, Conflict::Exists);
    let years = store.student_years(key, 2027, Which::All, true).await;
    assert_eq!(years.unwrap(), []);
    let target = |entry: &AuditEntry| {
        let targets = vec![goals_target("a")];
        store.add_goals_targets(key, 0, targets, Some(entry.clone()))
    };
    refused(target(&other).await, Conflict::Exists);
    assert_eq!(store.goals_targets(key).await.unwrap(), []);
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!(feed.generation, 0);

    let (first, second) = (audit_entry(1, Some(1), 20), audit_entry(2, Some(1), 30));
    let overtaken = store.keep_goals(key, noted(7, &first)).await;
    refused(overtaken, Conflict::Moved);
    assert_eq!(store.keep_goals(key, noted(0, &first)).await.unwrap(), 1);
    assert_eq!(target(&second).await.unwrap(), 1);
    let again = audit_entry(3, Some(1), 40);
    assert_eq!(target(&again).await.unwrap(), 1, "repeated");
    let mut long = audit_entry(4, Some(1), 50);
    long.detail = "x".repeat(limits::AUDIT_DETAIL + 1);
    refused(
        store.keep_goals(key, noted(1, &long)).await,
        Conflict::Invalid,
    );
    refused(target(&long).await, Conflict::Invalid);
    let audit = store.audit(Some(id(1)), None, 10).await.unwrap();
    assert_eq!(audit, [second, first, taken]);
}

/// So are a feed that is set or forgotten and its entry.
pub async fn a_feed_and_its_entry_in_the_audit_are_one_step(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    let entries = [1, 2, 3, 4].map(|byte| audit_entry(byte, Some(1), 10 * i64::from(byte)));
    let [taken, set, off, forgotten] = entries;
    store.add_audit(taken.clone()).await.unwrap();
    let other = AuditEntry {
        detail: "other".into(),
        ..taken.clone()
    };
    let long = AuditEntry {
        detail: "x".repeat(limits::AUDIT_DETAIL + 1),
        ..set.clone()
    };
    let wish = |expected, entry: &AuditEntry| SetGoalsFeed {
        on: expected == 0,
        audit: Some(entry.clone()),
        ..set_feed(1, 3, expected)
    };
    let refusal = store.set_goals_feed(wish(0, &long)).await;
    refused(refusal, Conflict::Invalid);
    let refusal = store.set_goals_feed(wish(0, &other)).await;
    refused(refusal, Conflict::Exists);
    assert_eq!(store.goals_feed(key).await.unwrap(), None);
    let none = store.forget_goals_feed(key, Some(forgotten.clone())).await;
    assert!(!none.unwrap(), "nor is it audited");
    assert_eq!(store.set_goals_feed(wish(0, &set)).await.unwrap(), 1);
    let again = store.set_goals_feed(wish(0, &off)).await;
    assert_eq!(again.unwrap(), 1, "repeated, and not audited again");
    let overtaken = store.set_goals_feed(wish(9, &off)).await;
    refused(overtaken, Conflict::Moved);
    let refusal = store.set_goals_feed(wish(1, &other)).await;
    refused(refusal, Conflict::Exists);
    let kept = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!((kept.revision, kept.on), (1, true));
    assert_eq!(store.set_goals_feed(wish(1, &off)).await.unwrap(), 2);
    for (entry, conflict) in [(&long, Conflict::Invalid), (&other, Conflict::Exists)] {
        let refusal = store.forget_goals_feed(key, Some(entry.clone())).await;
        refused(refusal, conflict);
    }
    assert!(store.goals_feed(key).await.unwrap().is_some());
    let forget = store.forget_goals_feed(key, Some(forgotten.clone())).await;
    assert!(forget.unwrap());
    let audit = store.audit(Some(id(1)), None, 10).await.unwrap();
    assert_eq!(audit, [forgotten, off, set, taken]);
}
