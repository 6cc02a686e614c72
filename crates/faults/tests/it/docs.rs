//! The catalogue in docs/faults.md, and a test for every entry.

use std::fmt::Write as _;
use std::path::Path;

use homeroom_faults::{CATALOGUE, Group};

const BEGIN: &str = "<!-- The tables are written by the test `docs` of crates/faults. -->\n";

fn tables() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let _ = write!(
            text,
            "\n### `{}`: {}\n\n| fault | happens to | usual rate; number | what it does | what a right client does | from |\n|---|---|---|---|---|---|\n",
            group.name(),
            group.meaning()
        );
        for entry in CATALOGUE.iter().filter(|entry| entry.group == group) {
            let rate = match entry.rate {
                0 => String::new(),
                rate => format!("{}", f64::from(rate) / 1e6),
            };
            let number = entry
                .number
                .map(|(meaning, usual)| format!("{meaning}: {usual}"));
            let both = [rate, number.unwrap_or_default()];
            let both: Vec<_> = both.into_iter().filter(|text| !text.is_empty()).collect();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {} |",
                entry.name,
                entry.when.words(),
                both.join("; "),
                entry.does,
                entry.client,
                entry.source
            );
        }
    }
    text
}

#[test]
fn docs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, told) = text.split_once(BEGIN).expect("the mark before the tables");
    if std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}", tables())).unwrap();
        return;
    }
    assert_eq!(
        told,
        tables(),
        "HOMEROOM_WRITE_DOCS=1 cargo nextest run -p homeroom-faults docs writes the tables anew"
    );
}

#[test]
fn every_fault_has_a_test_of_its_name() {
    let tests = [
        include_str!("transport.rs"),
        include_str!("token.rs"),
        include_str!("paging.rs"),
        include_str!("feed.rs"),
        include_str!("content.rs"),
        include_str!("original.rs"),
    ]
    .concat();
    for entry in CATALOGUE {
        let name = entry.name.replace('-', "_");
        let there = ["()", "_()"]
            .iter()
            .any(|end| tests.contains(&format!("async fn {name}{end}")));
        assert!(there, "{} has no test", entry.name);
        assert!(!entry.does.is_empty() && !entry.client.is_empty() && !entry.source.is_empty());
    }
}
