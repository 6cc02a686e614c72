//! How long the control store is waited for.

use std::time::Duration;

use homeroom_store::StoreError;

/// What the store answers, or that it takes too long: a request that waits for ever helps nobody.
pub(crate) async fn patiently<T>(
    patience: Duration,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(patience, asked)
        .await
        .unwrap_or_else(|_| {
            let message = format!("the control store did not answer within {patience:?}");
            Err(StoreError::unavailable(message))
        })
}
