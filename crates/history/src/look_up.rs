//! Looking an id up: in the ledger, in what is published, and in what was changed by the publishes that are kept.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{
    Changes, Digest, HashKey, Ledger, LedgerEntry, LedgerEvent, Manifest, SegmentError, Snapshot,
};

use crate::History;
use crate::became::{Became, Happened, Now, Other, what};
use crate::error::HistoryError;
use crate::natural_key::{EMPLOYEE_ROLES, Keyed, shown};
use crate::older::Older;
use crate::published::{CHANGES, missing};
use crate::publishes::Publishes;

/// How many other ids an answer follows at most: a chain of that many merges is no longer read by anybody.
const FOLLOWED: usize = 100;

/// A district's ledger and what it publishes now.
struct Present {
    ledger: Ledger,
    published: Arc<Older>,
}

/// What is known of one id.
struct Facts {
    id: ObjectId,
    kind: Kind,
    role: Option<u8>,
    now: Now,
    key: Option<String>,
    entries: Vec<LedgerEntry>,
}

impl History {
    /// What became of an id of a district; `None` if it was never given there.
    pub async fn became(
        &self,
        district: ObjectId,
        id: ObjectId,
    ) -> Result<Option<Became>, HistoryError> {
        match self.present(district).await? {
            Some(present) => self.follow(district, &present, id).await,
            None => Ok(None),
        }
    }

    /// What became of every id that a natural key ever had, by id; empty if it never had one. A teacher's or a staff
    /// member's ids are those of the role; the people stand among their others.
    pub async fn became_of_key(
        &self,
        district: ObjectId,
        keyed: Keyed,
        key: &str,
    ) -> Result<Vec<Became>, HistoryError> {
        let (present, secret) = (
            self.present(district).await?,
            self.hash_key(district).await?,
        );
        let (Some(present), Some(secret)) = (present, secret) else {
            return Ok(Vec::new());
        };
        let present = Arc::new(present);
        let (looking, text) = (Arc::clone(&present), keyed.hashed(key));
        // Reads the whole ledger.
        let looked = tokio::task::spawn_blocking(move || looking.ids_of(keyed, &text, &secret));
        let ids = looked.await.map_err(|_| HistoryError::Interrupted)?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.follow(district, &present, id).await?);
        }
        Ok(found)
    }

    async fn present(&self, district: ObjectId) -> Result<Option<Present>, HistoryError> {
        let Some(current) = self.store.current(district).await? else {
            return Ok(None);
        };
        let manifest = Manifest::from_text(&current.manifest)?;
        let ledger = self.ledger(&manifest).await?;
        let published = self.snapshot(district, current.number).await?;
        Ok(Some(Present { ledger, published }))
    }

    /// The ledger of ids that belongs to a snapshot.
    pub async fn ledger(&self, manifest: &Manifest) -> Result<Ledger, HistoryError> {
        let mut parts = HashMap::new();
        for name in manifest.parts.keys().filter(|name| Ledger::is_part(name)) {
            parts.insert(name.clone(), self.part(manifest, name).await?);
        }
        let ledger = Ledger::open(manifest, |name, _| {
            let part = parts.get(name).cloned();
            part.ok_or_else(|| missing(name, "it is not there".to_owned()))
        });
        Ok(ledger?)
    }

    /// The key that a district's natural keys are hashed with; `None` before its first import.
    async fn hash_key(&self, district: ObjectId) -> Result<Option<HashKey>, HistoryError> {
        let Some(kept) = self.store.setting(&format!("hash_key/{district}")).await? else {
            return Ok(None);
        };
        let key = Digest::from_hex(&kept).ok_or_else(|| SegmentError::Damaged {
            what: "the district's hash key".to_owned(),
            why: "it is no key".to_owned(),
        })?;
        Ok(Some(HashKey::new(*key.bytes())))
    }

    /// An id with all it has to do with.
    async fn follow(
        &self,
        district: ObjectId,
        present: &Present,
        id: ObjectId,
    ) -> Result<Option<Became>, HistoryError> {
        let Some(mut facts) = present.facts(id) else {
            return Ok(None);
        };
        self.recall_key(district, &mut facts).await?;
        let mut others = Vec::new();
        let mut seen = BTreeSet::from([id]);
        let mut next: VecDeque<_> = facts.leads().collect();
        while let Some((through, other)) = next.pop_front() {
            if others.len() >= FOLLOWED || !seen.insert(other) {
                continue;
            }
            if let Some(mut of_other) = present.facts(other) {
                self.recall_key(district, &mut of_other).await?;
                next.extend(of_other.leads());
                others.push(of_other.as_other(through));
            }
        }
        let numbers = facts.entries.iter().map(|entry| u64::from(entry.snapshot));
        let publishes = self.publishes(district, numbers.collect()).await?;
        Ok(Some(facts.told(present.heir(id), &publishes, others)))
    }

    /// Finds the natural key of what is no longer published in the changes of the publish it left with, if they are kept.
    async fn recall_key(&self, district: ObjectId, facts: &mut Facts) -> Result<(), HistoryError> {
        if facts.key.is_some() {
            return Ok(());
        }
        let Some(gone) = facts.gone() else {
            return Ok(());
        };
        let number = u64::from(gone.snapshot);
        let Some(kept) = self.store.snapshot(district, number).await? else {
            return Ok(());
        };
        let manifest = Manifest::from_text(&kept.manifest)?;
        if !manifest.parts.contains_key(CHANGES) {
            return Ok(());
        }
        let changes = self.part(&manifest, CHANGES).await?;
        // What is known of a role stands in the row of its person.
        let row_of = gone.other.filter(|_| facts.role.is_some());
        let (kind, role, row_of) = (facts.kind, facts.role, row_of.unwrap_or(facts.id));
        let reading = tokio::task::spawn_blocking(move || {
            let changes = Changes::open(changes)?;
            let before = changes.find(kind, &row_of).and_then(|change| change.before);
            Ok::<_, SegmentError>(before.and_then(|record| shown(kind, role, record.row())))
        });
        facts.key = reading.await.map_err(|_| HistoryError::Interrupted)??;
        Ok(())
    }
}

