//! Random rosters one after the other: what must hold whatever a district sends.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::{Plan, Served};
use homeroom_model::{Kind, ObjectId, Role, Timestamp};
use homeroom_segment::{
    Candidate, Changes, Hash, Ledger as Ids, LedgerEvent, MemorySpools, Relation, key_count,
    rebuild_newer, rebuild_older, rebuild_past, role_id_count,
};
use proptest::prelude::*;

use crate::contents::{self, Content};
use crate::ledger::{self, DAY, Ledger};
use crate::roster::{Roster, rosters};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_imported_the_ledger_stays_true(
        imports in prop::collection::vec((rosters(), 1..200_i64, any::<u64>()), 1..6),
    ) {
        let mut ledger = Ledger::new();
        let mut memory = Memory::default();
        for (roster, days, order) in imports {
            ledger.wait(days);
            import(&mut ledger, &mut memory, &roster, order);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A, B, back to A, then B again, and on: merges, splits and whatever else lies between.
    #[test]
    fn an_undo_makes_every_row_what_it_was(
        imports in prop::collection::vec((rosters(), 1..200_i64), 2..5),
        back in 1..4_u64,
    ) {
        let mut ledger = Ledger::new();
        for (roster, days) in &imports {
            ledger.wait(*days);
            ledger.publish(&roster.candidate(7));
        }
        let last = ledger.snapshot().number();
        prop_assume!(last > 1);
        let target = last.saturating_sub(back).max(1);
        let number_of_target = target;
        ledger.wait(1);
        let plan = ledger.undo_to(target);
        check_undone(&ledger, target);
        if !plan.is_empty() {
            check_relations(&ledger);
            check_counts(&ledger, &plan);
            check_changes(&ledger, &plan);
            check_neighbours(&ledger);
            check_departed(&ledger);
        }
        let again = ledger.undo_to(target);
        assert!(again.is_empty(), "what was undone is undone");
        // What was undone comes again with the ids it had, but for keys that the undo gave an older id back.
        ledger.wait(1);
        let number = usize::try_from(last).unwrap();
        let undone = Kind::ALL.map(|kind| by_key(&ledger.snapshots[number].snapshot, kind));
        let target = Kind::ALL.map(|kind| by_key(&ledger.snapshots[usize::try_from(target).unwrap()].snapshot, kind));
        ledger.publish(&imports.last().unwrap().0.candidate(3));
        for ((kind, undone), target) in Kind::ALL.into_iter().zip(undone).zip(target) {
            if matches!(kind, Kind::Course | Kind::Term) {
                continue;
            }
            let now = by_key(ledger.snapshot(), kind);
            assert!(now.keys().eq(undone.keys()), "{kind}");
            for (key, id) in now {
                assert_eq!(id, target.get(&key).copied().unwrap_or(undone[&key]), "{kind}");
            }
        }
        check_departed(&ledger);
        check_ids(&ledger);
        ledger.wait(1);
        ledger.undo_to(number_of_target);
        check_undone(&ledger, number_of_target);
        check_ids(&ledger);
    }
}

/// The id of each key: of the role, for employees.
fn by_key(snapshot: &homeroom_segment::Snapshot, kind: Kind) -> BTreeMap<(usize, Hash), ObjectId> {
    let records = contents::records(snapshot, kind).into_iter();
    let keys = records.flat_map(|(id, content)| {
        let roles: Vec<_> = match kind {
            Kind::Employee => content.role_ids,
            _ => vec![Some(id)],
        };
        let pairs = content.keys.into_iter().zip(roles).enumerate();
        let pairs = pairs.filter_map(|(role, (key, id))| Some(((role, key?), id?)));
        pairs.collect::<Vec<_>>()
    });
    keys.collect()
}

/// The newest snapshot says what an older one said, with its ids.
fn check_undone(ledger: &Ledger, number: u64) {
    let number = usize::try_from(number).unwrap();
    let target = &ledger.snapshots[number].snapshot;
    for kind in Kind::ALL {
        let then = contents::records(target, kind);
        let mut now = contents::records(ledger.snapshot(), kind);
        for (id, content) in &mut now {
            if let Some(then) = then.get(id) {
                content.modified = then.modified;
            }
        }
        assert_eq!(now, then, "{kind}");
    }
}

/// Nobody is both here and departed.
fn check_departed(ledger: &Ledger) {
    let mut here = BTreeSet::new();
    for kind in Kind::ALL {
        for (id, content) in contents::records(ledger.snapshot(), kind) {
            let roles: Vec<_> = content.role_ids.into_iter().flatten().collect();
            here.extend(if roles.is_empty() { vec![id] } else { roles });
        }
    }
    for record in ledger.last().departed.records() {
        assert!(!here.contains(&record.absent_id()), "{record:?} is here");
    }
}

/// What the ledger of ids says is what the snapshots show, publish by publish.
fn check_ids(ledger: &Ledger) {
    let mut alive: BTreeMap<ObjectId, Vec<u64>> = BTreeMap::new();
    for published in &ledger.snapshots {
        for kind in Kind::ALL {
            for (id, content) in contents::records(&published.snapshot, kind) {
                let ids = content.role_ids.into_iter().flatten().chain([id]);
                for id in ids {
                    alive
                        .entry(id)
                        .or_default()
                        .push(published.snapshot.number());
                }
            }
        }
    }
    let ids = &ledger.last().ids;
    for (id, numbers) in &alive {
        let told = ids.of_id(id);
        let given = told
            .iter()
            .filter(|entry| entry.event == LedgerEvent::Given);
        let given: Vec<_> = given.map(|entry| u64::from(entry.snapshot)).collect();
        assert_eq!(given, [numbers[0]], "{id} was given once");
        assert_eq!(told[0].event, LedgerEvent::Given);
        for number in 1..=ledger.snapshot().number() {
            let events = told
                .iter()
                .filter(|entry| u64::from(entry.snapshot) <= number);
            let here = events.fold(false, |here, entry| match entry.event {
                LedgerEvent::Given | LedgerEvent::Returned | LedgerEvent::RestoredByUndo => true,
                LedgerEvent::Left | LedgerEvent::MergedInto | LedgerEvent::WithdrawnByUndo => false,
                LedgerEvent::SplitFrom
                | LedgerEvent::MovedTo
                | LedgerEvent::RekeyedTo
                | LedgerEvent::RekeyedFrom => here,
            });
            assert_eq!(
                here,
                numbers.contains(&number),
                "{id} in {number}: {told:?}"
            );
        }
    }
    let entries: BTreeSet<_> = ids.iter().map(|entry| entry.id).collect();
    assert!(entries.iter().eq(alive.keys()), "ids that were never given");
    assert_eq!(ids.iter().count() as u64, ids.len());
}

fn import(ledger: &mut Ledger, memory: &mut Memory, roster: &Roster, order: u64) {
    let candidate = roster.candidate(order);
    let told = contents::of_candidate(&candidate);
    let before = contents::of_snapshot(ledger.snapshot());
    let number = ledger.snapshot().number();
    let other = ledger.compare(&roster.candidate(order.wrapping_add(1)));
    let plan = ledger.publish(&candidate);
    assert_eq!(
        plan.digest(),
        other.digest(),
        "the order of rows must not count"
    );
    assert_eq!(
        plan.counts(),
        other.counts(),
        "the order of rows must not count"
    );

    assert_eq!(
        plan.is_empty(),
        told == before,
        "a plan is empty when nothing changed"
    );
    assert_eq!(
        ledger.snapshot().number(),
        number + u64::from(!plan.is_empty())
    );
    assert_eq!(contents::of_snapshot(ledger.snapshot()), told);
    let again = ledger.compare(&candidate);
    assert!(again.is_empty(), "the same again changes nothing");
    assert!(again.counts().iter().all(|(_, tally)| tally.is_empty()));
    check_words(ledger, &plan, &candidate);
    if plan.is_empty() {
        return;
    }
    check_relations(ledger);
    check_counts(ledger, &plan);
    check_changes(ledger, &plan);
    check_neighbours(ledger);
    check_departed(ledger);
    check_ids(ledger);
    memory.check(ledger);
}

/// Every record that changes is named, with a reason.
fn check_words(ledger: &Ledger, plan: &Plan, candidate: &Candidate) {
    let at = ledger
        .snapshots
        .iter()
        .position(|published| published.snapshot.number() == plan.base());
    let old = &ledger.snapshots[at.unwrap()].snapshot;
    let actions: Vec<_> = plan.actions(old, candidate).collect();
    let tallies = Kind::ALL.into_iter().map(|kind| plan.tally(kind));
    let changes: u64 = tallies
        .map(|tally| tally.created + tally.updated + tally.deleted)
        .sum();
    assert_eq!(actions.len() as u64, changes);
    for action in actions {
        assert!(
            !action.reasons.is_empty() && !action.key.is_empty(),
            "{action}"
        );
    }
}

/// The two directions of a relation say the same, in the order each promises.
fn check_relations(ledger: &Ledger) {
    let snapshot = ledger.snapshot();
    for relation in Relation::ALL {
        let (lists, back) = (snapshot.lists(relation), snapshot.back(relation));
        let mut turned: Vec<Vec<u32>> = vec![vec![]; back.len() as usize];
        for row in 0..lists.len() {
            let list = lists.get(row);
            assert!(
                !relation.ascends() || list.is_sorted_by(|a, b| a < b),
                "{relation:?}"
            );
            for target in list {
                turned[*target as usize].push(row);
            }
        }
        for (row, rows) in (0..).zip(turned) {
            assert_eq!(back.get(row), rows, "{relation:?}");
        }
    }
}

/// Tallies add up to what is published before and after.
fn check_counts(ledger: &Ledger, plan: &Plan) {
    let [.., old, new] = ledger.snapshots.as_slice() else {
        panic!("something was published");
    };
    let count = |served: Served, of: &ledger::Published| {
        let (table, role) = (
            |kind: Kind| u64::from(of.snapshot.table(kind).len()),
            |role: Role| of.snapshot.employees_with(role).len(),
        );
        match served {
            Served::Schools => table(Kind::School),
            Served::Users => table(Kind::Student) + table(Kind::Employee) + table(Kind::Contact),
            Served::Students => table(Kind::Student),
            Served::Teachers => role(Role::Teacher),
            Served::Staff => role(Role::Staff),
            Served::DistrictAdmins => role(Role::DistrictAdmin),
            Served::Contacts => table(Kind::Contact),
            Served::Sections => table(Kind::Section),
            Served::Courses => table(Kind::Course),
            Served::Terms => table(Kind::Term),
            Served::Enrollments => of.snapshot.lists(Relation::SectionStudents).total(),
        }
    };
    for (served, tally) in plan.counts().iter() {
        assert_eq!(tally.before(), count(served, old), "{served} before");
        assert_eq!(tally.after(), count(served, new), "{served} after");
        assert!(tally.restored <= tally.created);
    }
}

/// The change rows are exactly the difference between the two snapshots, and times follow them.
fn check_changes(ledger: &Ledger, plan: &Plan) {
    let [.., old, new] = ledger.snapshots.as_slice() else {
        panic!("something was published");
    };
    if old.snapshot.number() == 0 {
        assert!(!new.parts.contains_key("changes"));
        return;
    }
    let changes = ledger.changes();
    for kind in Kind::ALL {
        let mut before = contents::records(&old.snapshot, kind);
        let mut after = contents::records(&new.snapshot, kind);
        for change in changes.of(kind) {
            let (was, is) = (before.remove(&change.id), after.remove(&change.id));
            let of = |record: &Option<_>| record.as_ref().map(|r| contents::of_record(kind, r));
            assert_eq!(
                (of(&change.before), of(&change.after)),
                (was.clone(), is.clone())
            );
            if let Some(is) = &is {
                assert_eq!(is.modified, new.at, "what changes is modified now");
                assert!(is.created <= new.at);
            }
            if let (Some(was), Some(is)) = (&was, &is) {
                assert_eq!(was.created, is.created, "creation stays");
            }
            let found = changes.find(kind, &change.id).unwrap();
            assert_eq!(found.op(), change.op());
        }
        assert_eq!(before, after, "what is not named did not change");
        let tally = plan.tally(kind);
        let named = tally.created + tally.updated + tally.deleted;
        assert_eq!(changes.of(kind).count() as u64, named);
    }
    assert_eq!(changes.iter().count(), changes.len() as usize);
}

/// Each snapshot follows from its neighbour and the changes, byte for byte.
fn check_neighbours(ledger: &Ledger) {
    let [.., old, new] = ledger.snapshots.as_slice() else {
        panic!("something was published");
    };
    for name in &new.reused {
        assert_eq!(old.parts[name], new.parts[name]);
    }
    if old.snapshot.number() == 0 {
        return;
    }
    let changes = ledger.changes();
    let older = rebuild_older(&new.snapshot, &new.departed, &changes, &MemorySpools).unwrap();
    let newer = rebuild_newer(&old.snapshot, &old.departed, &changes, &MemorySpools).unwrap();
    let (older, shared) = ledger::collect(older, &new.parts);
    let (newer, _) = ledger::collect(newer, &old.parts);
    let without = |parts: &ledger::Parts| {
        let mut parts = parts.clone();
        parts.retain(|name, _| name != "changes" && !Ids::is_part(name));
        parts
    };
    assert_eq!(older, without(&old.parts));
    assert_eq!(newer, without(&new.parts));
    check_past(ledger, &without);
    let mut tables = Kind::ALL.into_iter().map(Kind::table);
    let apart = tables.find(|name| !shared.contains(*name) && older[*name] == new.parts[*name]);
    assert_eq!(apart, None, "equal tables are shared");
}

/// Every older snapshot follows from the newest one at once, byte for byte.
fn check_past(ledger: &Ledger, without: &impl Fn(&ledger::Parts) -> ledger::Parts) {
    let (new, mut older) = (ledger.last(), ledger.snapshots.as_slice());
    let mut changes = Vec::new();
    while let [rest @ .., next] = older {
        let Some(old) = rest.last().filter(|old| old.snapshot.number() > 0) else {
            break;
        };
        changes.push(Changes::open(next.parts["changes"].clone()).unwrap());
        let past = rebuild_past(&new.snapshot, &new.departed, &changes, &MemorySpools).unwrap();
        let (past, _) = ledger::collect(past, &new.parts);
        assert_eq!(
            past,
            without(&old.parts),
            "{} publishes back",
            changes.len()
        );
        older = rest;
    }
}

/// What happened to each key so far: the identities that must not change, and those that must.
#[derive(Default)]
struct Memory {
    ids: BTreeSet<ObjectId>,
    seen: BTreeMap<(Kind, usize, Hash), Seen>,
}

struct Seen {
    id: ObjectId,
    /// When it left, if it did.
    left: Option<Timestamp>,
}

impl Memory {
    /// Checks the newest snapshot against all before it, and remembers it.
    fn check(&mut self, ledger: &Ledger) {
        let now = ledger.now;
        let newest = self.ids.last().copied();
        let mut new = BTreeSet::new();
        let mut here = BTreeSet::new();
        for kind in Kind::ALL {
            for (id, content) in contents::records(ledger.snapshot(), kind) {
                let own = Some(id).filter(|_| kind != Kind::Employee);
                for id in content.role_ids.iter().flatten().copied().chain([id]) {
                    if !self.ids.contains(&id) {
                        assert!(Some(id) > newest, "new ids come last");
                        assert!(new.insert(id), "an id is given once");
                    }
                }
                for (role, key) in content.keys.iter().enumerate() {
                    let Some(key) = *key else { continue };
                    let id = own.or(content.role_ids.get(role).copied().flatten());
                    here.insert((kind, role, key));
                    self.follow((kind, role, key), id.unwrap(), now);
                }
                check_times(&content);
                assert_eq!(content.role_ids.len(), role_id_count(kind));
                assert_eq!(content.keys.len(), key_count(kind));
            }
        }
        for (key, seen) in &mut self.seen {
            if !here.contains(key) && seen.left.is_none() {
                seen.left = Some(now);
            }
        }
        check_people(ledger);
        let needed = ledger.range.map_or(0, |range| range.count);
        assert_eq!(
            new.len() as u64,
            needed,
            "all ids that were reserved are used"
        );
        self.ids.extend(new);
    }

    fn follow(&mut self, key: (Kind, usize, Hash), id: ObjectId, now: Timestamp) {
        if let Some(seen) = self.seen.get(&key) {
            let away = seen.left.map(|left| (now.millis() - left.millis()) / DAY);
            let forgotten = matches!(key.0, Kind::Course | Kind::Term);
            let same = away.is_none_or(|days| days < 300 && !forgotten);
            assert_eq!(seen.id == id, same, "{:?} after {away:?} days", key.0);
        }
        let seen = Seen { id, left: None };
        self.seen.insert(key, seen);
    }
}

fn check_times(content: &Content) {
    assert!(content.created <= content.modified);
}

/// Persons keep their id when their roles do, and no id walks to somebody who had no part in it.
fn check_people(ledger: &Ledger) {
    let [.., old, new] = ledger.snapshots.as_slice() else {
        panic!("something was published");
    };
    let before = contents::records(&old.snapshot, Kind::Employee);
    let after = contents::records(&new.snapshot, Kind::Employee);
    let by_keys: BTreeMap<_, _> = before.iter().map(|(id, c)| (c.keys.clone(), *id)).collect();
    for (id, person) in &after {
        if let Some(same) = by_keys.get(&person.keys) {
            assert_eq!(id, same, "the same roles are the same person");
        }
        if let Some(was) = before.get(id) {
            let shares = |other: &Content| {
                let mut keys = other.keys.iter().zip(&person.keys);
                keys.any(|(a, b)| a.is_some() && a == b)
            };
            let mut back = old.departed.records().iter();
            let returns = back.any(|record| {
                record.kind() == Some(Kind::Employee)
                    && record.id == *id
                    && person.keys[usize::from(record.role)] == Some(record.key)
            });
            assert!(shares(was) || returns, "an id stays with one of its roles");
        }
    }
}
