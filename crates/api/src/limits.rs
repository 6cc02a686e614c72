//! Rate windows: a fixed number of requests per token, the window opening with its first request (clever-api 9.2).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use homeroom_model::Timestamp;
use homeroom_store::Digest;
use moka::sync::Cache;

use crate::settings::Settings;

const BUCKET: HeaderName = HeaderName::from_static("x-ratelimit-bucket");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The windows of all tokens that called lately.
pub(crate) struct Windows {
    limit: u32,
    length: Duration,
    open: Cache<Digest, Arc<Mutex<Window>>>,
}

/// One token's window.
#[derive(Clone, Copy)]
struct Window {
    ends: Timestamp,
    used: u32,
}

/// What the headers of an answer say about the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    limit: u32,
    remaining: u32,
    reset: i64,
    wait: i64,
    /// Whether this request is within the limit.
    pub(crate) allowed: bool,
}

impl Windows {
    pub(crate) fn new(settings: &Settings) -> Self {
        let open = Cache::builder()
            .max_capacity(settings.tokens_remembered)
            .time_to_idle(settings.rate_window.saturating_mul(2))
            .build();
        Self {
            limit: settings.rate_limit,
            length: settings.rate_window,
            open,
        }
    }

    /// Counts a request of a token; `None` if there is no limit.
    pub(crate) fn count(&self, token: &Digest, now: Timestamp) -> Option<Allowance> {
        if self.limit == 0 {
            return None;
        }
        let window = self.open.get(token).unwrap_or_else(|| {
            self.open.get_with(*token, || {
                Arc::new(Mutex::new(Window { ends: now, used: 0 }))
            })
        });
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        let length = i64::try_from(self.length.as_millis()).unwrap_or(i64::MAX);
        // A clock that stepped back far must not keep a token out for longer than a window.
        if now >= window.ends || window.ends.millis().saturating_sub(now.millis()) > length {
            *window = Window {
                ends: Timestamp::from_millis(now.millis().saturating_add(length)),
                used: 0,
            };
        }
        let allowed = window.used < self.limit;
        if allowed {
            window.used += 1;
        }
        let ends = window.ends.millis();
        Some(Allowance {
            limit: self.limit,
            remaining: self.limit - window.used,
            reset: ends.div_euclid(1000) + i64::from(ends.rem_euclid(1000) > 0),
            wait: (ends.saturating_sub(now.millis()).saturating_add(999) / 1000).max(1),
            allowed,
        })
    }
}

impl Allowance {
    /// Puts the window's headers on an answer.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        headers.insert(BUCKET, HeaderValue::from_static("bearer"));
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
        if !self.allowed {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.wait));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(limit: u32) -> Windows {
        Windows::new(&Settings {
            rate_limit: limit,
            ..Settings::default()
        })
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_window_opens_with_its_first_request_and_refills_when_it_ends() {
        let windows = windows(2);
        let one = windows.count(&[1; 32], at(10_500)).unwrap();
        assert_eq!((one.remaining, one.reset, one.allowed), (1, 71, true));
        assert!(windows.count(&[1; 32], at(20_000)).unwrap().allowed);
        let third = windows.count(&[1; 32], at(70_000)).unwrap();
        assert_eq!((third.remaining, third.wait, third.allowed), (0, 1, false));
        assert!(
            windows.count(&[2; 32], at(70_000)).unwrap().allowed,
            "tokens do not share a window"
        );
        assert!(windows.count(&[1; 32], at(70_500)).unwrap().allowed);
    }

    #[test]
    fn a_clock_that_steps_back_keeps_nobody_out() {
        let windows = windows(1);
        assert!(windows.count(&[1; 32], at(10_000_000)).unwrap().allowed);
        assert!(windows.count(&[1; 32], at(0)).unwrap().allowed);
    }

    #[test]
    fn zero_is_no_limit() {
        assert_eq!(windows(0).count(&[1; 32], at(0)), None);
    }
}
