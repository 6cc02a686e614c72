use homeroom_model::{Place, Problems as _};
use homeroom_segment::MemorySpools;

use super::super::Findings;
use super::*;

/// Enough for several frames.
const MANY: u64 = 20_000;

fn place(file: &'static str, line: u64) -> Place {
    Place { file, line }
}

fn findings() -> Findings {
    let mut findings = Findings::new(&MemorySpools).unwrap();
    findings.report(Problem::new(Code::FileMissing, place("teachers", 0)));
    for line in 2..MANY + 2 {
        let code = [Code::GradeInvalid, Code::DobMissing][usize::from(line % 10 == 0)];
        let file = ["students", "schools"][usize::from(line % 100 == 5)];
        let problem = Problem::new(code, place(file, line));
        findings.report(problem.column("Grade").detail(format!("Student_id {line}")));
    }
    findings.report(Problem::new(Code::UnknownFile, Place::default()).detail("a \"b\" \u{e9}"));
    findings
}

fn kept() -> KeptFindings {
    KeptFindings::open(findings().into_bytes().unwrap()).unwrap()
}

fn all(kept: &KeptFindings, filter: &Filter) -> Vec<Problem> {
    let mut all = Vec::new();
    kept.each(filter, |finding| {
        all.push(finding);
        Ok(true)
    })
    .unwrap();
    all
}

#[test]
fn every_finding_is_counted_and_comes_back_in_order() {
    let findings = findings();
    assert!(findings.fatal());
    let counts = findings.counts();
    assert_eq!(counts["GRADE_INVALID"], MANY / 10 * 9);
    assert_eq!(counts["DOB_MISSING"], MANY / 10);
    let first = findings.first_of_each();
    assert_eq!(first.len(), 1 + 100 + 100 + 1);
    assert_eq!(first[0].code, Code::FileMissing);
    let kept = KeptFindings::open(findings.into_bytes().unwrap()).unwrap();
    assert_eq!(kept.tally().by_code(), counts);
    assert!(kept.index.frames.len() > 3, "one frame proves little");

    let all = all(&kept, &Filter::default());
    assert_eq!(all.len() as u64, MANY + 2);
    assert_eq!(kept.tally().total(), MANY + 2);
    assert_eq!(all[0].place.file, "teachers");
    assert_eq!(
        (all[1].place.line, all[1].detail.as_str()),
        (2, "Student_id 2")
    );
    let lines = all[1..].windows(2);
    let mut lines = lines.map(|pair| (pair[0].place.line, pair[1].place.line));
    assert!(lines.all(|(before, after)| before < after || after == 0));
    let last = all.last().unwrap();
    assert_eq!(
        (last.place.file, last.detail.as_str()),
        ("", "a \"b\" \u{e9}")
    );
    assert_eq!(last.code, Code::UnknownFile);
}

#[test]
fn filters_and_pages_agree_with_the_whole() {
    let kept = kept();
    let everything = all(&kept, &Filter::default());
    for filter in [
        Filter::default(),
        Filter::code(Code::DobMissing),
        Filter::code(Code::TooLong),
        Filter {
            codes: vec![Code::GradeInvalid, Code::FileMissing],
            file: Some("schools".to_owned()),
        },
    ] {
        let wanted: Vec<_> = everything
            .iter()
            .filter(|finding| filter.takes(finding.code.text(), finding.place.file))
            .cloned()
            .collect();
        assert_eq!(all(&kept, &filter), wanted);
        let (mut paged, mut after) = (Vec::new(), Some(0));
        while let Some(from) = after {
            let page = kept.page(&filter, from, 777).unwrap();
            assert!(page.findings.len() == 777 || page.next.is_none());
            paged.extend(page.findings);
            after = page.next;
        }
        assert_eq!(paged, wanted);
    }
    let files: Vec<_> = kept
        .tally()
        .files("GRADE_INVALID")
        .map(|(file, _)| file.to_owned())
        .collect();
    assert_eq!(files, ["schools", "students"]);
}

#[test]
fn none_are_bytes_too_and_damage_is_told() {
    let empty = Findings::new(&MemorySpools).unwrap().into_bytes().unwrap();
    let empty = KeptFindings::open(empty).unwrap();
    assert_eq!(empty.tally().total(), 0);
    assert_eq!(empty.page(&Filter::default(), 0, 10).unwrap().next, None);

    let bytes = findings().into_bytes().unwrap();
    assert!(KeptFindings::open(Bytes::new()).is_err());
    assert!(KeptFindings::open(bytes.slice(..bytes.len() - 1)).is_err());
    let mut broken = bytes.to_vec();
    broken[5000] ^= 0x55;
    let broken = KeptFindings::open(broken.into()).unwrap();
    let read = broken.each(&Filter::default(), |_| Ok(true));
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
}
