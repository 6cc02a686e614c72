//! A body of totals arrives: as JSON, as CSV, or as a file in a form (clever-api 8.1).

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, header};
use homeroom_progress::receive::Form;

use super::bodies::{Held, NotRead};
use super::{Asked, multipart};
use crate::error::ApiError;

/// A body that arrived.
pub(super) struct Arrived {
    pub(super) form: Form,
    /// The body itself, or the file in it.
    pub(super) table: Bytes,
    /// The room it takes, until it is done with.
    pub(super) held: Held,
}

/// What a body is sent as.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sent {
    Plain(Form),
    /// A form with a file in it, its parts divided by this.
    Multipart(String),
}

/// The kinds of bodies that are taken, for those that are not.
const KINDS: ApiError = ApiError::UnsupportedType(
    "Send totals with the Content-Type application/json or text/csv, or a file of one of these as multipart/form-data.",
);

/// Reads the body of a request.
pub(super) async fn arrive(asked: &Asked<'_>, body: Body) -> Result<Arrived, ApiError> {
    let headers = &asked.parts.headers;
    let sent = Sent::of(headers).ok_or(KINDS)?;
    if text(headers, &header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(ApiError::UnsupportedType(
            "Send the body as it is, without a Content-Encoding.",
        ));
    }
    let most = asked.api.reception.limits().body_bytes;
    let announced = announced(headers);
    let held = asked.api.bodies.read(body, announced, most).await;
    let held = held.map_err(|why| match why {
        NotRead::TooLong { at_least, .. } => ApiError::TooLarge(format!(
            "The body has at least {at_least} bytes and may have {most}; send it in parts, each of some students."
        )),
        other => other.into(),
    })?;
    let (form, table) = match sent {
        Sent::Plain(form) => (form, held.bytes.clone()),
        Sent::Multipart(boundary) => {
            let file = multipart::file(&held.bytes, &boundary).ok_or(ApiError::BadRequest(
                "The form has no file with totals that could be read.",
            ))?;
            let form = file
                .kind
                .and_then(form_of)
                .unwrap_or_else(|| by_name(file.name));
            (form, held.bytes.slice(file.content))
        }
    };
    Ok(Arrived { form, table, held })
}

/// How many bytes a request announces.
pub(super) fn announced(headers: &HeaderMap) -> Option<u64> {
    text(headers, &header::CONTENT_LENGTH)?.parse().ok()
}

impl Sent {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = text(headers, &header::CONTENT_TYPE)?;
        if let Some(form) = form_of(kind) {
            return Some(Self::Plain(form));
        }
        let (essence, parameters) = kind.split_once(';')?;
        if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        multipart::parameter(parameters, "boundary").map(Self::Multipart)
    }
}

/// The form that a content type names, whatever its parameters.
fn form_of(kind: &str) -> Option<Form> {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is = |known: &str| essence.eq_ignore_ascii_case(known);
    if is("application/json") {
        Some(Form::Json)
    } else if is("text/csv") || is("application/csv") {
        Some(Form::Csv)
    } else {
        None
    }
}

/// The form of a file whose content type says nothing of use: by its name, CSV in doubt.
fn by_name(name: Option<&str>) -> Form {
    let json = name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".json"));
    if json { Form::Json } else { Form::Csv }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn content_types_are_read_with_their_parameters() {
        let boundary = |text: &str| Some(Sent::Multipart(text.into()));
        for (kind, expected) in [
            ("application/json", Some(Sent::Plain(Form::Json))),
            (
                "application/json; charset=utf-8",
                Some(Sent::Plain(Form::Json)),
            ),
            ("Application/JSON", Some(Sent::Plain(Form::Json))),
            ("text/csv", Some(Sent::Plain(Form::Csv))),
            (
                "text/csv;header=present; charset=utf-8",
                Some(Sent::Plain(Form::Csv)),
            ),
            ("multipart/form-data; boundary=abc", boundary("abc")),
            (
                "multipart/form-data; charset=x; boundary=\"a b\"",
                boundary("a b"),
            ),
            ("multipart/form-data", None),
            ("multipart/mixed; boundary=abc", None),
            ("text/plain", None),
            ("application/x-www-form-urlencoded", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            assert_eq!(Sent::of(&headers), expected, "{kind}");
        }
        assert_eq!(Sent::of(&HeaderMap::new()), None);
    }
}
