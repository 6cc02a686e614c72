//! The load generator: blocking threads, one keep-alive connection each, paths chosen at random.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use crate::http::{Connection, Target, write_request};
use crate::process::cpu_seconds;

/// How a connection goes through the paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Any of them each time.
    Random,
    /// From the first to the last, and again.
    InTurn,
}

/// One window of load.
#[derive(Clone)]
pub(crate) struct Load {
    /// Who is asked.
    pub(crate) target: Target,
    /// Process whose CPU is counted; 0 for none.
    pub(crate) pid: u32,
    /// Token sent with each request; empty for none.
    pub(crate) bearer: String,
    /// Paths to choose from.
    pub(crate) paths: Arc<Vec<String>>,
    /// How they are chosen.
    pub(crate) order: Order,
    /// Connections, each with a thread of its own.
    pub(crate) connections: usize,
    /// How long to go on.
    pub(crate) time: Duration,
    /// No connection sends more requests than this.
    pub(crate) count: u64,
    /// Seed of the random choice; contestants of one pair get the same.
    pub(crate) seed: u64,
}

/// What one window showed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Window {
    /// Requests answered.
    pub(crate) requests: u64,
    /// Requests a second.
    pub(crate) rate: f64,
    /// Megabytes (10^6) of bodies a second.
    pub(crate) megabytes: f64,
    /// Median time of an answer in milliseconds.
    pub(crate) p50: f64,
    /// 99th percentile in milliseconds.
    pub(crate) p99: f64,
    /// CPU the server used, microseconds a request.
    pub(crate) cpu: f64,
}

/// What one connection brought home.
struct Share {
    nanoseconds: Vec<u64>,
    bytes: u64,
}

/// Sends load until time or count is used up. Any answer but 200 is an error: a benchmark of errors measures nothing.
pub(crate) fn run(load: &Load) -> Result<Window> {
    ensure!(!load.paths.is_empty(), "no paths to ask for");
    let ready = Arc::new(Barrier::new(load.connections + 1));
    let mut threads = Vec::new();
    for number in 0..load.connections {
        let (load, ready) = (load.clone(), Arc::clone(&ready));
        threads.push(thread::spawn(move || {
            connection(&load, number as u64, &ready)
        }));
    }
    ready.wait();
    let (start, cpu) = (Instant::now(), cpu_seconds(load.pid));
    let mut all = Vec::new();
    let mut bytes = 0;
    let mut failure = None;
    for thread in threads {
        match thread
            .join()
            .map_err(|_| anyhow!("a load thread panicked"))?
        {
            Ok(share) => {
                all.extend(share.nanoseconds);
                bytes += share.bytes;
            }
            Err(error) => failure = Some(error),
        }
    }
    if let Some(error) = failure {
        return Err(error);
    }
    Ok(window(
        all,
        bytes,
        start.elapsed(),
        cpu_seconds(load.pid) - cpu,
    ))
}

fn connection(load: &Load, number: u64, ready: &Barrier) -> Result<Share> {
    let opened = Connection::open(load.target);
    ready.wait();
    let mut connection = opened?;
    let mut random = Random::new(load.seed ^ (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut share = Share {
        nanoseconds: Vec::with_capacity(1 << 16),
        bytes: 0,
    };
    let mut request = Vec::new();
    let start = Instant::now();
    let mut now = start;
    while now.duration_since(start) < load.time && (share.nanoseconds.len() as u64) < load.count {
        let at = match load.order {
            Order::Random => random.below(load.paths.len()),
            Order::InTurn => share.nanoseconds.len() % load.paths.len(),
        };
        let path = load.paths.get(at).context("no such path")?;
        write_request(&mut request, path, &load.bearer);
        let answer = connection.exchange(&request)?;
        ensure!(
            answer.status == 200,
            "{path} was answered with status {}",
            answer.status
        );
        share.bytes += answer.body;
        let after = Instant::now();
        share
            .nanoseconds
            .push(u64::try_from(after.duration_since(now).as_nanos()).unwrap_or(u64::MAX));
        now = after;
    }
    Ok(share)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of one window are far below 2^52"
)]
fn window(mut nanoseconds: Vec<u64>, bytes: u64, time: Duration, cpu: f64) -> Window {
    nanoseconds.sort_unstable();
    let requests = nanoseconds.len() as u64;
    let percentile = |share: usize| {
        let at = (nanoseconds.len().saturating_sub(1)) * share / 100;
        nanoseconds.get(at).copied().unwrap_or(0) as f64 / 1e6
    };
    let seconds = time.as_secs_f64();
    Window {
        requests,
        rate: requests as f64 / seconds,
        megabytes: bytes as f64 / 1e6 / seconds,
        p50: percentile(50),
        p99: percentile(99),
        cpu: cpu * 1e6 / (requests.max(1)) as f64,
    }
}

/// A xorshift generator: enough to choose paths, and costs nothing.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Starts from `seed`; any value will do.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed | 1 }
    }

    /// The next number below `limit`; 0 when the limit is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let high = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        usize::try_from((high * limit as u64) >> 32).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_what_was_sent() {
        let window = window(
            vec![3_000_000, 1_000_000, 2_000_000],
            6_000_000,
            Duration::from_secs(2),
            0.003,
        );
        assert_eq!(window.requests, 3);
        assert!((window.rate - 1.5).abs() < 1e-9);
        assert!((window.megabytes - 3.0).abs() < 1e-9);
        assert!((window.p50 - 2.0).abs() < 1e-9);
        assert!((window.cpu - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn choices_stay_below_the_limit_and_vary() {
        let mut random = Random::new(7);
        let seen: std::collections::BTreeSet<usize> = (0..1000).map(|_| random.below(10)).collect();
        assert_eq!(seen, (0..10).collect());
        assert_eq!(random.below(0), 0);
    }
}
