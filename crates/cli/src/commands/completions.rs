//! `homeroom completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::Exit;

/// Print completions for a shell
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self, mut command: Command) -> Exit {
        clap_complete::generate(self.shell, &mut command, "homeroom", &mut std::io::stdout());
        Exit::Done
    }
}
