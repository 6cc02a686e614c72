//! The identity ledger: for every id ever given when, on what evidence, and what became of it (district-side 5).
//!
//! Parts `ledger.0`, `ledger.1` … of a manifest: files of entries of a fixed size, ascending. Each publish adds one, merged
//! with those before it that are not more than twice as long: so there are few, the first holds most, and an entry is
//! written again only a few times in its life. The newest manifest names the whole history, however short the retention of
//! snapshots is. There is no personal data in it: a natural key stands as half of its keyed hash.
//!
//! ```text
//! id 12 · number of the snapshot u32, big-endian · event · kind · role (255 for the record itself) · evidence ·
//! other id 12 · first 8 bytes of the keyed hash of the natural key
//! ```
//!
//! Entries compare as their bytes do.

mod entries;
mod write;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId};

use crate::error::SegmentError;
use crate::hash::Hash;
use crate::manifest::{Located, Manifest};
use crate::noun::place_of;

pub use write::ledger_parts;

const MAGIC: &[u8; 8] = b"ledger\n0";
const SIZE: usize = ObjectId::LEN + 4 + 4 + ObjectId::LEN + KEY;
const KEY: usize = 8;
/// In the place of a role: the entry is about the record, or the person, itself.
const NO_ROLE: u8 = u8::MAX;

/// Declares a closed list with codes and texts.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            /// Every value, by code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, in reports and in JSON.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            fn code(self) -> u8 {
                match self { $(Self::$variant => $code),+ }
            }

            fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.text())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.text())
            }
        }
    };
}

coded! {
    /// What happened to an id. Codes are stored: new events are added at the end.
    LedgerEvent {
        /// It was given for the first time. Of a role's id: `other` is the person.
        Given = 1 "given",
        /// It came back in time to be given again. Of a role's id: `other` is the person.
        Returned = 2 "returned",
        /// Its record is no longer sent. Of a role's id: `other` is the person who had it.
        Left = 3 "left",
        /// The person's roles are now another's: `other`.
        MergedInto = 4 "merged_into",
        /// A role of this new person was part of `other`.
        SplitFrom = 5 "split_from",
        /// A role's id: the role with its id now belongs to the person `other`.
        MovedTo = 6 "moved_to",
        /// It left, and `other`, given in the same publish, is probably the same record under another key.
        RekeyedTo = 7 "rekeyed_to",
        /// It was given, and is probably the same record as `other`, which left in the same publish.
        RekeyedFrom = 8 "rekeyed_from",
        /// A publish was undone, and with it that it was gone.
        RestoredByUndo = 9 "restored_by_undo",
        /// The publish it was given or came back in was undone.
        WithdrawnByUndo = 10 "withdrawn_by_undo",
    }
}

coded! {
    /// By what a record is known. Codes are stored: new evidence is added at the end.
    Evidence {
        /// Nothing: it was no longer sent, or the event needs none.
        None = 0 "none",
        /// The id in the SIS.
        SisId = 1 "sis_id",
        /// The email address.
        Email = 2 "email",
        /// Name and date of birth.
        NameAndDob = 3 "name_and_dob",
        /// The course's number.
        CourseNumber = 4 "course_number",
        /// The course's name.
        CourseName = 5 "course_name",
        /// The term's name, first and last day.
        TermNameAndDates = 6 "term_name_and_dates",
        /// A contact's id in the SIS.
        ContactSisId = 7 "contact_sis_id",
        /// A contact's name and email.
        NameAndEmail = 8 "name_and_email",
        /// A contact's name and telephone.
        NameAndPhone = 9 "name_and_phone",
        /// A contact's name, tie and kind of telephone.
        NameAndType = 10 "name_and_type",
        /// The contact and the student a tie is between.
        ContactAndStudent = 11 "contact_and_student",
        /// Somebody added it by hand.
        ByHand = 12 "by_hand",
        /// The name, of a school.
        Name = 13 "name",
        /// School, course, number, period and first teacher, of a section.
        SectionPlace = 14 "section_place",
        /// The same id in the SIS but for capital letters.
        KeyWithoutCase = 15 "key_without_case",
        /// The same id in the SIS but for zeros in front.
        KeyWithoutZeros = 16 "key_without_zeros",
    }
}

/// What happened to an id in one publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerEntry {
    /// The id.
    pub id: ObjectId,
    /// Number of the snapshot that was published.
    pub snapshot: u32,
    /// What happened.
    pub event: LedgerEvent,
    /// The kind of the record.
    pub kind: Kind,
    /// For the id of a role: which, as in [`crate::Table::role_id`]. `None` for the id of the record or person itself.
    pub role: Option<u8>,
    /// On what evidence.
    pub evidence: Evidence,
    /// The other id the event speaks of.
    pub other: Option<ObjectId>,
    key: [u8; KEY],
}

impl LedgerEntry {
    /// Whether the entry's record has this natural key, given as its keyed hash.
    pub fn has_key(&self, key: &Hash) -> bool {
        key.starts_with(&self.key)
    }

