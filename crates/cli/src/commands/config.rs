//! `homeroom config`.

use std::io::Write;

use clap::Args;

use crate::exit::Exit;

/// Print a file of settings with every setting explained
#[derive(Args)]
pub(crate) struct Config {}

impl Config {
    /// Prints the template.
    pub(crate) fn run() -> Exit {
        let printed = write!(anstream::stdout(), "{}", crate::config::template());
        if printed.is_ok() {
            Exit::Done
        } else {
            Exit::Error
        }
    }
}
