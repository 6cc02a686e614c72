//! Connections of an app with a district: the token, and what the app sees.

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{District, ObjectId, Timestamp};

use crate::districts::check_document;
use crate::events::NewEvents;
use crate::limits::invalid;
use crate::{Digest, StoreError, limits};

/// What one app sees of one district: a snapshot and the district document as of the same move (layout, idea 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewPointer {
    /// Number of the snapshot; `None` shows no records at all.
    pub snapshot: Option<u64>,
    /// The district document the app is shown.
    pub document: District,
    /// When the pointer moved last.
    pub moved_at: Timestamp,
    /// Counts the moves, from 0 at connecting.
    pub generation: u64,
}

/// Where a view pointer is to move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewMove {
    /// Number of a snapshot of the district that is still kept; `None` shows no records.
    pub snapshot: Option<u64>,
    /// The document from then on, of the same district.
    pub document: District,
    /// When.
    pub moved_at: Timestamp,
    /// What is kept of the move's events; `None` makes none.
    pub events: Option<NewEvents>,
}

impl ViewMove {
    /// The pointer after this move away from `generation`.
    pub fn pointer(self, generation: u64) -> ViewPointer {
        ViewPointer {
            snapshot: self.snapshot,
            document: self.document,
            moved_at: self.moved_at,
            generation: generation.saturating_add(1),
        }
    }

    /// Whether `pointer` is what this very move away from `generation` led to: then repeating it is no conflict.
    /// The moment and what is kept of events do not count, because a job that tries again has others.
    pub fn led_to(&self, pointer: &ViewPointer, generation: u64) -> bool {
        generation.checked_add(1) == Some(pointer.generation)
            && self.snapshot == pointer.snapshot
            && self.document == pointer.document
    }

    /// Checks that every adapter makes before it moves a view.
    pub fn check(&self, district: ObjectId, expected_generation: u64) -> Result<(), StoreError> {
        if self.document.id != district {
            return Err(invalid("the document", "belongs to another district"));
        }
        if expected_generation >= limits::NUMBER {
            return Err(invalid("the generation", "is too large"));
        }
        limits::number("the snapshot", self.snapshot.unwrap_or_default())?;
        self.events.as_ref().map_or(Ok(()), NewEvents::check)?;
        check_document(&self.document)
    }
}

/// A connection to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// The connection's id, shown as the id of its token (clever-api 7.5).
    pub id: ObjectId,
    /// The app.
    pub app: ObjectId,
    /// The district.
    pub district: ObjectId,
    /// Digest of the token, by which requests find the connection; unique in the installation.
    pub token: Digest,
    /// The token itself, sealed under the installation's master key, for `GET /oauth/tokens` (clever-api 7.5).
    pub sealed: Vec<u8>,
    /// What the token allows, in the order to be shown.
    pub scopes: Vec<String>,
    /// When the district connected the app.
    pub created: Timestamp,
}

impl fmt::Debug for NewConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewConnection")
            .field("id", &self.id)
            .field("app", &self.app)
            .field("district", &self.district)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl NewConnection {
    /// Checks that every adapter makes before it connects.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.sealed.len() > limits::SEALED {
            return Err(invalid("the sealed token", "is too long"));
        }
        limits::list("scopes", &self.scopes)
    }

    /// The connection as it begins: no snapshot yet, and the district document of that moment.
    pub fn begin(self, document: District) -> Connection {
        Connection {
            id: self.id,
            app: self.app,
            district: self.district,
            token: self.token,
            sealed: self.sealed,
            scopes: self.scopes,
            created: self.created,
            events: false,
            view: ViewPointer {
                snapshot: None,
                document,
                moved_at: self.created,
                generation: 0,
            },
        }
    }
}

/// A connection of an app with a district.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// The connection's id.
    pub id: ObjectId,
    /// The app.
    pub app: ObjectId,
    /// The district.
    pub district: ObjectId,
    /// Digest of the token.
    pub token: Digest,
    /// The token, sealed.
    pub sealed: Vec<u8>,
    /// What the token allows.
    pub scopes: Vec<String>,
    /// When the district connected the app.
    pub created: Timestamp,
    /// Whether moves of the view make events.
    pub events: bool,
    /// What the app sees.
    pub view: ViewPointer,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id)
            .field("app", &self.app)
            .field("district", &self.district)
            .field("scopes", &self.scopes)
            .field("view", &self.view)
            .finish_non_exhaustive()
    }
}

/// Connections and their view pointers.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Connects an app with a district. The view begins at generation 0 without a snapshot and with the district's
    /// document of that moment; the caller moves it to the district's snapshot next.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if app or district is not there, `Exists` if the id is taken in the
    /// district, the two are connected already or the token's digest is taken.
    async fn connect(&self, connection: NewConnection) -> Result<Connection, StoreError>;

    /// A connection by its id.
    async fn connection(
        &self,
        district: ObjectId,
        connection: ObjectId,
    ) -> Result<Option<Connection>, StoreError>;

    /// The connection a token belongs to: the one look-up that every request of an app makes.
    async fn connection_by_token(&self, token: &Digest) -> Result<Option<Connection>, StoreError>;

    /// The connections of an app, ascending by district id (clever-api 7.5).
    async fn connections_of_app(&self, app: ObjectId) -> Result<Vec<Connection>, StoreError>;

    /// The connections of a district, ascending by app id.
    async fn connections_of_district(
        &self,
        district: ObjectId,
    ) -> Result<Vec<Connection>, StoreError>;

    /// Moves the view pointer away from `expected_generation`, keeps what there is of events, and returns where it is then. Idempotent: repeating a
    /// move that has happened returns the same pointer.
    ///
    /// Refused: `Invalid` if the document is another district's or over the limits, `Gone` if there is no such
    /// connection, `Moved` if the pointer is at another generation, `Gone` if the snapshot is not kept.
    async fn move_view(
        &self,
        district: ObjectId,
        connection: ObjectId,
        expected_generation: u64,
        to: ViewMove,
    ) -> Result<ViewPointer, StoreError>;

    /// Ends a connection and forgets its token and its events; `false` if there was none.
    async fn revoke(&self, district: ObjectId, connection: ObjectId) -> Result<bool, StoreError>;
}
