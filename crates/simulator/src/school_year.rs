//! School years: the only time a generated district knows.

/// A school year, from August to June. An argument, never the clock, so that the same seed gives the same bytes for
/// ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear {
    /// The year of its first day: 2026 for 2026-2027.
    pub start: u16,
}

impl SchoolYear {
    /// The year of its last day.
    pub fn end(self) -> u16 {
        self.start.saturating_add(1)
    }
}

/// A day without a time, as district files spell it in many ways (district-side 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CalendarDay {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl CalendarDay {
    /// `8/17/2026`.
    pub(crate) fn slashes(self) -> String {
        format!("{}/{}/{}", self.month, self.day, self.year)
    }

    /// One of the spellings that must normalise to the same day; the first is the plain one.
    pub(crate) fn spelled(self, style: u64) -> String {
        let Self { year, month, day } = self;
        match style {
            1 => format!("{year:04}-{month:02}-{day:02}"),
            2 => format!("{month:02}/{day:02}/{year:04}"),
            3 => format!("{year:04}-{month:02}-{day:02}T00:00:00.000Z"),
            4 => format!("{year:04}-{month:02}-{day:02} 00:00:00.000000"),
            5 => format!("{year:04}{month:02}{day:02}"),
            6 => format!("{month}-{day}-{year:04}"),
            7 => {
                let name = MONTHS.get(usize::from(month.max(1) - 1)).unwrap_or(&"Jan");
                format!("{day}-{name}-{year:04}")
            }
            8 => format!("{month}/{day}/{:02}", year % 100),
            _ => self.slashes(),
        }
    }
}

/// Spellings of [`CalendarDay::spelled`] that name the century.
pub(crate) const SPELLINGS: u64 = 8;
/// The spelling with a year of two digits.
pub(crate) const TWO_DIGIT_YEAR: u64 = 8;
