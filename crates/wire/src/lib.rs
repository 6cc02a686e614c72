//! The published API as pure functions: a path and a query in, documents, links and errors as bytes out.
//!
//! * [`parse`] reads a path and a query by the one [route table](ROUTES); [`answer`] writes the body from a view,
//!   [`Answer`] part by part.
//! * A [`Version`] is a struct of flags; nothing outside this room compares versions (layout idea 5).
//! * Documents are written straight from packed rows, field by field, in `family1`, `family2` and `family3`; nothing on that path parses a
//!   document or allocates per field.
//! * [`EventPage`] is a page of events, told from the moves of a view ([`Move`]).
//! * [`read`] is the way back: documents of any version as model values.
//! * [`fields`] is the table of every field with its marks; [`schema()`], [`answer_schema`] and [`openapi()`] come from it.

mod answer;
mod attendance;
mod body;
mod envelope;
mod error_body;
mod event;
mod family1;
mod family2;
mod family3;
pub mod fields;
mod filter;
mod json;
mod links;
mod older;
mod openapi;
mod page;
mod people;
mod query;
pub mod read;
mod request;
mod routes;
mod rules;
mod schema;
mod select;
mod tokens;
mod version;
mod writer;

pub use answer::{Answer, FILTER_ROWS, answer};
pub use attendance::{AttendanceRequest, MAX_ATTENDANCE_LIMIT, attendance, attendance_page};
pub use error_body::{FilterProblem, Refusal, RefusalKind, error_body, error_body_at};
pub use event::{EventPage, Move, count_events, counted_events, event, shows_object};
pub use filter::Filter;
pub use openapi::{events_openapi, openapi};
pub use request::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, Request, parse};
pub use routes::{EVENT_ROUTES, Items, Object, ROUTES, Route, Shape};
pub use rules::{RULES_1_1, RULES_1_2, RULES_2_0, RULES_2_1, RULES_3_0, RULES_3_1, Rules};
pub use schema::{answer_schema, event_answer_schema, schema};
pub use tokens::{Grant, tokens};
pub use version::{Edition, Family, Span, V1_1, V1_2, V2_0, V2_1, V3_0, V3_1, VERSIONS, Version};

/// Where apps send what their students reached, whatever version they read (clever-api 8).
pub const METRICS: &str = "/v2.0/metrics";