impl Present {
    /// What ledger and tables know of an id.
    fn facts(&self, id: ObjectId) -> Option<Facts> {
        let entries = self.ledger.of_id(&id);
        let snapshot = &self.published.snapshot;
        let place = place(snapshot, &id);
        let (kind, role) = match (place, entries.first()) {
            (Some((kind, _, role)), _) => (kind, role),
            (None, Some(first)) => (first.kind, first.role),
            (None, None) => return None,
        };
        let key =
            place.and_then(|(kind, row, role)| shown(kind, role, snapshot.table(kind).row(row)));
        let mut facts = Facts {
            id,
            kind,
            role,
            now: Now::Published,
            key,
            entries,
        };
        if place.is_none() {
            facts.now = match facts.departing().map(|entry| entry.event) {
                Some(LedgerEvent::MergedInto) => Now::Merged,
                Some(LedgerEvent::RekeyedTo) => Now::Rekeyed,
                Some(LedgerEvent::WithdrawnByUndo) => Now::Withdrawn,
                _ if self.waits(&id) => Now::Left,
                _ => Now::Gone,
            };
        }
        Some(facts)
    }

    /// Whether an id is kept for the return of its record.
    fn waits(&self, id: &ObjectId) -> bool {
        let mut departed = self.published.departed.records().iter();
        departed.any(|record| record.id == *id || record.role_id == *id)
    }

    /// The published id that stands for an id, by its successors.
    fn heir(&self, id: ObjectId) -> Option<ObjectId> {
        let mut seen = BTreeSet::new();
        let mut id = id;
        while seen.insert(id) {
            let facts = self.facts(id)?;
            match facts.now {
                Now::Published => return Some(id),
                Now::Merged | Now::Rekeyed => id = facts.departing()?.other?,
                // Withdrawn by undoing the undo of what gave its record another id.
                Now::Withdrawn => id = facts.successor()?,
                Now::Left | Now::Gone => return None,
            }
        }
        None
    }

