use homeroom_model::Kind;
use homeroom_segment::fields::course as f;

use super::Writer;

impl Writer<'_, '_> {
    pub(super) fn course(&mut self, row: u32) {
        let data = self.open(self.view.snapshot.table(Kind::Course), row);
        self.optional(b",\"name\":\"", data.bytes(f::NAME));
        self.optional(b",\"number\":\"", data.bytes(f::NUMBER));
        self.raw(b"}");
    }
}
