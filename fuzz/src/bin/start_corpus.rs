//! Writes inputs to begin with, made by our own writers: `cargo run --bin start-corpus` in this folder.
//!
//! They go to `corpus/TARGET`, where the fuzzer keeps what it finds too. The same names are written every time.

use std::fs;
use std::path::Path;

use homeroom_depot::frame;
use homeroom_fuzz::intake;
use homeroom_fuzz::sample::{self, Published, SAMPLE, manifest, part_names};
use homeroom_intake::Stem;
use homeroom_model::Kind;
use homeroom_segment::Relation;
use homeroom_testkit::small_district;
use homeroom_wire::{ROUTES, VERSIONS};

fn main() {
    let corpus = Corpus(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    files(&corpus);
    let [first, second] = &*SAMPLE;
    let small = sample::derive(&sample::by_stem(&small_district()), intake::settings(0));
    let small = sample::publish(&Published::nothing(), &small.expect("good files"));
    for (name, published) in [("first", first), ("second", second), ("small", &small)] {
        parts(&corpus, name, published);
    }
    requests(&corpus);
    totals(&corpus);
}

struct Corpus(std::path::PathBuf);

impl Corpus {
    fn put(&self, target: &str, name: &str, pieces: &[&[u8]]) {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder).expect("a folder to write to");
        fs::write(folder.join(format!("start-{name}")), pieces.concat()).expect("room on the disk");
    }
}

/// Bodies of totals as apps send them.
fn totals(corpus: &Corpus) {
    let one = "5f00aa11bb22cc33dd44ee21";
    let json = format!(
        r#"{{"data":{{"students":[{{"clever_id":"{one}","metrics":{{"minutes":32.5,"lessons_completed":4e0,"stars":1}}}},7]}}}}"#
    );
    let csv = format!("\u{feff}clever_id, minutes ,\"lessons_completed\"\r\n{one},32.5,\r\n\"{one}\",1,2,3\r\n");
    for declared in [0, 1] {
        let name = format!("plain-{declared}");
        corpus.put("metrics_json", &name, &[&[declared], json.as_bytes()]);
        corpus.put("metrics_csv", &name, &[&[declared], csv.as_bytes()]);
    }
}

