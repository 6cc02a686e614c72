//! `where` over every student of the large district, beside SQLite and DuckDB scanning the very values that the API showed.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{Bench, Figures, Ground, Results, Shown};
use crate::homeroom::Served;
use crate::http::Connection;
use crate::pairs::Spread;
use crate::process::Guarded;

/// Loads a table of four columns into memory, then answers one question a line: how many records there are and the ids of
/// the first hundred, which is what a page of versions 1.x says.
const SCRIPT: &str = r#"
import json, sqlite3, sys, time
lite = sqlite3.connect(":memory:")
lite.execute("create table students (id text, sis_id text, grade text, last text)")
with open(sys.argv[1], encoding="utf-8", newline="\n") as file:
    lite.executemany("insert into students values (?, ?, ?, ?)", (line.rstrip("\n").split("\t") for line in file))
lite.commit()
try:
    import duckdb
    duck = duckdb.connect()
    duck.execute("set enable_progress_bar = false")
    duck.execute(
        "create table students as select * from read_csv(?, delim = '\t', header = false, quote = '', escape = '', "
        "all_varchar = true, names = ['id', 'sis_id', 'grade', 'last'])", [sys.argv[1]])
except ImportError:
    duck = None
def timed(connection, condition, order):
    begun = time.perf_counter()
    number = connection.execute(f"select count(*) from students where {condition}").fetchone()[0]
    ids = connection.execute(f"select id from students where {condition} order by {order} limit 100").fetchall()
    return {"seconds": time.perf_counter() - begun, "number": number, "first": ids[0][0] if ids else ""}
