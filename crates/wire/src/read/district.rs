use super::object::Read;
use super::{DistrictRead, ReadError};

/// The district or its status.
pub(super) fn district(read: Read<'_>) -> Result<DistrictRead, ReadError> {
    let owned = |name| Ok(read.maybe(name)?.map(str::to_owned));
    let methods = read.texts("login_methods")?.into_iter();
    Ok(DistrictRead {
        id: read.id("id")?,
        name: read.string("name")?,
        mdr_number: read.string("mdr_number")?,
        nces_id: read.string("nces_id")?,
        launch_date: read.day("launch_date")?,
        portal_url: read.string("portal_url")?,
        sis_type: owned("sis_type")?,
        login_methods: methods.map(str::to_owned).collect(),
        error: owned("error")?,
        state: owned("state")?,
        last_sync: read.instant("last_sync")?,
        last_attendance_sync: read.instant("last_attendance_sync")?,
        pause_start: read.day("pause_start")?,
        pause_end: read.day("pause_end")?,
        contact: match read.object("district_contact")? {
            Some(contact) => contact.maybe_id("id")?,
            None => None,
        },
    })
}
