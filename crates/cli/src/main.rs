//! `homeroom`: one binary for whoever runs a rostering platform.

mod actor;
mod clock;
mod commands;
mod config;
mod context;
mod diagnostics;
mod exit;
mod holder;
mod key;
mod output;
mod progress;
mod random;
mod sync;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::context::Context;
use crate::exit::Exit;
use crate::output::Output;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The heading of the flags that every command takes.
const EVERYWHERE: &str = "Options of every command";

/// A self-hosted K-12 rostering platform: a district's files in, a Clever-compatible API out.
#[derive(Parser)]
#[command(
    name = "homeroom",
    version,
    propagate_version = true,
    max_term_width = 100
)]
struct Cli {
    /// The installation's folder; its master key lies beside it as DIR.key [default: homeroom-data]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "HOMEROOM_DATA",
        help_heading = EVERYWHERE
    )]
    data: Option<PathBuf>,
    /// File of settings; `homeroom config` prints one with every setting explained [default: homeroom.toml, if there]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "HOMEROOM_CONFIG",
        help_heading = EVERYWHERE
    )]
    config: Option<PathBuf>,
    /// Print one JSON object on one line instead of text for people
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Subcommand)]
enum Command {
    Demo(commands::demo::Demo),
    Serve(commands::serve::Serve),
    Import(commands::import::Import),
    Check(commands::check::Check),
    Hold(commands::hold::Hold),
    Run(commands::run::Run),
    Rehearsal(commands::rehearsal::Rehearsal),
    Undo(commands::undo::Undo),
    Id(commands::id::Id),
    Record(commands::record::Record),
    Custom(commands::custom::Custom),
    Pause(commands::pause::Pause),
    Audit(commands::audit::Audit),
    Generate(commands::generate::Generate),
    Export(commands::export::Export),
    Faults(commands::faults::Faults),
    District(commands::district::District),
    App(commands::app::App),
    Connect(commands::connect::Connect),
    Events(commands::events::Events),
    Disconnect(commands::connect::Disconnect),
    Admin(commands::people::Admin),
    Staff(commands::people::Staff),
    Sync(commands::sync::Sync),
    Goals(commands::goals::Goals),
    Sweep(commands::sweep::Sweep),
    Backup(commands::backup::Backup),
    Config(commands::config::Config),
    Man(commands::man::Man),
    Completions(commands::completions::Completions),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for, everything else is a usage error; clap prints either where it belongs.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    let output = Output::new(cli.json);
    match run(cli, output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.failed(&error);
            Exit::Error.into()
        }
    }
}

fn run(cli: Cli, output: Output) -> anyhow::Result<Exit> {
    let settings = config::load(cli.config.as_deref())?;
    output::start_log(&settings.log)?;
    let context = Context::new(cli.data, settings, output);
    match cli.command {
        Command::Demo(command) => command.run(&context),
        Command::Serve(command) => command.run(&context),
        Command::Import(command) => command.run(&context),
        Command::Check(command) => Ok(command.run(&context)),
        Command::Hold(command) => command.run(&context),
        Command::Run(command) => command.run(&context),
        Command::Rehearsal(command) => command.run(&context),
        Command::Undo(command) => command.run(&context),
        Command::Id(command) => command.run(&context),
        Command::Record(command) => command.run(&context),
        Command::Custom(command) => command.run(&context),
        Command::Pause(command) => command.run(&context),
        Command::Audit(command) => command.run(&context),
        Command::Generate(command) => command.run(&context),
        Command::Export(command) => command.run(&context),
        Command::Faults(command) => command.run(&context),
        Command::District(command) => command.run(&context),
        Command::App(command) => command.run(&context),
        Command::Connect(command) => command.run(&context),
        Command::Events(command) => command.run(&context),
        Command::Disconnect(command) => command.run(&context),
        Command::Admin(command) => command.run(&context),
        Command::Staff(command) => command.run(&context),
        Command::Sync(command) => command.run(&context),
        Command::Goals(command) => command.run(&context),
        Command::Sweep(command) => command.run(&context),
        Command::Backup(command) => command.run(&context),
        Command::Config(commands::config::Config {}) => commands::config::Config::run(&context),
        Command::Man(command) => command.run(Cli::command(), &context),
        Command::Completions(command) => command.run(Cli::command(), &context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
