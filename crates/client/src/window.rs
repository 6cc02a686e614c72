//! Rate windows as servers tell them (clever-api 9.2): `Retry-After`, or `X-RateLimit-Remaining` and `X-RateLimit-Reset`, each
//! with one value or with a list of one value per bucket.

use std::time::Duration;

use homeroom_model::{Date, Timestamp};
use http::HeaderMap;
use http::header::RETRY_AFTER;

const REMAINING: &str = "x-ratelimit-remaining";
const RESET: &str = "x-ratelimit-reset";

/// Numbers below this are no moments: some servers say how many seconds are left.
const FIRST_MOMENT: i64 = 1_000_000_000;

/// How long an answer that refuses for now asks to wait. What is said relative to now goes first: clocks differ.
pub(crate) fn told(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    retry_after(headers, now).or_else(|| reset(headers, now))
}

/// How long the window stays closed, if an answer says that its request was the last one in it.
pub(crate) fn used_up(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    numbers(headers, REMAINING)
        .contains(&0)
        .then(|| reset(headers, now))?
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(until(http_date(text)?, now)),
    }
}

/// Until the last of the used up buckets refills; of all buckets, if it is not said which are used up.
fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let remaining = numbers(headers, REMAINING);
    let resets = numbers(headers, RESET);
    let used = |at: usize| remaining.get(at).is_some_and(|left| *left == 0);
    let known = remaining.len() == resets.len() && remaining.contains(&0);
    let resets = resets.into_iter().enumerate();
    let resets = resets.filter_map(|(at, reset)| (!known || used(at)).then_some(reset));
    let last = resets.max()?;
    Some(if last < FIRST_MOMENT {
        Duration::from_secs(last.unsigned_abs())
    } else {
        until(last.saturating_mul(1000), now)
    })
}

fn numbers(headers: &HeaderMap, name: &str) -> Vec<i64> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let parts = text.unwrap_or_default().split(',');
    let numbers = parts.map_while(|part| part.trim().parse().ok());
    numbers.filter(|number| *number >= 0).collect()
}

fn until(millis: i64, now: Timestamp) -> Duration {
    let left = millis.saturating_sub(now.millis()).max(0);
    Duration::from_millis(left.unsigned_abs())
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` as milliseconds since 1970.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.strip_suffix(" GMT")?.split([' ', ':']);
    let day = parts.next()?.parse().ok()?;
    let named = parts.next()?;
    let month = MONTHS
        .iter()
        .zip(1_i8..)
        .find(|(name, _)| **name == named)?
        .1;
    let date = Date::new(parts.next()?.parse().ok()?, month, day)?;
    let mut number = || {
        parts
            .next()?
            .parse::<i64>()
            .ok()
            .filter(|number| (0..61).contains(number))
    };
    let (hours, minutes, seconds) = (number()?, number()?, number()?);
    let seconds = ((i64::from(date.days()) * 24 + hours) * 60 + minutes) * 60 + seconds;
    Some(seconds * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn both_forms_of_headers_say_how_long_to_wait() {
        let now = Timestamp::from_millis(1_700_000_000_500);
        let reset = ("x-ratelimit-reset", "1700000020");
        for (pairs, wait) in [
            (vec![], None),
            (vec![reset], Some(19_500)),
            (vec![("retry-after", "7"), reset], Some(7_000)),
            (
                vec![("retry-after", "Tue, 14 Nov 2023 22:13:27 GMT")],
                Some(6_500),
            ),
            (vec![("retry-after", "soon")], None),
            (vec![("x-ratelimit-reset", "25")], Some(25_000)),
            (vec![("x-ratelimit-reset", "1600000000")], Some(0)),
            (
                vec![
                    ("x-ratelimit-remaining", "5, 0"),
                    ("x-ratelimit-reset", "1700003600, 1700000010"),
                ],
                Some(9_500),
            ),
            (
                vec![
                    ("x-ratelimit-remaining", "5, 6"),
                    ("x-ratelimit-reset", "1700000060, 1700000010"),
                ],
                Some(59_500),
            ),
        ] {
            let wait = wait.map(Duration::from_millis);
            assert_eq!(told(&headers(&pairs), now), wait, "{pairs:?}");
        }
    }

    #[test]
    fn a_window_is_used_up_when_nothing_remains() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let used = |remaining| {
            used_up(
                &headers(&[
                    ("x-ratelimit-remaining", remaining),
                    ("x-ratelimit-reset", "1700000001"),
                ]),
                now,
            )
        };
        assert_eq!(used("0"), Some(Duration::from_secs(1)));
        assert_eq!(used("1"), None);
        assert_eq!(used_up(&HeaderMap::new(), now), None);
    }
}
