//! Marks of unfinished work: what is in the tree is whole.

use super::{
    House,
    finding::Finding,
    rust_file::{Kind, RustFile},
};

const CHECK: &str = "marks";
// Written in halves, so that this file does not find itself.
const WORDS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const FENCE: &str = concat!("```", "ignore");
const MACROS: [&str; 2] = [concat!("to", "do"), concat!("un", "implemented")];

/// Words and macros for "later", and tests that are switched off.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.tree.texts() {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending);
        if ["rs", "toml", "sql", "sh", "c", "html", "yml"].contains(&ending.unwrap_or_default()) {
            words(path, text, &mut findings);
        }
    }
    for file in &house.rust {
        tokens(file, &mut findings);
    }
    findings
}

fn words(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for (at, line) in text.lines().enumerate() {
        let parts = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in parts.filter(|part| WORDS.contains(part)) {
            findings.push(Finding::new(
                CHECK,
                path,
                at + 1,
                format!("has a {word}"),
                "do it now, or open an issue and take the mark out",
            ));
        }
        if line.contains(FENCE) {
            let what = "has an example that is never compiled";
            findings.push(Finding::new(CHECK, path, at + 1, what, SWITCHED_ON));
        }
    }
}

const SWITCHED_ON: &str =
    "make it run; where it cannot, take it out (examples in words may be marked `text`)";

fn tokens(file: &RustFile, findings: &mut Vec<Finding>) {
    for pair in file.tokens.windows(2) {
        let [first, second] = pair else { continue };
        let unfinished = MACROS.iter().find(|name| first.is(name));
        if let Some(name) = unfinished
            && second.kind == Kind::Punct('!')
        {
            let (what, repair) = (format!("calls `{name}!`"), "write what is missing");
            findings.push(Finding::new(CHECK, &file.path, first.line, what, repair));
        }
        if first.kind == Kind::Open('[') && second.attribute && second.is("ignore") {
            let what = "switches a test off";
            findings.push(Finding::new(
                CHECK,
                &file.path,
                second.line,
                what,
                SWITCHED_ON,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FENCE, MACROS, WORDS};
    use crate::tidy::{house_of, lines_of};

    fn check(path: &str, text: &str) -> Vec<String> {
        lines_of(&super::check(&house_of(&[(path, text)])))
    }

    #[test]
    fn words_for_later_are_found_in_sources() {
        for word in WORDS {
            let text = format!("fn f() {{}}\n// {word}: later\n");
            let expected = format!("crates/a/src/lib.rs:2 has a {word}");
            assert_eq!(check("crates/a/src/lib.rs", &text), [expected]);
            assert!(check("CONTRIBUTING.md", &text).is_empty());
        }
    }

    #[test]
    fn macros_for_later_are_found() {
        for name in MACROS {
            let text = format!("fn f() {{ {name}!() }}\n");
            let expected = format!("crates/a/src/lib.rs:1 calls `{name}!`");
            assert_eq!(check("crates/a/src/lib.rs", &text), [expected]);
        }
    }

    #[test]
    fn tests_that_are_switched_off_are_found() {
        let off = "#[test]\n#[ignore = \"slow\"]\nfn t() {}\n";
        assert_eq!(
            check("crates/a/src/lib.rs", off),
            ["crates/a/src/lib.rs:2 switches a test off"]
        );
        let example = format!("/// {FENCE}\n/// x\n/// ```\nfn f() {{}}\n");
        assert_eq!(
            check("crates/a/src/lib.rs", &example),
            ["crates/a/src/lib.rs:1 has an example that is never compiled"]
        );
        assert!(check("crates/a/src/lib.rs", "fn f(ignore: bool) { [ignore]; }").is_empty());
    }
}
