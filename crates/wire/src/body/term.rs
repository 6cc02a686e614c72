use homeroom_model::Kind;
use homeroom_segment::fields::term as f;

use crate::writer::Writer;

impl Writer<'_, '_> {
    pub(crate) fn term(&mut self, row: u32) {
        let data = self.open(self.view.snapshot.table(Kind::Term), row);
        self.optional(b",\"name\":\"", data.bytes(f::NAME));
        self.day(b",\"start_date\":\"", data, f::START);
        self.day(b",\"end_date\":\"", data, f::END);
        self.raw(b"}");
    }
}
