//! Expected answers as files. `HOMEROOM_GOLDEN=write` writes them anew; the difference is then for a person to read.

use std::fmt::Write as _;
use std::path::PathBuf;

use homeroom_wire::{Items, Object, Route, Shape, VERSIONS, Version, openapi};

use crate::roster::{Shared, id};
use crate::sample::{bare_district, sample};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// Compares a text with its file.
fn check(name: &str, text: &str) {
    let path = file(name);
    if std::env::var_os("HOMEROOM_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        expected == text,
        "{name} differs from line {}; HOMEROOM_GOLDEN=write writes it anew",
        differs.map_or(expected.lines().count().min(text.lines().count()), |at| at) + 1
    );
}

/// JSON text with line breaks, and nothing else changed: members keep their order, strings their spelling.
fn pretty(body: &[u8]) -> String {
    let mut text = String::new();
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for letter in std::str::from_utf8(body).unwrap().chars() {
        if quoted {
            text.push(letter);
            quoted = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        if matches!(letter, '}' | ']') {
            depth -= 1;
            if !text.ends_with(['{', '[']) {
                text.push('\n');
                text.extend(std::iter::repeat_n("  ", depth));
            }
        } else if text.ends_with(['{', '[', ',']) {
            text.push('\n');
            text.extend(std::iter::repeat_n("  ", depth));
        }
        text.push(letter);
        match letter {
            '{' | '[' => depth += 1,
            '"' => quoted = true,
            ':' => text.push(' '),
            _ => {}
        }
    }
    text
}

fn answers(shared: &Shared, addresses: impl IntoIterator<Item = String>) -> String {
    let mut text = String::new();
    for address in addresses {
        let body = shared.get(&address).unwrap();
        writeln!(text, "GET {address}\n{}\n", pretty(&body)).unwrap();
    }
    text
}

#[test]
fn every_record_of_the_sample_by_its_own_address() {
    for version in VERSIONS {
        for object in Object::of(version).filter(|object| *object != Object::Status) {
            let shared = sample();
            let collection = format!("/{}/{}", version.name, object.collection());
            let addresses = shared.ids(&collection);
            let addresses = addresses.iter().map(|id| format!("{collection}/{id}"));
            let mut text = answers(&shared, addresses);
            if object == Object::District {
                let bare = format!("{collection}/5f00aa11bb22cc33dd44ee00");
                text += &answers(&bare_district(), [bare]);
            }
            check(
                &format!("{}/{}.txt", version.name, object.collection()),
                &text,
            );
        }
    }
}

#[test]
fn envelopes() {
    let shared = sample();
    let section = "/v3.1/sections/5f00aa11bb22cc33dd44eea0";
    let addresses = [
        "/v3.1/courses?limit=1".to_owned(),
        "/v3.1/districts".to_owned(),
        "/v3.1/districts?count=true".to_owned(),
        "/v3.0/users?count=true&role=teacher".to_owned(),
        "/v3.1/resources?starting_after=ffffffffffffffffffffffff".to_owned(),
        format!("{section}/course"),
        format!("{section}/term"),
        format!("{section}/resources?limit=2&ending_before=last"),
    ];
    check("envelopes.txt", &answers(&shared, addresses));
}

/// Every route from every record: which records it gives, by the last two digits of their ids.
#[test]
fn relations() {
    let shared = sample();
    for (version, file) in [
        ("v1.1", "relations-v1.1.txt"),
        ("v2.0", "relations-v2.0.txt"),
        ("v3.1", "relations.txt"),
    ] {
        let version = Version::from_name(version).unwrap();
        let mut text = String::new();
        for route in Route::of_version(version).filter(|route| route.items != Items::Grades) {
            relation(&shared, version, route, &mut text);
        }
        check(file, &text);
    }
}

fn relation(shared: &Shared, version: &Version, route: &Route, text: &mut String) {
    let origins = if route.takes_id() {
        shared.ids(&format!("/{}/{}", version.name, route.of.collection()))
    } else {
        vec![String::new()]
    };
    let mut queries = vec![String::new()];
    queries.extend(
        route
            .roles
            .iter()
            .map(|role| format!("?role={}", role.text())),
    );
    if route.primary {
        queries.push("?primary=true".to_owned());
    }
    for origin in origins {
        for query in &queries {
            let path = route.path.replace("{id}", &origin);
            let short = route
                .path
                .replace("{id}", &origin.chars().skip(22).collect::<String>());
            let address = format!("/{}{path}{query}", version.name);
            let found = match (route.shape, shared.get(&address)) {
                (_, Err(refusal)) => vec![format!("{refusal:?}")],
                (Shape::List, Ok(_)) => shared.ids(&address),
                (_, Ok(_)) => vec![id(&shared.read(&address)["data"])],
            };
            let found: Vec<_> = found
                .iter()
                .map(|id| id.get(22..).unwrap_or(id.as_str()))
                .collect();
            let found = found.join(" ");
            writeln!(text, "{short}{query}: {found}").unwrap();
        }
    }
}

/// What versions 1.x have around their documents that later ones have not.
#[test]
fn envelopes_of_1_x() {
    let shared = sample();
    let student = "/v1.1/students/5f00aa11bb22cc33dd44ee20";
    let addresses = [
        "/v1.1/schools?limit=1&where=%7B%7D".to_owned(),
        "/v1.1/schools?limit=2&page=2".to_owned(),
        "/v1.1/schools?limit=1&ending_before=last".to_owned(),
        "/v1.2/district_admins".to_owned(),
        "/v1.2/district_admins?show_links=true&limit=1".to_owned(),
        "/v1.1/districts".to_owned(),
        "/v1.1/districts?starting_after=5f00aa11bb22cc33dd44ee00".to_owned(),
        "/v1.1/districts/5f00aa11bb22cc33dd44ee00/status".to_owned(),
        "/v1.2/districts/5f00aa11bb22cc33dd44ee00/status".to_owned(),
        "/v1.1/districts/5f00aa11bb22cc33dd44ee00?include=schools,nonsense,admins".to_owned(),
        "/v1.1/school_admins/5f00aa11bb22cc33dd44ee52?include=schools".to_owned(),
        "/v1.1/teachers/5f00aa11bb22cc33dd44ee41/grade_levels".to_owned(),
        "/v1.1/students?count=true&where=%7B%22gender%22%3A%22%22%7D".to_owned(),
        format!("{student}/contacts"),
        format!("{student}/school"),
    ];
    check("envelopes-v1.txt", &answers(&shared, addresses));
}

#[test]
fn api_documents_are_frozen() {
    for version in VERSIONS {
        let document = openapi(version);
        let name = format!("openapi-{}.json", version.name);
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        if std::env::var_os("HOMEROOM_GOLDEN").is_some() {
            check(&name, &text);
        }
        // Compared as values: how a map is ordered depends on what else is built into the test.
        let frozen = std::fs::read_to_string(file(&name)).unwrap();
        let frozen: serde_json::Value = serde_json::from_str(&frozen).unwrap();
        assert!(
            frozen == document,
            "{name} differs; HOMEROOM_GOLDEN=write writes it anew"
        );
    }
}
