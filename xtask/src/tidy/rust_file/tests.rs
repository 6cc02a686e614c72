use super::*;

fn file(text: &str) -> RustFile {
    RustFile::parse("crates/wire/src/page.rs", text).expect("is Rust")
}

fn paths(text: &str) -> Vec<String> {
    let paths = file(text).name_paths();
    paths.iter().map(|path| path.names.join("::")).collect()
}

#[test]
fn functions_are_measured_from_the_word_fn_to_the_last_brace() {
    let text = "
/// Words about it.
#[inline]
pub fn short() {}

trait Reader {
    fn declared(&self) -> [u8; { 1 + 1 }];
    fn given(&self)
    where
        Self: Sized,
    {
        let quoted = \"} fn not_one() {\";
    }
}

fn generic(value: Sized<{ 2 }>) -> u8 {
    fn inner() -> u8 {
        1
    }
    inner()
}
";
    let sizes: Vec<_> = file(text)
        .functions()
        .into_iter()
        .map(|function| (function.name, function.line, function.lines))
        .collect();
    let expected = [
        ("short", 4, 1),
        ("given", 8, 6),
        ("generic", 16, 6),
        ("inner", 17, 3),
    ];
    assert_eq!(
        sizes,
        expected.map(|(name, line, lines)| (name.to_owned(), line, lines))
    );
}

#[test]
fn imports_are_spelled_out() {
    let text = "use std::{fs::{self, File}, io}; fn f() { a.b::<u8>(c::d()) }";
    assert_eq!(
        paths(text),
        [
            "use",
            "std::fs::self",
            "std::fs::File",
            "std::io",
            "fn",
            "f",
            "a",
            "b",
            "u8",
            "c::d"
        ]
    );
}

#[test]
fn words_in_comments_attributes_and_strings_are_no_paths() {
    let text = "//! a::b\n#![doc = \"x\"]\n/// c::d\n#[derive(e::F)]\nstruct G; // h::i\n";
    assert_eq!(paths(text), ["struct", "G"]);
}

#[test]
fn a_path_holds_names_that_follow_each_other() {
    let path = NamePath {
        names: ["std", "time", "Instant", "now"]
            .map(str::to_owned)
            .to_vec(),
        line: 1,
        test: false,
    };
    assert!(path.holds(&["Instant", "now"]));
    assert!(!path.holds(&["std", "now"]));
}

#[test]
fn test_items_are_known_and_not_counted() {
    let text = "
fn code() {}

#[cfg(test)]
use std::fmt::Debug;

#[cfg(not(test))]
fn more_code() {}

#[tokio::test]
async fn alone() {
}

#[cfg(test)]
mod tests {
    fn helper() {}
}
";
    let file = file(text);
    assert_eq!(file.test_spans, [(4, 5), (10, 12), (14, 17)]);
    assert_eq!(file.lines_without_tests(), 17 - 9);
    let tested: Vec<_> = file
        .tokens
        .iter()
        .filter(|token| token.is("fn"))
        .map(|token| token.test)
        .collect();
    assert_eq!(tested, [false, false, true, true]);
}

#[test]
fn modules_declared_for_tests_are_tests_with_all_below_them() {
    let sources = [
        (
            "crates/a/src/lib.rs",
            "mod page;\n#[cfg(test)]\nmod oracle;",
        ),
        ("crates/a/src/page.rs", "#[cfg(test)]\nmod cases;"),
        ("crates/a/src/oracle/rows.rs", ""),
        ("crates/a/src/page/cases.rs", ""),
        ("crates/a/src/page/tests.rs", ""),
        ("crates/a/tests/it/main.rs", ""),
        ("crates/a/README.md", "no code"),
    ];
    let (files, unread) = parse_all(sources.into_iter());
    assert!(unread.is_empty());
    let settled: Vec<_> = files.iter().map(|file| file.is_test).collect();
    assert_eq!(settled, [false, false, true, true, true, true]);
}

#[test]
fn a_file_that_is_no_rust_is_named() {
    let (files, unread) = parse_all([("crates/a/src/lib.rs", "fn {")].into_iter());
    assert!(files.is_empty());
    assert_eq!(unread.len(), 1);
}
