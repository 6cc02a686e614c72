//! What a check found, told: as text like a compiler's, as JSON lines, as SARIF.
//!
//! Nothing here decides what is wrong; the catalogue says what each code means and how it is repaired.

mod excerpt;
mod group;
pub(crate) mod json;
mod number;
mod rows;
pub(crate) mod sarif;
mod signs;
pub(crate) mod text;

use homeroom_ingest::{Checked, Filter};
use homeroom_intake::{Settings, Source, Stem};
use homeroom_model::{Code, Problem};

/// A check to be told, and how.
pub(crate) struct Told<'a> {
    /// What was found.
    pub(crate) checked: &'a Checked,
    /// Where the files are, for the rows that are shown.
    pub(crate) source: &'a dyn Source,
    /// How they were read.
    pub(crate) settings: &'a Settings,
    /// Which findings are told.
    pub(crate) filter: Filter,
    /// How many of each code are told one by one; `None` for as many as the form thinks right, 0 for all.
    pub(crate) limit: Option<usize>,
    /// Whether values of people are shown.
    pub(crate) show_values: bool,
}

impl Told<'_> {
    /// How many findings of each code are told one by one.
    fn most(&self, usual: usize) -> usize {
        match self.limit {
            None => usual,
            Some(0) => usize::MAX,
            Some(limit) => limit,
        }
    }

    /// The codes that are told and how many findings each has: the worst first, then as the catalogue lists them.
    fn codes(&self) -> Vec<(Code, u64)> {
        let tally = self.checked.findings.tally();
        let mut codes = Code::ALL.to_vec();
        codes.sort_by_key(|code| std::cmp::Reverse(code.severity()));
        codes.retain(|code| self.filter.codes.is_empty() || self.filter.codes.contains(code));
        let wanted = |file: &str| self.filter.file.as_deref().is_none_or(|only| only == file);
        let counted = codes.into_iter().map(|code| {
            let files = tally.files(code.text());
            let of_it = files.filter(|(file, _)| wanted(file));
            (code, of_it.map(|(_, count)| count).sum())
        });
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// The findings of one code among those that are told.
    fn only(&self, code: Code) -> Filter {
        Filter {
            codes: vec![code],
            file: self.filter.file.clone(),
        }
    }

    /// Where a problem stands, as text: `students.csv:4`, nothing where no file is concerned.
    fn place(&self, problem: &Problem) -> String {
        let place = problem.place;
        if place.file.is_empty() || place.is_custom() {
            return place.to_string();
        }
        let name = self.file_name(place.file);
        match place.line {
            0 => name,
            line => format!("{name}:{line}"),
        }
    }

    /// The name of a file as the district spelt it, else its documented name.
    fn file_name(&self, stem: &str) -> String {
        let known = Stem::ALL.into_iter().find(|known| known.text() == stem);
        let spelt = known.and_then(|known| self.checked.files.name(known));
        spelt.map_or_else(|| format!("{stem}.csv"), str::to_owned)
    }
}
