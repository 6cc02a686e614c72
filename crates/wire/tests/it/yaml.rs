//! Just enough YAML for the contract files: maps, lists, plain and quoted scalars, by indentation.

use serde_json::{Map, Value};

struct Line<'t> {
    indent: usize,
    text: &'t str,
}

/// Reads a document; panics on anything the contract files do not use.
pub(crate) fn read(text: &str) -> Value {
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| Line {
            indent: line.len() - line.trim_start().len(),
            text: line.trim_start(),
        })
        .collect();
    let (value, rest) = block(&lines, 0);
    assert!(rest.is_empty(), "cannot read: {}", rest[0].text);
    value
}

type Rest<'l, 't> = &'l [Line<'t>];

fn block<'l, 't>(lines: Rest<'l, 't>, indent: usize) -> (Value, Rest<'l, 't>) {
    if lines[0].text.starts_with("- ") {
        list(lines, indent)
    } else {
        map(lines, indent)
    }
}

fn list<'l, 't>(mut lines: Rest<'l, 't>, indent: usize) -> (Value, Rest<'l, 't>) {
    let mut items = Vec::new();
    while let Some((line, rest)) = lines.split_first() {
        let Some(text) = line
            .text
            .strip_prefix("- ")
            .filter(|_| line.indent == indent)
        else {
            break;
        };
        if let Some((key, value)) = pair(text) {
            // A map whose first member stands behind the dash: the others stand two further in.
            let mut members = Map::new();
            lines = member(&mut members, key, value, rest, indent + 2);
            if lines.first().is_some_and(|next| next.indent == indent + 2) {
                let (more, after) = map(lines, indent + 2);
                members.extend(more.as_object().unwrap().clone());
                lines = after;
            }
            items.push(Value::Object(members));
        } else {
            items.push(scalar(text));
            lines = rest;
        }
    }
    (Value::Array(items), lines)
}

fn map<'l, 't>(mut lines: Rest<'l, 't>, indent: usize) -> (Value, Rest<'l, 't>) {
    let mut members = Map::new();
    while let Some((line, rest)) = lines.split_first() {
        if line.indent != indent || line.text.starts_with("- ") {
            break;
        }
        let (key, value) = pair(line.text).unwrap_or_else(|| panic!("no key: {}", line.text));
        lines = member(&mut members, key, value, rest, indent);
    }
    (Value::Object(members), lines)
}

fn member<'l, 't>(
    members: &mut Map<String, Value>,
    key: &str,
    value: &str,
    rest: Rest<'l, 't>,
    indent: usize,
) -> Rest<'l, 't> {
    let key = scalar(key).as_str().unwrap().to_owned();
    let nested = rest.first().filter(|next| {
        next.indent > indent || (next.indent == indent && next.text.starts_with("- "))
    });
    let (value, rest) = match nested {
        Some(next) if value.is_empty() => block(rest, next.indent),
        _ => (scalar(value), rest),
    };
    members.insert(key, value);
    rest
}

fn pair(text: &str) -> Option<(&str, &str)> {
    if let Some(key) = text.strip_suffix(':') {
        return Some((key, ""));
    }
    let quoted = text.starts_with(['"', '\'']) && !text.contains("\":");
    if quoted { None } else { text.split_once(": ") }
}

fn scalar(text: &str) -> Value {
    let quoted = [('"', '"'), ('\'', '\'')];
    for (open, close) in quoted {
        if let Some(inner) = text
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
        {
            return Value::from(inner);
        }
    }
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::from(text),
    }
}

#[test]
fn the_subset_is_read() {
    let text = "a:\n  b: x y\n  list:\n  - \"\"\n  - \"Y\"\n  - k: 1\n    m:\n      n: true\n  \"404\":\n    $ref: '#/r'\nz: last\n";
    assert_eq!(
        read(text),
        serde_json::json!({
            "a": {
                "b": "x y",
                "list": ["", "Y", { "k": "1", "m": { "n": true } }],
                "404": { "$ref": "#/r" },
            },
            "z": "last",
        })
    );
}
