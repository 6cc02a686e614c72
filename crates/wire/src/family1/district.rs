use crate::json::hex;
use crate::older;
use crate::writer::Writer;

/// The district: of what is known of it this family shows the name only; the rest is its status.
pub(super) fn district(writer: &mut Writer<'_, '_>) {
    let district = writer.view.district;
    writer.escape = true;
    writer.raw(b"{\"id\":\"");
    writer.raw(&hex(&district.id));
    writer.raw(b"\"");
    writer.text(b",\"name\":\"", district.name.as_bytes());
    writer.optional(b",\"mdr_number\":\"", district.mdr_number.as_bytes());
    writer.raw(b"}");
}

/// How the district's data is doing (clever-api 3.1). There is instant login where there is any way to log in.
pub(super) fn status(writer: &mut Writer<'_, '_>) {
    let district = writer.view.district;
    writer.escape = true;
    writer.raw(b"{\"id\":\"");
    writer.raw(&hex(&district.id));
    writer.raw(b"\"");
    let state = older::state(&writer.rules, &district.state);
    writer.text(b",\"state\":\"", state.as_bytes());
    writer.text(b",\"error\":\"", district.error.as_bytes());
    writer.text(b",\"sis_type\":\"", district.sis_type.as_bytes());
    writer.raw(if district.login_methods.is_empty() {
        b",\"instant_login\":false"
    } else {
        b",\"instant_login\":true"
    });
    writer.last_sync();
    if writer.rules.status_dates {
        writer.raw(b",\"launch_date\":\"");
        writer.value(district.launch_date.to_string().as_bytes());
        writer.pause();
    }
    writer.raw(b"}");
}
