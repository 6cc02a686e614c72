//! Who calls: the connection a bearer token stands for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use homeroom_store::{Connection, Digest, Store, StoreError};
use moka::future::Cache;

use crate::error::ApiError;
use crate::patience::patiently;
use crate::secrets::token_digest;
use crate::settings::Settings;

/// A caller whose token is known.
#[derive(Clone)]
pub(crate) struct Caller {
    /// The digest of the token, which the rate window is kept by.
    pub(crate) token: Digest,
    /// What the token opens, with the view pointer as of at most a second ago.
    pub(crate) connection: Arc<Connection>,
}

/// Finds callers, remembering connections (and unknown tokens) for a moment.
pub(crate) struct Callers {
    store: Arc<dyn Store>,
    patience: Duration,
    known: Cache<Digest, Option<Arc<Connection>>>,
}

impl Callers {
    pub(crate) fn new(store: Arc<dyn Store>, settings: &Settings) -> Self {
        let known = Cache::builder()
            .max_capacity(settings.tokens_remembered)
            .time_to_live(settings.pointer_age)
            .build();
        Self {
            store,
            patience: settings.store_patience,
            known,
        }
    }

    /// The caller of a request, by its `Authorization` header.
    pub(crate) async fn find(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let token = token_digest(bearer(headers).ok_or(ApiError::NoToken)?);
        let connection = match self.known.get(&token).await {
            Some(known) => known,
            None => self.look_up(token).await?,
        };
        Ok(Caller {
            token,
            connection: connection.ok_or(ApiError::NoToken)?,
        })
    }

    /// Asks the store again, whatever is remembered: an object named by an old pointer may be gone by now.
    pub(crate) async fn again(&self, caller: &Caller) -> Result<Caller, ApiError> {
        self.known.invalidate(&caller.token).await;
        let connection = self.look_up(caller.token).await?.ok_or(ApiError::NoToken)?;
        Ok(Caller {
            token: caller.token,
            connection,
        })
    }

    async fn look_up(&self, token: Digest) -> Result<Option<Arc<Connection>>, ApiError> {
        let found = self.known.try_get_with(token, async {
            let asked = self.store.connection_by_token(&token);
            Ok::<_, StoreError>(patiently(self.patience, asked).await?.map(Arc::new))
        });
        // Boxed, because it is rare and large, and every request's future would have room for it.
        Box::pin(found).await.map_err(ApiError::unavailable)
    }
}

/// The token of `Authorization: Bearer TOKEN`; the scheme's case does not matter.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_is_read_from_its_header_only_as_documented() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc ").as_deref(), Some("abc"));
        for bad in ["Bearer", "Bearer ", "Basic abc", "abc", ""] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
