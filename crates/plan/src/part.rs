//! Parts of a plan, and what somebody said yes to (integration-side A4.5, A5.4).

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId};

use crate::plan::Plan;

/// A part of a plan that somebody can say yes to, or pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it.
    All,
    /// What takes nothing from anybody and gives nobody power over others: neither removals nor what a guard holds alone.
    Harmless,
    /// A class and its people.
    Section(ObjectId),
    /// A school, its classes and its people.
    School(ObjectId),
    /// Everything of a kind.
    Kind(Kind),
    /// One record.
    Record(Kind, ObjectId),
}

impl Part {
    /// The part as it is written: `all`, `harmless`, `section:ID`, `school:ID`, `kind:students`, `students:ID`.
    pub fn text(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Harmless => "harmless".to_owned(),
            Self::Section(id) => format!("section:{}", id.to_hex()),
            Self::School(id) => format!("school:{}", id.to_hex()),
            Self::Kind(kind) => format!("kind:{}", kind.table()),
            Self::Record(kind, id) => format!("{}:{}", kind.table(), id.to_hex()),
        }
    }

    /// A part that is written like [`Part::text`]; nothing written is all of it.
    pub fn parse(text: &str) -> Option<Self> {
        let named = |name: &str| Kind::ALL.into_iter().find(|kind| kind.table() == name);
        let Some((what, about)) = text.split_once(':') else {
            return match text {
                "" | "all" => Some(Self::All),
                "harmless" => Some(Self::Harmless),
                _ => None,
            };
        };
        if what == "kind" {
            return named(about).map(Self::Kind);
        }
        let id = ObjectId::from_hex(about)?;
        match what {
            "section" => Some(Self::Section(id)),
            "school" => Some(Self::School(id)),
            _ => named(what).map(|kind| Self::Record(kind, id)),
        }
    }
}

/// What somebody said yes to. Actions are named by their numbers in the plan, the first is 1.
///
/// Where only a part of a plan is applied, the mirror that was applied last stays what it was: what is left of the plan is found
/// by comparing with it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Consent {
    /// Nobody was asked: what no guard holds is done.
    #[default]
    Unasked,
    /// All of the plan, what is held too.
    All,
    /// Exactly these actions.
    Only(BTreeSet<usize>),
}

impl Consent {
    /// Whether an action of a plan is done.
    pub fn covers(&self, plan: &Plan, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(numbers) => numbers.contains(&number),
            Self::Unasked => {
                let action = number.checked_sub(1).and_then(|at| plan.actions().get(at));
                !plan.is_held() && action.is_some_and(|action| !action.held)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_they_are_written() {
        let id = ObjectId::new([7; 12]);
        let mut parts = vec![
            Part::All,
            Part::Harmless,
            Part::Section(id),
            Part::School(id),
        ];
        parts.extend(Kind::ALL.map(Part::Kind));
        parts.extend(Kind::ALL.map(|kind| Part::Record(kind, id)));
        for part in parts {
            assert_eq!(Part::parse(&part.text()), Some(part), "{}", part.text());
        }
        assert_eq!(Part::parse(""), Some(Part::All));
        for nothing in [
            "some",
            "section:7",
            "kind:pupils",
            "pupils:070707070707070707070707",
        ] {
            assert_eq!(Part::parse(nothing), None, "{nothing}");
        }
    }
}
