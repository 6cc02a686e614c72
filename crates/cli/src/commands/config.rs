//! `homeroom config`.

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;

/// Print a file of settings with every setting explained
#[derive(Args)]
pub(crate) struct Config {}

#[derive(Serialize)]
struct Template {
    config: String,
}

impl Config {
    /// Prints the template.
    pub(crate) fn run(context: &Context) -> anyhow::Result<Exit> {
        let template = Template {
            config: crate::config::template(),
        };
        context
            .output
            .result(&template, |template| template.config.clone())?;
        Ok(Exit::Done)
    }
}