    fn to_bytes(self) -> [u8; SIZE] {
        let codes = [
            self.event.code(),
            place_of(self.kind),
            self.role.unwrap_or(NO_ROLE),
            self.evidence.code(),
        ];
        let mut bytes = [0; SIZE];
        let number = self.snapshot.to_be_bytes();
        let other = self.other.unwrap_or_default();
        let parts = self.id.bytes().iter().chain(&number).chain(&codes);
        for (to, from) in bytes
            .iter_mut()
            .zip(parts.chain(other.bytes()).chain(&self.key))
        {
            *to = *from;
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk::<{ ObjectId::LEN }>()?;
        let (number, rest) = rest.split_first_chunk::<4>()?;
        let (codes, rest) = rest.split_first_chunk::<4>()?;
        let (other, rest) = rest.split_first_chunk::<{ ObjectId::LEN }>()?;
        let [event, kind, role, evidence] = *codes;
        let other = ObjectId::new(*other);
        Some(Self {
            id: ObjectId::new(*id),
            snapshot: u32::from_be_bytes(*number),
            event: LedgerEvent::from_code(event)?,
            kind: *Kind::ALL.get(usize::from(kind))?,
            role: (role != NO_ROLE).then_some(role),
            evidence: Evidence::from_code(evidence)?,
            other: (other != ObjectId::default()).then_some(other),
            key: rest.try_into().ok()?,
        })
    }
}

/// The ledger of a district, as of one snapshot. Reading it touches only the bytes that are looked at.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The entries of each part, in the order of their names.
    parts: Vec<Bytes>,
}

impl Ledger {
    /// Opens the ledger that a manifest names; `fetch` gives the bytes of a part. A manifest without one has none: of a
    /// district that has not published yet.
    pub fn open(
        manifest: &Manifest,
        mut fetch: impl FnMut(&str, &Located) -> Result<Bytes, SegmentError>,
    ) -> Result<Self, SegmentError> {
        let mut parts = Vec::new();
        for number in 0.. {
            let name = part_name(number);
            let Some(located) = manifest.parts.get(&name) else {
                break;
            };
            parts.push(entries_of(&name, &fetch(&name, located)?)?);
        }
        Ok(Self { parts })
    }

    /// Whether a part of a manifest belongs to the ledger.
    pub fn is_part(name: &str) -> bool {
        name.starts_with("ledger.")
    }

    /// Number of entries.
    pub fn len(&self) -> u64 {
        let bytes: usize = self.parts.iter().map(Bytes::len).sum();
        (bytes / SIZE) as u64
    }

    /// Whether nothing was ever given.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everything that happened to an id, oldest first; empty for one that was never given.
    pub fn of_id(&self, id: &ObjectId) -> Vec<LedgerEntry> {
        let mut found = Vec::new();
        for part in &self.parts {
            let (entries, _) = part.as_chunks::<SIZE>();
            let start = entries.partition_point(|entry| is_before(entry, id));
            let rest = entries.get(start..).unwrap_or(&[]);
            let same = rest
                .iter()
                .take_while(|entry| entry.starts_with(id.bytes()));
            found.extend(same.filter_map(|entry| LedgerEntry::from_bytes(entry)));
        }
        found.sort_unstable_by_key(|entry| entry.to_bytes());
        found
    }

    /// Everything that happened to ids under a natural key of a kind (of a role, for employees), given as its keyed hash:
    /// by id, oldest first. Reads the whole ledger once: 40 bytes per entry.
    pub fn of_key(&self, kind: Kind, role: Option<u8>, key: &Hash) -> Vec<LedgerEntry> {
        let mut found = Vec::new();
        for part in &self.parts {
            let (entries, _) = part.as_chunks::<SIZE>();
            let same = entries.iter().filter(|entry| {
                entry
                    .last_chunk::<KEY>()
                    .is_some_and(|bytes| key.starts_with(bytes))
            });
            let same = same.filter_map(|entry| LedgerEntry::from_bytes(entry));
            found.extend(same.filter(|entry| entry.kind == kind && entry.role == role));
        }
        found.sort_unstable_by_key(|entry| entry.to_bytes());
        found
    }

    /// Every entry, part by part: ascending inside each. Entries that cannot be read are left out.
    pub fn iter(&self) -> impl Iterator<Item = LedgerEntry> {
        let entries = self
            .parts
            .iter()
            .flat_map(|part| part.as_chunks::<SIZE>().0);
        entries.filter_map(|entry| LedgerEntry::from_bytes(entry))
    }
}

/// Whether an entry is about a smaller id.
fn is_before(entry: &[u8; SIZE], id: &ObjectId) -> bool {
    entry
        .first_chunk::<{ ObjectId::LEN }>()
        .is_some_and(|first| first < id.bytes())
}

fn part_name(number: usize) -> String {
    format!("ledger.{number}")
}

/// The entries of a part, without what stands before them.
fn entries_of(name: &str, bytes: &Bytes) -> Result<Bytes, SegmentError> {
    if !bytes.starts_with(MAGIC) {
        return Err(SegmentError::damaged(name, "it is something else"));
    }
    let entries = bytes.slice(MAGIC.len()..);
    if !entries.len().is_multiple_of(SIZE) {
        return Err(SegmentError::damaged(name, "its length does not fit"));
    }
    Ok(entries)
}