/// Whole files as they are, in other encodings and with other line ends; their cells; whole districts.
fn files(corpus: &Corpus) {
    for (name, files) in [("small", small_district()), ("made", sample::files(0))] {
        let files = sample::by_stem(&files);
        for (stem, bytes) in &files {
            let place = Stem::ALL
                .iter()
                .position(|other| other == stem)
                .expect("a stem");
            let place = u8::try_from(place).expect("few stems");
            let text = String::from_utf8(bytes.clone()).expect("UTF-8");
            let short: String = text
                .lines()
                .take(8)
                .map(|line| format!("{line}\n"))
                .collect();
            let utf16: Vec<u8> = std::iter::once(0xfeff)
                .chain(short.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect();
            let forms: [(&str, Vec<u8>); 6] = [
                ("plain", short.clone().into_bytes()),
                ("crlf", short.replace('\n', "\r\n").into_bytes()),
                ("cr", short.replace('\n', "\r").into_bytes()),
                ("semicolons", short.replace(',', ";").into_bytes()),
                ("utf16", utf16),
                (
                    "latin",
                    short
                        .chars()
                        .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
                        .collect(),
                ),
            ];
            for (form, bytes) in forms {
                let name = format!("{name}-{}-{form}", stem.text());
                corpus.put("intake_file", &name, &[&[place, 0], &bytes]);
            }
            corpus.put(
                "intake_file",
                &format!("{name}-{}-limits", stem.text()),
                &[&[place, 6], short.as_bytes()],
            );
            let cells = short.replace(',', "\t");
            let cells = cells.split_once('\n').map_or("", |(_, rows)| rows);
            corpus.put(
                "intake_cells",
                &format!("{name}-{}", stem.text()),
                &[&[place, 0], cells.as_bytes()],
            );
        }
        let whole: Vec<&[u8]> = files.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        corpus.put("river", name, &[&[0], &whole.join(&0x1e)]);
    }
    student_cells(corpus);
}

/// A student with something in every column, in several spellings.
fn student_cells(corpus: &Corpus) {
    let rows = "S1\tP1\t9\tX1\tAbara\tB\tNia\tN\tC\tA\tKG\tFemale\t2037\t3/14/17\tW;B\tYes\tes\tTRUE\tN\tF\t1\t0\tY\t\
                Autism\taut\t1 Elm St\tElm\tCA\t00501\tnia@elm.example\tnia\tpw\t4\t4\tChidi Abara\tGuardian\tMother\t\
                +1 (555) 010-1001 x2\tmobile\tchidi@home.example\tC1\tnote\n\
                S1\tP2\t\t\tBello\t\tTom\u{e1}s\t\t\t\tPK3\tX\t\t14-Mar-2017\tHispanic\tN\teng\t\t\t\t\t\t\t\t\t\t\t\t\t\t\
                \t\t\t\t\t\u{1}grade\tform 3\t3";
    corpus.put("intake_cells", "student", &[&[1, 0], rows.as_bytes()]);
    let words = "\u{1}grade\tform 3\t3\n\u{1}gender\tfemme\tF\n\u{1}nothing\ta\tb\nS1\tP1\t\t\tA\t\tB\t\t\t\tform 3\tfemme";
    corpus.put("intake_cells", "words", &[&[1, 1], words.as_bytes()]);
}

/// Every part of a snapshot for the reader it belongs to, its manifest, and parts as framed objects.
fn parts(corpus: &Corpus, name: &str, published: &Published) {
    let part = |part: &str| published.parts[part].as_ref();
    let rows = |kind: Kind| u8::try_from(published.snapshot.table(kind).len()).unwrap_or(u8::MAX);
    for (at, kind) in (0..).zip(Kind::ALL) {
        corpus.put(
            "segment_table",
            &format!("{name}-{kind}"),
            &[&[at], part(kind.table())],
        );
    }
    for relation in Relation::ALL {
        let (from, to) = (rows(relation.from()), rows(relation.to()));
        let back = format!("{}.back", relation.name());
        corpus.put(
            "segment_lists",
            &format!("{name}-{}", relation.name()),
            &[&[from, to], part(relation.name())],
        );
        corpus.put(
            "segment_lists",
            &format!("{name}-{back}"),
            &[&[to, from], part(&back)],
        );
    }
    corpus.put("segment_departed", name, &[part("departed")]);
    corpus.put("segment_ledger", name, &[part("ledger.0")]);
    if let Some(changes) = published.parts.get("changes") {
        corpus.put("segment_changes", name, &[changes]);
    }
    for (at, other) in (0..).zip(part_names()) {
        corpus.put(
            "segment_snapshot",
            &format!("{name}-{other}"),
            &[&[at, at], part(&other)],
        );
    }
    let text = manifest(published.snapshot.number(), &published.parts).to_text();
    corpus.put("manifest", name, &[text.as_bytes()]);
    for other in ["terms", "departed"] {
        let sealed = frame::seal(published.parts[other].clone());
        for repair in [0, 1] {
            let object = sealed.clone().into_chunks().concat();
            corpus.put(
                "depot_frame",
                &format!("{name}-{other}-{repair}"),
                &[&[repair], &object],
            );
        }
    }
}

/// Every path, with and without parameters.
fn requests(corpus: &Corpus) {
    let snapshot = &SAMPLE[1].snapshot;
    let id = |kind: Kind| snapshot.table(kind).id(0).to_hex();
    for version in VERSIONS {
        for route in ROUTES {
            let kind = match route.path.split('/').nth(1) {
                Some("schools") => Kind::School,
                Some("sections") => Kind::Section,
                Some("courses") => Kind::Course,
                Some("terms") => Kind::Term,
                Some("resources") => Kind::Resource,
                _ => Kind::Student,
            };
            let path = format!("/{}{}", version.name, route.path.replace("{id}", &id(kind)));
            let name = format!(
                "{}{}",
                version.name,
                route.path.replace(['/', '{', '}'], "-")
            );
            corpus.put("wire_request", &name, &[path.as_bytes()]);
            let id = id(kind);
            let full = format!(
                "{path}?limit=2&starting_after={id}&role=teacher&primary=true&count=false&ending_before="
            );
            corpus.put("wire_request", &format!("{name}-full"), &[full.as_bytes()]);
            let last = format!("{path}?limit=2&ending_before=last&count=true");
            corpus.put("wire_request", &format!("{name}-last"), &[last.as_bytes()]);
        }
    }
}
