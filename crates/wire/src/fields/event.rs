use super::{FieldSpec, Form, ID, Mark, Marks, ObjectFields, instant, text};
use crate::version::Span;

/// What stands around the object of an event. What is in `data` differs from type to type, so its schema is made with the
/// type's.
pub const EVENT: ObjectFields = ObjectFields {
    name: "Event",
    meaning: "Something happened to a record: it came, it changed, or it left.",
    fields: &[
        ID,
        text("type", "The kind of record, and what happened to it.").guaranteed(),
        instant("created", "When the event was made; many share one value.").guaranteed(),
        FieldSpec {
            name: "data",
            form: Form::Map,
            marks: Marks(1 << Mark::Guaranteed as u8),
            span: Span::ALL,
            meaning: "The record after the event, or as it was when it left, and what of it was different before.",
        },
    ],
};
