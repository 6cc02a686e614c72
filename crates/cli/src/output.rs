//! What commands print: text for people, or one JSON object on one line. Logs and progress go to standard error.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use crate::progress::Progress;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Prints JSON if asked to, else text.
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether JSON was asked for.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Prints the result of a command: the value as JSON, or the text that `text` makes of it.
    pub(crate) fn result<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        let line = if self.json {
            serde_json::to_string(value)?
        } else {
            text(value).trim_end().to_owned()
        };
        let mut out = anstream::stdout().lock();
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            // Whoever read the output has seen enough: `homeroom import … | head`.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            other => other.context("the result could not be printed"),
        }
    }

    /// Prints why a command failed: to standard error, and as an object when JSON was asked for.
    pub(crate) fn failed(self, error: &anyhow::Error) {
        let mut text = error.to_string();
        for cause in error.chain().skip(1) {
            let cause = cause.to_string();
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        if self.json {
            let _ = writeln!(
                stdout(),
                "{}",
                serde_json::json!({ "state": "error", "error": text })
            );
        } else {
            let _ = writeln!(anstream::stderr(), "error: {text}");
        }
    }

    /// A line that says what is being done; hidden when nobody watches.
    pub(crate) fn progress(self, doing: &str) -> Progress {
        Progress::start(doing, !self.json && stderr().is_terminal())
    }
}

/// A table without lines, for people; `empty` when there is no row.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: &[[&str; N]], empty: &str) -> String {
    if rows.is_empty() {
        return empty.to_owned();
    }
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_header(header);
    table.add_rows(rows);
    // Columns stand at the edge, and no line has blanks at its end.
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// Starts the log: one line per event on standard error, as text or JSON.
pub(crate) fn start_log(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .context("the setting `log` is not a filter such as `info` or `homeroom_api=debug`")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        // A terminal, and nobody said NO_COLOR.
        .with_ansi(AutoStream::choice(&stderr()) != ColorChoice::Never);
    // A second start in one process (tests) keeps the first log.
    let _ = builder.try_init();
    Ok(())
}
