//! Grades of sections (district-side 6.3).

use homeroom_model::{ClosedList, Grade};

/// Whether all sections of a district carry the same grade, which then says nothing. Blank grades do not count, and one
/// section alone is not alike.
#[derive(Default)]
pub(crate) struct Alike {
    first: Option<Grade>,
    graded: u64,
    differ: bool,
}

impl Alike {
    /// Notes the grade that the SIS gives the next section.
    pub(crate) fn note(&mut self, grade: Option<Grade>) {
        if let Some(grade) = grade {
            self.graded += 1;
            self.differ |= *self.first.get_or_insert(grade) != grade;
        }
    }

    /// Whether at least two sections have a grade and all have the same.
    pub(crate) fn all(&self) -> bool {
        self.graded > 1 && !self.differ
    }
}

/// The most common grade among students, by their codes; of equally common ones the lowest. Grades without rank do not
/// count; `None` if there is no other.
pub(crate) fn most_common(codes: impl Iterator<Item = u8>) -> Option<Grade> {
    let mut counts = [0_u32; Grade::ALL.len() + 1];
    for code in codes {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    }
    let ranked = Grade::ALL.iter().filter_map(|grade| {
        let count = counts.get(usize::from(grade.code())).copied()?;
        Some((count, std::cmp::Reverse(grade.rank()?), *grade))
    });
    ranked
        .max()
        .filter(|(count, ..)| *count > 0)
        .map(|(.., grade)| grade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_common_ranked_grade_wins() {
        use Grade::{First, Kindergarten, Other, Second, Ungraded};
        for (grades, expected) in [
            (&[Some(First), Some(Second), Some(Second)][..], Some(Second)),
            (&[Some(Second), Some(First)], Some(First)),
            (&[Some(First), Some(Kindergarten)], Some(Kindergarten)),
            (
                &[Some(Other), Some(Other), None, None, Some(First)],
                Some(First),
            ),
            (&[Some(Other), Some(Ungraded), None], None),
            (&[], None),
        ] {
            let codes = grades.iter().map(|grade| grade.map_or(0, ClosedList::code));
            assert_eq!(most_common(codes), expected, "{grades:?}");
        }
    }

    #[test]
    fn alike_takes_two_graded_sections() {
        use Grade::{First, Second};
        for (grades, expected) in [
            (&[][..], false),
            (&[Some(First)], false),
            (&[Some(First), None], false),
            (&[Some(First), None, Some(First)], true),
            (&[Some(First), Some(First), Some(Second)], false),
        ] {
            let mut alike = Alike::default();
            for grade in grades {
                alike.note(*grade);
            }
            assert_eq!(alike.all(), expected, "{grades:?}");
        }
    }
}
