//! The closed lists of clever-api 2.2. The empty string that most of them allow is [`crate::Listed::Blank`].

use crate::list::closed_list;

closed_list! {
    /// Grade levels of the newest versions (GRADE22); older versions know fewer (clever-api 12, item 9).
    Grade {
        InfantToddler = "InfantToddler", Preschool = "Preschool", PreKindergarten = "PreKindergarten",
        TransitionalKindergarten = "TransitionalKindergarten", Kindergarten = "Kindergarten",
        First = "1", Second = "2", Third = "3", Fourth = "4", Fifth = "5", Sixth = "6", Seventh = "7", Eighth = "8",
        Ninth = "9", Tenth = "10", Eleventh = "11", Twelfth = "12", Thirteenth = "13",
        PostGraduate = "PostGraduate", Ungraded = "Ungraded", Other = "Other",
    }
}

impl Grade {
    /// Position for comparisons, in halves of a year; `None` for [`Grade::Ungraded`] and [`Grade::Other`]
    /// (district-side 3.1).
    pub fn rank(self) -> Option<i8> {
        Some(match self {
            Self::InfantToddler => -6,
            Self::Preschool => -4,
            Self::PreKindergarten => -3,
            Self::TransitionalKindergarten => -2,
            Self::Kindergarten => 0,
            Self::PostGraduate => 28,
            Self::Ungraded | Self::Other => return None,
            Self::First
            | Self::Second
            | Self::Third
            | Self::Fourth
            | Self::Fifth
            | Self::Sixth
            | Self::Seventh
            | Self::Eighth
            | Self::Ninth
            | Self::Tenth
            | Self::Eleventh
            | Self::Twelfth
            | Self::Thirteenth => (self as i8 - Self::First as i8 + 1) * 2,
        })
    }
}

closed_list! {
    /// Subjects of a section (SUBJECT).
    Subject {
        English = "english/language arts", Math = "math", Science = "science", SocialStudies = "social studies",
        Language = "language", Homeroom = "homeroom/advisory", Interventions = "interventions/online learning",
        Technology = "technology and engineering", Health = "PE and health", Arts = "arts and music", Other = "other",
    }
}

closed_list! {
    /// Race of a student (RACE).
    Race {
        Caucasian = "Caucasian", Asian = "Asian", Black = "Black or African American",
        AmericanIndian = "American Indian", PacificIslander = "Hawaiian or Other Pacific Islander",
        Several = "Two or More Races", Unknown = "Unknown",
    }
}

closed_list! {
    /// Gender of a student (GENDER); versions before 2.1 have no `X`.
    Gender { M = "M", F = "F", X = "X" }
}

closed_list! {
    /// A flag that may be unknown (YN).
    YesNo { Yes = "Y", No = "N" }
}

closed_list! {
    /// Free or reduced lunch (FRL); `Other` since version 3.1.
    Lunch { Free = "Free", Reduced = "Reduced", Paid = "Paid", Other = "Other" }
}

closed_list! {
    /// What a contact is to be called for (CONTACTTYPE).
    ContactType {
        Guardian = "Parent/Guardian", Emergency = "Emergency", Primary = "Primary", Secondary = "Secondary",
        Family = "Family", Other = "Other",
    }
}

closed_list! {
    /// How a contact is related to the student (RELATIONSHIP).
    Relationship {
        Parent = "Parent", Grandparent = "Grandparent", Myself = "Self", AuntUncle = "Aunt/Uncle",
        Sibling = "Sibling", Other = "Other",
    }
}

closed_list! {
    /// Kind of a telephone number (PHONETYPE).
    PhoneType { Cell = "Cell", Home = "Home", Work = "Work", Other = "Other" }
}

closed_list! {
    /// State of a district as apps see it (STATE).
    DistrictState {
        Running = "running", Pending = "pending", Error = "error", Paused = "paused", Success = "success",
    }
}

closed_list! {
    /// Whom a resource is for.
    ResourceRole { Teacher = "teacher", Student = "student" }
}

closed_list! {
    /// Disability types (DISABILITYTYPE); each has a code of its own.
    Disability {
        Autism = "Autism", DeafBlindness = "Deaf-blindness", DevelopmentalDelay = "Developmental delay",
        EmotionalDisturbance = "Emotional disturbance", HearingImpairment = "Hearing impairment",
        IntellectualDisability = "Intellectual Disability", MultipleDisabilities = "Multiple disabilities",
        OrthopedicImpairment = "Orthopedic impairment", Other = "Other",
        OtherHealthImpairment = "Other health impairment", LearningDisability = "Specific learning disability",
        SpeechImpairment = "Speech or language impairment", BrainInjury = "Traumatic brain injury",
        VisualImpairment = "Visual impairment",
    }
}

impl Disability {
    /// The code of the type (DISABILITYCODE).
    pub fn code_text(self) -> &'static str {
        match self {
            Self::Autism => "aut",
            Self::DeafBlindness => "db",
            Self::DevelopmentalDelay => "dd",
            Self::EmotionalDisturbance => "emn",
            Self::HearingImpairment => "hi",
            Self::IntellectualDisability => "id",
            Self::MultipleDisabilities => "md",
            Self::OrthopedicImpairment => "oi",
            Self::Other => "other",
            Self::OtherHealthImpairment => "ohi",
            Self::LearningDisability => "sld",
            Self::SpeechImpairment => "sli",
            Self::BrainInjury => "tbi",
            Self::VisualImpairment => "vi",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClosedList;

    #[test]
    fn codes_and_texts_round_trip() {
        for (index, &grade) in Grade::ALL.iter().enumerate() {
            assert_eq!(usize::from(grade.code()), index + 1);
            assert_eq!(Grade::from_code(grade.code()), Some(grade));
            assert_eq!(Grade::from_text(grade.text()), Some(grade));
        }
        assert_eq!(Grade::from_code(0), None);
        assert_eq!(Grade::from_code(22), None);
    }

    #[test]
    fn ranked_grades_ascend_in_list_order() {
        let ranks: Vec<i8> = Grade::ALL.iter().filter_map(|grade| grade.rank()).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b));
        assert_eq!(Grade::Twelfth.rank(), Some(24));
        assert_eq!(Grade::Other.rank(), None);
    }
}
