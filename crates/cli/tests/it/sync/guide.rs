//! docs/syncing.md: the session of a newcomer. Its commands are run, in its order, and what they print is compared;
//! `HOMEROOM_WRITE_DOCS=1` writes anew what they print.
//!
//! Ids, digests, tokens, times and ports differ from session to session: they are compared by place, and where a command of the page
//! repeats one, the one of this session is put in.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use homeroom_testkit::{Ran, Server};

use crate::site::binary;

/// Where the page's server is, and where its reader is at home.
const URL: &str = "http://127.0.0.1:8080";
const HOME: &str = "~";
/// What stands before a block whose command asks: the answers, with `|` between.
const ANSWERS: &str = "<!-- answers: ";
/// What stands before a block whose command goes on while the others are run.
const GOES_ON: &str = "<!-- goes on -->";

/// A session.
struct Session {
    /// A folder of the test: the reader's home.
    home: PathBuf,
    /// Where the reader is.
    folder: PathBuf,
    /// Words of the page and of this session.
    words: HashMap<String, String>,
    server: Option<Server>,
}

impl Session {
    /// What is printed in this session, with the page's home and server.
    fn of_page(&self, text: &str) -> String {
        let text = text.replace(self.home.to_str().unwrap(), HOME);
        let lines: Vec<_> = text.split('\n').map(str::trim_end).collect();
        let text = lines.join("\n");
        match &self.server {
            Some(server) => text.replace(&server.url, URL),
            None => text,
        }
    }

    /// A text of the page with the words of this session.
    fn of_session(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for word in words(&text.clone()) {
            // A digest may be typed in part.
            let known = self.words.iter().find(|(page, _)| page.starts_with(&word));
            if let Some((_, actual)) = known {
                text = text.replace(&word, &actual[..word.len()]);
            }
        }
        match &self.server {
            Some(server) => text.replace(URL, &server.url),
            None => text,
        }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = binary().command(&self.folder);
        let program = Path::new(command.get_program())
            .parent()
            .unwrap()
            .to_owned();
        let mut shell = Command::new("sh");
        let path = std::env::var("PATH").unwrap();
        shell
            .args(["-c", line])
            .current_dir(&self.folder)
            .env("PATH", format!("{}:{path}", program.display()))
            .env("USER", "ada")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("HOMEROOM_") {
                shell.env_remove(name);
            }
        }
        command.stdin(Stdio::null());
        shell
    }

    /// Runs a line of the page and returns what the terminal shows.
    fn run(&mut self, line: &str, answers: &str) -> String {
        let line = self.of_session(line);
        if let Some(folder) = line.strip_prefix("cd ") {
            self.folder = self.folder.join(folder).canonicalize().unwrap();
            return String::new();
        }
        let before = self.served();
        let mut command = self.command(&format!("exec 2>&1; {line}"));
        let mut child = command.spawn().unwrap();
        let answers = self.of_session(answers).replace('|', "\n");
        let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
        let ran = Ran::ended(child.wait_with_output().unwrap());
        // The server looks for what is new once a second; what is held, and waits to be approved, brings nothing new.
        if line.contains("--data") && !ran.stdout.contains("--approve") {
            super::until(|| self.served() != before);
        }
        self.of_page(&ran.stdout)
    }

    /// When the district was brought up to date, as it is served.
    fn served(&self) -> String {
        self.server.as_ref().map_or_else(String::new, |server| {
            let token = server.ready["token"].as_str().unwrap();
            server.get("/v3.1/districts", token).text()
        })
    }

    /// Starts a server of the page and returns what it prints.
    fn start(&mut self, line: &str) -> String {
        let arguments: Vec<_> = line.split(' ').skip(1).collect();
        let mut command = binary().command(&self.folder);
        command.args(&arguments).args(["--port", "0", "--json"]);
        let server = Server::start(command);
        let text = server.ready.to_string();
        self.server = Some(server);
        self.of_page(&text)
    }

    /// Remembers which word of the page is which of this session.
    fn meet(&mut self, page: &str, session: &str) {
        let both = words(page).into_iter().zip(words(session));
        self.words.extend(both.filter(|(page, _)| page.len() >= 8));
    }
}

