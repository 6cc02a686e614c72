//! Touching everything that an opened thing gives.

use std::hint::black_box;

use homeroom_model::{
    Contact, ContactLink, Course, Employee, Kind, ObjectId, Resource, Role, School, Section,
    Student, Term,
};
use homeroom_segment::{
    Changes, Departed, ExportTable, Ledger, Lists, Noun, Relation, Row, Snapshot, Table, View, fields_of,
    reverse,
};
use homeroom_wire::{ROUTES, Version, answer, parse};

/// Every accessor of a table, for every row and one past the end.
pub fn table(table: &Table) {
    assert_eq!(table.ids().count(), table.len() as usize);
    for at in 0..=table.len() {
        let id = table.id(at);
        if at < table.len() {
            assert_eq!(table.find(&id), Some(at));
        }
        black_box(table.lower_bound(&id));
        black_box((
            table.created(at).to_iso(),
            table.modified(at).date(),
            table.hash(at),
        ));
        for role in 0..4 {
            black_box((table.role_id(at, role), table.key(at, role)));
        }
        row(table.kind(), table.row(at));
    }
    black_box(table.find(&ObjectId::new([0xff; 12])));
}

/// Every accessor of a row, for every field and one that is none.
pub fn row(kind: Kind, row: Row<'_>) {
    for field in 0..=fields_of(kind).len() {
        black_box((
            row.bytes(field),
            row.text(field),
            row.code(field),
            row.date(field),
        ));
        black_box(row.list(field).count() + row.pairs(field).count());
        black_box(row.ext(field).is_empty());
    }
    black_box((row.packed(), row.needs_escape()));
    // A noun that was read, whatever from, is written as a row that reads as the same noun.
    let written = repack(kind, row);
    assert!(
        written == repack(kind, Row::new(&written)),
        "{kind}: a noun does not read back as it was written"
    );
}

fn repack(kind: Kind, row: Row<'_>) -> Vec<u8> {
    match kind {
        Kind::School => School::read(row).packed(),
        Kind::Student => Student::read(row).packed(),
        Kind::Employee => Employee::read(row).packed(),
        Kind::Contact => Contact::read(row).packed(),
        Kind::ContactLink => ContactLink::read(row).packed(),
        Kind::Section => Section::read(row).packed(),
        Kind::Course => Course::read(row).packed(),
        Kind::Term => Term::read(row).packed(),
        Kind::Resource => Resource::read(row).packed(),
    }
}

/// Every list, and the other direction of all of them, which must hold the same pairs.
pub fn lists(lists: &Lists, to: u32) {
    let mut pairs = Vec::new();
    for row in 0..lists.len() {
        let targets = lists.get(row);
        assert!(targets.iter().all(|target| *target < to));
        assert_eq!(lists.first(row), targets.first().copied());
        pairs.extend(targets.iter().map(|target| (*target, row)));
    }
    assert!(lists.get(lists.len()).is_empty());
    assert!(pairs.len() as u64 <= lists.total());
    let each = |call: &mut dyn FnMut(u32, &[u32])| {
        (0..lists.len()).for_each(|row| call(row, lists.get(row)));
    };
    let bytes = reverse(to, each, Vec::new()).expect("memory");
    let back =
        Lists::open("back", bytes.into(), to, lists.len()).expect("what is written can be read");
    pairs.sort_unstable();
    let found = (0..to).flat_map(|target| back.get(target).iter().map(move |row| (target, *row)));
    assert!(pairs.into_iter().eq(found));
}

/// Every departed record; writing them gives the same bytes.
pub fn departed(departed: &Departed, bytes: &[u8]) {
    for record in departed.records() {
        let kind = record.kind().expect("records of unknown kinds are refused");
        let found = departed
            .find(kind, record.role, &record.key)
            .expect("a record is found by its key");
        assert!(found.left >= record.left);
    }
    let mut written = Vec::new();
    departed.write(&mut written).expect("memory");
    assert_eq!(written, bytes);
}

/// Every entry, and what is found by ids and keys; whatever the bytes are, looking up ends.
pub fn ledger(ledger: &Ledger) {
    let entries: Vec<_> = ledger.iter().collect();
    assert!(entries.len() as u64 <= ledger.len());
    for entry in &entries {
        black_box(ledger.of_id(&entry.id).len());
    }
    if let Some(entry) = entries.first() {
        black_box(ledger.of_key(entry.kind, entry.role, &[0; 16]).len());
    }
}

/// Every change, in order and by id.
pub fn changes(changes: &Changes) {
    assert_eq!(changes.iter().count(), changes.len() as usize);
    for kind in Kind::ALL {
        for change in changes.of(kind) {
            assert_eq!(change.kind, kind);
            let found = changes
                .find(kind, &change.id)
                .expect("a change is found by its id");
            assert_eq!(found.op(), change.op());
            for record in change.before.iter().chain(&change.after) {
                black_box((record.created(), record.modified(), record.hash()));
                for role in 0..4 {
                    black_box((record.key(role), record.role_id(role)));
                }
                for relation in Relation::ALL {
                    black_box(record.targets(relation).count());
                }
                row(kind, record.row());
            }
        }
        black_box(changes.find(kind, &ObjectId::default()).is_some());
    }
}

/// Every table, list, export and answer of a snapshot that may be made of parts of different ones.
pub fn snapshot(snapshot: &Snapshot, version: &Version) {
    for kind in Kind::ALL {
        table(snapshot.table(kind));
    }
    for relation in Relation::ALL {
        lists(
            snapshot.lists(relation),
            snapshot.table(relation.to()).len(),
        );
        lists(
            snapshot.back(relation),
            snapshot.table(relation.from()).len(),
        );
    }
    for role in Role::ALL {
        black_box((
            snapshot.employees_with(role).len(),
            snapshot.by_role_id(role).len(),
        ));
    }
    for exported in ExportTable::ALL {
        black_box(exported.write_arrow(snapshot, Vec::new()).is_ok());
        black_box(exported.write_csv(snapshot, Vec::new()).is_ok());
    }
    let (scope, mask) = homeroom_sharing::everything(snapshot);
    let district = crate::sample::district();
    let view = View {
        snapshot,
        scope: &scope,
        mask: &mask,
        district: &district,
    };
    for route in ROUTES {
        let path = format!("/{}{}", version.name, route.path);
        if route.path.contains("{id}") {
            let first = |kind: Kind| snapshot.table(kind).ids().next();
            for id in Kind::ALL.into_iter().filter_map(first).chain([district.id]) {
                get(
                    &view,
                    &path.replace("{id}", &id.to_hex()),
                    "limit=100&primary=true",
                );
            }
        } else {
            get(&view, &path, "limit=10000");
            get(&view, &path, "ending_before=last&limit=3");
        }
    }
}

/// The body of one answer, if there is one; a refusal appends nothing.
pub fn get(view: &View<'_>, path: &str, query: &str) -> Option<Vec<u8>> {
    let request = parse(path, Some(query)).ok()?;
    let mut body = Vec::new();
    let answered = answer(&request, view, &mut body);
    assert!(answered.is_ok() || body.is_empty());
    answered.is_ok().then_some(body)
}
