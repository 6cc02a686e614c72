//! What happened, so that a person can follow it: numbered days with what the source did, what the app was told to do and what
//! came of it. Printed when something is wrong.

use std::any::Any;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// A story that is being told. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Story(Arc<Mutex<Vec<String>>>);

impl Story {
    pub(crate) fn tell(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// Ends the history with what was expected and is not so.
    pub(crate) fn expect(what: &str, wrong: &[String]) {
        if wrong.is_empty() {
            return;
        }
        let mut text = format!("EXPECTED: {what}");
        for line in wrong.iter().take(25) {
            let _ = write!(text, "\n    but {line}");
        }
        if wrong.len() > 25 {
            let _ = write!(text, "\n    and {} more", wrong.len() - 25);
        }
        panic!("{text}");
    }

    fn whole(&self) -> String {
        let lines = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.join("\n")
    }
}

/// Plays a history on a clock of its own. Where something is wrong, the error is the story.
pub(crate) fn told<T>(seed: u64, play: impl AsyncFnOnce(&Story) -> T) -> Result<T, String> {
    let story = Story::default();
    let own = story.clone();
    let playing = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        runtime.unwrap().block_on(play(&own))
    }));
    playing.map_err(|panic| format!("seed {seed}\n{}\n  {}", story.whole(), message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
        .to_owned()
}

/// Plays many histories on as many threads as there are cores. Stops after a few stories of what is wrong.
pub(crate) fn many<T: Send>(
    seeds: impl Iterator<Item = u64> + Send,
    play: impl Fn(u64) -> Result<T, String> + Sync,
) -> Vec<T> {
    let seeds = Mutex::new(seeds);
    let (played, wrong) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let next = seeds.lock().unwrap().next();
                    let Some(seed) = next.filter(|_| wrong.lock().unwrap().len() < 3) else {
                        break;
                    };
                    match play(seed) {
                        Ok(told) => played.lock().unwrap().push(told),
                        Err(story) => wrong.lock().unwrap().push(story),
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{}\n\nplay one again with HOMEROOM_SEED",
        wrong.join("\n\n")
    );
    played.into_inner().unwrap()
}
