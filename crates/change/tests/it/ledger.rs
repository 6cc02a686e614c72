//! A district's snapshots in memory, published the way ingest does it.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use homeroom_change::{Plan, Settings, assign, compare, undo};
use homeroom_model::{IdRange, Timestamp};
use homeroom_segment::{
    BuiltPart, Candidate, Changes, Departed, Digest, Ledger as Ids, Located, Manifest,
    MemorySpools, PartContent, SegmentError, Snapshot, build, ledger_parts,
};

pub(crate) type Parts = BTreeMap<String, Bytes>;

pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// One published snapshot.
pub(crate) struct Published {
    pub(crate) parts: Parts,
    pub(crate) snapshot: Snapshot,
    pub(crate) departed: Departed,
    /// What happened to every id so far.
    pub(crate) ids: Ids,
    /// Names of parts that are the former snapshot's.
    pub(crate) reused: BTreeSet<String>,
    pub(crate) at: Timestamp,
}

/// A district.
pub(crate) struct Ledger {
    /// The first is the empty snapshot with number 0.
    pub(crate) snapshots: Vec<Published>,
    pub(crate) now: Timestamp,
    /// The range of the last publish.
    pub(crate) range: Option<IdRange>,
    high_water: u32,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        let nothing = Published {
            parts: Parts::new(),
            snapshot: Snapshot::empty(),
            departed: Departed::default(),
            ids: Ids::default(),
            reused: BTreeSet::new(),
            at: Timestamp::default(),
        };
        Self {
            snapshots: vec![nothing],
            now: Timestamp::from_millis(1_800_000_000_000),
            range: None,
            high_water: 0,
        }
    }

    pub(crate) fn last(&self) -> &Published {
        self.snapshots.last().unwrap()
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.last().snapshot
    }

    /// What the last publish changed.
    pub(crate) fn changes(&self) -> Changes {
        Changes::open(self.last().parts["changes"].clone()).unwrap()
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, days: i64) {
        self.now = Timestamp::from_millis(self.now.millis() + days * DAY);
    }

    pub(crate) fn compare(&self, candidate: &Candidate) -> Plan {
        let last = self.last();
        let settings = Settings::new(self.now);
        compare(&last.snapshot, &last.departed, candidate, &settings)
    }

    /// Publishes a candidate, unless it changes nothing.
    pub(crate) fn publish(&mut self, candidate: &Candidate) -> Plan {
        let plan = self.compare(candidate);
        self.carry_out(plan, candidate)
    }

    /// Publishes the snapshot with a number again.
    pub(crate) fn undo_to(&mut self, number: u64) -> Plan {
        let target = self.snapshots.iter().rev();
        let mut target = target.filter(|published| published.snapshot.number() == number);
        let target = &target.next().unwrap().snapshot;
        let candidate = Candidate::of_snapshot(target, &MemorySpools).unwrap();
        let settings = Settings::new(self.now);
        let plan = undo(self.snapshot(), target, &candidate, &settings);
        assert_eq!(plan.ids_needed(), 0, "nobody gets a new id");
        self.carry_out(plan, &candidate)
    }

    fn carry_out(&mut self, plan: Plan, candidate: &Candidate) -> Plan {
        if plan.is_empty() {
            assert_eq!(plan.ids_needed(), 0);
            return plan;
        }
        let range = (plan.ids_needed() > 0).then(|| IdRange {
            seconds: self.now.seconds().max(self.high_water + 1),
            fence: [7; 5],
            count: plan.ids_needed(),
        });
        self.high_water = range.map_or(self.high_water, |range| range.last_second());
        self.range = range;
        let last = self.last();
        let settings = Settings::new(self.now);
        let (old, departed) = (&last.snapshot, &last.departed);
        let assignment = assign(&plan, old, departed, candidate, range, &settings).unwrap();
        let mut built = build(old, departed, candidate, &assignment, &MemorySpools).unwrap();
        let ids = ledger_parts(old, &last.ids, candidate, &assignment, &MemorySpools);
        built.extend(ids.unwrap());
        let number = old.number() + 1;
        let (parts, reused) = collect(built, &last.parts);
        let published = Published {
            snapshot: open(number, &parts),
            departed: Departed::open(&parts["departed"]).unwrap(),
            ids: Ids::open(&manifest(number, &parts), |name, _| Ok(parts[name].clone())).unwrap(),
            parts,
            reused,
            at: self.now,
        };
        assert_eq!(&published.departed, assignment.departed());
        self.snapshots.push(published);
        plan
    }
}

/// The bytes of all parts, those that are reused taken from the neighbour; and the names of those.
pub(crate) fn collect(built: Vec<BuiltPart>, neighbour: &Parts) -> (Parts, BTreeSet<String>) {
    let (mut parts, mut reused) = (Parts::new(), BTreeSet::new());
    for part in built {
        let bytes = match part.content {
            PartContent::Built(bytes) => bytes,
            PartContent::Reused => {
                reused.insert(part.name.clone());
                neighbour[&part.name].clone()
            }
        };
        assert!(parts.insert(part.name, bytes).is_none());
    }
    (parts, reused)
}

/// Opens a snapshot from its parts.
pub(crate) fn open(number: u64, parts: &Parts) -> Snapshot {
    try_open(number, parts).unwrap()
}

/// The same for parts that may be damaged.
pub(crate) fn try_open(number: u64, parts: &Parts) -> Result<Snapshot, SegmentError> {
    Snapshot::open(&manifest(number, parts), |name, _| Ok(parts[name].clone()))
}

fn manifest(number: u64, parts: &Parts) -> Manifest {
    let located = |bytes: &Bytes| Located {
        object: Digest::of(bytes),
        offset: 0,
        length: bytes.len() as u64,
    };
    Manifest {
        format: Manifest::FORMAT,
        number,
        parts: parts
            .iter()
            .map(|(name, bytes)| (name.clone(), located(bytes)))
            .collect(),
    }
}

/// A ledger of ids from the bytes of its parts.
pub(crate) fn ids(parts: impl IntoIterator<Item = Bytes>) -> Result<Ids, SegmentError> {
    let named = (0..).zip(parts);
    let parts: Parts = named
        .map(|(number, bytes): (u32, Bytes)| (format!("ledger.{number}"), bytes))
        .collect();
    Ids::open(&manifest(1, &parts), |name, _| Ok(parts[name].clone()))
}
