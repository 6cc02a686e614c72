//! Everything a run found wrong.

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use homeroom_ingest::{Filter, Ingest, KeptFindings};
use homeroom_model::{Code, Problem};
use homeroom_store::Run;

use crate::context::Context;

/// Which findings are wanted.
#[derive(Args)]
pub(crate) struct Wanted {
    /// Only findings of this code; may be given several times
    #[arg(long = "code", value_name = "CODE", value_parser = code)]
    codes: Vec<Code>,
    /// Only findings of this file, for example `students`
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
}

fn code(text: &str) -> Result<Code, String> {
    let wanted = text.trim().to_uppercase();
    let found = Code::ALL.iter().find(|code| code.text() == wanted);
    found
        .copied()
        .ok_or_else(|| "there is no such code; docs/problems.md lists them".to_owned())
}

/// Prints findings as they were found: lines for people, or a JSON object each.
pub(super) async fn print(
    context: &Context,
    ingest: &Ingest,
    run: &Run,
    wanted: &Wanted,
) -> anyhow::Result<()> {
    let findings = ingest.findings(run.district, run.id).await?;
    let findings = findings.with_context(|| {
        format!(
            "run {} has no findings: its files were those published before, or they were let go of",
            run.id
        )
    })?;
    let filter = Filter {
        codes: wanted.codes.clone(),
        file: wanted
            .file
            .as_ref()
            .map(|file| file.trim_end_matches(".csv").to_lowercase()),
    };
    let written = write(
        &findings,
        &filter,
        context.output.is_json(),
        &mut io::stdout().lock(),
    );
    match written {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("the findings could not be printed"),
    }
}

fn write(
    findings: &KeptFindings,
    filter: &Filter,
    json: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    findings.each(filter, |problem| line(&problem, json, out).map(|()| true))?;
    out.flush()
}

fn line(problem: &Problem, json: bool, out: &mut dyn Write) -> io::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, problem)?;
        writeln!(out)
    } else {
        writeln!(out, "{problem}")
    }
}
