//! The district: top-level owner of everything, there even for a single school.

use serde::{Deserialize, Serialize};

use crate::{Date, ObjectId, Timestamp};

/// A district as an app sees it (clever-api 3.1). It lives in the control store beside the view pointer of each
/// connection, because it changes with every finished run and without a new snapshot (layout idea 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// Published id; never changes.
    pub id: ObjectId,
    /// Name.
    pub name: String,
    /// Id given by Market Data Retrieval, empty if unknown.
    #[serde(default)]
    pub mdr_number: String,
    /// Id given by the National Center for Education Statistics, empty if unknown.
    #[serde(default)]
    pub nces_id: String,
    /// The day the district went live.
    pub launch_date: Date,
    /// Address of the district's portal, may be empty.
    #[serde(default)]
    pub portal_url: String,
    /// Kind of the SIS; `sftp` for files.
    pub sis_type: String,
    /// How people of the district sign in.
    #[serde(default)]
    pub login_methods: Vec<String>,
    /// Text for people when something is wrong, else empty.
    #[serde(default)]
    pub error: String,
    /// `running`, `pending`, `error`, `paused`, `success` or empty.
    #[serde(default)]
    pub state: String,
    /// When the last run finished.
    #[serde(default)]
    pub last_sync: Option<Timestamp>,
    /// When attendance was last read; `None` if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_attendance_sync: Option<Timestamp>,
    /// First day of a pause.
    #[serde(default)]
    pub pause_start: Option<Date>,
    /// Last day of a pause.
    #[serde(default)]
    pub pause_end: Option<Date>,
    /// Whom to write to: the first district admin (settled), else nobody.
    #[serde(default)]
    pub contact: Option<DistrictContact>,
}

/// The person apps may write to (clever-api 3.1). Personal data: `Debug` shows only the id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrictContact {
    /// The person's published id.
    pub id: ObjectId,
    /// Given name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Email, may be empty.
    pub email: String,
    /// Title, may be empty.
    pub title: String,
}

impl std::fmt::Debug for DistrictContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DistrictContact {{ id: {}, .. }}", self.id)
    }
}
