//! A client that follows `next` links to the end and looks at no more of a page than it must: it shares two cores with the
//! server it measures.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::homeroom::Served;
use crate::http::Connection;

/// Stands before the address of every record of a page, and nowhere else: quotation marks inside texts are escaped.
const ADDRESS: &[u8] = b"},\"uri\":\"/";
/// Stands before the address of the next page, among the links at the end of the body.
const NEXT: &[u8] = b"\"rel\":\"next\",\"uri\":\"";
/// The links of a page are shorter than this.
const TAIL: usize = 4096;
/// Digits of an id.
const ID: usize = 24;

/// A list that was followed to its end.
pub(crate) struct Followed {
    /// How many records there were.
    pub(crate) records: u64,
    /// The pages, as they were asked for.
    pub(crate) pages: Vec<String>,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
    /// From the first request to the end of the last answer, this client's own work included.
    pub(crate) time: Duration,
    /// Until the end of the first answer.
    pub(crate) first: Duration,
    /// The slowest answer.
    pub(crate) slowest: Duration,
    /// The id of the last record; empty if there was none.
    pub(crate) last: String,
}

impl Followed {
    /// Records a second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.records as f64 / self.time.as_secs_f64()
    }

    /// Megabytes (10^6) of bodies a second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.time.as_secs_f64()
    }

    /// Bytes a record, with what stands around it.
    pub(crate) fn record_bytes(&self) -> u64 {
        self.bytes / self.records.max(1)
    }
}

/// Follows the list at `path` with a token. Ids that do not ascend are an error.
pub(crate) fn follow(served: &Served, token: &str, path: &str) -> Result<Followed> {
    let mut connection = Connection::open(served.target)?;
    let mut followed = Followed {
        records: 0,
        pages: Vec::new(),
        bytes: 0,
        time: Duration::ZERO,
        first: Duration::ZERO,
        slowest: Duration::ZERO,
        last: String::new(),
    };
    let mut body = Vec::new();
    let mut last = Vec::new();
    let mut next = Some(path.to_owned());
    let begun = Instant::now();
    while let Some(path) = next {
        let asked = Instant::now();
        let status = connection.get_into(&path, token, &mut body)?;
        ensure!(status == 200, "{path} was answered with status {status}");
        followed.slowest = followed.slowest.max(asked.elapsed());
        if followed.pages.is_empty() {
            followed.first = asked.elapsed();
        }
        followed.records += count(&body, &mut last).with_context(|| format!("reading {path}"))?;
        followed.bytes += body.len() as u64;
        next = next_page(&body);
        followed.pages.push(path);
    }
    followed.time = begun.elapsed();
    followed.last = String::from_utf8(last)?;
    Ok(followed)
}

/// How many records a page holds; each id must lie above the `last` one.
fn count(body: &[u8], last: &mut Vec<u8>) -> Result<u64> {
    let mut number = 0;
    for at in memchr::memmem::find_iter(body, ADDRESS) {
        let address = body.get(at + ADDRESS.len()..).unwrap_or_default();
        let end = memchr::memchr(b'"', address).context("an address has no end")?;
        let address = address.get(..end).unwrap_or_default();
        let id = address
            .len()
            .checked_sub(ID)
            .and_then(|from| address.get(from..));
        let id = id.context("an address has no id")?;
        ensure!(last.as_slice() < id, "ids do not ascend");
        last.clear();
        last.extend_from_slice(id);
        number += 1;
    }
    Ok(number)
}

/// The address of the next page, if there is one.
fn next_page(body: &[u8]) -> Option<String> {
    let tail = body.get(body.len().saturating_sub(TAIL)..)?;
    let at = memchr::memmem::rfind(tail, NEXT)?;
    let address = tail.get(at + NEXT.len()..)?;
    let end = memchr::memchr(b'"', address)?;
    String::from_utf8(address.get(..end)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &[u8] = br#"{"data":[{"data":{"id":"a","name":{"last":"\"},\"uri\":\"/"}},"uri":"/v1.1/students/5f00aa11bb22cc33dd44ee01","links":[{"rel":"self","uri":"/v1.1/students/5f00aa11bb22cc33dd44ee01"}]},{"data":{},"uri":"/v1.1/students/5f00aa11bb22cc33dd44ee02"}],"links":[{"rel":"self","uri":"/v1.1/students"},{"rel":"next","uri":"/v1.1/students?starting_after=5f00aa11bb22cc33dd44ee02"}]}"#;

    #[test]
    fn records_are_counted_by_their_addresses() {
        let mut last = Vec::new();
        assert_eq!(count(PAGE, &mut last).unwrap(), 2);
        assert_eq!(last, b"5f00aa11bb22cc33dd44ee02");
        assert!(count(PAGE, &mut last).is_err(), "ids go back");
    }

    #[test]
    fn the_next_page_stands_at_the_end() {
        assert_eq!(
            next_page(PAGE).as_deref(),
            Some("/v1.1/students?starting_after=5f00aa11bb22cc33dd44ee02")
        );
        assert!(next_page(b"{\"data\":[],\"links\":[]}").is_none());
    }
}
