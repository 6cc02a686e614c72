use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::refuse;
use crate::{Conflict, Digest, ManagementToken, ManagementTokens, MemoryStore, StoreError};

#[async_trait]
impl ManagementTokens for MemoryStore {
    async fn add_management_token(&self, token: ManagementToken) -> Result<(), StoreError> {
        token.check()?;
        let mut state = self.state();
        if let Some(district) = token.district {
            state.district(district)?;
        }
        let meets = |other: &ManagementToken| {
            other.id == token.id
                || other.digest == token.digest
                || other.name == token.name && other.revoked.is_none() && token.revoked.is_none()
        };
        if state.management_tokens.values().any(meets) {
            return Err(refuse(Conflict::Exists, "the id, digest or name is taken"));
        }
        state.management_tokens.insert(token.id, token);
        Ok(())
    }

    async fn management_token_by_digest(
        &self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<ManagementToken>, StoreError> {
        let state = self.state();
        let mut tokens = state.management_tokens.values();
        let found = tokens.find(|token| token.digest == *digest);
        Ok(found.filter(|token| token.is_good(now)).cloned())
    }

    async fn management_tokens(&self) -> Result<Vec<ManagementToken>, StoreError> {
        let state = self.state();
        let mut tokens: Vec<_> = state.management_tokens.values().cloned().collect();
        tokens.sort_by_key(|token| (token.created, token.id));
        Ok(tokens)
    }

    async fn revoke_management_token(
        &self,
        token: ObjectId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let kept = state.management_tokens.get_mut(&token);
        let Some(kept) = kept.filter(|kept| kept.revoked.is_none()) else {
            return Ok(false);
        };
        kept.revoked = Some(now);
        Ok(true)
    }
}