/// Ids, digests and tokens of a text: long words of hexadecimal digits.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit());
    let long = words.filter(|word| word.len() >= 10 && word.bytes().any(|b| b.is_ascii_digit()));
    // Numbers of runs are the same in every session.
    let long = long.filter(|word| !word.bytes().all(|b| b.is_ascii_digit()) || word.len() > 12);
    long.map(str::to_owned).collect()
}

/// A text without what differs from session to session.
fn masked(text: &str) -> String {
    let mut text = text.to_owned();
    for word in words(&text.clone()) {
        text = text.replacen(&word, "#", 1);
    }
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| c.is_whitespace() || ".,;)".contains(c)) {
        // 2026-11-22T11:49:22 and the part behind the dot.
        let is_time = part.len() > 16 && part.as_bytes()[10] == b'T' && part.as_bytes()[4] == b'-';
        let is_rest = out.ends_with("TIME.") && part.len() > 3 && part.as_bytes()[3] == b'Z';
        if is_time {
            out.push_str("TIME.");
        } else if is_rest {
            out.push_str(&part[4..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// One block of the page, run again.
fn again(session: &mut Session, before: &str, block: &str) -> String {
    let comment = before.trim_end().lines().last().unwrap_or_default();
    let answers = comment
        .strip_prefix(ANSWERS)
        .map_or("", |rest| rest.trim_end_matches(" -->"));
    let goes_on = comment == GOES_ON;
    let mut out = String::new();
    for part in format!("\n{block}").split("\n$ ").skip(1) {
        let (line, told) = part.split_once('\n').unwrap_or((part, ""));
        if goes_on {
            let ready = session.start(line);
            // What is printed for people has the same values in the same order as far as the page shows them.
            session.meet_ready(told, &ready);
            write!(out, "$ {line}\n{told}").unwrap();
            continue;
        }
        let shown = session.run(line, answers);
        // Blocks end without an empty line.
        let shown = shown.trim_end_matches('\n');
        let is_told = !told.trim().is_empty();
        let same = masked(told.trim_end()) == masked(shown);
        session.meet(told, shown);
        let kept = if same || !is_told {
            told.trim_end()
        } else {
            shown
        };
        let line = if same {
            line.to_owned()
        } else {
            session.typed(line)
        };
        writeln!(out, "$ {line}").unwrap();
        if !kept.is_empty() {
            writeln!(out, "{kept}").unwrap();
        }
    }
    out
}

impl Session {
    /// A command as it would be typed in a page that is written anew.
    fn typed(&self, line: &str) -> String {
        self.of_page(&self.of_session(line))
    }

    /// The demo prints a table for people; the words it shares with the object for scripts are its token, id and secret.
    fn meet_ready(&mut self, told: &str, ready: &str) {
        let ready: serde_json::Value = serde_json::from_str(ready).unwrap();
        for (label, key) in [
            ("token", "token"),
            ("client id", "client_id"),
            ("client secret", "client_secret"),
        ] {
            let line = told.lines().find_map(|line| line.strip_prefix(label));
            if let (Some(page), Some(actual)) = (line, ready[key].as_str()) {
                self.words.insert(page.trim().to_owned(), actual.to_owned());
            }
        }
    }
}

#[test]
fn the_guide_is_a_session_that_happens() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/syncing.md");
    let text = fs::read_to_string(&path).unwrap();
    let temporary = homeroom_testkit::folder();
    let home = temporary.path().canonicalize().unwrap();
    let mut session = Session {
        folder: home.clone(),
        home,
        words: HashMap::new(),
        server: None,
    };
    let mut wanted = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("```console\n") {
        let (block, after) = after.split_once("```").unwrap();
        let shown = again(&mut session, before, block);
        write!(wanted, "{before}```console\n{shown}```").unwrap();
        rest = after;
    }
    wanted.push_str(rest);
    assert!(session.server.is_some(), "nothing was served");
    if text != wanted && std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    for (page, session) in text.lines().zip(wanted.lines()) {
        assert_eq!(
            page, session,
            "docs/syncing.md is not what happens; HOMEROOM_WRITE_DOCS=1 writes it"
        );
    }
    assert_eq!(text.lines().count(), wanted.lines().count());
}
