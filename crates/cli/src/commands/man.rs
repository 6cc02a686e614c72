//! `homeroom man`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;

/// Write the manual pages into a folder
#[derive(Args)]
pub(crate) struct Man {
    /// The folder, made if it is not there
    folder: PathBuf,
}

#[derive(Serialize)]
struct Written {
    man: String,
}

impl Man {
    /// Writes one page per command.
    pub(crate) fn run(&self, command: Command, context: &Context) -> anyhow::Result<Exit> {
        let folder = &self.folder;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        clap_mangen::generate_to(command, folder)
            .with_context(|| format!("the pages cannot be written to {}", folder.display()))?;
        let written = Written {
            man: folder.display().to_string(),
        };
        context.output.result(&written, |written| {
            format!(
                "one page per command written to {}; read the first with: man {}/homeroom.1",
                written.man, written.man
            )
        })?;
        Ok(Exit::Done)
    }
}
