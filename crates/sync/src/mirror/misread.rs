//! What of records could not be read (integration-side A2.5): named for people, never shown.

use homeroom_client::Record;
use homeroom_model::ObjectId;
use homeroom_wire::Object;
use homeroom_wire::read::ReadError;

/// Records that are named one by one for what could not be read of them; further ones are counted.
const MOST_MISREAD: usize = 100;

/// What of a record could not be read (integration-side A2.5). Names the field, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What kind of record.
    pub object: Object,
    /// Its id, if it has one.
    pub id: Option<ObjectId>,
    /// Fields whose values were left out.
    pub fields: Vec<&'static str>,
    /// Why the whole record was left out, if it was.
    pub why: Option<ReadError>,
}

/// All that could not be read of what was gathered.
#[derive(Clone, Debug, Default)]
pub struct Misreadings {
    /// Records that are not part of the mirror.
    pub records: u64,
    /// Values that are not part of their records.
    pub values: u64,
    /// The first hundred records of which something could not be read.
    pub first: Vec<Misread>,
}

impl Misreadings {
    /// A record cannot be read.
    pub(super) fn record(&mut self, record: &Record, why: ReadError) {
        self.records += 1;
        self.note(record, Some(why));
    }

    /// Values of a record were left out, if any were.
    pub(super) fn values(&mut self, record: &Record) {
        if !record.left_out.is_empty() {
            self.values += record.left_out.len() as u64;
            self.note(record, None);
        }
    }

    fn note(&mut self, record: &Record, why: Option<ReadError>) {
        if self.first.len() < MOST_MISREAD {
            self.first.push(Misread {
                object: record.object,
                id: record.id,
                fields: record.left_out.clone(),
                why,
            });
        }
    }
}
