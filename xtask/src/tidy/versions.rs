//! Only `wire` knows versions of the API (invariant 2): elsewhere no version is named, matched or compared.

use super::{
    House,
    finding::Finding,
    manifest::room_of,
    rust_file::{Kind, RustFile, Token},
};

const CHECK: &str = "versions";
const NUMBERS: [&str; 6] = ["1.1", "1.2", "2.0", "2.1", "3.0", "3.1"];
/// Types of `wire` whose variants and constants are versions, or groups of them.
const TYPES: [&str; 2] = ["Version", "Family"];
/// Rooms that talk to people and may print an example; there a version may stand in a sentence (a literal with a blank).
const MAY_SAY: [&str; 2] = ["api", "cli"];
const REPAIR: &str =
    "give `wire` a flag or a function with a name for what differs here, and ask that";

/// Names, literals and comparisons of versions outside `wire`; tests, `testkit` and helpers are free.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let knows_wire = |room: &str| {
        let mut manifests = house.manifests.iter();
        manifests.any(|manifest| {
            manifest.room == room
                && manifest
                    .dependencies()
                    .iter()
                    .any(|used| !used.dev && room_of(&used.package) == Some("wire"))
        })
    };
    let mut findings = Vec::new();
    for file in &house.rust {
        let Some(room) = file.room() else { continue };
        if file.is_test || ["wire", "testkit"].contains(&room) {
            continue;
        }
        let meets_versions = knows_wire(room);
        for at in 0..file.tokens.len() {
            findings.extend(found_at(file, at, room, meets_versions));
        }
    }
    findings
}

fn found_at(file: &RustFile, at: usize, room: &str, meets_versions: bool) -> Option<Finding> {
    let token = file.tokens.get(at)?;
    if token.attribute || token.test {
        return None;
    }
    let (what, item) = match token.kind {
        Kind::Literal => literal(token, MAY_SAY.contains(&room))?,
        Kind::Ident if is_constant(&token.text) => (
            format!("names the version `{}`", token.text),
            token.text.clone(),
        ),
        Kind::Ident if meets_versions => {
            named_variant(file, at).or_else(|| comparison(file, at))?
        }
        _ => return None,
    };
    Some(Finding::new(CHECK, &file.path, token.line, what, REPAIR).about(&item))
}

/// `"v3.0"`, `"/v3.1/users"`.
fn literal(token: &Token, may_say: bool) -> Option<(String, String)> {
    let text = token.text.as_str();
    let is_text = text.contains('"');
    let number = NUMBERS
        .iter()
        .find(|number| is_word(text, &format!("v{number}")))?;
    if !is_text || (may_say && text.contains(' ')) {
        return None;
    }
    Some((format!("has v{number} in a literal"), format!("v{number}")))
}

/// Whether `word` stands in `text` with no letter or digit around it.
fn is_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|part| part.chars().next_back());
        let after = text
            .get(at + word.len()..)
            .and_then(|part| part.chars().next());
        let alone = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
        alone(before) && alone(after)
    })
}

/// `V3_1`, `v3_0`.
fn is_constant(name: &str) -> bool {
    let digits = name.strip_prefix(['V', 'v']).unwrap_or_default();
    NUMBERS
        .iter()
        .any(|number| digits == number.replace('.', "_"))
}

/// `Version::Latest`: a variant or constant; `Version::parse` is none.
fn named_variant(file: &RustFile, at: usize) -> Option<(String, String)> {
    let [kind, first, second, name] = file.tokens.get(at..at + 4)? else {
        return None;
    };
    let colons = first.kind == Kind::Punct(':') && second.kind == Kind::Punct(':');
    let constant = name.kind == Kind::Ident && name.text.starts_with(|c: char| c.is_uppercase());
    (TYPES.contains(&kind.text.as_str()) && colons && constant).then(|| {
        let item = format!("{}::{}", kind.text, name.text);
        (format!("names the version `{item}`"), item)
    })
}

/// `match x.version`, `x.version == y`, `y < version()`, `matches!(version, …)`.
fn comparison(file: &RustFile, at: usize) -> Option<(String, String)> {
    let token = file.tokens.get(at)?;
    if !["version", "family"].contains(&token.text.as_str()) {
        return None;
    }
    let called = file
        .tokens
        .get(at + 1)
        .filter(|next| next.kind == Kind::Open('('));
    let end = called.map_or(at, |open| open.close) + 1;
    let before = file.tokens.get(..receiver_start(file, at))?;
    let after = file.tokens.get(end..)?;
    let how = if is_matched(before) {
        "matches on"
    } else if compares_next(after) || compares_last(before) {
        "compares"
    } else {
        return None;
    };
    Some((format!("{how} `{}`", token.text), token.text.clone()))
}

