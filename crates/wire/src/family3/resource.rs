use homeroom_model::{ClosedList, Kind, ResourceRole};
use homeroom_segment::fields::resource as f;

use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(super) fn resource(&mut self, row: u32) {
        let data = self.open(self.view.snapshot.table(Kind::Resource), row);
        self.text(b",\"resource_id\":\"", data.bytes(f::RESOURCE_ID));
        self.text(b",\"title\":\"", data.bytes(f::TITLE));
        let bits = data.code(f::ROLES);
        let roles = ResourceRole::ALL.iter().enumerate();
        let roles = roles.filter(|(bit, _)| bits >> bit & 1 == 1);
        self.texts(
            b",\"roles\":[",
            roles.map(|(_, role)| role.text().as_bytes()),
        );
        let (created, updated) = (self.created.text, self.modified.text);
        self.raw(b",\"created\":\"");
        self.raw(&created);
        self.raw(b"\",\"updated\":\"");
        self.raw(&updated);
        self.raw(b"\"}");
    }
}
