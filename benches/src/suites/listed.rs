//! The benches as a table: their names, what each does and what it is held to.

use crate::report::Table;

/// What a bench is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Aim {
    /// The median of the ratios is at least this.
    AtLeast(f64),
    /// The median of the ratios is at most this.
    AtMost(f64),
    /// So many a second ([`super::Figures::rate`]), whatever the ratio.
    EachSecond(f64),
    /// It takes at most so many seconds ([`super::Figures::rate`]), whatever the ratio.
    Within(f64),
    /// It is only shown.
    Shown,
}

/// A bench's name, what it does, and its aim (issue "Homeroom stands up", last point).
pub(crate) struct Bench {
    /// Name on the command line and in the results.
    pub(crate) name: &'static str,
    /// One line about it.
    pub(crate) about: &'static str,
    /// What the ratio should be.
    pub(crate) aim: Aim,
}

const fn bench(name: &'static str, about: &'static str, aim: Aim) -> Bench {
    Bench { name, about, aim }
}

/// Benches of a running server.
pub(crate) const READING: [Bench; 9] = [
    bench(
        "page100-users",
        "pages of 100 users from random places, 16 connections, to nginx",
        Aim::AtLeast(0.6),
    ),
    bench(
        "page10k-users",
        "pages of 10,000 users from random places, 8 connections, to nginx",
        Aim::AtLeast(0.5),
    ),
    bench(
        "page100-sections",
        "pages of 100 sections from random places, 16 connections, to nginx",
        Aim::AtLeast(0.6),
    ),
    bench(
        "page10k-sections",
        "pages of 10,000 sections from random places, 8 connections, to nginx",
        Aim::AtLeast(0.5),
    ),
    bench(
        "by-id",
        "one user at random, 16 connections, to nginx",
        Aim::AtLeast(0.6),
    ),
    bench(
        "roster",
        "users of a random section, 16 connections, to our own by-id",
        Aim::AtLeast(0.4),
    ),
    bench(
        "mystudents",
        "students of a random teacher, 16 connections, to our own by-id",
        Aim::AtLeast(0.15),
    ),
    bench(
        "full-walk",
        "all users in pages of 10,000, one after another, one connection, to nginx",
        Aim::Shown,
    ),
    bench(
        "flatness",
        "median time of the last page of 100 students to that of the first, one connection",
        Aim::AtMost(1.1),
    ),
];

/// Benches of imports; they share their runs.
pub(crate) const IMPORTING: [Bench; 3] = [
    bench(
        "import",
        "first import until a page is served, to DuckDB only loading the files",
        Aim::AtMost(4.0),
    ),
    bench(
        "import-unchanged",
        "second import of the same files, to DuckDB only loading the files",
        Aim::Shown,
    ),
    bench(
        "import-day1",
        "import of the next day's files, to DuckDB only loading the files",
        Aim::Shown,
    ),
];

/// Benches of the district side (issue "The district side", last point); their results stand in a table of their own.
pub(crate) const DISTRICT: [Bench; 8] = [
    bench(
        "first-import",
        "first import with all checks, to DuckDB only loading the files",
        Aim::AtMost(3.0),
    ),
    bench(
        "delta-1",
        "import with 1 % of all rows changed, to DuckDB loading and comparing in SQL",
        Aim::AtMost(1.5),
    ),
    bench("delta-5", "the same with 5 %", Aim::Shown),
    bench("delta-100", "the same with every row changed", Aim::Shown),
    bench(
        "check",
        "homeroom check, to DuckDB only loading the files",
        Aim::AtMost(1.5),
    ),
    bench(
        "check-frictionless",
        "how many times as long the validation library frictionless takes as homeroom check",
        Aim::AtLeast(20.0),
    ),
    bench(
        "check-pandera",
        "how many times as long pandera over pandas takes as homeroom check",
        Aim::Shown,
    ),
    bench(
        "doubling",
        "first import and 1 % changed at 62,500 to 1,000,000 students, each to half its size",
        Aim::Shown,
    ),
];

/// Benches of the six versions, of `where` and of events (issue "All six API versions and their events", last point); their
/// results stand in a table of their own.
pub(crate) const VERSIONS: [Bench; 6] = [
    bench(
        "versions-page100",
        "pages of 100 of every version from random places, 16 connections, to v3.1",
        Aim::AtLeast(0.9),
    ),
    bench(
        "versions-page10k",
        "pages of 10,000 of every version from random places, 8 connections, to v3.1",
        Aim::AtLeast(0.9),
    ),
    bench(
        "where",
        "filters over all students of the large district, to SQLite scanning the same values",
        Aim::Shown,
    ),
    bench(
        "events-page",
        "pages of 10,000 events, to pages of 10,000 records of the same version",
        Aim::Shown,
    ),
    bench(
        "catch-up",
        "every event of the large district's first import and of a change of every row, one connection",
        Aim::EachSecond(100_000.0),
    ),
    bench(
        "catch-up-days",
        "every event of many days of ordinary changes, most snapshots to be rebuilt, one connection",
        Aim::Shown,
    ),
];

