//! The apps that students use. They are nobody's: their names were made up here.

/// What an app is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppProfile {
    /// Tells the apps of a seed apart.
    pub number: u32,
    /// What it is called.
    pub name: &'static str,
    /// The key under which it reports progress: a noun and a past verb.
    pub progress_key: &'static str,
    /// What people call that.
    pub progress_label: &'static str,
    /// Progress at which there is nothing left to do.
    pub ceiling: Option<u32>,
    /// Minutes of an ordinary student in an ordinary week: what it recommends.
    pub minutes_per_week: u32,
    /// Units of progress in such a week, in hundredths: what it recommends.
    pub units_per_week: u32,
    /// Days of a week on which a class uses it.
    pub days_per_week: u8,
    /// Students use it on weekends too.
    pub homework: bool,
    /// Units come in whole numbers.
    pub whole_units: bool,
}

/// Three apps: mathematics in lessons, reading in chapters, and science in topics, of which there are sixty.
pub const APPS: [AppProfile; 3] = [
    AppProfile {
        number: 1,
        name: "Numbermill",
        progress_key: "lessons_completed",
        progress_label: "lessons",
        ceiling: None,
        minutes_per_week: 60,
        units_per_week: 500,
        days_per_week: 4,
        homework: false,
        whole_units: true,
    },
    AppProfile {
        number: 2,
        name: "Pagewander",
        progress_key: "chapters_read",
        progress_label: "chapters",
        ceiling: None,
        minutes_per_week: 75,
        units_per_week: 500,
        days_per_week: 5,
        homework: true,
        whole_units: true,
    },
    AppProfile {
        number: 3,
        name: "Orbitlab",
        progress_key: "topics_mastered",
        progress_label: "topics",
        ceiling: Some(60),
        minutes_per_week: 40,
        units_per_week: 120,
        days_per_week: 2,
        homework: false,
        whole_units: false,
    },
];
