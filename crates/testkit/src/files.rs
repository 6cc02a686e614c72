//! A district's files as text, to be changed and written to a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Files by name, with their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// These, with one more or another one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.0.insert(name.to_owned(), content.as_ref().to_vec());
        self
    }

    /// These without one.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        assert!(
            self.0.remove(name).is_some(),
            "{name} is not there to be left out"
        );
        self
    }

    /// These with a text replaced in one file, once; it must be there.
    #[must_use]
    pub fn replacing(self, name: &str, old: &str, new: impl AsRef<[u8]>) -> Self {
        let bytes = self.bytes(name);
        let at = bytes
            .windows(old.len())
            .position(|window| window == old.as_bytes());
        let at = at.unwrap_or_else(|| panic!("{name} does not hold {old:?}"));
        let changed = [&bytes[..at], new.as_ref(), &bytes[at + old.len()..]].concat();
        self.with(name, changed)
    }

    /// These with one file continued.
    #[must_use]
    pub fn appending(self, name: &str, more: impl AsRef<[u8]>) -> Self {
        let longer = [self.bytes(name), more.as_ref()].concat();
        self.with(name, longer)
    }

    /// Adds a row to a file: a value for some of its columns.
    pub fn add(&mut self, name: &str, cells: &[(&str, &str)]) {
        let header = self.text(name).lines().next().expect("a header");
        let columns: Vec<_> = header.split(',').collect();
        let known = |(column, _): &(&str, &str)| columns.contains(column);
        assert!(cells.iter().all(known), "{header}");
        let value = |column| {
            let mut cells = cells.iter();
            cells
                .find(|(name, _)| name == column)
                .map_or("", |cell| cell.1)
        };
        let row: Vec<_> = columns.iter().map(value).collect();
        let row = format!("{}\r\n", row.join(","));
        let bytes = self.0.get_mut(name).expect("its header was read");
        bytes.extend_from_slice(row.as_bytes());
    }

    /// Every file: its name and its bytes, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The bytes of one file.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not there"))
    }

    /// The text of one file.
    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.bytes(name)).expect("UTF-8")
    }

    /// The line of a file, from 1, that begins so: what a report has to name.
    pub fn line_of(&self, name: &str, beginning: &str) -> usize {
        let bytes = self.bytes(name);
        let lines = bytes.split(|byte| *byte == b'\n');
        let found = lines
            .into_iter()
            .position(|line| line.starts_with(beginning.as_bytes()));
        found.unwrap_or_else(|| panic!("no line of {name} begins with {beginning:?}")) + 1
    }

    /// How many records a file has, its header not counted; for files without line breaks inside of cells.
    pub fn rows(&self, name: &str) -> usize {
        self.text(name).lines().count() - 1
    }

    /// Makes a folder hold these files and nothing else.
    pub fn write_to(&self, folder: &Path) {
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
        fs::create_dir_all(folder).unwrap();
        for (name, bytes) in &self.0 {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
