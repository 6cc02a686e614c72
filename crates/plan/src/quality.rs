//! Records against what the app requires: errors leave a record out, warnings only touch a value (integration-side A2).

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_segment::Snapshot;
use roaring::RoaringBitmap;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::action::{Adjusted, Adjustment};
use crate::plan::Finding;
use crate::planner::PlanError;
use crate::policy::{Policy, Reaction, Requirement, Rule};

/// What is wrong with the records of one kind.
#[derive(Default)]
pub(crate) struct Judged {
    /// Rows that are left out.
    pub(crate) rejected: RoaringBitmap,
    adjusted: BTreeMap<u32, Vec<Adjusted>>,
}

impl Judged {
    /// The values of a row that are not as the source says.
    pub(crate) fn adjusted(&self, row: u32) -> &[Adjusted] {
        self.adjusted.get(&row).map_or(&[], Vec::as_slice)
    }
}

/// Whether the record of a row has a value of a field in the app now.
pub(crate) type Holds<'a> = dyn Fn(u32, &str, &str) -> Result<bool, PlanError> + 'a;

/// Judges the rows of a kind that are taken; findings are added in the order of requirements and rows.
pub(crate) fn judge(
    policy: &Policy,
    mirror: &Snapshot,
    kind: Kind,
    taken: &RoaringBitmap,
    holds: &Holds<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Judged, PlanError> {
    let mut judged = Judged::default();
    let requirements = policy.requirements.iter();
    for requirement in requirements.filter(|requirement| requirement.kind == kind) {
        let broken = broken(requirement, mirror, taken, holds)?;
        for (row, other) in broken {
            react(requirement, (mirror, row), &mut judged);
            let table = mirror.table(kind);
            findings.push(Finding {
                kind,
                source: table.id(row),
                field: requirement.field.name,
                code: code(requirement),
                other: other.map(|row| table.id(row)),
                rejected: requirement.reaction == Reaction::Reject,
                reaction: match &requirement.reaction {
                    Reaction::Reject => "reject",
                    Reaction::Fill(_) => "fill",
                    Reaction::Truncate => "truncate",
                    Reaction::Drop => "drop",
                    Reaction::Warn => "warn",
                },
            });
        }
    }
    Ok(judged)
}

/// The rows that break a requirement, ascending; with the row that has the value already where that is what is wrong.
fn broken(
    requirement: &Requirement,
    mirror: &Snapshot,
    taken: &RoaringBitmap,
    holds: &Holds<'_>,
) -> Result<Vec<(u32, Option<u32>)>, PlanError> {
    let text = |row: u32| requirement.field.text(mirror, requirement.kind, row);
    if requirement.rule != Rule::Unique {
        let breaks = |row: &u32| !requirement.rule.accepts(&text(*row));
        let broken = taken.iter().filter(breaks);
        return Ok(broken.map(|row| (row, None)).collect());
    }
    let mut sharing: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for row in taken {
        let value = text(row);
        if !value.is_empty() {
            sharing.entry(value.into_owned()).or_default().push(row);
        }
    }
    let mut broken = Vec::new();
    for (value, rows) in sharing.iter().filter(|(_, rows)| rows.len() > 1) {
        // Who has the value in the app keeps it; otherwise the lowest source id, which is the first row.
        let mut holder = None;
        for row in rows {
            if holder.is_none() && holds(*row, requirement.field.name, value)? {
                holder = Some(*row);
            }
        }
        let holder = holder.or_else(|| rows.first().copied());
        let others = rows.iter().filter(|row| Some(**row) != holder);
        broken.extend(others.map(|row| (*row, holder)));
    }
    broken.sort_unstable();
    Ok(broken)
}

impl Rule {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Required => !value.trim().is_empty(),
            _ if value.is_empty() => true,
            Self::Email => !crate::policy::Key::Email.normal(value).is_empty(),
            Self::MaxLength(most) => value.chars().count() <= *most,
            Self::OneOf(values) => values.contains(value),
            Self::Unique => true,
        }
    }
}

fn code(requirement: &Requirement) -> &'static str {
    match (&requirement.rule, &requirement.reaction) {
        (Rule::Required, Reaction::Fill(_)) => "filler_used",
        (Rule::Required, _) => "missing_required",
        (Rule::MaxLength(_), Reaction::Truncate) => "too_long_truncated",
        (Rule::MaxLength(_), _) => "too_long",
        (Rule::Unique, _) => "duplicate_value",
        (Rule::Email | Rule::OneOf(_), _) => "bad_format",
    }
}

fn react(requirement: &Requirement, (mirror, row): (&Snapshot, u32), judged: &mut Judged) {
    let (value, how) = match &requirement.reaction {
        Reaction::Warn => return,
        Reaction::Reject => {
            judged.rejected.insert(row);
            return;
        }
        Reaction::Fill(value) => (value.clone(), Adjustment::Filled),
        Reaction::Drop => (String::new(), Adjustment::Dropped),
        Reaction::Truncate => {
            let Rule::MaxLength(most) = requirement.rule else {
                return;
            };
            let text = requirement.field.text(mirror, requirement.kind, row);
            (shortened(&text, most).to_owned(), Adjustment::Truncated)
        }
    };
    let adjusted = judged.adjusted.entry(row).or_default();
    let field = requirement.field.name;
    adjusted.retain(|before| before.field != field);
    adjusted.push(Adjusted { field, value, how });
}

/// At most so many characters, ending between two signs that the eye tells apart, without a blank at the end.
fn shortened(text: &str, most: usize) -> &str {
    let mut characters = 0;
    let mut end = 0;
    for (at, sign) in text.grapheme_indices(true) {
        characters += sign.chars().count();
        if characters > most {
            break;
        }
        end = at + sign.len();
    }
    text.get(..end).unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn texts_end_where_the_eye_accepts_it() {
        assert_eq!(shortened("Ana", 5), "Ana");
        assert_eq!(shortened("Anabel", 3), "Ana");
        // e with an acute accent as two characters: both or none.
        assert_eq!(shortened("Jose\u{301}x", 4), "Jos");
        assert_eq!(shortened("Jose\u{301}x", 5), "Jose\u{301}");
        // A family of four is one sign to the eye; half a family is none.
        assert_eq!(
            shortened("A\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", 3),
            "A"
        );
        assert_eq!(shortened("Mary Ann", 5), "Mary");
    }
}
