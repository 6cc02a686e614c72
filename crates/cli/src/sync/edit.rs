//! Changes to a commented TOML file that leave everything else as a person wrote it.

/// Sets a key of a section to a value, written as TOML; the section of keys before any header is "". `None` if the section
/// has no such key.
pub(crate) fn set(text: &str, section: &str, key: &str, value: &str) -> Option<String> {
    let mut here = String::new();
    let mut found = false;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(header) = header(line) {
            header.clone_into(&mut here);
        }
        let sets = !found && here == section && key_of(line) == Some(key);
        if sets {
            found = true;
            lines.push(format!("{key} = {value}{}", comment_of(line)));
        } else {
            lines.push(line.to_owned());
        }
    }
    found.then(|| joined(&lines))
}

/// Takes the `# ` away before a key that stands there as a comment. `None` if there is none.
pub(crate) fn uncomment(text: &str, key: &str) -> Option<String> {
    let mut found = false;
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if !found && key_of(rest) == Some(key) => {
                found = true;
                rest.to_owned()
            }
            _ => line.to_owned(),
        })
        .collect();
    found.then(|| joined(&lines))
}

/// Puts a block behind the last table of an array of tables, or at the end.
pub(crate) fn append_table(text: &str, array: &str, block: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_header = |line: &&str| line.trim_end() == array;
    let last = lines.iter().rposition(is_header);
    let at = last.map_or(lines.len(), |last| {
        let next = lines
            .iter()
            .skip(last + 1)
            .position(|line| header(line).is_some());
        let end = next.map_or(lines.len(), |next| last + 1 + next);
        // Comments right above the next header belong to it.
        let own = lines
            .iter()
            .take(end)
            .rposition(|line| !line.trim().is_empty() && !line.starts_with('#'));
        own.map_or(end, |own| own + 1)
    });
    let mut new: Vec<String> = lines
        .iter()
        .take(at)
        .map(|line| (*line).to_owned())
        .collect();
    new.push(String::new());
    new.extend(block.trim_end().lines().map(str::to_owned));
    let rest: Vec<_> = lines.iter().skip(at).collect();
    if rest.first().is_some_and(|line| !line.trim().is_empty()) {
        new.push(String::new());
    }
    new.extend(rest.into_iter().map(|line| (*line).to_owned()));
    joined(&new)
}

/// Takes the table of this number out of an array of tables. `None` if there is none.
pub(crate) fn remove_table(text: &str, array: &str, number: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut headers = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.trim_end() == array);
    let (start, _) = headers.nth(number)?;
    let next = lines
        .iter()
        .skip(start + 1)
        .position(|line| header(line).is_some() || line.starts_with('#'));
    let end = next.map_or(lines.len(), |next| start + 1 + next);
    let kept = lines.iter().take(start).chain(lines.iter().skip(end));
    Some(joined(
        &kept.map(|line| (*line).to_owned()).collect::<Vec<_>>(),
    ))
}

/// A text as a TOML string.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn joined(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The name in a table's header.
fn header(line: &str) -> Option<&str> {
    let line = line.trim();
    let inner = line.strip_prefix('[')?;
    let (name, _) = inner.trim_start_matches('[').split_once(']')?;
    Some(name)
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!key.is_empty() && key.chars().all(plain)).then_some(key)
}

/// A comment at the end of a line, with the blanks before it. A `#` inside quotes is none.
fn comment_of(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '#' => {
                let before = line.get(..at).unwrap_or_default().trim_end().len();
                return line.get(before..).unwrap_or_default();
            }
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = 1 # one\n\n[x]\n# about b\nb = \"#\"\n# c = [1]\n\n[y]\nb = 3\n";

    #[test]
    fn a_key_is_set_where_it_stands_and_nothing_else_moves() {
        assert_eq!(
            set(TEXT, "", "a", "2").unwrap(),
            TEXT.replace("a = 1", "a = 2")
        );
        assert_eq!(
            set(TEXT, "x", "b", "4").unwrap(),
            TEXT.replace("b = \"#\"", "b = 4")
        );
        assert_eq!(
            set(TEXT, "y", "b", "4").unwrap(),
            TEXT.replace("b = 3", "b = 4")
        );
        assert_eq!(set(TEXT, "y", "a", "4"), None);
        assert_eq!(set(TEXT, "x", "c", "4"), None, "a comment is no key");
    }

    #[test]
    fn a_comment_becomes_a_key() {
        assert_eq!(uncomment(TEXT, "c").unwrap(), TEXT.replace("# c", "c"));
        assert_eq!(uncomment(TEXT, "b"), None);
    }

    #[test]
    fn tables_come_and_go_where_they_belong() {
        let one = append_table("a = 1\n", "[[t]]", "[[t]]\nn = 1");
        assert_eq!(one, "a = 1\n\n[[t]]\nn = 1\n");
        let text = format!("{one}\n# about z\n[z]\nk = 1\n");
        let two = append_table(&text, "[[t]]", "[[t]]\nn = 2\n");
        assert_eq!(
            two,
            "a = 1\n\n[[t]]\nn = 1\n\n[[t]]\nn = 2\n\n# about z\n[z]\nk = 1\n"
        );
        assert_eq!(
            remove_table(&two, "[[t]]", 1).unwrap(),
            "a = 1\n\n[[t]]\nn = 1\n\n# about z\n[z]\nk = 1\n"
        );
        assert_eq!(remove_table(&two, "[[t]]", 2), None);
    }

    #[test]
    fn quotes_hold_anything() {
        for text in ["a\"b", "ñ\\n", "new\nline"] {
            let read: toml::Table = toml::from_str(&format!("k = {}", quoted(text))).unwrap();
            assert_eq!(read["k"].as_str(), Some(text));
        }
    }
}
