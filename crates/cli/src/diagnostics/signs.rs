//! What the findings look like together: one cause is behind most of them, and the cause is what has to be repaired.
//!
//! Each sign looks at counts and at the first findings of a code; none knows more than the findings say.

use std::io;

use homeroom_model::{Code, Problem};

use super::Told;
use super::number::grouped;

/// Findings of a code that are looked at.
const LOOKED_AT: usize = 100;

/// What the findings look like, in sentences.
pub(super) fn signs(told: &Told<'_>) -> io::Result<Vec<String>> {
    let mut signs = Vec::new();
    signs.extend(spreadsheet(told)?);
    signs.extend(few_ids(told));
    for (code, _) in REFERENCES {
        signs.extend(lost_zeros(told, code)?);
    }
    if signs.is_empty() {
        for (code, referred) in REFERENCES {
            signs.extend(other_ids(told, code, referred)?);
        }
    }
    signs.extend(cut_short(told)?);
    signs.extend(sent_twice(told));
    for (code, referred) in REFERENCES {
        signs.extend(left_out_themselves(told, code, referred)?);
    }
    Ok(signs)
}

/// Codes of references to records that are not there, and what they refer to.
const REFERENCES: [(Code, &str); 4] = [
    (Code::RefSchoolUnknown, "schools"),
    (Code::RefTeacherUnknown, "teachers"),
    (Code::RefSectionUnknown, "sections"),
    (Code::RefStudentUnknown, "students"),
];

/// The first findings of a code.
fn first(told: &Told<'_>, code: Code) -> io::Result<Vec<Problem>> {
    let filter = homeroom_ingest::Filter::code(code);
    Ok(told.checked.findings.page(&filter, 0, LOOKED_AT)?.findings)
}

/// Ids that differ from known ones by zeros in front only.
fn lost_zeros(told: &Told<'_>, code: Code) -> io::Result<Option<String>> {
    let findings = first(told, code)?;
    let lost = |problem: &&Problem| {
        let (sent, meant) = (&problem.value, &problem.suggestion);
        meant.len() > sent.len() && meant.trim_start_matches('0') == sent.as_str()
    };
    let Some(example) = findings.iter().find(lost) else {
        return Ok(None);
    };
    if findings.iter().filter(lost).count() * 2 < findings.len() {
        return Ok(None);
    }
    Ok(Some(format!(
        "Zeros in front of {} were lost in {}: {} stands for {}. A spreadsheet does that when it opens and saves the file. \
         Send the file as the student information system wrote it, or format the column as text.",
        example.column,
        told.file_name(example.place.file),
        example.value,
        example.suggestion
    )))
}

/// References of which nearly none is known, and none is nearly one that is.
fn other_ids(told: &Told<'_>, code: Code, referred: &str) -> io::Result<Option<String>> {
    let tally = told.checked.findings.tally();
    for (file, count) in tally.files(code.text()) {
        let Some(rows) = told.checked.counts.get(file) else {
            continue;
        };
        let rows = rows.rows.unwrap_or(rows.received);
        if count < 5 || count * 10 < rows * 9 {
            continue;
        }
        let findings = first(told, code)?;
        let strange =
            |problem: &&Problem| problem.suggestion.is_empty() && problem.detail.is_empty();
        let mut strange = findings.iter().filter(strange);
        let strangers = strange.clone().count();
        if let Some(example) = strange.next().filter(|_| strangers * 2 > findings.len()) {
            return Ok(Some(format!(
                "Hardly any {} of {} is an id of {}: {} for example is not there. The two files come from different systems \
                 or days, or one of them has another id in that column.",
                example.column,
                told.file_name(file),
                told.file_name(referred),
                example.value,
            )));
        }
    }
    Ok(None)
}

/// References to records that were left out: what is wrong stands elsewhere.
fn left_out_themselves(told: &Told<'_>, code: Code, referred: &str) -> io::Result<Option<String>> {
    let findings = first(told, code)?;
    let left_out = |problem: &&Problem| problem.detail.contains("was left out");
    let example = findings.iter().find(left_out);
    let most = findings.iter().filter(left_out).count() * 2 > findings.len();
    Ok(example.filter(|_| most).map(|example| {
        format!(
            "Most {} problems in {} only follow from rows of {} that were left out: repair those first.",
            code.text(),
            told.file_name(example.place.file),
            told.file_name(referred)
        )
    }))
}

/// Ids and grades that a spreadsheet rewrote.
fn spreadsheet(told: &Told<'_>) -> io::Result<Option<String>> {
    let mut examples = Vec::new();
    for code in [Code::IdLooksSpreadsheet, Code::GradeSpreadsheetDamage] {
        if let Some(example) = first(told, code)?.first() {
            let name = told.file_name(example.place.file);
            examples.push(format!("{} in {name}", example.value));
        }
    }
    Ok((!examples.is_empty()).then(|| {
        format!(
            "A spreadsheet rewrote values ({}). What it cut off cannot be brought back from this file: export it again and \
             send it without opening it in a spreadsheet.",
            examples.join(", ")
        )
    }))
}

/// A file of students whose rows share few ids.
fn few_ids(told: &Told<'_>) -> Option<String> {
    let students = told.checked.counts.get("students")?;
    let rows = students.rows?;
    // At most five contacts make at most five rows of a student.
    if rows < 10 || students.received * 5 >= rows {
        return None;
    }
    let different = match students.received {
        1 => "one".to_owned(),
        number => grouped(number),
    };
    Some(format!(
        "{} has {} rows and only {different} different Student_id: the column holds something else than ids of students \
         (the names of two columns may be swapped), or the ids were damaged.",
        told.file_name("students"),
        grouped(rows),
    ))
}

/// A file that ends in the middle of a row.
fn cut_short(told: &Told<'_>) -> io::Result<Option<String>> {
    for code in [Code::RowShort, Code::QuoteUnclosed, Code::MissingRequired] {
        for problem in first(told, code)? {
            let Some(counts) = told.checked.counts.get(problem.place.file) else {
                continue;
            };
            let rows = counts.rows.unwrap_or(counts.received);
            let empty = told
                .checked
                .findings
                .tally()
                .of(Code::SectionNoStudents.text());
            // The header is line 1.
            if problem.place.line == rows + 1 && (code != Code::MissingRequired || empty > 0) {
                return Ok(Some(format!(
                    "{} ends in the middle of its last row, line {}: the export or its transfer was cut short, and rows after \
                     that one are missing. Send it again.",
                    told.file_name(problem.place.file),
                    problem.place.line
                )));
            }
        }
    }
    Ok(None)
}

/// A file in which most ids come twice.
fn sent_twice(told: &Told<'_>) -> Option<String> {
    let tally = told.checked.findings.tally();
    let twice = tally.files(Code::NotUnique.text()).find(|(file, count)| {
        let rows = told.checked.counts.get(*file);
        rows.is_some_and(|rows| *count >= 5 && count * 5 >= rows.received * 2)
    });
    twice.map(|(file, _)| {
        format!(
            "{} holds most of its ids twice: two exports were joined, or it was written twice.",
            told.file_name(file)
        )
    })
}
