//! The catalogue of problems: each code has files that raise it, found by a check, and a line in docs/problems.md.

mod raised;

use std::path::Path;

use homeroom_ingest::{CheckRequest, Checked, DistrictSettings, Filter, check};
use homeroom_intake::Source;
use homeroom_model::{Code, Date, catalogue};
use homeroom_segment::MemorySpools;
use homeroom_store::{CustomRecord, CustomRecords as _};

use crate::site::Site;
use raised::{Raised, good, in_memory, raised};

/// Checks on a day in the middle of the school year of the fixtures.
fn checked(source: &dyn Source) -> Checked {
    let request = CheckRequest {
        source,
        settings: &DistrictSettings::default(),
        today: Date::new(2026, 11, 22).unwrap(),
        spools: &MemorySpools,
        progress: Box::new(|_| {}),
    };
    check(&request).unwrap()
}

#[test]
fn nothing_is_wrong_with_good_files() {
    let checked = checked(&in_memory(&good()));
    let page = checked.findings.page(&Filter::default(), 0, 100).unwrap();
    let said: Vec<_> = page.findings.iter().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0]);
}

#[test]
fn every_code_has_files_that_raise_it() {
    let mut silent = Vec::new();
    for code in Code::ALL {
        let checked = match raised(*code) {
            Raised::By(files) => checked(&in_memory(&files)),
            Raised::From(source) => checked(&*source),
            Raised::WithMore => {
                assert!(WITH_MORE.contains(code), "no test raises {code:?}");
                continue;
            }
        };
        let found = checked.findings.tally();
        if found.of(code.text()) == 0 {
            let instead: Vec<_> = found.by_code().into_keys().collect();
            silent.push(format!("{} (but {})", code.text(), instead.join(", ")));
        }
    }
    assert_eq!(silent, [""; 0], "codes that their files do not raise");
}

/// Codes that need more than files; the next test raises them.
const WITH_MORE: [Code; 3] = [
    Code::OptionalFileVanished,
    Code::CustomShadowed,
    Code::CustomRefUnknown,
];

#[tokio::test]
async fn what_was_published_and_what_is_kept_by_hand_raise_codes_too() {
    let site = Site::new().await;
    Box::pin(site.publish(&good())).await;
    let mut raised = Vec::new();
    let report = Box::pin(site.import(&good().without("staff.csv")))
        .await
        .unwrap();
    raised.extend(report.problems.into_keys());
    let custom = [
        (
            "students",
            "P1",
            r#"{"School_id":"S1","Student_id":"P1","First_name":"A","Last_name":"B"}"#,
        ),
        (
            "enrollments",
            "X1 / P9",
            r#"{"School_id":"S1","Section_id":"X1","Student_id":"P9"}"#,
        ),
    ];
    for (stem, key, cells) in custom {
        let record = CustomRecord {
            district: site.district,
            stem: stem.to_owned(),
            key: key.to_owned(),
            cells: cells.to_owned(),
            expires: None,
            created: site.clock.now(),
            actor: "cli:test".to_owned(),
        };
        site.store.put_custom_record(record).await.unwrap();
    }
    let report = Box::pin(site.import(&good())).await.unwrap();
    raised.extend(report.problems.into_keys());
    for code in WITH_MORE {
        assert!(
            raised.iter().any(|other| other == code.text()),
            "{code:?}: {raised:?}"
        );
    }
}

#[test]
fn the_documentation_shows_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- catalogue -->\n", "<!-- end of the catalogue -->\n");
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let wanted = format!("{before}{begin}\n{}\n{end}{after}", catalogue());
    if text != wanted && std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    assert!(
        text == wanted,
        "docs/problems.md is not what the catalogue says; HOMEROOM_WRITE_DOCS=1 writes it"
    );
}
