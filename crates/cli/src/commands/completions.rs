//! `homeroom completions`.

use clap::{Args, Command};
use clap_complete::Shell;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;

/// Print completions for a shell
///
/// For bash, for example: homeroom completions bash > ~/.local/share/bash-completion/completions/homeroom
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

#[derive(Serialize)]
struct Script {
    completions: String,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self, mut command: Command, context: &Context) -> anyhow::Result<Exit> {
        // Into memory first: the generator panics where it cannot write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "homeroom", &mut script);
        let script = Script {
            completions: String::from_utf8(script)?,
        };
        context
            .output
            .result(&script, |script| script.completions.clone())?;
        Ok(Exit::Done)
    }
}
