//! A list of steps that are announced, timed and summed up; the first failure ends it and says how to run that step again.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// What has been done so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Outcome)>,
}

enum Outcome {
    Passed(Duration),
    Failed(Duration),
    Skipped(String),
}

impl Steps {
    /// Does one step. `again` is the command line that runs this step alone.
    pub(crate) fn step(
        &mut self,
        name: &str,
        again: &str,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        println!("\n== {name}");
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        if result.is_err() {
            println!("\n== {name}: FAILED after {}", seconds(took));
            self.done.push((name.to_owned(), Outcome::Failed(took)));
            self.print();
        } else {
            println!("== {name}: passed in {}", seconds(took));
            self.done.push((name.to_owned(), Outcome::Passed(took)));
        }
        result.with_context(|| format!("{name}; run it again with: {again}"))
    }

    /// Notes a step that cannot be done here; it stays visible in the summary.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        println!("\n== {name}: SKIPPED, {why}");
        self.done
            .push((name.to_owned(), Outcome::Skipped(why.to_owned())));
    }

    /// Prints one line per step.
    pub(crate) fn print(&self) {
        println!("\n== summary");
        for (name, outcome) in &self.done {
            match outcome {
                Outcome::Passed(took) => println!("   passed   {:>8}  {name}", seconds(*took)),
                Outcome::Failed(took) => println!("   FAILED   {:>8}  {name}", seconds(*took)),
                Outcome::Skipped(why) => println!("   SKIPPED  {:>8}  {name}: {why}", ""),
            }
        }
    }
}

/// A duration as a person reads it.
pub(crate) fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_failed_step_says_how_to_run_it_again_and_stays_in_the_summary() {
        let mut steps = Steps::default();
        steps
            .step("first", "cargo xtask first", || Ok(()))
            .expect("passes");
        let error = steps
            .step("second", "cargo xtask second", || Err(anyhow!("broken")))
            .expect_err("fails");
        assert_eq!(
            format!("{error:#}"),
            "second; run it again with: cargo xtask second: broken"
        );
        let failed = |(_, outcome): &(String, Outcome)| matches!(outcome, Outcome::Failed(_));
        let outcomes: Vec<_> = steps.done.iter().map(failed).collect();
        assert_eq!(outcomes, [false, true]);
    }
}
