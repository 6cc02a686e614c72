//! The files of the checkout as text, read once. Checks take it as a value, so that their tests need no disk.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};

/// Path from the root (with `/`) → text, or nothing for a file that is no UTF-8.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads what stands below `root`, but for what the root's `.gitignore` names. Git itself is not asked: the check
    /// must also see files that are not yet added, and work where there is no repository.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let rules = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let ignored = Ignored::parse(&rules);
        let mut tree = Self::default();
        tree.walk(root, "", &ignored)
            .with_context(|| format!("{} cannot be read", root.display()))?;
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, prefix: &str, ignored: &Ignored) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if name == ".git" || ignored.covers(&path) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.walk(&entry.path(), &format!("{path}/"), ignored)?;
            } else if kind.is_file() {
                let bytes =
                    fs::read(entry.path()).with_context(|| format!("{path} cannot be read"))?;
                self.files.insert(path, String::from_utf8(bytes).ok());
            }
        }
        Ok(())
    }

    /// A tree for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())))
            .collect();
        Self { files }
    }

    /// The text of a file; nothing where it is missing or no text.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Every text file, in the order of paths.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Every path, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether a file or folder stands at this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside = format!("{path}/");
        self.files.contains_key(path) || self.paths().any(|file| file.starts_with(&inside))
    }

    /// Whether some file or folder's path ends with these components.
    pub(crate) fn has_tail(&self, tail: &str) -> bool {
        let tail = tail.trim_end_matches('/');
        let file = format!("/{tail}");
        let folder = format!("/{tail}/");
        self.has(tail)
            || self
                .paths()
                .any(|path| path.ends_with(&file) || path.contains(&folder))
    }
}

/// The forms of ignore rules in use here: `/path`, `name` anywhere, `*.ending` anywhere, each with or without a slash
/// at its end.
struct Ignored {
    rules: Vec<String>,
}

impl Ignored {
    fn parse(text: &str) -> Self {
        let rules = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with(['#', '!']))
            .map(|line| line.trim_end_matches('/').to_owned())
            .collect();
        Self { rules }
    }

    fn covers(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.rules.iter().any(|rule| {
            if let Some(ending) = rule.strip_prefix('*') {
                name.ends_with(ending)
            } else if rule.contains('/') {
                rule.trim_start_matches('/') == path
            } else {
                rule == name
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_rules_cover_what_git_would_leave_out() {
        let ignored = Ignored::parse("/target\n/fuzz/target/\n# note\nnode_modules\n*.profraw\n");
        for path in ["target", "fuzz/target", "e2e/node_modules", "a/b.profraw"] {
            assert!(ignored.covers(path), "{path}");
        }
        for path in ["crates/target", "crates/model", "profraw"] {
            assert!(!ignored.covers(path), "{path}");
        }
    }

    #[test]
    fn files_and_folders_are_found_by_path_and_by_tail() {
        let tree = Tree::of(&[("crates/wire/src/routes.rs", ""), ("docs/a.md", "")]);
        assert!(tree.has("crates/wire") && tree.has("docs/a.md"));
        assert!(!tree.has("crates/wir"));
        assert!(tree.has_tail("routes.rs") && tree.has_tail("wire/src/"));
        assert!(!tree.has_tail("outes.rs"));
    }
}
