//! The year in which a student will graduate (integration-side B14, A5.8): an island, set once and the people's from then on.
//! Where the source does not say, it follows from the grade and the school year, which is named by the year in which it ends.

use homeroom_model::{Grade, Kind, Listed};
use homeroom_segment::{Snapshot, fields};
use roaring::RoaringBitmap;

use crate::action::{Adjusted, Adjustment};
use crate::plan::Finding;
use crate::planner::Planner;

const FIELD: &str = "graduation_year";

/// The last grade, after which students graduate.
const LAST: i16 = 12;

/// The year in which somebody in a grade will graduate; `None` for grades that say nothing of it: preschool and before, after the
/// twelfth, ungraded, others, blank. The year before kindergarten is taken for one year, which it need not be.
pub fn graduation_year(grade: &Listed<'_, Grade>, school_year: i16) -> Option<i16> {
    let Listed::Known(grade) = grade else {
        return None;
    };
    let number = match grade {
        Grade::PreKindergarten | Grade::TransitionalKindergarten => -1,
        Grade::Kindergarten => 0,
        Grade::First => 1,
        Grade::Second => 2,
        Grade::Third => 3,
        Grade::Fourth => 4,
        Grade::Fifth => 5,
        Grade::Sixth => 6,
        Grade::Seventh => 7,
        Grade::Eighth => 8,
        Grade::Ninth => 9,
        Grade::Tenth => 10,
        Grade::Eleventh => 11,
        Grade::Twelfth => LAST,
        _ => return None,
    };
    Some(school_year + LAST - number)
}

/// Whether school is over for a student who is gone in the rollover window: after the last grade, or by the year of graduation.
/// The year that ends in this school year says so only where the grade says nothing, since by summer it is the next one.
pub(crate) fn is_over(snapshot: &Snapshot, row: u32, school_year: Option<i16>) -> bool {
    let grade = grade(snapshot, row);
    let known = match grade {
        Listed::Known(known) => known.rank(),
        _ => None,
    };
    let last = matches!(
        grade,
        Listed::Known(Grade::Twelfth | Grade::Thirteenth | Grade::PostGraduate)
    );
    let students = snapshot.table(Kind::Student);
    let year = students.row(row).text(fields::student::GRADUATION_YEAR);
    let year = year.parse::<i16>().ok().zip(school_year);
    last || year.is_some_and(|(year, now)| year < now || (year == now && known.is_none()))
}

fn grade(mirror: &Snapshot, row: u32) -> Listed<'_, Grade> {
    let students = mirror.table(Kind::Student);
    students.row(row).listed(fields::student::GRADE)
}

fn is_blank(mirror: &Snapshot, row: u32) -> bool {
    let students = mirror.table(Kind::Student);
    students
        .row(row)
        .text(fields::student::GRADUATION_YEAR)
        .is_empty()
}

impl Planner<'_> {
    /// The school year, if the year of graduation is to be worked out.
    fn infers(&self, kind: Kind) -> Option<i16> {
        let wanted = kind == Kind::Student
            && self.policy.infers_graduation_year
            && self.policy.uses(kind, FIELD);
        self.input.school_year.filter(|_| wanted)
    }

    /// Adds what follows of a student who begins in the app.
    pub(crate) fn infer(&self, kind: Kind, row: u32, adjusted: &mut Vec<Adjusted>) {
        let Some(school_year) = self.infers(kind) else {
            return;
        };
        let mirror = self.input.mirror;
        let year = graduation_year(&grade(mirror, row), school_year);
        let known = adjusted.iter().any(|adjusted| adjusted.field == FIELD);
        if let Some(year) = year.filter(|_| !known && is_blank(mirror, row)) {
            adjusted.push(Adjusted {
                field: FIELD,
                value: year.to_string(),
                how: Adjustment::Inferred,
            });
        }
    }

    /// Tells of students whose year neither the source says nor the grade, or whose grade says it uncertainly.
    pub(crate) fn cannot_infer(&mut self, kind: Kind, taken: &RoaringBitmap) {
        let Some(school_year) = self.infers(kind) else {
            return;
        };
        let mirror = self.input.mirror;
        for row in taken {
            let (grade, blank) = (grade(mirror, row), is_blank(mirror, row));
            let code = match graduation_year(&grade, school_year) {
                None => "cannot_infer",
                Some(year) if year > school_year + LAST => "inferred_early",
                Some(_) => continue,
            };
            if blank {
                self.plan.findings.push(Finding {
                    kind,
                    source: mirror.table(kind).id(row),
                    field: FIELD,
                    code,
                    other: None,
                    rejected: false,
                    reaction: "warn",
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_follows_from_the_grade() {
        for (grade, expected) in [
            (Grade::Ninth, Some(2030)),
            (Grade::Twelfth, Some(2027)),
            (Grade::First, Some(2038)),
            (Grade::Kindergarten, Some(2039)),
            (Grade::TransitionalKindergarten, Some(2040)),
            (Grade::PreKindergarten, Some(2040)),
            (Grade::Preschool, None),
            (Grade::InfantToddler, None),
            (Grade::Thirteenth, None),
            (Grade::PostGraduate, None),
            (Grade::Ungraded, None),
            (Grade::Other, None),
        ] {
            assert_eq!(
                graduation_year(&Listed::Known(grade), 2027),
                expected,
                "{grade:?}"
            );
        }
        assert_eq!(graduation_year(&Listed::Blank, 2027), None);
    }
}