print(json.dumps({"version": sqlite3.sqlite_version, "duckdb": duckdb.__version__ if duck else ""}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({
        "sqlite": timed(lite, asked["sqlite"], "rowid"),
        "duckdb": timed(duck, asked["duckdb"], "id") if duck else None,
    }), flush=True)
"#;

#[derive(Deserialize)]
struct Page {
    data: Vec<Entry>,
    links: Vec<Link>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Paging {
    count: u64,
}

#[derive(Deserialize)]
struct Counted {
    count: u64,
}

#[derive(Deserialize)]
struct Entry {
    data: Student,
}

#[derive(Deserialize)]
struct Student {
    id: String,
    sis_id: String,
    #[serde(default)]
    grade: String,
    name: Name,
}

#[derive(Deserialize)]
struct Name {
    last: String,
}

#[derive(Deserialize)]
struct Link {
    rel: String,
    uri: String,
}

#[derive(Deserialize)]
struct Ready {
    version: String,
    duckdb: String,
}

#[derive(Deserialize)]
struct Scanned {
    sqlite: Timed,
    duckdb: Option<Timed>,
}

#[derive(Deserialize)]
struct Timed {
    seconds: f64,
    number: u64,
    first: String,
}

/// A question in the three languages.
struct Question {
    name: &'static str,
    filter: String,
    sqlite: String,
    duckdb: String,
}

/// Asks every question of each.
pub(super) fn run(
    ground: &Ground<'_>,
    bench: &Bench,
    served: &Served,
    results: &mut Results,
) -> Result<()> {
    let table = ground.path("students.tsv");
    eprintln!("reading what the filters look at");
    let sample = write_table(served, &table)?;
    let mut scanner = Scanner::start(&table)?;
    results.peers.push(format!("SQLite {}", scanner.version));
    for question in questions(&sample) {
        let figures = ask(ground, served, &mut scanner, &question)?;
        results.add_part(bench, question.name.to_owned(), Shown::Figures(figures));
    }
    Ok(std::fs::remove_file(table)?)
}

/// Writes what version 1.1 shows of every student, a line each; returns the one in the middle.
fn write_table(served: &Served, table: &Path) -> Result<Student> {
    let mut connection = Connection::open(served.target)?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(table)?);
    let mut sample = None;
    let mut written = 0;
    let mut next = Some("/v1.1/students?limit=10000".to_owned());
    while let Some(path) = next {
        let page: Page = serde_json::from_slice(&served.get(&mut connection, &path)?)?;
        for Entry { data } in page.data {
            let values = [&data.id, &data.sis_id, &data.grade, &data.name.last];
            ensure!(
                values
                    .iter()
                    .all(|value| !value.contains(['\t', '\n', '\r'])),
                "a value has a tab or ends a line"
            );
            let [id, sis_id, grade, last] = values;
            writeln!(out, "{id}\t{sis_id}\t{grade}\t{last}")?;
            written += 1;
            if written == page.paging.count / 2 && !data.grade.is_empty() || sample.is_none() {
                sample = Some(data);
            }
        }
        let link = page.links.into_iter().find(|link| link.rel == "next");
        next = link.map(|link| link.uri);
    }
    out.flush()?;
    sample.context("there are no students")
}

fn questions(sample: &Student) -> Vec<Question> {
    let Student {
        id, sis_id, grade, ..
    } = sample;
    let both = |text: String| (text.clone(), text);
    let ask = |name, filter: String, (sqlite, duckdb): (String, String)| Question {
        name,
        filter,
        sqlite,
        duckdb,
    };
    vec![
        ask(
            "id",
            format!(r#"{{"id":"{id}"}}"#),
            both(format!("id = '{id}'")),
        ),
        ask(
            "sis_id",
            format!(r#"{{"sis_id":"{sis_id}"}}"#),
            both(format!("sis_id = '{sis_id}'")),
        ),
        ask(
            "grade",
            format!(r#"{{"grade":"{grade}"}}"#),
            both(format!("grade = '{grade}'")),
        ),
        ask(
            "$in",
            r#"{"grade":{"$in":["9","10","11","12"]}}"#.to_owned(),
            both("grade in ('9', '10', '11', '12')".to_owned()),
        ),
        ask(
            "$regex",
            r#"{"name.last":{"$regex":"son$"}}"#.to_owned(),
            (
                "last glob '*son'".to_owned(),
                "regexp_matches(last, 'son$')".to_owned(),
            ),
        ),
        ask(
            "two conditions",
            format!(r#"{{"grade":{{"$ne":"{grade}"}},"name.last":{{"$gte":"M","$lt":"N"}}}}"#),
            both(format!("grade <> '{grade}' and last >= 'M' and last < 'N'")),
        ),
    ]
}

fn ask(
    ground: &Ground<'_>,
    served: &Served,
    scanner: &mut Scanner,
    question: &Question,
) -> Result<Figures> {
    let mut connection = Connection::open(served.target)?;
    let filter = encoded(&question.filter);
    let page = format!("/v1.1/students?limit=100&where={filter}");
    let count = format!("/v1.1/students?count=true&where={filter}");
    let plain = "/v1.1/students?limit=100";
    let mut timed = |path: &str| -> Result<(f64, Vec<u8>)> {
        let begun = Instant::now();
        let body = served.get(&mut connection, path)?;
        Ok((begun.elapsed().as_secs_f64(), body))
    };
    let mut rows = Vec::new();
    for number in 0..=ground.options.pairs {
        let theirs = scanner.ask(question)?;
        let (ours, body) = timed(&page)?;
        let (counting, counted) = timed(&count)?;
        let (unfiltered, _) = timed(plain)?;
        let page: Page = serde_json::from_slice(&body)?;
        let counted: Counted = serde_json::from_slice(&counted)?;
        let first = page.data.first().map_or("", |entry| &entry.data.id);
        ensure!(
            page.paging.count == theirs.sqlite.number
                && counted.count == page.paging.count
                && first == theirs.sqlite.first,
            "{} finds {} records and SQLite {}",
            question.filter,
            page.paging.count,
            theirs.sqlite.number
        );
        // The first of them warms up.
        if number > 0 {
            let duckdb = theirs.duckdb.map(|timed| timed.seconds);
            rows.push((ours, counting, unfiltered, theirs.sqlite, duckdb));
        }
    }
    let median = |values: Vec<f64>| 1000.0 * Spread::of(values).median;
    let duckdb: Vec<_> = rows.iter().filter_map(|row| row.4).collect();
    let duckdb = if duckdb.is_empty() {
        String::new()
    } else {
        format!("DuckDB {:.1} ms on both cores; ", median(duckdb))
    };
    Ok(Figures {
        ours: format!(
            "{:.1} ms a page",
            median(rows.iter().map(|row| row.0).collect())
        ),
        theirs: format!(
            "SQLite {:.1} ms",
            median(rows.iter().map(|row| row.3.seconds).collect())
        ),
        ratio: Spread::of(rows.iter().map(|row| row.0 / row.3.seconds)),
        rate: 0.0,
        beside: format!(
            "{} found; with `count` {:.1} ms; {duckdb}unfiltered page {:.2} ms",
            rows.first().map_or(0, |row| row.3.number),
            median(rows.iter().map(|row| row.1).collect()),
            median(rows.iter().map(|row| row.2).collect()),
        ),
    })
}

/// A filter as a query holds it.
fn encoded(filter: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    filter.bytes().map(encode).collect()
}

/// The two databases, in one process.
struct Scanner {
    _process: Guarded,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: String,
}

impl Scanner {
    fn start(table: &Path) -> Result<Self> {
        let mut child = Command::new("python3")
            .args(["-c", SCRIPT])
            .arg(table)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting python3")?;
        let questions = child.stdin.take().context("python3 has no input")?;
        let answers = child.stdout.take().context("python3 has no output")?;
        let mut scanner = Self {
            _process: Guarded::new(child),
            questions,
            answers: BufReader::new(answers),
            version: String::new(),
        };
        let ready: Ready = scanner.line()?;
        scanner.version = if ready.duckdb.is_empty() {
            ready.version
        } else {
            format!("{}, DuckDB {}", ready.version, ready.duckdb)
        };
        Ok(scanner)
    }

    fn ask(&mut self, question: &Question) -> Result<Scanned> {
        let Question { sqlite, duckdb, .. } = question;
        let asked = serde_json::json!({ "sqlite": sqlite, "duckdb": duckdb });
        writeln!(self.questions, "{asked}")?;
        self.questions.flush()?;
        self.line()
    }

    fn line<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).context("reading what the scanning script printed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_stands_in_a_query() {
        assert_eq!(encoded(r#"{"a b":1}"#), "%7B%22a%20b%22%3A1%7D");
    }

    #[test]
    fn each_database_finds_the_same() {
        let table = std::env::temp_dir().join(format!("homeroom-scans-{}", std::process::id()));
        std::fs::write(
            &table,
            "a1\tS1\t9\tJohnson\na2\tS2\t10\tO'Hara\na3\tS3\t9\tMasson\n",
        )
        .unwrap();
        let Ok(mut scanner) = Scanner::start(&table) else {
            eprintln!("skipped: install python3 to run this test");
            return;
        };
        let sample = Student {
            id: "a3".into(),
            sis_id: "S2".into(),
            grade: "9".into(),
            name: Name { last: "x".into() },
        };
        let found: Vec<_> = questions(&sample)
            .iter()
            .map(|question| scanner.ask(question).unwrap())
            .map(|scanned| {
                if let Some(duckdb) = &scanned.duckdb {
                    assert_eq!(duckdb.number, scanned.sqlite.number);
                    assert_eq!(duckdb.first, scanned.sqlite.first);
                }
                (scanned.sqlite.number, scanned.sqlite.first)
            })
            .collect();
        let expected = [
            (1, "a3"),
            (1, "a2"),
            (2, "a1"),
            (3, "a1"),
            (2, "a1"),
            (0, ""),
        ];
        assert_eq!(
            found,
            expected.map(|(number, first)| (number, first.to_owned()))
        );
        std::fs::remove_file(table).unwrap();
    }
}
