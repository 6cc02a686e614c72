//! `homeroom check`.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use homeroom_depot::FileSpools;
use homeroom_ingest::{CheckRequest, Checked, DistrictSettings, Filter, Folder, Foreseen};
use homeroom_intake::Stem;
use homeroom_model::{Code, Date, Severity};

use crate::clock;
use crate::context::Context;
use crate::diagnostics::text::Look;
use crate::diagnostics::{Told, json, sarif, text};
use crate::exit::Exit;

/// Find everything that is wrong with a district's files, without an installation
///
/// Reads the files as an import does and keeps nothing. Each kind of problem is explained once, the worst first, with the
/// first rows in which it stands; the last line says what an import would do. Exit codes: 0 nothing worse than a warning;
/// 1 records would be left out; 2 the command line is wrong; 3 an import would be refused, or the files could not be read.
#[derive(Args)]
pub(crate) struct Check {
    /// The folder with the district's CSV files
    folder: PathBuf,
    /// The district's settings, as `homeroom district settings` shows them
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Tell only problems with these codes; all are found and counted
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = code)]
    code: Vec<Code>,
    /// Tell only problems of this file, for example students
    #[arg(long, value_name = "NAME", value_parser = stem)]
    file: Option<&'static str>,
    /// How many problems of each code to tell one by one, 0 for all [default: 3; all with --json and --sarif]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print SARIF 2.1.0, which editors and code hosting services show as annotations
    #[arg(long)]
    sarif: bool,
    /// Show whole cells around a problem: names, emails, dates of birth and whatever else stands there. Without it only the
    /// record's id and values that say nothing about a person are shown, so that an output can be passed on
    #[arg(long)]
    show_values: bool,
    /// Check as if it were this day: ages and school years depend on it [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<Date>,
}

fn code(text: &str) -> Result<Code, String> {
    Code::from_text(&text.to_uppercase())
        .ok_or_else(|| "there is no such code; docs/problems.md lists them".to_owned())
}

fn stem(text: &str) -> Result<&'static str, String> {
    let text = text.to_lowercase();
    let text = text.strip_suffix(".csv").unwrap_or(&text);
    let known = Stem::ALL.into_iter().map(Stem::text);
    let found = known.clone().find(|known| *known == text);
    found.ok_or_else(|| format!("the files are {}", known.collect::<Vec<_>>().join(", ")))
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse_iso(text).ok_or_else(|| "write a day as YYYY-MM-DD".to_owned())
}

impl Check {
    /// Checks and tells.
    pub(crate) fn run(self, context: &Context) -> Exit {
        if self.sarif && context.output.is_json() {
            let error = anyhow::anyhow!("--json and --sarif are two forms; ask for one of them");
            context.output.failed(&error);
            return Exit::Usage;
        }
        if !self.folder.is_dir() {
            let folder = self.folder.display();
            let error = anyhow::anyhow!(
                "{folder} is not a folder; name the folder that holds the CSV files"
            );
            context.output.failed(&error);
            return Exit::Usage;
        }
        match self.check(context) {
            Ok(checked) => exit(&checked),
            Err(error) => {
                context.output.failed(&error);
                Exit::Refused
            }
        }
    }

    /// The district's settings, the shipped ones unless a file was named.
    fn settings(&self) -> anyhow::Result<DistrictSettings> {
        let Some(path) = &self.settings else {
            return Ok(DistrictSettings::default());
        };
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| format!("{} cannot be read", path.display()))?;
        DistrictSettings::from_text(&text).with_context(|| path.display().to_string())
    }

    fn check(self, context: &Context) -> anyhow::Result<Checked> {
        let temporary = tempfile::Builder::new()
            .prefix("homeroom-check-")
            .tempdir()
            .context("no temporary folder can be made; set TMPDIR to one with room")?;
        let spools = FileSpools::new(temporary.path())
            .context("nothing can be written to the temporary folder")?;
        let settings = self.settings()?;
        let source = Folder::new(&self.folder);
        let progress = context.output.progress("reading the files");
        let watched = progress.watch(source);
        let watched = watched.with_context(|| unreadable(&self.folder))?;
        let steps = progress.clone();
        let request = CheckRequest {
            source: &watched,
            settings: &settings,
            today: self.today.unwrap_or_else(|| clock::now().date()),
            spools: &spools,
            progress: Box::new(move |step| steps.step(step)),
        };
        let checked = homeroom_ingest::check(&request);
        progress.finish();
        let checked = checked.with_context(|| unreadable(&self.folder))?;
        let told = Told {
            checked: &checked,
            source: &watched,
            settings: &settings.reading,
            filter: Filter {
                codes: self.code,
                file: self.file.map(str::to_owned),
            },
            limit: self.limit,
            show_values: self.show_values,
        };
        let form = match (self.sarif, context.output.is_json()) {
            (true, _) => Form::Sarif,
            (false, true) => Form::Json,
            (false, false) => Form::Text,
        };
        tell(&told, form)?;
        Ok(checked)
    }
}

fn unreadable(folder: &Path) -> String {
    format!("the files of {} cannot be checked", folder.display())
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
    Sarif,
}

fn tell(told: &Told<'_>, form: Form) -> anyhow::Result<()> {
    let stdout = anstream::stdout();
    let terminal = io::stdout().is_terminal();
    let look = Look {
        colours: terminal,
        width: width(terminal),
    };
    let mut out = BufWriter::with_capacity(1 << 16, stdout.lock());
    let told = match form {
        Form::Text => text::write(told, look, &mut out),
        Form::Json => json::write(told, &mut out),
        Form::Sarif => sarif::write(told, &mut out),
    };
    match told.and_then(|()| out.flush()) {
        // Whoever read the output has seen enough: `homeroom check … | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            drop(out.into_parts());
            Ok(())
        }
        other => other.context("the findings could not be printed"),
    }
}

/// Characters of a line: those of the terminal, but lines that are too long to read are not better for it.
fn width(terminal: bool) -> usize {
    let columns = std::env::var("COLUMNS").ok().filter(|_| terminal);
    let columns = columns.and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(60, 120)
}

fn exit(checked: &Checked) -> Exit {
    let tally = checked.findings.tally();
    let errors = Code::ALL
        .iter()
        .any(|code| code.severity() == Severity::Error && tally.of(code.text()) > 0);
    match checked.foreseen {
        Foreseen::Refused => Exit::Refused,
        _ if errors => Exit::Error,
        Foreseen::Held(_) | Foreseen::Fine => Exit::Done,
    }
}
