//! Who calls: the management token that came with the request.

use axum::http::HeaderMap;
use homeroom_model::ObjectId;
use homeroom_store::{Digest, DistrictRecord};

use crate::Api;
use crate::caller::bearer;
use crate::error::ApiError;
use crate::secrets::token_digest;

/// A caller whose token is good.
pub(super) struct Manager {
    /// The digest of the token, which the rate window is kept by.
    pub(super) digest: Digest,
    /// The one district the token is for; `None` for all of the installation.
    pub(super) only: Option<ObjectId>,
    /// What people call the token.
    name: String,
}

impl Manager {
    /// The caller of a request, by its `Authorization` header.
    pub(super) async fn find(api: &Api, headers: &HeaderMap) -> Result<Self, ApiError> {
        let digest = token_digest(bearer(headers).ok_or(ApiError::NoManagementToken)?);
        let now = api.clock.now();
        let token = api.ask(api.store.management_token_by_digest(&digest, now));
        let token = token.await?.ok_or(ApiError::NoManagementToken)?;
        Ok(Self {
            digest,
            only: token.district,
            name: token.name,
        })
    }

    /// Who it is, as the audit says it.
    pub(super) fn actor(&self) -> String {
        format!("token:{}", self.name)
    }

    /// A district by its id, if there is one and the token is for it.
    pub(super) async fn district(
        &self,
        api: &Api,
        named: Option<ObjectId>,
    ) -> Result<DistrictRecord, ApiError> {
        let allowed = named.filter(|named| self.only.is_none_or(|only| only == *named));
        let district = match allowed {
            Some(district) => api.ask(api.store.district(district)).await?,
            None => None,
        };
        district.ok_or(ApiError::NotThere(
            "No such district is open to this token.",
        ))
    }
}
