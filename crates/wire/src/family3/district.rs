use homeroom_model::DistrictContact;

use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(super) fn district_contact(&mut self, contact: &DistrictContact) {
        self.id_field(b",\"district_contact\":{\"id\":\"", &contact.id);
        let district = self.district;
        self.raw(b",\"district\":\"");
        self.raw(&district);
        self.raw(b"\"");
        self.text(b",\"name\":{\"first\":\"", contact.first.as_bytes());
        self.text(b",\"last\":\"", contact.last.as_bytes());
        self.text(b"},\"title\":\"", contact.title.as_bytes());
        self.optional(b",\"email\":\"", contact.email.as_bytes());
        self.raw(b"}");
    }
}