/// Where `a.b.version` begins, references included.
fn receiver_start(file: &RustFile, at: usize) -> usize {
    let kind = |at: usize| file.tokens.get(at).map(|token| token.kind);
    let mut start = at;
    while start >= 2
        && kind(start - 1) == Some(Kind::Punct('.'))
        && kind(start - 2) == Some(Kind::Ident)
    {
        start -= 2;
    }
    while start >= 1 && matches!(kind(start - 1), Some(Kind::Punct('&' | '*'))) {
        start -= 1;
    }
    start
}

/// `match …` or `matches!(…`.
fn is_matched(before: &[Token]) -> bool {
    match before {
        [.., token] if token.is("match") => true,
        [.., name, mark, open] => {
            name.is("matches") && mark.kind == Kind::Punct('!') && open.kind == Kind::Open('(')
        }
        _ => false,
    }
}

/// `… == x`, `… < x`.
fn compares_next(after: &[Token]) -> bool {
    match after {
        [first, second, ..] if first.joint => is_operator(first, second),
        [first, ..] => matches!(first.kind, Kind::Punct('<' | '>')),
        [] => false,
    }
}

/// `x == …`, `x < …`; not `-> …` or `=> …`.
fn compares_last(before: &[Token]) -> bool {
    match before {
        [.., first, second] if first.joint => is_operator(first, second),
        [.., operand, sign] => {
            matches!(sign.kind, Kind::Punct('<' | '>'))
                && matches!(operand.kind, Kind::Ident | Kind::Literal | Kind::Close(_))
        }
        _ => false,
    }
}

/// `==`, `!=`, `<=`, `>=` as their two tokens.
fn is_operator(first: &Token, second: &Token) -> bool {
    matches!(first.kind, Kind::Punct('=' | '!' | '<' | '>')) && second.kind == Kind::Punct('=')
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    fn check(room: &str, code: &str) -> Vec<String> {
        let path = format!("crates/{room}/src/data.rs");
        let manifest = format!("crates/{room}/Cargo.toml");
        let uses_wire = "[dependencies]\nhomeroom-wire.workspace = true\n";
        let uses = if room == "segment" { "" } else { uses_wire };
        let house = house_of(&[(&path, code), (&manifest, uses)]);
        lines_of(&super::check(&house))
            .iter()
            .filter_map(|line| line.split_once(' '))
            .map(|(_, what)| what.to_owned())
            .collect()
    }

    #[test]
    fn a_room_that_asks_wire_is_clean() {
        let code = "
//! Serves v3.0 and v3.1.
/// `v3.1` in words.
fn page(route: &Route, version: Version) -> Page<Version> {
    let version = route.version();
    let parsed: Result<Version> = version;
    let parsed = Version::parse(text)?;
    let format = wire::rules(version).has_primary;
    write(version, Some(version), |version: Version| { version })
}
#[cfg(test)]
mod tests { fn t() { assert_eq!(version, V3_1); } }
";
        assert_eq!(check("api", code), Vec::<String>::new());
    }

    #[test]
    fn names_of_versions_are_found() {
        assert_eq!(
            check("ingest", "const A: &str = \"v3.0\";"),
            ["has v3.0 in a literal"]
        );
        assert_eq!(
            check("ingest", "fn f() { get(\"a /v3.1/users\") }"),
            ["has v3.1 in a literal"]
        );
        assert_eq!(
            check("segment", "fn f() { g(V3_0) }"),
            ["names the version `V3_0`"]
        );
        assert_eq!(
            check("api", "fn f() { g(Version::Newest) }"),
            ["names the version `Version::Newest`"]
        );
    }

    #[test]
    fn rooms_that_talk_to_people_may_say_one_in_a_sentence() {
        assert!(check("cli", "fn f() { say(\"try /v3.1/users next\") }").is_empty());
        assert_eq!(
            check("cli", "fn f() { get(\"/v3.1/users\") }"),
            ["has v3.1 in a literal"]
        );
    }

    #[test]
    fn comparisons_are_found() {
        for code in [
            "match r.version { _ => 1 }",
            "matches!(version, x)",
            "match version() { _ => 1 }",
        ] {
            let item = format!("fn f() {{ {code} }}");
            assert_eq!(check("api", &item), ["matches on `version`"], "{code}");
        }
        for code in [
            "r.version == x",
            "x != &r.version",
            "version() >= x",
            "version < x",
            "x > version",
        ] {
            let item = format!("fn f() {{ if {code} {{ g() }} }}");
            assert_eq!(check("api", &item), ["compares `version`"], "{code}");
        }
    }

    #[test]
    fn a_room_without_wire_may_have_versions_of_its_own() {
        assert!(check("segment", "fn f() { match header.version { _ => 1 } }").is_empty());
    }
}
