//! The build helper of this repository: `cargo xtask ci` is what CI runs, `cargo xtask tidy` are the rules of the
//! house (ARCHITECTURE.md) as checks.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line helper speaks on the terminal"
)]

mod bench;
mod cargo;
mod ci;
mod machine;
mod schemathesis;
mod soak;
mod steps;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask <command> [arguments]

  ci              what CI runs: formatting, clippy, tidy, licences, doc tests, all tests
  test [args…]    the tests; arguments go to `cargo nextest run` (or `cargo test` where nextest is missing)
  tidy            the rules of the house; they print where and how to repair
  bench [args…]   builds server and benches with optimisation, then runs the benches
  soak [name…]    the long suites (all, or those named), with their seeds for docs/soak.md
  schemathesis    asks a served district whatever its OpenAPI documents describe; `--help` says more
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "ci" => ci::run(&rest),
        "test" => test::run(&rest),
        "tidy" => tidy::run(&rest),
        "bench" => bench::run(&rest),
        "soak" => soak::run(&rest),
        "schemathesis" => schemathesis::run(&rest),
        "" | "help" | "-h" | "--help" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprint!("no such command: {other}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nfailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}
