//! How long files, functions and rooms may become before they have to be split, or explained in the allow-list.

use std::collections::BTreeMap;

use super::{House, finding::Finding, rust_file::RustFile};

const FILE_LINES: usize = 400;
/// Tests read from top to bottom and share no state; they may be longer.
const TEST_FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;
/// A test may carry its table with it.
const TEST_FUNCTION_LINES: usize = 100;
/// A room over this swallows the house; test code is not counted.
const ROOM_LINES: usize = 6_000;

/// Lengths of files and functions.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &house.rust {
        findings.extend(file_length(file));
        findings.extend(function_lengths(file));
    }
    findings
}

fn file_length(file: &RustFile) -> Option<Finding> {
    let (most, advice) = if file.is_test {
        (TEST_FILE_LINES, "split it by what is tested")
    } else if file.test_spans.is_empty() {
        (FILE_LINES, "split it by noun or by action")
    } else {
        (
            FILE_LINES,
            "move its tests into a file of their own (`foo.rs` and `foo/tests.rs`), or split it by noun or by action",
        )
    };
    (file.lines > most).then(|| {
        let what = format!("has {} lines, over {most}", file.lines);
        Finding::new("file-length", &file.path, 0, what, advice)
    })
}

fn function_lengths(file: &RustFile) -> impl Iterator<Item = Finding> {
    file.functions()
        .into_iter()
        .filter_map(|function| {
            let most = if function.test {
                TEST_FUNCTION_LINES
            } else {
                FUNCTION_LINES
            };
            (function.lines > most).then_some((function, most))
        })
        .map(|(function, most)| {
            Finding::new(
                "function-length",
                &file.path,
                function.line,
                format!(
                    "the function `{}` has {} lines, over {most}",
                    function.name, function.lines
                ),
                "let it read as a list of steps, each a named function",
            )
            .about(&function.name)
        })
}

/// Lengths of rooms.
pub(crate) fn check_rooms(house: &House) -> Vec<Finding> {
    let mut rooms: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &house.rust {
        if let Some(room) = file.room()
            && !file.is_test
        {
            *rooms.entry(room).or_default() += file.lines_without_tests();
        }
    }
    rooms
        .into_iter()
        .filter(|(_, lines)| *lines > ROOM_LINES)
        .map(|(room, lines)| {
            Finding::new(
                "crate-length",
                &format!("crates/{room}"),
                0,
                format!("has {lines} lines without its tests, over {ROOM_LINES}"),
                "find the second job it has taken on and give that a room of its own",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    fn check(path: &str, text: &str) -> Vec<String> {
        lines_of(&super::check(&house_of(&[(path, text)])))
    }

    fn function(name: &str, lines: usize) -> String {
        format!("fn {name}() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn files_may_have_400_lines_and_test_files_600() {
        let lines = |count: usize| "\n".repeat(count);
        assert!(check("crates/wire/src/page.rs", &lines(400)).is_empty());
        assert_eq!(
            check("crates/wire/src/page.rs", &lines(401)),
            ["crates/wire/src/page.rs:0 has 401 lines, over 400"]
        );
        assert!(check("crates/wire/src/page/tests.rs", &lines(600)).is_empty());
        assert_eq!(
            check("crates/wire/tests/it/page.rs", &lines(601)),
            ["crates/wire/tests/it/page.rs:0 has 601 lines, over 600"]
        );
    }

    #[test]
    fn functions_may_have_70_lines() {
        let text = function("fits", 70) + &function("sprawls", 71);
        assert_eq!(
            check("crates/wire/src/page.rs", &text),
            ["crates/wire/src/page.rs:71 the function `sprawls` has 71 lines, over 70"]
        );
    }

    #[test]
    fn tests_may_have_100_lines() {
        let text = function("fits", 100) + &function("sprawls", 101);
        assert_eq!(
            check("crates/wire/src/page/tests.rs", &text),
            ["crates/wire/src/page/tests.rs:101 the function `sprawls` has 101 lines, over 100"]
        );
    }

    #[test]
    fn a_room_may_have_6000_lines_without_its_tests() {
        let code = "\n".repeat(3_000);
        let more = format!("{code}#[cfg(test)]\nmod tests {{\n{code}}}\n");
        let within = [
            ("crates/wire/src/a.rs", code.as_str()),
            ("crates/wire/src/b.rs", more.as_str()),
            ("crates/wire/tests/it/c.rs", code.as_str()),
        ];
        assert!(super::check_rooms(&house_of(&within)).is_empty());
        let mut over = within.to_vec();
        over.push(("crates/wire/src/d.rs", "\n"));
        assert_eq!(
            lines_of(&super::check_rooms(&house_of(&over))),
            ["crates/wire:0 has 6001 lines without its tests, over 6000"]
        );
    }
}
