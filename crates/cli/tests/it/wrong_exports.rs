//! docs/wrong-exports.md: what a data manager sees of exports that went wrong. The outputs in it are what the built binary
//! says of the files in `tests/wrong_exports`; `HOMEROOM_WRITE_DOCS=1` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom_testkit::Ran;

use crate::site::binary;

/// The day on which the exports were made: ages depend on it.
const DAY: &str = "2026-11-22";

const BEGIN: &str = "<!-- output: ";
const END: &str = "<!-- end of the output -->\n";

fn exports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong_exports")
}

/// What the terminal shows, as a block of Markdown.
fn shown(export: &str) -> String {
    let mut command = binary().command(&exports());
    let ran = Ran::of(command.args(["check", export, "--today", DAY]));
    assert_eq!(ran.stderr, "", "{export}");
    let code = ran.code.unwrap();
    let mut block = String::new();
    writeln!(block, "\n```console\n$ homeroom check {export}").unwrap();
    write!(block, "{}```\n\nExit code {code}.\n\n", ran.stdout).unwrap();
    block
}

#[test]
fn the_documentation_shows_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wrong-exports.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut wanted = String::new();
    let mut told = BTreeSet::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (export, after) = after.split_once(" -->\n").unwrap();
        let (_, after) = after.split_once(END).unwrap();
        let shown = shown(export);
        write!(wanted, "{before}{BEGIN}{export} -->\n{shown}{END}").unwrap();
        assert!(told.insert(export.to_owned()), "{export} is told twice");
        rest = after;
    }
    wanted.push_str(rest);
    if text != wanted && std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        fs::write(&path, &wanted).unwrap();
    } else {
        assert!(
            text == wanted,
            "docs/wrong-exports.md is not what the program says; HOMEROOM_WRITE_DOCS=1 writes it"
        );
    }
    let there = fs::read_dir(exports()).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(told, there.collect::<BTreeSet<_>>());
}

#[test]
fn no_output_shows_what_describes_a_person() {
    for entry in fs::read_dir(exports()).unwrap() {
        let folder = entry.unwrap().path();
        let export = folder.file_name().unwrap().to_str().unwrap();
        for form in [&[][..], &["--limit", "0"], &["--json"], &["--sarif"]] {
            let mut command = binary().command(&exports());
            command.args(["check", export, "--today", DAY]).args(form);
            let said = Ran::of(&mut command).said();
            for secret in [
                "Abbott",
                "Ben",
                "Kim ",
                "cedarridge.example",
                "mail.example",
                "307555",
                "Main St",
                "/2019",
                "ava.",
                "4442",
            ] {
                assert!(!said.contains(secret), "{export} {form:?} shows {secret}");
            }
        }
    }
}
