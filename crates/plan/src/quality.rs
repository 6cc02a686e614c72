//! Records against what the app requires: errors leave a record out, warnings only touch a value (integration-side A2).

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_segment::Snapshot;
use roaring::RoaringBitmap;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::action::{Adjusted, Adjustment};
use crate::plan::Finding;
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

/// Judges the rows of a kind that are taken; findings are added in the order of requirements and rows.
pub(crate) fn judge(
    policy: &Policy,
    mirror: &Snapshot,
    kind: Kind,
    taken: &RoaringBitmap,
    findings: &mut Vec<Finding>,
) -> Judged {
    let mut judged = Judged::default();
    let requirements = policy.requirements.iter();
    for requirement in requirements.filter(|requirement| requirement.kind == kind) {
        let broken = broken(requirement, mirror, taken);
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
    judged
}

/// The rows that break a requirement, ascending; with the row that has the value already where that is what is wrong.
fn broken(
    requirement: &Requirement,
    mirror: &Snapshot,
    taken: &RoaringBitmap,
) -> Vec<(u32, Option<u32>)> {
    let text = |row: u32| requirement.field.text(mirror, requirement.kind, row);
    if requirement.rule != Rule::Unique {
        let breaks = |row: &u32| !requirement.rule.accepts(&text(*row));
        return taken.iter().filter(breaks).map(|row| (row, None)).collect();
    }
    // Rows ascend by id, so the lowest source id keeps the value.
    let mut holders: BTreeMap<String, u32> = BTreeMap::new();
    let mut broken = Vec::new();
    for row in taken {
        let value = text(row);
        if value.is_empty() {
            continue;
        }
        match holders.get(value.as_ref()) {
            Some(holder) => broken.push((row, Some(*holder))),
            None => {
                holders.insert(value.into_owned(), row);
            }
        }
    }
    broken
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
