use homeroom_model::{District, DistrictContact, Timestamp};

use crate::json::{self, hex, push_escaped};
use crate::older;
use crate::writer::Writer;

impl Writer<'_, '_> {
    /// The district as one object, since version 2.0; `contact` writes the person to ask, where the version has one.
    pub(crate) fn district(&mut self, contact: fn(&mut Self, &DistrictContact)) {
        let district: &District = self.view.district;
        self.escape = true;
        self.raw(b"{\"id\":\"");
        self.raw(&hex(&district.id));
        self.raw(b"\"");
        self.text(b",\"name\":\"", district.name.as_bytes());
        if let Some(person) = district.contact.as_ref().filter(|_| self.rules.portal) {
            contact(self, person);
        }
        self.text(b",\"error\":\"", district.error.as_bytes());
        if self.rules.attendance {
            self.instant(
                b",\"last_attendance_sync\":\"",
                district.last_attendance_sync,
            );
        }
        self.last_sync();
        self.raw(b",\"launch_date\":\"");
        push_escaped(self.out, district.launch_date.to_string().as_bytes());
        self.raw(b"\"");
        if self.rules.portal {
            let methods = district.login_methods.iter().map(String::as_bytes);
            self.texts(b",\"login_methods\":[", methods);
        }
        self.optional(b",\"mdr_number\":\"", district.mdr_number.as_bytes());
        self.optional(b",\"nces_id\":\"", district.nces_id.as_bytes());
        self.pause();
        if self.rules.portal {
            self.text(b",\"portal_url\":\"", district.portal_url.as_bytes());
        }
        self.text(b",\"sis_type\":\"", district.sis_type.as_bytes());
        let state = older::state(&self.rules, &district.state);
        self.text(b",\"state\":\"", state.as_bytes());
        self.raw(b"}");
    }

    /// `last_sync`, once there was one.
    pub(crate) fn last_sync(&mut self) {
        self.instant(b",\"last_sync\":\"", self.view.district.last_sync);
    }

    fn instant(&mut self, key: &[u8], time: Option<Timestamp>) {
        if let Some(time) = time {
            self.raw(key);
            self.raw(&json::instant(time));
            self.raw(b"\"");
        }
    }

    /// `pause_end` and `pause_start`, where there is a pause.
    pub(crate) fn pause(&mut self) {
        let district = self.view.district;
        for (key, day) in [
            (b",\"pause_end\":\"".as_slice(), district.pause_end),
            (b",\"pause_start\":\"", district.pause_start),
        ] {
            if let Some(day) = day {
                self.raw(key);
                self.value(day.to_string().as_bytes());
            }
        }
    }
}
