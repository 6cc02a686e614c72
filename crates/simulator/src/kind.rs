//! Kinds of schools, and which kinds stand together in a zone (the neighbourhood that feeds one high school).

use crate::grade::Grade;
use crate::grade::Grade::{
    InfantToddler, Kindergarten, Number, PostGraduate, PreKindergarten, Preschool,
    TransitionalKindergarten, Ungraded,
};

/// Schools per zone.
pub(crate) const ZONE: u64 = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    EarlyLearning,
    Primary,
    Intermediate,
    Elementary,
    ElementaryWithPreK,
    ElementaryWithTk,
    ElementaryToSix,
    KToEight,
    Middle,
    Junior,
    SixToTwelve,
    High,
    KToTwelve,
    Alternative,
    Transition,
    /// A central office: people work there, nobody learns there.
    Office,
}

/// The school of each zone that is not part of the usual pattern.
const SPECIAL: [Kind; 10] = [
    Kind::KToEight,
    Kind::Alternative,
    Kind::EarlyLearning,
    Kind::SixToTwelve,
    Kind::Transition,
    Kind::Primary,
    Kind::KToTwelve,
    Kind::Intermediate,
    Kind::Junior,
    Kind::Office,
];

const N: fn(u8) -> Grade = Number;

impl Kind {
    /// The kind of school number `school` of a district of `schools`.
    pub(crate) fn of(school: u64, schools: u64) -> Self {
        match (schools, school) {
            (0 | 1, _) => return Self::KToTwelve,
            (2, 0) => return Self::KToEight,
            (2, _) | (3 | 4, 2) => return Self::High,
            (3 | 4, 0) => return Self::Elementary,
            (3 | 4, 1) => return Self::Middle,
            (4, _) => return Self::ElementaryWithPreK,
            _ => {}
        }
        let zone = school / ZONE;
        match school % ZONE {
            1 if zone % 4 == 3 => Self::ElementaryWithTk,
            1 => Self::ElementaryWithPreK,
            2 if zone % 3 == 1 => Self::ElementaryToSix,
            0 | 2 => Self::Elementary,
            3 => Self::Middle,
            4 => Self::High,
            _ => {
                let place = usize::try_from(zone % SPECIAL.len() as u64).unwrap_or_default();
                SPECIAL.get(place).copied().unwrap_or(Self::KToEight)
            }
        }
    }

    /// Grades taught, in order, with the share of students each has.
    pub(crate) fn grades(self) -> Vec<(Grade, u64)> {
        let from_to = |low: u8, high: u8| (low..=high).map(|n| (N(n), 10));
        let first = |grade| std::iter::once((grade, 10));
        match self {
            Self::EarlyLearning => {
                vec![(InfantToddler, 3), (Preschool, 8), (PreKindergarten, 10)]
            }
            Self::Primary => first(Kindergarten).chain(from_to(1, 2)).collect(),
            Self::Intermediate => from_to(3, 5).collect(),
            Self::Elementary => first(Kindergarten).chain(from_to(1, 5)).collect(),
            Self::ElementaryWithPreK => std::iter::once((PreKindergarten, 6))
                .chain(first(Kindergarten))
                .chain(from_to(1, 5))
                .collect(),
            Self::ElementaryWithTk => std::iter::once((TransitionalKindergarten, 6))
                .chain(first(Kindergarten))
                .chain(from_to(1, 5))
                .collect(),
            Self::ElementaryToSix => first(Kindergarten).chain(from_to(1, 6)).collect(),
            Self::KToEight => first(Kindergarten).chain(from_to(1, 8)).collect(),
            Self::Middle => from_to(6, 8).collect(),
            Self::Junior => from_to(7, 8).collect(),
            Self::SixToTwelve => from_to(6, 12).collect(),
            Self::High => from_to(9, 12).collect(),
            Self::KToTwelve => first(Kindergarten).chain(from_to(1, 12)).collect(),
            Self::Alternative => from_to(9, 12).chain([(Ungraded, 4)]).collect(),
            Self::Transition => vec![(N(12), 6), (N(13), 6), (PostGraduate, 4), (Ungraded, 4)],
            Self::Office => Vec::new(),
        }
    }

    /// How many students such a school has, relative to others.
    pub(crate) fn weight(self) -> u64 {
        match self {
            Self::EarlyLearning => 140,
            Self::Primary | Self::Intermediate => 330,
            Self::Elementary | Self::ElementaryWithTk => 420,
            Self::ElementaryWithPreK => 450,
            Self::ElementaryToSix => 500,
            Self::KToEight => 560,
            Self::Middle => 760,
            Self::Junior => 520,
            Self::SixToTwelve => 700,
            Self::High => 1_350,
            Self::KToTwelve => 480,
            Self::Alternative => 160,
            Self::Transition => 80,
            Self::Office => 0,
        }
    }

    /// The end of the school's name.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::EarlyLearning => "Early Learning Center",
            Self::Primary => "Primary School",
            Self::Intermediate => "Intermediate School",
            Self::Elementary
            | Self::ElementaryWithPreK
            | Self::ElementaryWithTk
            | Self::ElementaryToSix => "Elementary School",
            Self::KToEight => "K-8 School",
            Self::Middle => "Middle School",
            Self::Junior => "Junior High School",
            Self::SixToTwelve => "Academy, Grades 6-12",
            Self::High => "High School",
            Self::KToTwelve => "Community School",
            Self::Alternative => "Alternative School",
            Self::Transition => "Transition Program",
            Self::Office => "Administration Building",
        }
    }
}
