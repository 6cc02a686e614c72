use homeroom_model::Date;

use crate::{Limits, Tables};

/// What reading depends on beside the files. All of it can differ per district.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The day of the run, in the district's time zone: decides whether a date of birth is possible.
    pub today: Date,
    /// What files may not exceed.
    pub limits: Limits,
    /// Which words mean what.
    pub tables: Tables,
    /// Whether numeric dates put the day before the month. Never guessed (district-side 3.6).
    pub day_first: bool,
}

impl Settings {
    /// The shipped settings on a given day.
    pub fn new(today: Date) -> Self {
        Self {
            today,
            limits: Limits::default(),
            tables: Tables::shipped(),
            day_first: false,
        }
    }
}
