//! The benches: the built server beside nginx serving the same bytes and DuckDB loading the same files.
//!
//! Absolute numbers of a shared machine say little, so every bench is a row of interleaved pairs and reports the median
//! of the ratios with its spread. `cargo xtask bench` builds and runs everything; `docs/benchmarks.md` holds results.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line helper speaks on the terminal"
)]

mod app;
mod delta;
mod duckdb;
mod follow;
mod gather;
mod homeroom;
mod http;
mod load;
mod machine;
mod nginx;
mod options;
mod pairs;
mod process;
mod report;
mod suites;
mod validation;

use std::process::ExitCode;

use anyhow::Result;

use crate::options::{Command, HELP, Options};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, ask] = arguments.as_slice()
        && word == "app"
    {
        return ended(app::main(ask).map(|told| println!("{told}")));
    }
    let command = match options::read(&arguments) {
        Ok(command) => command,
        Err(error) => {
            eprint!("{error:#}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let outcome = match command {
        Command::Help => {
            print!("{HELP}");
            Ok(())
        }
        Command::List => {
            print!("{}", suites::list());
            Ok(())
        }
        Command::Run(options) => run(&options),
    };
    ended(outcome)
}

fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nfailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let results = suites::run(options)?;
    for table in report::Table::ALL {
        let Some(block) = report::block(options, &results, table) else {
            continue;
        };
        println!("\n{block}");
        if options.write {
            report::write(&options.report, &block, table)?;
            println!("written to {}", options.report.display());
        }
    }
    Ok(())
}
