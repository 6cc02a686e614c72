//! The frequency tables under `data/`, built into the library. They are our own.

use std::collections::BTreeMap;

use crate::course::CourseTable;
use crate::weighted::Weighted;

/// Races of the closed list (clever-api 2.2) as `groups.csv` orders its columns.
pub(crate) const RACES: [&str; 7] = [
    "Caucasian",
    "Asian",
    "Black or African American",
    "American Indian",
    "Hawaiian or Other Pacific Islander",
    "Two or More Races",
    "Unknown",
];

/// What one demographic group, or one kin of it, is like.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) weight: u64,
    pub(crate) female: Weighted<&'static str>,
    pub(crate) male: Weighted<&'static str>,
    pub(crate) last: Weighted<&'static str>,
    /// Indices into [`RACES`].
    pub(crate) races: Weighted<usize>,
    /// Per thousand.
    pub(crate) hispanic: u64,
    pub(crate) languages: Weighted<&'static str>,
}

/// Everything the tables say.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) groups: Vec<Group>,
    /// Other ways SISs write a language.
    pub(crate) language_variants: BTreeMap<&'static str, Vec<&'static str>>,
    pub(crate) streets: Vec<&'static str>,
    pub(crate) street_kinds: Weighted<&'static str>,
    /// City and zip code.
    pub(crate) places: Vec<(&'static str, &'static str)>,
    pub(crate) school_names: Vec<&'static str>,
    titles: BTreeMap<&'static str, Weighted<&'static str>>,
    contact_words: BTreeMap<&'static str, Weighted<Word>>,
    /// Title and roles.
    pub(crate) resources: Vec<(&'static str, &'static str)>,
    pub(crate) courses: CourseTable,
}

/// A word as a SIS writes it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Word {
    pub(crate) text: &'static str,
    /// Whether the API's closed list has it literally.
    pub(crate) official: bool,
}

impl Data {
    pub(crate) fn load() -> Self {
        Self {
            groups: groups(),
            language_variants: language_variants(),
            streets: include_str!("../data/streets.txt").lines().collect(),
            street_kinds: rows(include_str!("../data/street_kinds.csv"))
                .map(|[weight, kind]| (number(weight), kind))
                .collect(),
            places: rows(include_str!("../data/places.csv"))
                .map(|[city, zip]| (city, zip))
                .collect(),
            school_names: include_str!("../data/school_names.txt").lines().collect(),
            titles: lists(
                rows(include_str!("../data/titles.csv"))
                    .map(|[list, weight, word]| (list, number(weight), word)),
            ),
            contact_words: lists(rows(include_str!("../data/contact_words.csv")).map(
                |[list, weight, text, official]| {
                    let official = official == "y";
                    (list, number(weight), Word { text, official })
                },
            )),
            resources: rows(include_str!("../data/resources.csv"))
                .map(|[title, roles]| (title, roles))
                .collect(),
            courses: CourseTable::load(rows(include_str!("../data/courses.csv"))),
        }
    }

    /// A list of `titles.csv`.
    pub(crate) fn titles(&self, list: &str) -> &Weighted<&'static str> {
        self.titles.get(list).unwrap_or(&EMPTY_TITLES)
    }

    /// A list of `contact_words.csv`.
    pub(crate) fn words(&self, list: &str) -> &Weighted<Word> {
        self.contact_words.get(list).unwrap_or(&EMPTY_WORDS)
    }

    /// A group; the first for a number out of range.
    pub(crate) fn group(&self, at: usize) -> Option<&Group> {
        self.groups.get(at).or(self.groups.first())
    }
}

static EMPTY_TITLES: std::sync::LazyLock<Weighted<&'static str>> =
    std::sync::LazyLock::new(|| Weighted::from_iter([]));
static EMPTY_WORDS: std::sync::LazyLock<Weighted<Word>> =
    std::sync::LazyLock::new(|| Weighted::from_iter([]));

/// The rows under the header, as so many columns.
fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).map(|line| {
        let mut rest = line;
        std::array::from_fn(|_| {
            let (field, after) = field(rest);
            rest = after;
            field
        })
    })
}

