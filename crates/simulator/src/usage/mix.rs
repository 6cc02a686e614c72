//! How many students are of which kind.

/// Shares of the kinds of students, each of a thousand; all others are steady. Where they are more than a thousand, the last
/// come short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Away from school for some weeks.
    pub absent: u16,
    /// Came during the year.
    pub transferred_in: u16,
    /// Left during the year.
    pub transferred_out: u16,
    /// Came in the last three days.
    pub new: u16,
    /// Works in bursts.
    pub sprinter: u16,
    /// Hardly ever works.
    pub idle: u16,
    /// Works for weeks without getting further.
    pub stuck: u16,
    /// Had two accounts for a while.
    pub merged: u16,
    /// Reaches the app's ceiling, where it has one.
    pub finished: u16,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            absent: 40,
            transferred_in: 20,
            transferred_out: 20,
            new: 6,
            sprinter: 120,
            idle: 90,
            stuck: 60,
            merged: 6,
            finished: 40,
        }
    }
}

impl Mix {
    /// The usual shares, with everybody there all year and under one account: for rosters in which nobody comes or goes.
    pub fn settled() -> Self {
        Self {
            transferred_in: 0,
            transferred_out: 0,
            new: 0,
            merged: 0,
            ..Self::default()
        }
    }
}
