//! Limits and sizes of the API, each with a name (layout, invariant 7).

use std::time::Duration;

/// Settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Requests a token may make in one window; 0 for no limit (clever-api 9.2: 1200).
    pub rate_limit: u32,
    /// Length of a window, which opens with its first request.
    pub rate_window: Duration,
    /// How long a connection and its view pointer may be remembered before the store is asked again. A revoked token and
    /// a moved pointer take effect within this time.
    pub pointer_age: Duration,
    /// How long the control store may take to answer before a request is refused as if it were down.
    pub store_patience: Duration,
    /// How many tokens are remembered.
    pub tokens_remembered: u64,
    /// How many opened snapshots are kept. Older ones that are read as of then have a budget of their own
    /// ([`homeroom_history::Settings`]).
    pub snapshots_open: u64,
    /// Records that the filter of one request (`where` of versions 1.x) may look at; what would need more is refused with
    /// 400.
    pub filter_rows: u64,
    /// How many filters run at once, of all callers together, each on a thread of its own; at least one. Others wait.
    pub filters_at_once: usize,
    /// How long a filter waits for its turn before the request is refused with 429.
    pub filter_patience: Duration,
    /// Places of events kept for the next reader, over all moves: about eight bytes of memory each.
    pub event_places: u64,
    /// How much one body of totals may hold (clever-api 8.3: 413 beyond it).
    pub submissions: homeroom_goals::submission::Limits,
    /// Bytes of such bodies in memory at once, of all apps together; at least one body always has room.
    pub submission_bytes_at_once: usize,
    /// How long such a body may take to arrive, and how long to be taken in.
    pub submission_patience: Duration,
    /// Limits of the figures of Goals.
    pub figures: homeroom_progress::figures::Settings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate_limit: 1200,
            rate_window: Duration::from_mins(1),
            pointer_age: Duration::from_secs(1),
            store_patience: Duration::from_secs(10),
            tokens_remembered: 100_000,
            snapshots_open: 256,
            filter_rows: homeroom_wire::FILTER_ROWS,
            filters_at_once: 2,
            filter_patience: Duration::from_secs(5),
            event_places: 16 << 20,
            submissions: homeroom_goals::submission::Limits::default(),
            submission_bytes_at_once: 512 << 20,
            submission_patience: Duration::from_mins(5),
            figures: homeroom_progress::figures::Settings::default(),
        }
    }
}
