//! From a path to its row of the table.

use homeroom_model::ObjectId;

use super::routes::{ROUTES, Route};

/// The variable parts of a path, decoded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Captured(Vec<(&'static str, String)>);

impl Captured {
    /// The text of a part; empty if the path has none of that name.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map_or("", |(_, text)| text)
    }

    /// A part that is an id; `None` if it is none.
    pub(super) fn id(&self, name: &str) -> Option<ObjectId> {
        ObjectId::from_hex(self.text(name))
    }

    /// Whether the path has a part of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| *other == name)
    }
}

/// The row of the table a path asks for. Parts are compared as written; a slash at the end does not matter.
pub(super) fn find(path: &str) -> Option<(&'static Route, Captured)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    ROUTES
        .iter()
        .find_map(|route| Some((route, captured(route.path, path)?)))
}

fn captured(pattern: &'static str, path: &str) -> Option<Captured> {
    let mut captured = Captured::default();
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        let name = wanted
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name {
            Some(_) if part.is_empty() => return None,
            Some(name) => captured.0.push((name, decoded(part)?)),
            None if part != wanted => return None,
            None => {}
        }
    }
    parts.next().is_none().then_some(captured)
}

/// Resolves `%41`; `None` unless the bytes are UTF-8. A `%` that no two hexadecimal digits follow stands for itself.
fn decoded(part: &str) -> Option<String> {
    let mut plain = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let digits = |pair: &[u8]| {
            let text = std::str::from_utf8(pair).ok()?;
            let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            u8::from_str_radix(text, 16).ok().filter(|_| digits)
        };
        let coded = tail.get(..2).filter(|_| byte == b'%').and_then(digits);
        plain.push(coded.unwrap_or(byte));
        if coded.is_some() {
            rest = tail.get(2..).unwrap_or(&[]);
        }
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_rows_of_the_table_and_keys_are_decoded() {
        let found = |path: &str| {
            let (route, captured) = find(path)?;
            let parts: Vec<_> = captured.0.into_iter().map(|(_, text)| text).collect();
            Some((route.operation, parts.join(" ")))
        };
        for (path, operation, parts) in [
            ("/management/v1/districts", "listDistricts", ""),
            ("/management/v1/districts/", "listDistricts", ""),
            ("/management/v1/districts/d/runs/r/plan", "getPlan", "d r"),
            (
                "/management/v1/keys/students/A%2F7%20%C3%A9+%zz%4",
                "getKey",
                "students A/7 é+%zz%4",
            ),
            ("/management/v1/ids/x", "getId", "x"),
        ] {
            assert_eq!(found(path), Some((operation, parts.to_owned())), "{path}");
        }
        for path in [
            "/management",
            "/management/v1",
            "/management/v1/ids",
            "/management/v1/ids//",
            "/management/v1/Districts",
            "/management/v1/districts//runs",
            "/management/v1/keys/students/a/b",
            "/management/v1/keys/students/%ff",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }
}
