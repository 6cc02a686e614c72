//! The published API as pure functions: a path and a query in, documents, links and errors as bytes out.
//!
//! * [`parse`] reads a path and a query by the one [route table](ROUTES); [`answer`] writes the body from a view,
//!   [`Answer`] part by part.
//! * A [`Version`] is a struct of flags; nothing outside this room compares versions (layout idea 5).
//! * Documents are written straight from packed rows, field by field, in `family3`; nothing on that path parses a
//!   document or allocates per field.
//! * [`fields`] is the table of every field with its marks; [`schema()`], [`answer_schema`] and [`openapi()`] come from it.

mod answer;
mod envelope;
mod error_body;
mod family3;
pub mod fields;
mod json;
mod links;
mod openapi;
mod page;
mod people;
mod query;
mod request;
mod routes;
mod rules;
mod schema;
mod select;
mod tokens;
mod version;

pub use answer::{Answer, answer};
pub use error_body::{Refusal, RefusalKind, error_body};
pub use openapi::openapi;
pub use request::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, Request, parse};
pub use routes::{Object, ROUTES, Route, Shape};
pub use rules::{RULES_3_0, RULES_3_1, Rules};
pub use schema::{answer_schema, schema};
pub use tokens::{Grant, tokens};
pub use version::{Edition, Span, V3_0, V3_1, VERSIONS, Version};
