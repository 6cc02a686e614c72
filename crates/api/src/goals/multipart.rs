//! Forms with a file in them (RFC 7578), as browsers and `curl -F` send them; read in memory.

use std::ops::Range;

/// A file of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File<'b> {
    /// The content type of the part, if it says one.
    pub(super) kind: Option<&'b str>,
    /// What the file is called, if it says so.
    pub(super) name: Option<&'b str>,
    /// Where it stands in the body.
    pub(super) content: Range<usize>,
}

/// The first file of a form: the first part that has a file name, or the first part that is CSV or JSON.
pub(super) fn file<'b>(body: &'b [u8], boundary: &str) -> Option<File<'b>> {
    let parts = parts(body, boundary);
    let known = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        kind.contains("csv") || kind.contains("json")
    };
    let mut files: Vec<File<'b>> = parts
        .into_iter()
        .filter_map(|part| read(body, part))
        .collect();
    let named = files.iter().position(|file| file.name.is_some());
    let place = named.or_else(|| files.iter().position(|file| file.kind.is_some_and(known)))?;
    Some(files.swap_remove(place))
}

/// A parameter of a header's value: `name=value` or `name="value"`, behind semicolons.
pub(super) fn parameter(text: &str, name: &str) -> Option<String> {
    let found = value(text, name)?;
    (!found.is_empty() && found.len() <= 200).then(|| found.to_owned())
}

fn value<'t>(mut text: &'t str, name: &str) -> Option<&'t str> {
    loop {
        text = text.trim_start_matches([' ', ';', '\t']);
        let (key, rest) = text.split_once('=')?;
        let (found, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_once(';').unwrap_or((rest, "")),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(found.trim());
        }
        text = after;
    }
}

/// Where the parts of a form stand: between its boundaries, each of which stands at the beginning of a line.
fn parts(body: &[u8], boundary: &str) -> Vec<Range<usize>> {
    let mark = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut begun: Option<usize> = None;
    let mut from = 0;
    while let Some(found) = body.get(from..).and_then(|rest| position(rest, &mark)) {
        let at = from + found;
        from = at + mark.len();
        let line_begins = at == 0 || body.get(..at).is_some_and(|before| before.ends_with(b"\n"));
        if !line_begins {
            continue;
        }
        if let Some(begun) = begun {
            // The line break before a boundary belongs to the boundary.
            let broken = body
                .get(..at)
                .is_some_and(|before| before.ends_with(b"\r\n"));
            let end = at - if broken { 2 } else { 1 };
            if begun <= end {
                parts.push(begun..end);
            }
        }
        let rest = body.get(from..).unwrap_or_default();
        if rest.starts_with(b"--") {
            break;
        }
        let Some(line) = position(rest, b"\n") else {
            break;
        };
        from += line + 1;
        begun = Some(from);
    }
    parts
}

/// The file of a part: what stands behind its headers.
fn read(body: &[u8], part: Range<usize>) -> Option<File<'_>> {
    let bytes = body.get(part.clone())?;
    let (head, gap) = match position(bytes, b"\r\n\r\n") {
        Some(end) => (end, 4),
        None => (position(bytes, b"\n\n")?, 2),
    };
    let text = std::str::from_utf8(bytes.get(..head)?).ok()?;
    let (mut kind, mut name) = (None, None);
    for line in text.lines() {
        let Some((header, said)) = line.split_once(':') else {
            continue;
        };
        let header = header.trim();
        if header.eq_ignore_ascii_case("content-type") {
            kind = Some(said.trim());
        } else if header.eq_ignore_ascii_case("content-disposition") {
            name = said
                .split_once(';')
                .and_then(|(_, rest)| value(rest, "filename"));
        }
    }
    Some(File {
        kind,
        name,
        content: part.start + head + gap..part.end,
    })
}

/// Where a short text first stands. Bodies are looked through once, so looking for the first byte is quick enough.
fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if text.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Option<(Option<&str>, Option<&str>, &str)> {
        let file = file(body.as_bytes(), "X")?;
        let content = body.get(file.content).unwrap();
        Some((file.kind, file.name, content))
    }

    #[test]
    fn the_file_of_a_form_is_found() {
        let curl = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
                    --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
                    Content-Type: text/csv\r\n\r\nclever_id,minutes\r\n1,2\r\n\r\n--X--\r\n";
        let expected = (
            Some("text/csv"),
            Some("a.csv"),
            "clever_id,minutes\r\n1,2\r\n",
        );
        assert_eq!(found(curl), Some(expected));
        let bare = "preamble\n--X\nContent-Type: application/json\n\n{\"a\": \"--X\"}\n--X--";
        let expected = (Some("application/json"), None, "{\"a\": \"--X\"}");
        assert_eq!(found(bare), Some(expected));
        let empty =
            "--X\r\nContent-Disposition: form-data; name=f; filename=a.json\r\n\r\n\r\n--X--";
        assert_eq!(found(empty), Some((None, Some("a.json"), "")));
    }

    #[test]
    fn what_is_no_form_has_no_file() {
        for body in [
            "",
            "--X",
            "--X--",
            "--X\r\n",
            "--X\r\nContent-Type: text/csv\r\n\r\nno end",
            "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno file\r\n--X--",
            "--X\r\nno blank line\r\n--X--",
            "--Y\r\nContent-Type: text/csv\r\n\r\na\r\n--Y--",
            "--X\n--X\n--X--",
        ] {
            assert_eq!(found(body), None, "{body:?}");
        }
    }

    #[test]
    fn parameters_may_be_quoted() {
        for (text, expected) in [
            ("boundary=a", Some("a")),
            (" charset=utf-8; Boundary=\"a;b\"", Some("a;b")),
            ("boundary=", None),
            ("charset=utf-8", None),
            ("boundary=\"open", None),
            ("", None),
        ] {
            assert_eq!(parameter(text, "boundary").as_deref(), expected, "{text}");
        }
    }
}
