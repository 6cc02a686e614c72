//! Limits of reading, each with a name (layout, invariant 7).

use std::time::Duration;

use homeroom_wire::MAX_LIMIT;

/// How a source is read. Every limit ends what exceeds it as partial, or with an error; none ends it silently.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Records asked for at once, 1 to 10,000. Default 1,000.
    pub page_size: u32,
    /// Events asked for at once, 1 to 10,000. Default 1,000.
    pub event_page_size: u32,
    /// Pages of one list. Default 100,000.
    pub most_pages: u64,
    /// Pages in a row without a record that still lead on. Default 10.
    pub most_empty_pages: u64,
    /// Bytes of one answer; a longer one is asked for again with half the page size. Default 128 MiB.
    pub most_page_bytes: usize,
    /// Bytes of one collection. Default 32 GiB.
    pub most_bytes: u64,
    /// How long one request may take, its body included. Default 60 s.
    pub request_timeout: Duration,
    /// How often a request is tried in all, if the failures may pass. Default 6.
    pub tries: u32,
    /// The first wait before a retry; each next one is twice as long. Default 500 ms.
    pub first_wait: Duration,
    /// No wait before a retry is longer. Default 30 s.
    pub longest_wait: Duration,
    /// How often one request waits for the next rate window. Default 20.
    pub most_windows: u32,
    /// How long a server may close a rate window; what it says beyond that is taken for this. Default 5 min.
    pub longest_window: Duration,
    /// How long a whole reading may take. Default 6 h.
    pub deadline: Duration,
    /// Whether a collection that was walked is also counted, where the version can count: a server that ended a list too
    /// early is found out so. Default yes.
    pub check_counts: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_size: 1000,
            event_page_size: 1000,
            most_pages: 100_000,
            most_empty_pages: 10,
            most_page_bytes: 128 << 20,
            most_bytes: 32 << 30,
            request_timeout: Duration::from_mins(1),
            tries: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            most_windows: 20,
            longest_window: Duration::from_mins(5),
            deadline: Duration::from_hours(6),
            check_counts: true,
        }
    }
}

impl Settings {
    /// A page size that servers accept (clever-api 5).
    pub(crate) fn page(size: u32) -> u32 {
        let most = u32::try_from(MAX_LIMIT).unwrap_or(10_000);
        size.clamp(1, most)
    }
}
