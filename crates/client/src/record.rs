//! One record as it came, and who takes it.

use std::fmt;
use std::ops::ControlFlow;

use bytes::Bytes;
use homeroom_model::ObjectId;
use homeroom_wire::read::{Document, ReadError, tolerant};
use homeroom_wire::{Object, Version};
use serde_json::Value;

use crate::known::{Known, Strange};

/// A record of a server. Its `Debug` shows nothing that is in it.
#[derive(Clone, PartialEq)]
pub struct Record {
    /// What kind of record it is.
    pub object: Object,
    /// Its id; `None` if it has none that could be one.
    pub id: Option<ObjectId>,
    /// The document exactly as sent. It keeps the whole page in memory for as long as it lives.
    pub raw: Bytes,
    /// What it says, or why that cannot be read. A record that cannot be read is there all the same.
    pub read: Result<Document, ReadError>,
    /// Fields whose values could not be read and are not in it, ascending; the rest of the record is (integration-side A2.5).
    pub left_out: Vec<&'static str>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("object", &self.object)
            .field("id", &self.id)
            .field("bytes", &self.raw.len())
            .field("error", &self.read.as_ref().err())
            .field("left_out", &self.left_out)
            .finish_non_exhaustive()
    }
}

/// Takes records as they come, in the order of the server. Pages are read ahead of it by one, no further.
pub trait Sink: Send {
    /// Takes a record; `Break` ends the reading with [`crate::ClientError::Stopped`].
    fn take(&mut self, record: Record) -> ControlFlow<()>;
}

impl<F: FnMut(Record) -> ControlFlow<()> + Send> Sink for F {
    fn take(&mut self, record: Record) -> ControlFlow<()> {
        self(record)
    }
}

/// Keeps them all.
impl Sink for Vec<Record> {
    fn take(&mut self, record: Record) -> ControlFlow<()> {
        self.push(record);
        ControlFlow::Continue(())
    }
}

/// A record, and whether it says whose it is.
pub(crate) struct Parsed {
    pub(crate) record: Record,
    pub(crate) district: Whose,
}

/// The district of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    Another,
    NotSaid,
}

/// Reads a document, once.
pub(crate) fn parse(
    (version, district): (&Version, ObjectId),
    object: Object,
    raw: Bytes,
    known: &Known,
    strange: &mut Strange,
) -> Parsed {
    let value: Option<Value> = serde_json::from_slice(&raw).ok();
    let value = value.unwrap_or_default();
    let own = |name| {
        value
            .get(name)
            .and_then(Value::as_str)
            .and_then(ObjectId::from_hex)
    };
    let id = own("id");
    let names_district = match object {
        // It is the district, or stands for it.
        Object::District | Object::Status => id,
        _ => own("district"),
    };
    let whose = match names_district {
        Some(found) if found == district => Whose::Ours,
        Some(_) => Whose::Another,
        None => Whose::NotSaid,
    };
    known.count(object, &value, strange);
    let (read, left_out) = match tolerant(version, object, &value) {
        Ok((document, left_out)) => (Ok(document), left_out),
        Err(error) => (Err(error), Vec::new()),
    };
    Parsed {
        record: Record {
            object,
            id,
            raw,
            read,
            left_out,
        },
        district: whose,
    }
}
