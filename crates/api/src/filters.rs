//! Requests with a filter: the only ones whose records cost more to choose than to write, so they run beside the threads
//! that serve everybody, and few at once.

use std::sync::Arc;
use std::time::Duration;

use homeroom_wire::Refusal;
use tokio::sync::Semaphore;

use crate::error::ApiError;
use crate::settings::Settings;

/// Where filters run.
pub(crate) struct Filters {
    rows: u64,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Filters {
    pub(crate) fn new(settings: &Settings) -> Self {
        let places = settings.filters_at_once.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            rows: settings.filter_rows,
            places: Arc::new(Semaphore::new(places)),
            patience: settings.filter_patience,
        }
    }

    /// Does what a filter asks for, which is told how many records it may look at, once it has its turn: first come, first
    /// served.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(u64) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = Arc::clone(&self.places).acquire_owned();
        let turn = tokio::time::timeout(self.patience, turn).await;
        let Ok(Ok(place)) = turn else {
            return Err(ApiError::TooManyFilters);
        };
        let rows = self.rows;
        let working = tokio::task::spawn_blocking(move || {
            // Held by the work, not by who waits for it: a client that goes away leaves the thread busy.
            let _place = place;
            work(rows)
        });
        let done = working.await;
        Ok(done.map_err(|_| ApiError::Broken("a filter did not come to an end"))??)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn one_at_once() -> Filters {
        Filters::new(&Settings {
            filters_at_once: 0,
            filter_rows: 7,
            ..Settings::default()
        })
    }

    // Time stands still unless everything waits, and then leaps.
    #[tokio::test(start_paused = true)]
    async fn a_filter_waits_for_its_turn_and_not_for_ever() {
        let filters = one_at_once();
        let place = Arc::clone(&filters.places).acquire_owned().await.unwrap();
        let refused = filters.run(Ok).await;
        assert!(matches!(refused, Err(ApiError::TooManyFilters)));
        let free = async { drop(place) };
        let (answered, ()) = futures::future::join(filters.run(Ok), free).await;
        assert_eq!(answered.unwrap(), 7, "what it may look at");
    }

    #[tokio::test]
    async fn a_place_is_free_when_the_work_ends_however_it_ends() {
        let filters = Arc::new(one_at_once());
        let panicked = filters.run(|_| -> Result<(), _> { panic!("on purpose") });
        assert!(matches!(panicked.await, Err(ApiError::Broken(_))));
        let refused = filters.run(|_| Err::<(), _>(Refusal::FilterTooCostly));
        assert!(matches!(refused.await, Err(ApiError::Refused(_))));

        // Whoever asked goes away while the work goes on.
        let (tell, begun) = tokio::sync::oneshot::channel();
        let (end, ended) = mpsc::channel::<()>();
        let running = Arc::clone(&filters);
        let asked = tokio::spawn(async move {
            let work = move |_| {
                let _ = tell.send(());
                let _ = ended.recv();
                Ok(())
            };
            running.run(work).await
        });
        begun.await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(filters.places.available_permits(), 0);
        end.send(()).unwrap();
        assert_eq!(filters.run(Ok).await.unwrap(), 7);
    }
}
