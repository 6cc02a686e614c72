//! Grades, and the many ways SISs write them (district-side 3.1).

use crate::quirk::Quirk;

/// A grade of the closed list (clever-api 2.2, GRADE22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    InfantToddler,
    Preschool,
    PreKindergarten,
    TransitionalKindergarten,
    Kindergarten,
    /// 1 to 13.
    Number(u8),
    PostGraduate,
    Ungraded,
    Other,
}

const NUMBERS: [&str; 13] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13",
];
const PADDED: [&str; 13] = [
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "010", "011", "012", "013",
];
const WORDED: [&str; 13] = [
    "Grade 1", "Grade 2", "Grade 3", "Grade 4", "Grade 5", "Grade 6", "Grade 7", "Grade 8",
    "Grade 9", "Grade 10", "Grade 11", "Grade 12", "13",
];
const ORDINAL: [&str; 13] = [
    "1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th", "11th", "12th", "13",
];

impl Grade {
    /// As the API writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InfantToddler => "InfantToddler",
            Self::Preschool => "Preschool",
            Self::PreKindergarten => "PreKindergarten",
            Self::TransitionalKindergarten => "TransitionalKindergarten",
            Self::Kindergarten => "Kindergarten",
            Self::Number(n) => numbered(&NUMBERS, n),
            Self::PostGraduate => "PostGraduate",
            Self::Ungraded => "Ungraded",
            Self::Other => "Other",
        }
    }

    /// One of the other spellings that must be read as the same grade.
    pub(crate) fn odd(self, style: u64) -> &'static str {
        match (self, style % 3) {
            (Self::InfantToddler, 0) => "IT",
            (Self::InfantToddler, _) => "Toddler",
            (Self::Preschool, 0) => "PS3",
            (Self::Preschool, _) => "PR",
            (Self::PreKindergarten, 0) => "PK",
            (Self::PreKindergarten, 1) => "Prekindergarten",
            (Self::PreKindergarten, _) => "Pre-K 4",
            (Self::TransitionalKindergarten, _) => "TK",
            (Self::Kindergarten, 0) => "K",
            (Self::Kindergarten, 1) => "KG",
            (Self::Kindergarten, _) => "00",
            (Self::Number(n), 0) => numbered(&PADDED, n),
            (Self::Number(n), 1) => numbered(&WORDED, n),
            (Self::Number(n), _) => numbered(&ORDINAL, n),
            (Self::PostGraduate, 0) => "PG",
            (Self::PostGraduate, _) => "Postgraduate",
            (Self::Ungraded, 0) => "UG",
            (Self::Ungraded, _) => "99",
            (Self::Other, _) => "Adult",
        }
    }

    /// What stands for the grade in a course number.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Self::InfantToddler => "IT",
            Self::Preschool => "PS",
            Self::PreKindergarten => "PK",
            Self::TransitionalKindergarten => "TK",
            Self::Kindergarten => "K",
            Self::PostGraduate => "PG",
            Self::Ungraded | Self::Other => "UG",
            Self::Number(_) => self.name(),
        }
    }

    /// Years of school before or after kindergarten, for ages and courses.
    pub(crate) fn years(self) -> i16 {
        match self {
            Self::InfantToddler => -3,
            Self::Preschool => -2,
            Self::PreKindergarten | Self::TransitionalKindergarten => -1,
            Self::Kindergarten => 0,
            Self::Number(n) => i16::from(n),
            Self::PostGraduate => 14,
            Self::Ungraded | Self::Other => 10,
        }
    }

    /// The quirk a student's grade is by itself, for the rarer values.
    pub(crate) fn quirk(self) -> Option<Quirk> {
        match self {
            Self::InfantToddler => Some(Quirk::GradeInfantToddler),
            Self::Preschool => Some(Quirk::GradePreschool),
            Self::PreKindergarten => Some(Quirk::GradePreKindergarten),
            Self::TransitionalKindergarten => Some(Quirk::GradeTransitionalKindergarten),
            Self::Number(13) => Some(Quirk::GradeThirteen),
            Self::PostGraduate => Some(Quirk::GradePostGraduate),
            Self::Ungraded => Some(Quirk::GradeUngraded),
            Self::Other => Some(Quirk::GradeOther),
            Self::Kindergarten | Self::Number(_) => None,
        }
    }
}

fn numbered(names: &[&'static str; 13], number: u8) -> &'static str {
    let at = usize::from(number.max(1)) - 1;
    names.get(at).copied().unwrap_or("12")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_name_their_grade() {
        assert_eq!(Grade::Number(7).name(), "7");
        assert_eq!(Grade::Number(7).odd(0), "07");
        assert_eq!(Grade::Number(12).odd(4), "Grade 12");
        assert_eq!(Grade::Number(3).odd(2), "3rd");
        assert!(Grade::Number(12) < Grade::Number(13));
        assert!(Grade::Kindergarten < Grade::Number(1));
    }
}
