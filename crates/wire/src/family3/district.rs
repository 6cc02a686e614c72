use homeroom_model::{ClosedList, District, DistrictContact, DistrictState};

use super::Writer;
use crate::json::{self, hex, push_escaped};

impl Writer<'_, '_> {
    pub(super) fn district(&mut self) {
        let district: &District = self.view.district;
        self.escape = true;
        self.raw(b"{\"id\":\"");
        self.raw(&hex(&district.id));
        self.raw(b"\"");
        self.text(b",\"name\":\"", district.name.as_bytes());
        if let Some(contact) = &district.contact {
            self.district_contact(contact);
        }
        self.text(b",\"error\":\"", district.error.as_bytes());
        if let Some(time) = district.last_sync {
            self.raw(b",\"last_sync\":\"");
            self.raw(&json::instant(time));
            self.raw(b"\"");
        }
        self.raw(b",\"launch_date\":\"");
        push_escaped(self.out, district.launch_date.to_string().as_bytes());
        self.raw(b"\"");
        let methods = district.login_methods.iter().map(String::as_bytes);
        self.texts(b",\"login_methods\":[", methods);
        self.optional(b",\"mdr_number\":\"", district.mdr_number.as_bytes());
        self.optional(b",\"nces_id\":\"", district.nces_id.as_bytes());
        for (key, day) in [
            (b",\"pause_end\":\"".as_slice(), district.pause_end),
            (b",\"pause_start\":\"", district.pause_start),
        ] {
            if let Some(day) = day {
                self.raw(key);
                self.value(day.to_string().as_bytes());
            }
        }
        self.text(b",\"portal_url\":\"", district.portal_url.as_bytes());
        self.text(b",\"sis_type\":\"", district.sis_type.as_bytes());
        let state = DistrictState::from_text(&district.state).map_or("", DistrictState::text);
        self.text(b",\"state\":\"", state.as_bytes());
        self.raw(b"}");
    }

    fn district_contact(&mut self, contact: &DistrictContact) {
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
