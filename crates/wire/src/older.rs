//! Newer values in older versions: the nearest legal one (clever-api 12, item 9).

use homeroom_model::{ClosedList, DistrictState, Gender, Grade};

use crate::rules::Rules;

/// A grade of GRADE22 in GRADE16.
pub(crate) fn grade(grade: Grade) -> Grade {
    match grade {
        Grade::InfantToddler | Grade::Thirteenth | Grade::Ungraded => Grade::Other,
        Grade::Preschool => Grade::PreKindergarten,
        Grade::TransitionalKindergarten => Grade::Kindergarten,
        known => known,
    }
}

/// Whether a gender is in the list before version 2.1; those outside are written blank.
pub(crate) fn has_gender(gender: Gender) -> bool {
    gender != Gender::X
}

/// The state of a district as a version knows it.
pub(crate) fn state(rules: &Rules, state: &str) -> &'static str {
    let state = match DistrictState::from_text(state) {
        Some(DistrictState::Success) if !rules.state_success => DistrictState::Running,
        Some(DistrictState::Paused) if !rules.state_paused => DistrictState::Pending,
        Some(known) => known,
        None if rules.state_blank => return "",
        None => DistrictState::Running,
    };
    state.text()
}