    /// The ids that a natural key ever had, ascending.
    fn ids_of(&self, keyed: Keyed, text: &str, secret: &HashKey) -> BTreeSet<ObjectId> {
        let (kind, role) = keyed.place();
        let hash = secret.hash(text.as_bytes());
        let entries = self.ledger.of_key(kind, role, &hash);
        let mut ids: BTreeSet<_> = entries.iter().map(|entry| entry.id).collect();
        // What was given before there was a ledger.
        let (table, at) = (self.published.snapshot.table(kind), role.unwrap_or(0));
        for row in 0..table.len() {
            if table.key(row, at.into()) == Some(hash) {
                ids.insert(match role {
                    Some(role) => table.role_id(row, role.into()).unwrap_or_default(),
                    None => table.id(row),
                });
            }
        }
        ids
    }
}

/// Where an id stands in a snapshot: as a record's own or as that of a role.
fn place(snapshot: &Snapshot, id: &ObjectId) -> Option<(Kind, u32, Option<u8>)> {
    let own = Kind::ALL
        .iter()
        .find_map(|kind| Some((*kind, snapshot.table(*kind).find(id)?, None)));
    own.or_else(|| {
        let mut roles = (0..)
            .zip(EMPLOYEE_ROLES)
            .map(|(at, role)| (Kind::Employee, at, role));
        roles
            .find_map(|(kind, at, role)| row_of_role(snapshot, kind, at, role, id))
            .or_else(|| row_of_role(snapshot, Kind::Contact, 0, Role::Contact, id))
    })
}

fn row_of_role(
    snapshot: &Snapshot,
    kind: Kind,
    at: u8,
    role: Role,
    id: &ObjectId,
) -> Option<(Kind, u32, Option<u8>)> {
    let (table, rows) = (snapshot.table(kind), snapshot.by_role_id(role));
    let of = |row: &u32| table.role_id(*row, at.into()).unwrap_or_default();
    let found = rows.binary_search_by_key(id, of).ok()?;
    Some((kind, *rows.get(found)?, Some(at)))
}

impl Facts {
    /// The last entry that says that the id went, and where to: where it left and is probably another one, the latter.
    fn departing(&self) -> Option<&LedgerEntry> {
        let goes = |entry: &&LedgerEntry| {
            matches!(
                entry.event,
                LedgerEvent::Left
                    | LedgerEvent::MergedInto
                    | LedgerEvent::RekeyedTo
                    | LedgerEvent::WithdrawnByUndo
            )
        };
        self.entries.iter().rev().find(goes)
    }

    /// The last id that another entry than an undo's led to.
    fn successor(&self) -> Option<ObjectId> {
        let leads = |entry: &&LedgerEntry| {
            matches!(
                entry.event,
                LedgerEvent::MergedInto | LedgerEvent::RekeyedTo
            )
        };
        self.entries.iter().rev().find(leads)?.other
    }

    /// The last entry that says that the id went, whatever became of its record. Of a role's id it names the person.
    fn gone(&self) -> Option<&LedgerEntry> {
        let goes = |entry: &&LedgerEntry| {
            matches!(
                entry.event,
                LedgerEvent::Left | LedgerEvent::MergedInto | LedgerEvent::WithdrawnByUndo
            )
        };
        self.entries.iter().rev().find(goes)
    }

    /// The ids its entries lead to.
    fn leads(&self) -> impl Iterator<Item = (LedgerEvent, ObjectId)> + use<> {
        let leads: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.event, entry.other?)))
            .collect();
        leads.into_iter()
    }

    fn as_other(&self, through: LedgerEvent) -> Other {
        Other {
            id: self.id,
            what: what(self.kind, self.role),
            through,
            key: self.key.clone(),
            now: self.now,
        }
    }

    fn told(self, present: Option<ObjectId>, publishes: &Publishes, others: Vec<Other>) -> Became {
        let happened = |entry: &LedgerEntry| {
            let snapshot = u64::from(entry.snapshot);
            let publish = publishes.get(&snapshot);
            Happened {
                snapshot,
                at: publish.map(|(at, _)| *at),
                run: publish.map(|(_, run)| *run),
                event: entry.event,
                evidence: entry.evidence,
                other: entry.other,
            }
        };
        let mut became = Became {
            id: self.id,
            what: what(self.kind, self.role),
            key: self.key,
            now: self.now,
            present,
            history: self.entries.iter().map(happened).collect(),
            others,
            says: String::new(),
        };
        became.says = became.sentence();
        became
    }
}
