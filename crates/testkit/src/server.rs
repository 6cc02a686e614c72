//! A running server.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::http::{Answer, get, post, send};

/// A `serve` or `demo` that is ready. It is killed when this is dropped: it must bear that at any time.
#[derive(Debug)]
pub struct Server {
    child: Child,
    errors: File,
    /// What it printed when it was ready.
    pub ready: Value,
    /// Its address.
    pub url: String,
    _stdout: BufReader<ChildStdout>,
}

/// How often, and how long apart, a server is asked whether it is ready.
const ASKED: u32 = 1200;
const PAUSE: Duration = Duration::from_millis(25);

impl Server {
    /// Starts a command that serves and prints, with `--json`, an object with `url`; returns when `/ready` answers 200.
    pub fn start(mut command: Command) -> Self {
        let errors = tempfile::tempfile().unwrap();
        command
            .stdout(Stdio::piped())
            .stderr(errors.try_clone().unwrap());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let url = ready["url"].as_str().unwrap_or_default().to_owned();
        let mut server = Self {
            child,
            errors,
            ready,
            url,
            _stdout: stdout,
        };
        assert!(
            !server.url.is_empty(),
            "no server: it said {line:?} and {:?}",
            server.errors()
        );
        server.wait_until_ready();
        server
    }

    /// Starts `homeroom faults` before a server, with more arguments (`--fault`, `--seed` …): the same API, misbehaving as
    /// docs/faults.md says. The command is that of the binary, without a subcommand.
    pub fn with_faults(mut command: Command, before: &Self, arguments: &[&str]) -> Self {
        command.args(["--json", "faults", "--port", "0", "--upstream", &before.url]);
        command.args(arguments);
        Self::start(command)
    }

    fn wait_until_ready(&mut self) {
        for _ in 0..ASKED {
            if get(&self.url, "/ready", &[]).is_ok_and(|answer| answer.status == 200) {
                return;
            }
            sleep(PAUSE);
        }
        let errors = self.errors();
        panic!("the server does not get ready: {errors}");
    }

    /// Asks for a path with a token.
    pub fn get(&self, path: &str, token: &str) -> Answer {
        let token = format!("Bearer {token}");
        let answer = get(&self.url, path, &[("Authorization", &token)]);
        answer.unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Sends a body of a media type to a path, with a token.
    pub fn post(&self, path: &str, token: &str, media: &str, body: &[u8]) -> Answer {
        let token = format!("Bearer {token}");
        let headers = [("Authorization", token.as_str()), ("Content-Type", media)];
        let answer = post(&self.url, path, &headers, body);
        answer.unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// Puts JSON in the place of what a path has, with a token.
    pub fn put(&self, path: &str, token: &str, json: &str) -> Answer {
        let token = format!("Bearer {token}");
        let headers = [
            ("Authorization", token.as_str()),
            ("Content-Type", "application/json"),
        ];
        let answer = send("PUT", &self.url, path, &headers, json.as_bytes());
        answer.unwrap_or_else(|error| panic!("PUT {path}: {error}"))
    }

    /// What it wrote to standard error so far.
    pub fn errors(&mut self) -> String {
        let mut text = String::new();
        self.errors.rewind().unwrap();
        self.errors.read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let errors = self.errors();
        if !std::thread::panicking() {
            assert!(
                !errors.contains("panicked"),
                "the server panicked: {errors}"
            );
        }
    }
}
