//! The findings as JSON lines: one object per finding, and a summary as the last one.

use std::collections::BTreeMap;
use std::io::{self, Write};

use homeroom_ingest::{Checked, FileCounts, Foreseen};
use homeroom_model::{Code, Problem};
use serde::Serialize;

use super::Told;
use super::signs::signs;

#[derive(Serialize)]
struct Finding<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    problem: &'a Problem,
}

/// What closes the lines. `state` says what an import would do.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    r#type: &'static str,
    state: &'static str,
    counts: &'a BTreeMap<String, FileCounts>,
    problems: BTreeMap<String, u64>,
    /// Per code the values it is about and how often, where they are few.
    values: BTreeMap<&'static str, BTreeMap<String, u64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<Held>,
    /// Files whose consequences are not among the findings.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unread: &'a [&'static str],
    /// What the findings look like together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signs: Vec<String>,
    /// What the codes mean that were found.
    catalogue: BTreeMap<&'static str, Explained>,
}

#[derive(Serialize)]
struct Held {
    file: &'static str,
    rejected: u64,
    received: u64,
    limit_percent: u8,
}

#[derive(Serialize)]
struct Explained {
    severity: &'static str,
    about: Vec<&'static str>,
    meaning: &'static str,
    repair: &'static str,
}

/// Tells everything.
pub(crate) fn write(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let most = told.most(usize::MAX) as u64;
    let mut written: BTreeMap<Code, u64> = BTreeMap::new();
    told.checked.findings.each(&told.filter, |problem| {
        let of_code = written.entry(problem.code).or_default();
        *of_code += 1;
        if *of_code <= most {
            let finding = Finding {
                r#type: "finding",
                problem: &problem,
            };
            serde_json::to_writer(&mut *out, &finding)?;
            out.write_all(b"\n")?;
        }
        Ok(true)
    })?;
    serde_json::to_writer(&mut *out, &Summary::of(told)?)?;
    out.write_all(b"\n")
}

fn values(checked: &Checked) -> BTreeMap<&'static str, BTreeMap<String, u64>> {
    let of_code = |code: &Code| {
        let values = checked.findings.values().of(code.text());
        let values = values.into_iter();
        let values = values.map(|(value, count)| (value.to_owned(), count));
        (code.text(), values.collect::<BTreeMap<_, _>>())
    };
    let codes = Code::ALL.iter().map(of_code);
    codes.filter(|(_, values)| !values.is_empty()).collect()
}

impl<'a> Summary<'a> {
    pub(super) fn of(told: &Told<'a>) -> io::Result<Self> {
        let checked = told.checked;
        let tally = checked.findings.tally();
        let found = Code::ALL.iter().filter(|code| tally.of(code.text()) > 0);
        let meaning = |code: &Code| Explained {
            severity: code.severity().text(),
            about: code.records().iter().map(|about| about.text()).collect(),
            meaning: code.meaning(),
            repair: code.repair(),
        };
        let (state, held) = match &checked.foreseen {
            Foreseen::Refused => ("refused", &[][..]),
            Foreseen::Held(many) => ("held", many.as_slice()),
            Foreseen::Fine => ("accepted", &[][..]),
        };
        Ok(Self {
            r#type: "summary",
            state,
            counts: &checked.counts,
            problems: tally.by_code(),
            values: values(checked),
            held: held
                .iter()
                .map(|many| Held {
                    file: many.file,
                    rejected: many.rejected,
                    received: many.received,
                    limit_percent: many.limit,
                })
                .collect(),
            unread: &checked.causes,
            signs: signs(told)?,
            catalogue: found.map(|code| (code.text(), meaning(code))).collect(),
        })
    }
}