/// The word that stands for all of [`VERSIONS`] on the command line.
const VERSIONS_GROUP: &str = "versions";

/// Benches of an app that syncs (issue "The sync engine I", last point); their results stand in a table of their own. The first
/// four at the usual size, the others at the large one.
pub(crate) const SYNC: [Bench; 8] = [
    bench(
        "sync-first",
        "first sync, looked at and approved: how many times as long a script takes that only upserts",
        Aim::AtLeast(10.0),
    ),
    bench(
        "sync-plan",
        "a plan of everything with nothing changed, to the first sync",
        Aim::Shown,
    ),
    bench(
        "sync-events",
        "1 % of all rows changed, by events: how many times as long the script takes",
        Aim::AtLeast(10.0),
    ),
    bench("sync-full", "the same read in full", Aim::AtLeast(10.0)),
    bench(
        "sync-first-large",
        "first sync of the large district",
        Aim::Within(120.0),
    ),
    bench("sync-plan-large", "the plan of it", Aim::Within(10.0)),
    bench(
        "sync-events-large",
        "1 % of it by events",
        Aim::Within(10.0),
    ),
    bench("sync-full-large", "1 % of it in full", Aim::Shown),
];

/// The word that stands for all of [`SYNC`] on the command line.
const SYNC_GROUP: &str = "sync";

/// Benches of what apps report and of the figures of it (issue "Goals I", last point); their results stand in a table of their
/// own.
pub(crate) const GOALS: [Bench; 7] = [
    bench(
        "goals-hourly",
        "a request with every student and every value changed, JSON, to a script that only upserts, rows a second",
        Aim::EachSecond(100_000.0),
    ),
    bench(
        "goals-resent",
        "the same request once more, to the script",
        Aim::EachSecond(100_000.0),
    ),
    bench(
        "goals-csv",
        "one request with 500,000 students, CSV, to the same in JSON",
        Aim::Shown,
    ),
    bench(
        "goals-teacher",
        "the figures of a teacher, to a page of 100 users of the same server",
        Aim::Within(0.02),
    ),
    bench(
        "goals-teacher-new",
        "the same as the first thing after a request with every value changed",
        Aim::Shown,
    ),
    bench(
        "goals-district",
        "the figures of the district, to a page of 100 users of the same server",
        Aim::Within(0.1),
    ),
    bench(
        "goals-district-new",
        "the same as the first thing after a request with every value changed",
        Aim::Shown,
    ),
];

/// The word that stands for all of [`GOALS`] on the command line.
const GOALS_GROUP: &str = "goals";

/// Names and lines of all benches.
pub(crate) fn list() -> String {
    let line = |bench: &Bench| format!("{:18} {}\n", bench.name, bench.about);
    let group = |word: &str, benches: &str| format!("{word:18} all benches of {benches}\n");
    let groups = [
        group(VERSIONS_GROUP, "versions and events"),
        group(SYNC_GROUP, "an app that syncs"),
        group(GOALS_GROUP, "what apps report"),
    ];
    all().map(line).chain(groups).collect()
}

fn all() -> impl Iterator<Item = &'static Bench> {
    READING
        .iter()
        .chain(&IMPORTING)
        .chain(&DISTRICT)
        .chain(&VERSIONS)
        .chain(&SYNC)
        .chain(&GOALS)
}

/// The names that a word of the command line stands for; none if it is no bench and no group.
pub(crate) fn named(word: &str) -> Vec<&'static str> {
    let group = match word {
        VERSIONS_GROUP => Some(Table::Versions),
        SYNC_GROUP => Some(Table::Sync),
        GOALS_GROUP => Some(Table::Goals),
        _ => None,
    };
    let benches = all().filter(|bench| bench.name == word || group == Some(table_of(bench.name)));
    benches.map(|bench| bench.name).collect()
}

/// The table that a bench's results stand in.
pub(crate) fn table_of(name: &str) -> Table {
    let has = |benches: &[Bench]| benches.iter().any(|bench| bench.name == name);
    if has(&DISTRICT) {
        Table::District
    } else if has(&VERSIONS) {
        Table::Versions
    } else if has(&SYNC) {
        Table::Sync
    } else if has(&GOALS) {
        Table::Goals
    } else {
        Table::Api
    }
}
