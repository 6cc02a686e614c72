use homeroom_model::Kind;
use homeroom_segment::fields::course as f;

use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(crate) fn course(&mut self, row: u32) {
        let data = self.open(self.view.snapshot.table(Kind::Course), row);
        self.optional(b",\"name\":\"", data.bytes(f::NAME));
        self.optional(b",\"number\":\"", data.bytes(f::NUMBER));
        self.raw(b"}");
    }
}
