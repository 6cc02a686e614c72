//! What can end a push, or a question about one.

use homeroom_client::ClientError;
use homeroom_goals::CalendarError;
use homeroom_goals::submission::KEY_RULE;
use homeroom_model::Timestamp;
use homeroom_roster::RosterError;

/// Why something could not be done. Names no person.
#[derive(Debug, thiserror::Error)]
pub enum GoalsError {
    /// The app's database refused or failed.
    #[error("the app's database: {0}")]
    Roster(#[from] RosterError),
    /// The policy's school years are none.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// No key for the progress metric.
    #[error(
        "{0:?} cannot be the key of a progress metric, which is {KEY_RULE}; write a noun and a past verb, like lessons_completed"
    )]
    Metric(String),
    /// Somebody asked to stop, or there was no time left.
    #[error("sending was stopped: {0}")]
    Stopped(ClientError),
    /// Somebody else sends for the district and does not end.
    #[error("{holder} sends for this district now; it need not give a sign of life until {}", until.to_iso())]
    Busy {
        /// Who.
        holder: String,
        /// Until when.
        until: Timestamp,
    },
    /// The database has no such district.
    #[error("the app's database has no district number {0}")]
    NoDistrict(i64),
    /// Nobody is meant.
    #[error("no student of the district has the id or local number {0}")]
    NoStudent(String),
    /// Nothing is held.
    #[error("nothing is held for this student: the total did not fall, or the student is not sent")]
    NotHeld,
    /// Work was cut short from outside.
    #[error("the work was interrupted; whatever was sent is sent again, which changes nothing")]
    Interrupted,
}
