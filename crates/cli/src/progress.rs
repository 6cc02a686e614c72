//! What people see on the terminal while a command works.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::time::Duration;

use homeroom_intake::{FileInfo, Source};
use indicatif::{ProgressBar, ProgressStyle};

const STEP: &str = "{spinner} {msg} {elapsed}";
const COUNT: &str = "{spinner} {msg} [{bar:24}] {pos} of {len} {elapsed}";
const FILE: &str = "{spinner} {msg} [{bar:24}] {percent}% {elapsed}";

/// A line on standard error: the step, and how far a file is read. It goes when it is dropped.
#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Begins with a step; `seen` says whether anybody watches.
    pub(crate) fn start(doing: &str, seen: bool) -> Self {
        if !seen {
            return Self(ProgressBar::hidden());
        }
        let progress = Self(ProgressBar::new_spinner());
        progress.step(doing);
        progress.0.enable_steady_tick(Duration::from_millis(120));
        progress
    }

    /// The next step.
    pub(crate) fn step(&self, doing: &str) {
        self.style(STEP);
        self.0.set_message(doing.to_owned());
    }

    /// So much of a step is done, of so much if that is known.
    pub(crate) fn count(&self, doing: &str, done: u64, of: Option<u64>) {
        match of {
            Some(of) => {
                self.style(COUNT);
                self.0.set_length(of);
                self.0.set_position(done);
                self.0.set_message(doing.to_owned());
            }
            None if done > 0 => self.step(&format!("{doing}: {done}")),
            None => self.step(doing),
        }
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }

    /// A source whose files show how far they are read.
    pub(crate) fn watch<S: Source>(&self, source: S) -> io::Result<Watched<S>> {
        let files = source.files()?;
        Ok(Watched {
            sizes: files
                .into_iter()
                .map(|file| (file.name, file.bytes))
                .collect(),
            source,
            progress: self.clone(),
        })
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
    }
}

/// A source whose files show how far they are read.
pub(crate) struct Watched<S> {
    source: S,
    sizes: BTreeMap<String, u64>,
    progress: Progress,
}

impl<S: Source> Source for Watched<S> {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        self.source.files()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        let file = self.source.open(name)?;
        let bar = &self.progress.0;
        bar.set_length(self.sizes.get(name).copied().unwrap_or_default());
        bar.set_position(0);
        self.progress.style(FILE);
        Ok(Box::new(bar.wrap_read(file)))
    }
}

#[cfg(test)]
mod tests {
    use homeroom_intake::InMemory;

    use super::*;

    #[test]
    fn a_watched_file_is_read_whole_and_counted() {
        let progress = Progress::start("reading", false);
        let files = InMemory::default().with("students.csv", "abcdef");
        let watched = progress.watch(files).unwrap();
        assert_eq!(watched.files().unwrap().len(), 1);
        let mut text = String::new();
        let mut file = watched.open("students.csv").unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdef");
        assert_eq!(progress.0.position(), 6);
        assert_eq!(progress.0.length(), Some(6));
        assert!(watched.open("teachers.csv").is_err());
    }
}
