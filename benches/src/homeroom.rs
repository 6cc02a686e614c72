//! The program under test, driven as a script would drive it: subcommands with `--json`, and the server as a process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::http::{Connection, Target};
use crate::nginx::free_port;
use crate::process::{Guarded, Peak};

/// A server that is not ready after so long is broken.
const READY: Duration = Duration::from_mins(10);

/// The built program.
#[derive(Clone, Debug)]
pub(crate) struct Homeroom {
    program: PathBuf,
}

/// One import.
#[derive(Clone, Debug)]
pub(crate) struct Imported {
    /// What it printed.
    pub(crate) report: Value,
    /// Seconds of the whole process.
    pub(crate) seconds: f64,
    /// Largest resident size in mebibytes.
    pub(crate) memory: f64,
    /// Most anonymous memory it held at any look, a look every ten milliseconds, in mebibytes.
    pub(crate) anonymous: f64,
}

/// A running server and the token that reads its district.
pub(crate) struct Served {
    process: Guarded,
    /// Where it listens.
    pub(crate) target: Target,
    /// The token.
    pub(crate) token: String,
}

impl Homeroom {
    /// The program at `given`, or the one that was built beside this one.
    pub(crate) fn find(given: Option<&Path>) -> Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("homeroom");
        let program = given.map_or(beside, Path::to_owned);
        ensure!(
            program.is_file(),
            "{} is not there: `cargo build --release --package homeroom` makes it",
            program.display()
        );
        Ok(Self { program })
    }

    /// Writes a district of `size`, a profile or a number of students, into `out`, as it stands on `day`.
    pub(crate) fn generate(&self, out: &Path, size: &str, seed: u64, day: u32) -> Result<()> {
        let mut command = self.command();
        command.arg("generate").arg(out);
        command.args([
            if size.parse::<u64>().is_ok() {
                "--students"
            } else {
                "--profile"
            },
            size,
        ]);
        command.args(["--seed", &seed.to_string(), "--day", &day.to_string()]);
        finish(command).map(|_| ())
    }

    /// Adds a district to the installation in `data` and returns its id.
    pub(crate) fn district(&self, data: &Path) -> Result<String> {
        let mut command = self.command();
        command
            .arg("--data")
            .arg(data)
            .args(["district", "add", "Benchmark", "--json"]);
        text(&last_line(&finish(command)?)?, "district")
    }

    /// Imports `folder`. Anything but a publish or "no change" is an error.
    pub(crate) fn import(&self, data: &Path, folder: &Path, district: &str) -> Result<Imported> {
        let mut command = self.command();
        command
            .arg("--data")
            .arg(data)
            .arg("import")
            .arg(folder)
            .args(["--district", district, "--json"]);
        let (output, imported) = watched(&mut command)?;
        expect_success(&command, &output)?;
        let report = last_line(&output.stdout)?;
        let state = text(&report, "state")?;
        ensure!(
            ["published", "no_change"].contains(&state.as_str()),
            "import ended in the state {state}"
        );
        Ok(Imported { report, ..imported })
    }

    /// Checks `folder` without an installation; what it finds there is no failure.
    pub(crate) fn check(&self, folder: &Path) -> Result<Imported> {
        let mut command = self.command();
        command.arg("check").arg(folder).arg("--json");
        let (output, checked) = watched(&mut command)?;
        ensure!(
            matches!(output.status.code(), Some(0 | 1)),
            "check ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(checked)
    }

    /// Gives a district the settings in `text`.
    pub(crate) fn settings(&self, data: &Path, district: &str, file: &Path) -> Result<()> {
        let mut command = self.command();
        command.arg("--data").arg(data).args([
            "district",
            "settings",
            "--district",
            district,
            "--set",
        ]);
        command.arg(file);
        finish(command).map(|_| ())
    }

    /// Adds an app, connects it to the district and returns the token.
    pub(crate) fn connect(&self, data: &Path, district: &str) -> Result<String> {
        self.connect_with(data, district, &[])
    }

    /// The same with events.
    pub(crate) fn connect_with_events(&self, data: &Path, district: &str) -> Result<String> {
        self.connect_with(data, district, &["--events"])
    }

    fn connect_with(&self, data: &Path, district: &str, more: &[&str]) -> Result<String> {
        Ok(self.connect_app(data, district, more)?.1)
    }

    fn connect_app(&self, data: &Path, district: &str, more: &[&str]) -> Result<(String, String)> {
        let app = self.tell(data, &["app", "add", "benches"])?;
        let app = text(&app, "app")?;
        let connect = [&["connect", &app, district], more].concat();
        let token = text(&self.tell(data, &connect)?, "token")?;
        Ok((app, token))
    }

    /// Adds an app that reports its students' totals, and returns its id and its token.
    pub(crate) fn report_goals(&self, data: &Path, district: &str) -> Result<(String, String)> {
        let (app, token) = self.connect_app(data, district, &[])?;
        self.tell(data, &["goals", "on", &app, district])?;
        Ok((app, token))
    }

    /// A token of the management API.
    pub(crate) fn management(&self, data: &Path) -> Result<String> {
        let told = self.tell(data, &["admin", "token", "add", "benches"])?;
        text(&told, "token")
    }

    /// Runs a subcommand on the installation in `data` and returns what it told.
    fn tell(&self, data: &Path, words: &[&str]) -> Result<Value> {
        let mut command = self.command();
        command.arg("--data").arg(data).args(words).arg("--json");
        last_line(&finish(command)?)
    }

    /// Thins old snapshots and collects what they leave: first condemned, then deleted.
    pub(crate) fn sweep(&self, data: &Path) -> Result<()> {
        for _ in 0..2 {
            let mut command = self.command();
            command.arg("--data").arg(data);
            command.args(["sweep", "--grace", "0"]);
            finish(command)?;
        }
        Ok(())
    }

    /// Serves `data` without a rate limit and waits until it is ready.
    pub(crate) fn serve(&self, data: &Path, token: String) -> Result<Served> {
        let port = free_port()?;
        let mut command = self.command();
        command.arg("--data").arg(data).args([
            "serve",
            "--rate-limit",
            "0",
            "--port",
            &port.to_string(),
        ]);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut served = Served {
            process: Guarded::new(child),
            target: Target::on_port(port),
            token,
        };
        served.wait()?;
        Ok(served)
    }

    /// Starts `homeroom demo` over a temporary folder of its own and waits until it says that it is ready.
    pub(crate) fn demo(&self, students: u64, seed: u64) -> Result<Served> {
        let mut command = self.command();
        command.args(["demo", "--json", "--port", "0", "--rate-limit", "0"]);
        command.args([
            "--students",
            &students.to_string(),
            "--seed",
            &seed.to_string(),
        ]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let line = first_line(&mut child)?;
        let process = Guarded::new(child);
        let said: Value =
            serde_json::from_str(&line).context("reading the line that demo printed")?;
        let target = Target::from_url(&text(&said, "url")?)?;
        let mut served = Served {
            process,
            target,
            token: text(&said, "token")?,
        };
        served.wait()?;
        Ok(served)
    }

    fn command(&self) -> Command {
        Command::new(&self.program)
    }
}

impl Served {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// GET `path` on `connection`; anything but 200 is an error.
    pub(crate) fn get(&self, connection: &mut Connection, path: &str) -> Result<Vec<u8>> {
        let (status, body) = connection.get(path, &self.token)?;
        ensure!(status == 200, "{path} was answered with status {status}");
        Ok(body)
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < READY {
            let answer = Connection::open(self.target)
                .and_then(|mut connection| connection.get("/ready", ""));
            if matches!(answer, Ok((200, _))) {
                return Ok(());
            }
            ensure!(
                !self.process.has_ended(),
                "the server ended before it was ready"
            );
            thread::sleep(Duration::from_millis(5));
        }
        bail!("the server is not ready after {} seconds", READY.as_secs())
    }
}

/// Runs a command to its end, watching time and memory; what it printed is not looked at.
pub(crate) fn watched(command: &mut Command) -> Result<(Output, Imported)> {
    let begun = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let peak = Peak::watch(child.id());
    let output = child.wait_with_output()?;
    let seconds = begun.elapsed().as_secs_f64();
    let (memory, anonymous) = peak.stop();
    let imported = Imported {
        report: Value::Null,
        seconds,
        memory,
        anonymous,
    };
    Ok((output, imported))
}

fn first_line(child: &mut Child) -> Result<String> {
    let output = child.stdout.take().context("demo has no output")?;
    let mut line = String::new();
    let mut reader = BufReader::new(output);
    reader.read_line(&mut line)?;
    // Its end must stay open, or what it prints later would stop it.
    thread::spawn(move || {
        let mut rest = String::new();
        while matches!(reader.read_line(&mut rest), Ok(read) if read > 0) {
            rest.clear();
        }
    });
    ensure!(!line.is_empty(), "demo ended without a word");
    Ok(line)
}

fn finish(mut command: Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("running {command:?}"))?;
    expect_success(&command, &output)?;
    Ok(output.stdout)
}

/// What ended otherwise is an error that says what it said.
pub(crate) fn expect_success(command: &Command, output: &Output) -> Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{command:?} ended with {}: {}",
        output.status,
        said.trim()
    );
    Ok(())
}

/// The JSON in the last line that was printed.
pub(crate) fn last_line(output: &[u8]) -> Result<Value> {
    let text = String::from_utf8_lossy(output);
    let line = text
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .context("the program printed nothing")?;
    serde_json::from_str(line).context("the program printed no JSON")
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("the program printed no `{key}`"))
}

/// Removes what a run left in `folder`, if it is there.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_last_line() {
        let value = last_line(b"working\n{\"district\":\"d1\"}\n\n").unwrap();
        assert_eq!(text(&value, "district").unwrap(), "d1");
        assert!(text(&value, "app").is_err());
        assert!(last_line(b"").is_err());
        assert!(last_line(b"done").is_err());
    }

    #[test]
    fn a_program_that_is_not_built_is_named() {
        let error = Homeroom::find(Some(Path::new("/nowhere/homeroom")))
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/homeroom"), "{error}");
    }
}
