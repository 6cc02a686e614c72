use homeroom_model::{DistrictContact, Kind, Role};

use crate::people::role_id;
use crate::writer::Writer;

/// The person to ask, as the district admin of this family: under the id of that role (clever-api 3.1).
pub(super) fn contact(writer: &mut Writer<'_, '_>, contact: &DistrictContact) {
    let view = writer.view;
    let employee = view.snapshot.table(Kind::Employee).find(&contact.id);
    let id = employee.and_then(|row| role_id(view, Role::DistrictAdmin, row));
    writer.id_field(
        b",\"district_contact\":{\"id\":\"",
        &id.unwrap_or(contact.id),
    );
    let district = writer.district;
    writer.raw(b",\"district\":\"");
    writer.raw(&district);
    writer.raw(b"\"");
    writer.text(b",\"name\":{\"first\":\"", contact.first.as_bytes());
    writer.text(b",\"last\":\"", contact.last.as_bytes());
    writer.text(b"},\"email\":\"", contact.email.as_bytes());
    writer.optional(b",\"title\":\"", contact.title.as_bytes());
    writer.raw(b"}");
}
