//! Tokens of the management API. Only their digests are kept.

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{Digest, StoreError, limits};

/// A token of the management API.
#[derive(Clone, PartialEq, Eq)]
pub struct ManagementToken {
    /// Its id.
    pub id: ObjectId,
    /// Digest of the token, by which requests find it; unique in the installation.
    pub digest: Digest,
    /// What people call it, unique among those that are not revoked: the audit says `token:<name>`.
    pub name: String,
    /// The one district it is good for, `None` for the whole installation.
    pub district: Option<ObjectId>,
    /// When it was made.
    pub created: Timestamp,
    /// From when it is good for nothing, `None` for never.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl fmt::Debug for ManagementToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementToken")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("district", &self.district)
            .field("created", &self.created)
            .field("expires", &self.expires)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}

impl ManagementToken {
    /// Checks that every adapter makes before it adds a token.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::word("the name of a token", &self.name)
    }

    /// Whether a request may use it.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}

/// Tokens of the management API.
#[async_trait]
pub trait ManagementTokens: Send + Sync {
    /// Adds a token. Refused: `Invalid` over the limits, `Gone` if there is no such district, `Exists` if its id or
    /// digest is taken, or its name by one that is not revoked.
    async fn add_management_token(&self, token: ManagementToken) -> Result<(), StoreError>;

    /// The token of a digest, if it is good at `now`: neither revoked nor run out.
    async fn management_token_by_digest(
        &self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<ManagementToken>, StoreError>;

    /// All tokens, also those that are good for nothing any more, in the order in which they were made (`created`,
    /// then id).
    async fn management_tokens(&self) -> Result<Vec<ManagementToken>, StoreError>;

    /// Revokes a token; `false` if there is none or it was revoked before.
    async fn revoke_management_token(
        &self,
        token: ObjectId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}
