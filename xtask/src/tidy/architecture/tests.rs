use super::*;
use crate::tidy::house_of;

const TABLE: &str = "\
# Rooms

| room | begins … ends | may use |
|---|---|---|
| `model` | nouns | – |
| `wire`, `sharing` | writers | model · `wire` |
| `cli` | the binary | everything |
| `testkit` (dev only), `benches` | fixtures | everything but cli |

Words after it, `model`.
";

fn manifests(rooms: &[&str]) -> Vec<(String, String)> {
    let path = |room: &&str| match *room {
        "benches" => "benches/Cargo.toml".to_owned(),
        room => format!("crates/{room}/Cargo.toml"),
    };
    rooms
        .iter()
        .map(|room| (path(room), String::new()))
        .collect()
}

fn found(check: fn(&House) -> Vec<Finding>, architecture: &str, rooms: &[&str]) -> Vec<String> {
    let manifests = manifests(rooms);
    let mut files: Vec<(&str, &str)> = vec![(FILE, architecture)];
    files.extend(
        manifests
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let house = house_of(&files);
    let findings = check(&house);
    findings
        .iter()
        .map(|found| format!("{}:{} {}", found.path, found.line, found.what))
        .collect()
}

const ALL: [&str; 6] = ["model", "wire", "sharing", "cli", "testkit", "benches"];

#[test]
fn the_table_is_read_with_lists_dashes_and_exceptions() {
    let rooms = Rooms::read(TABLE);
    let names: Vec<_> = rooms.rows.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["benches", "cli", "model", "sharing", "testkit", "wire"]
    );
    let row = |room: &str| rooms.rows.get(room).expect("a row");
    assert_eq!(row("model").may_use, MayUse::Only(Vec::new()));
    assert!(row("sharing").may_use.allows("wire") && !row("sharing").may_use.allows("cli"));
    assert!(row("cli").may_use.allows("wire"));
    assert!(row("benches").may_use.allows("wire") && !row("benches").may_use.allows("cli"));
    assert!(row("testkit").dev_only && !row("wire").dev_only);
    let in_words = TABLE
        .replace("(dev only)", "")
        .replace("fixtures", "never in the product");
    let rooms = Rooms::read(&in_words);
    assert!(rooms.rows.get("testkit").is_some_and(|row| row.dev_only));
}

#[test]
fn a_true_document_has_no_findings() {
    assert_eq!(found(check, TABLE, &ALL), Vec::<String>::new());
}

#[test]
fn a_missing_document_is_said_plainly() {
    let house = house_of(&[("crates/model/Cargo.toml", "")]);
    let findings = check(&house);
    assert_eq!(findings.len(), 1);
    assert!(
        findings
            .iter()
            .all(|found| found.what.starts_with("is missing"))
    );
}

#[test]
fn a_document_without_the_table_is_found() {
    let expected =
        "ARCHITECTURE.md:0 has no table of rooms (a first column `room`, a last column `may use`)";
    assert_eq!(found(check, "# Rooms\n\n| a | b |\n", &ALL), [expected]);
}

#[test]
fn a_document_of_300_lines_is_too_long() {
    let long = format!("{TABLE}{}", "\n".repeat(300));
    let findings = found(check, &long, &ALL);
    assert_eq!(
        findings,
        ["ARCHITECTURE.md:0 has 310 lines; under 300 is what gets read"]
    );
}

#[test]
fn rooms_and_rows_belong_together() {
    let rooms = ["model", "wire", "cli", "testkit", "benches", "attic"];
    assert_eq!(
        found(check, TABLE, &rooms),
        [
            "ARCHITECTURE.md:6 the room `sharing` does not exist",
            "crates/attic/Cargo.toml:0 the room `attic` has no row in ARCHITECTURE.md",
        ]
    );
}

#[test]
fn an_edge_to_no_room_is_found() {
    let table = TABLE.replace("model · `wire`", "model, stairs");
    let findings = found(check, &table, &ALL);
    assert_eq!(
        findings,
        [
            "ARCHITECTURE.md:6 `sharing` may use `stairs`, which is no room of the table",
            "ARCHITECTURE.md:6 `wire` may use `stairs`, which is no room of the table",
        ]
    );
}

#[test]
fn paths_that_exist_and_words_that_are_no_paths_pass() {
    let text = "`crates/model/Cargo.toml` `model/Cargo.toml` `Cargo.toml` `crates/` `/v3.1/users` `cargo xtask tidy` \
                `application/json` `crates/<room>/x.rs` `../shared` `std::fs` `tests/*.rs` `v3.1` `homeroom.toml` `keys/`\n\
                ```\n`crates/gone.rs`\n```\n";
    assert_eq!(found(check_paths, text, &["model"]), Vec::<String>::new());
}

#[test]
fn paths_that_are_gone_are_found() {
    let text =
        "see `crates/gone` and `model/src/lib.rs`,\nthen `gone.rs` and `benches/gone.toml`\n";
    let expected = [
        "ARCHITECTURE.md:1 names `crates/gone`, which does not exist",
        "ARCHITECTURE.md:1 names `model/src/lib.rs`, which does not exist",
        "ARCHITECTURE.md:2 names `gone.rs`, which does not exist",
        "ARCHITECTURE.md:2 names `benches/gone.toml`, which does not exist",
    ];
    assert_eq!(found(check_paths, text, &["model", "benches"]), expected);
}
