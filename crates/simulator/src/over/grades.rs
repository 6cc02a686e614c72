//! Understanding the grades a folder writes, well enough to give its sections fitting students (district-side 3.1).

use crate::grade::Grade;

/// Every grade that a range can cover, in order.
const ORDER: [Grade; 19] = [
    Grade::InfantToddler,
    Grade::Preschool,
    Grade::PreKindergarten,
    Grade::TransitionalKindergarten,
    Grade::Kindergarten,
    Grade::Number(1),
    Grade::Number(2),
    Grade::Number(3),
    Grade::Number(4),
    Grade::Number(5),
    Grade::Number(6),
    Grade::Number(7),
    Grade::Number(8),
    Grade::Number(9),
    Grade::Number(10),
    Grade::Number(11),
    Grade::Number(12),
    Grade::Number(13),
    Grade::PostGraduate,
];

/// From a grade to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) low: Grade,
    pub(super) high: Grade,
}

impl Range {
    pub(super) const ALL: Self = Self {
        low: Grade::Kindergarten,
        high: Grade::Number(12),
    };

    fn one(grade: Grade) -> Self {
        Self {
            low: grade,
            high: grade,
        }
    }

    /// The range of both, in the right order.
    pub(super) fn to(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// The grades that students of a school with this range have. The rare ones at the ends (transitional
    /// kindergarten, 13, post-graduate) are used only when there is nothing else.
    pub(super) fn grades(self) -> Vec<Grade> {
        let inside = |grade: &Grade| self.low <= *grade && *grade <= self.high;
        let rare = |grade: &Grade| {
            matches!(
                grade,
                Grade::TransitionalKindergarten | Grade::Number(13) | Grade::PostGraduate
            )
        };
        let all: Vec<Grade> = ORDER.into_iter().filter(inside).collect();
        let usual: Vec<Grade> = all.iter().copied().filter(|grade| !rare(grade)).collect();
        if usual.is_empty() { all } else { usual }
    }
}

/// The range a cell names; nothing for words like `Multiple` and for what nobody can map.
pub(super) fn parse(cell: &str) -> Option<Range> {
    let parts: Vec<&str> = cell.split('-').map(str::trim).collect();
    if let [first, second] = parts.as_slice()
        && let (Some(low), Some(high)) = (end(first), end(second))
    {
        return Some(Range::one(low).to(Range::one(high)));
    }
    let folded = fold(cell);
    if let Some(grade) = single(&folded) {
        return Some(Range::one(grade));
    }
    // `K2` and `K8` are ranges without a hyphen.
    let upper = folded.strip_prefix('k').and_then(number)?;
    Some(Range::one(Grade::Kindergarten).to(Range::one(upper)))
}

/// One end of a range; a month is what a spreadsheet made of the lower end.
fn end(text: &str) -> Option<Grade> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let folded = fold(text);
    let month = (1_u8..).zip(MONTHS).find(|(_, month)| *month == folded);
    match month {
        Some((number, _)) => Some(Grade::Number(number)),
        None => single(&folded),
    }
}

fn single(folded: &str) -> Option<Grade> {
    match folded {
        "it" | "infant" | "toddler" | "infanttoddler" => Some(Grade::InfantToddler),
        "pr" | "ps" | "ps3" | "preschool" => Some(Grade::Preschool),
        "pk" | "pk3" | "pk4" | "prek" | "prek3" | "prek4" | "vpk" | "ecse" | "ec" | "ee"
        | "prekindergarten" | "4yo" => Some(Grade::PreKindergarten),
        "tk" | "t" | "transitionalkindergarten" => Some(Grade::TransitionalKindergarten),
        "k" | "kg" | "kk" | "kf" | "kh" | "0" | "00" | "0k" | "kindergarten" => {
            Some(Grade::Kindergarten)
        }
        "pg" | "post" | "postgraduate" | "supersenior" => Some(Grade::PostGraduate),
        _ => number(
            folded
                .strip_prefix("grade")
                .or(folded.strip_prefix("gr"))
                .unwrap_or(folded),
        ),
    }
}

fn number(text: &str) -> Option<Grade> {
    let digits = ["st", "nd", "rd", "th"]
        .into_iter()
        .find_map(|suffix| text.strip_suffix(suffix))
        .unwrap_or(text);
    match digits.parse::<u8>().ok()? {
        0 => Some(Grade::Kindergarten),
        number @ 1..=13 => Some(Grade::Number(number)),
        14..=20 => Some(Grade::PostGraduate),
        _ => None,
    }
}

fn fold(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '_' | '/' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(cell: &str) -> Option<(&'static str, &'static str)> {
        parse(cell).map(|range| (range.low.name(), range.high.name()))
    }

    #[test]
    fn grades_as_districts_write_them() {
        assert_eq!(range("Grade 4"), Some(("4", "4")));
        assert_eq!(range("08"), Some(("8", "8")));
        assert_eq!(range("K2"), Some(("Kindergarten", "2")));
        assert_eq!(range("6-8"), Some(("6", "8")));
        assert_eq!(range("8-Jun"), Some(("6", "8")));
        assert_eq!(range("12-Sep"), Some(("9", "12")));
        assert_eq!(range("5-Jan"), Some(("1", "5")));
        assert_eq!(
            range("Prekindergarten"),
            Some(("PreKindergarten", "PreKindergarten"))
        );
        assert_eq!(range("Pre-K"), Some(("PreKindergarten", "PreKindergarten")));
        assert_eq!(
            range("Postgraduate"),
            Some(("PostGraduate", "PostGraduate"))
        );
        assert_eq!(range("2nd"), Some(("2", "2")));
        for vague in ["", "99", "Multiple", "All"] {
            assert_eq!(range(vague), None, "{vague}");
        }
    }

    #[test]
    fn a_school_has_the_usual_grades_of_its_range() {
        let high = parse("9").unwrap().to(parse("Postgraduate").unwrap());
        assert_eq!(high.grades().len(), 4);
        let low = parse("6").unwrap().to(parse("Prekindergarten").unwrap());
        assert_eq!(low.grades().len(), 8);
        assert_eq!(parse("PG").unwrap().grades(), [Grade::PostGraduate]);
    }
}