/// The first field of a line and what follows. Our tables quote fields with commas and hold no quotes inside.
fn field(line: &'static str) -> (&'static str, &'static str) {
    match line.strip_prefix('"') {
        Some(quoted) => {
            let (field, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            (field, after.strip_prefix(',').unwrap_or(after))
        }
        None => line.split_once(',').unwrap_or((line, "")),
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

fn lists<T: Copy + Default>(
    rows: impl Iterator<Item = (&'static str, u64, T)>,
) -> BTreeMap<&'static str, Weighted<T>> {
    let mut lists: BTreeMap<&'static str, Vec<(u64, T)>> = BTreeMap::new();
    for (list, weight, word) in rows {
        lists.entry(list).or_default().push((weight, word));
    }
    lists
        .into_iter()
        .map(|(list, words)| (list, words.into_iter().collect()))
        .collect()
}

fn language_variants() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut variants: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    for [language, variant] in rows(include_str!("../data/language_variants.csv")) {
        variants.entry(language).or_default().push(variant);
    }
    variants
}

fn groups() -> Vec<Group> {
    let firsts: Vec<[&str; 5]> = rows(include_str!("../data/first_names.csv")).collect();
    let lasts: Vec<[&str; 4]> = rows(include_str!("../data/last_names.csv")).collect();
    let languages: Vec<[&str; 4]> = rows(include_str!("../data/languages.csv")).collect();
    // A row without kin belongs to all of its group.
    let fits =
        |row: (&str, &str), of: (&str, &str)| row.0 == of.0 && (row.1.is_empty() || row.1 == of.1);
    let named = |of: (&str, &str), sex: &str| -> Weighted<&'static str> {
        firsts
            .iter()
            .filter(|[group, kin, s, ..]| fits((group, kin), of) && *s == sex)
            .map(|&[.., weight, name]| (number(weight), name))
            .collect()
    };
    let words = |table: &[[&'static str; 4]], of: (&str, &str)| -> Weighted<&'static str> {
        table
            .iter()
            .filter(|[group, kin, ..]| fits((group, kin), of))
            .map(|&[.., weight, name]| (number(weight), name))
            .collect()
    };
    rows(include_str!("../data/groups.csv"))
        .map(
            |[group, kin, weight, a, b, c, d, e, f, g, hispanic]| Group {
                weight: number(weight),
                female: named((group, kin), "f"),
                male: named((group, kin), "m"),
                last: words(&lasts, (group, kin)),
                races: [a, b, c, d, e, f, g]
                    .iter()
                    .map(|w| number(w))
                    .zip(0..)
                    .collect(),
                hispanic: number(hispanic),
                languages: words(&languages, (group, kin)),
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_hundreds_of_names() {
        let mut names = BTreeMap::new();
        for [group, ..] in rows::<5>(include_str!("../data/first_names.csv")) {
            names.entry(group).or_insert((0, 0)).0 += 1;
        }
        for [group, ..] in rows::<4>(include_str!("../data/last_names.csv")) {
            names.entry(group).or_insert((0, 0)).1 += 1;
        }
        assert_eq!(names.len(), 8);
        assert!(
            names
                .values()
                .all(|&(first, last)| first > 200 && last > 185),
            "{names:?}"
        );
        for group in Data::load().groups {
            assert!(group.female.len() >= 10 && group.male.len() >= 10);
            assert!(group.last.len() >= 14);
            assert!(group.races.total() > 0 && group.languages.len() >= 2);
        }
    }

    #[test]
    fn every_list_that_is_asked_for_exists() {
        let data = Data::load();
        for list in crate::contact::LISTS {
            assert!(data.words(list).total() > 0, "{list}");
        }
        for list in crate::staff::LISTS
            .iter()
            .chain(&["teacher", "employee_type"])
        {
            assert!(data.titles(list).total() > 0, "{list}");
        }
        assert!(data.streets.len() > 100 && data.school_names.len() > 150);
        assert!(data.places.len() > 30 && data.resources.len() > 20);
        assert!(data.street_kinds.total() > 0 && data.language_variants.len() > 20);
    }
}
