//! An installation of its own: a generated district with changes of some days, connected to an app that follows its events,
//! and a server for it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// How many students the district has: enough for lists of several pages, little enough for pages of everything.
const STUDENTS: &str = "1000";
/// The days of the school year that are imported; between them there are events.
const DAYS: [&str; 4] = ["0", "5", "10", "20"];

/// How many school days there is attendance of, on the first of them.
const SCHOOL_DAYS: &str = "10";

/// A server with what it takes to ask it.
pub(super) struct Served {
    server: Child,
    host: String,
    /// The token of the app.
    pub(super) token: String,
    /// The token of the management API.
    pub(super) management: String,
}

/// An installation that is being made.
struct Installation<'a> {
    binary: &'a Path,
    folder: PathBuf,
}

impl Installation<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.binary);
        command
            .args(arguments)
            .arg("--json")
            .current_dir(&self.folder);
        // Nobody's own installation or settings.
        for name in [
            "HOMEROOM_CONFIG",
            "HOMEROOM_MASTER_KEY",
            "HOMEROOM_PORT",
            "HOMEROOM_LISTEN",
        ] {
            command.env_remove(name);
        }
        command.env("HOMEROOM_DATA", self.folder.join("data"));
        command.stderr(Stdio::inherit());
        command
    }

    /// What a command prints.
    fn run(&self, arguments: &[&str]) -> Result<Value> {
        let shown = arguments.join(" ");
        let output = self.command(arguments).output();
        let output = output.with_context(|| format!("`homeroom {shown}` could not be started"))?;
        if !output.status.success() {
            bail!("`homeroom {shown}` ended with {}", output.status);
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`homeroom {shown}` printed no JSON"))
    }

    /// One text of what a command prints.
    fn text(&self, arguments: &[&str], name: &str) -> Result<String> {
        let printed = self.run(arguments)?;
        let text = printed.get(name).and_then(Value::as_str);
        let text =
            text.with_context(|| format!("`homeroom {}` named no {name}", arguments.join(" ")))?;
        Ok(text.to_owned())
    }

    fn import(&self, day: &str) -> Result<()> {
        let files = format!("day-{day}");
        let generate = ["generate", &files, "--students", STUDENTS, "--day", day];
        self.run(&[&generate[..], &["--attendance", SCHOOL_DAYS]].concat())?;
        self.run(&["import", &files]).map(drop)
    }

    /// Makes the district; the tokens of the app and of the management API.
    fn fill(&self) -> Result<(String, String)> {
        let district = self.text(&DISTRICT, "district")?;
        let own = ["--district", &district];
        let admin = [
            "admin",
            "add",
            "head@district.example",
            "--first",
            "Ada",
            "--last",
            "Moss",
        ];
        self.run(&[&admin[..], &own].concat())?;
        let [first, later @ ..] = DAYS;
        self.import(first)?;
        let app = self.text(&["app", "add", "Schemathesis"], "client_id")?;
        let token = self.text(&["connect", &app, &district, "--events"], "token")?;
        let staff = [
            "staff",
            "add",
            "aide@district.example",
            "--first",
            "Rue",
            "--last",
            "Oak",
            "--department",
            "Library",
        ];
        self.run(&[&staff[..], &own].concat())?;
        for day in later {
            self.import(day)?;
        }
        let management = self.text(&["admin", "token", "add", "schemathesis"], "token")?;
        Ok((token, management))
    }
}

/// A district that says everything about itself that a district can.
const DISTRICT: [&str; 19] = [
    "district",
    "add",
    "Cedar Falls",
    "--portal-url",
    "https://portal.example.org",
    "--nces-id",
    "1234567",
    "--mdr-number",
    "04125",
    "--login-method",
    "Google",
    "--contact",
    "data@district.example",
    "--contact-first",
    "Dana",
    "--contact-last",
    "Office",
    "--contact-title",
    "Data Manager",
];

impl Served {
    /// Makes the installation anew in a folder and serves it.
    pub(super) fn start(binary: &Path, folder: &Path) -> Result<Self> {
        let folder = folder.join("installation");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let installation = Installation { binary, folder };
        let (token, management) = installation.fill()?;
        let mut serving = installation.command(&["serve", "--port", "0", "--rate-limit", "0"]);
        let mut server = serving.stdout(Stdio::piped()).spawn()?;
        let host = first_line(&mut server).and_then(|line| {
            let ready: Value = serde_json::from_str(&line)?;
            let url = ready.get("url").and_then(Value::as_str);
            let host = url.and_then(|url| url.strip_prefix("http://"));
            Ok(host.context("the server told no address")?.to_owned())
        });
        match host {
            Ok(host) => Ok(Self {
                server,
                host,
                token,
                management,
            }),
            Err(error) => {
                let _ = server.kill();
                Err(error)
            }
        }
    }

    /// The server's address.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// The names of the documents that the page of the explorer lists.
    pub(super) fn documents(&self) -> Result<Vec<String>> {
        let page = self.body("/docs/swagger-initializer.js", &self.token)?;
        let page = String::from_utf8(page)?;
        let paths = page
            .split('"')
            .filter_map(|text| text.strip_prefix("/openapi/")?.strip_suffix(".json"));
        let names: Vec<_> = paths.map(str::to_owned).collect();
        if names.is_empty() {
            bail!("the explorer lists no documents");
        }
        Ok(names)
    }

    /// The JSON at an address.
    pub(super) fn read(&self, address: &str, token: &str) -> Result<Value> {
        serde_json::from_slice(&self.body(address, token)?)
            .with_context(|| format!("{address} gave no JSON"))
    }

    /// A body. HTTP 1.0, whose answers end with the connection: nothing else has to be understood.
    fn body(&self, address: &str, token: &str) -> Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.host)?;
        write!(
            stream,
            "GET {address} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            self.host
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.with_context(|| format!("{address} gave no answer"))?;
        let body = answer.split_off(end + 4);
        let head = String::from_utf8_lossy(&answer);
        if head.split(' ').nth(1) != Some("200") {
            bail!("{address} gave {}", head.lines().next().unwrap_or_default());
        }
        Ok(body)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The first line a process prints; what follows is read and forgotten, so that the process never waits for a reader.
fn first_line(child: &mut Child) -> Result<String> {
    let mut out = BufReader::new(child.stdout.take().context("nothing to read from")?);
    let mut line = String::new();
    out.read_line(&mut line)?;
    thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    Ok(line)
}
