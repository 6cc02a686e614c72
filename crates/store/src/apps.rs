//! Apps: who may read, once a district has connected them.

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{Digest, StoreError, limits};

/// An app. Its secret is kept as a digest only.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    /// The app's id.
    pub id: ObjectId,
    /// Name for people.
    pub name: String,
    /// What the app calls itself when it authenticates; unique in the installation (clever-api 7.5).
    pub client_id: String,
    /// Digest of the client secret.
    pub secret: Digest,
    /// When the app was added.
    pub created: Timestamp,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Checks that every adapter makes before it writes an app.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::text("the name of an app", &self.name)?;
        limits::text("client_id", &self.client_id)
    }
}

/// Apps of the installation.
#[async_trait]
pub trait Apps: Send + Sync {
    /// Adds an app. Refused: `Invalid` over the limits, `Exists` if its id or client id is taken.
    async fn add_app(&self, app: App) -> Result<(), StoreError>;

    /// An app by id.
    async fn app(&self, app: ObjectId) -> Result<Option<App>, StoreError>;

    /// An app by client id, exactly as written.
    async fn app_by_client(&self, client_id: &str) -> Result<Option<App>, StoreError>;

    /// All apps, ascending by id. A district has a few hundred at the very most, an installation not many more.
    async fn apps(&self) -> Result<Vec<App>, StoreError>;

    /// Removes an app; `false` if there was none. Refused as `InUse` while a district is connected with it (revoke
    /// those connections first) or keeps what it reported (forget those feeds first).
    async fn remove_app(&self, app: ObjectId) -> Result<bool, StoreError>;
}
