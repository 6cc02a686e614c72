//! Paths and queries as they are passed on, and links as they are passed back.

use homeroom_model::ObjectId;
use homeroom_wire::{Cursor, Request};
use serde_json::{Value, json};

/// The path and query of a request as they were sent.
pub(crate) fn as_sent(asked: &Request) -> String {
    if asked.query.is_empty() {
        return asked.path.clone();
    }
    format!("{}?{}", asked.path, asked.query)
}

/// A request at the source: another id in its path, another cursor, another limit.
pub(crate) fn at_source(
    asked: &Request,
    id: Option<ObjectId>,
    cursor: Cursor,
    limit: Option<usize>,
) -> String {
    let mut parameters: Vec<String> = parameters(&asked.query)
        .filter(|(name, _)| !is_cursor(name) && (limit.is_none() || *name != "limit"))
        .map(|(_, raw)| raw.to_owned())
        .collect();
    parameters.extend(limit.map(|limit| format!("limit={limit}")));
    parameters.extend(match cursor {
        Cursor::Start => None,
        Cursor::After(id) => Some(format!("starting_after={id}")),
        Cursor::Before(id) => Some(format!("ending_before={id}")),
        Cursor::Last => Some("ending_before=last".to_owned()),
    });
    let path = with_id(&asked.path, id);
    if parameters.is_empty() {
        return path;
    }
    format!("{path}?{}", parameters.join("&"))
}

/// The list that a request asks the number of, at the source.
pub(crate) fn without_count(asked: &Request, id: Option<ObjectId>) -> String {
    const NUMBERS: [&str; 4] = ["count", "limit", "page", "paging"];
    let kept =
        parameters(&asked.query).filter(|(name, _)| !is_cursor(name) && !NUMBERS.contains(name));
    let kept: Vec<_> = kept.map(|(_, raw)| raw).collect();
    format!("{}?{}", with_id(&asked.path, id), kept.join("&"))
}

/// A path with another id in the place of its own: the third part, behind version and collection.
fn with_id(path: &str, id: Option<ObjectId>) -> String {
    let Some(id) = id else {
        return path.to_owned();
    };
    let parts = path.split('/').filter(|part| !part.is_empty());
    let parts = parts.enumerate().map(|(at, part)| match at {
        2 => id.to_hex(),
        _ => part.to_owned(),
    });
    parts.fold(String::new(), |path, part| format!("{path}/{part}"))
}

fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let raw = query.split('&').filter(|raw| !raw.is_empty());
    raw.map(|raw| (raw.split_once('=').map_or(raw, |(name, _)| name), raw))
}

fn is_cursor(name: &str) -> bool {
    matches!(name, "starting_after" | "ending_before")
}

/// A link to another place of the list a request asks for: its other parameters stay, the cursor comes last.
pub(crate) fn moved(asked: &Request, parameter: &str, id: ObjectId) -> String {
    let kept = parameters(&asked.query).filter(|(name, _)| !is_cursor(name) && *name != "page");
    let query = kept.fold(String::new(), |query, (_, raw)| query + raw + "&");
    format!("{}?{query}{parameter}={id}", asked.path)
}

/// An address of the source with the limit that was asked for instead of another.
pub(crate) fn with_asked_limit(asked: &Request, uri: &str) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let own = parameters(&asked.query).find(|(name, _)| *name == "limit");
    let rest = parameters(query).filter(|(name, _)| *name != "limit");
    let all: Vec<_> = own.into_iter().chain(rest).map(|(_, raw)| raw).collect();
    if all.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", all.join("&"))
}

/// The links of a page that begins and ends with these ids (clever-api 5).
pub(crate) fn page_links(
    asked: &Request,
    first: Option<ObjectId>,
    last: Option<ObjectId>,
    more: bool,
) -> Value {
    let onward = |id: Option<ObjectId>| id.filter(|_| more);
    let (next, previous) = match asked.cursor {
        // Pages by number lead on to pages by cursor.
        _ if asked.page.is_some() => (onward(last), first.filter(|_| asked.page > Some(1))),
        Cursor::Start => (onward(last), None),
        Cursor::After(id) => (onward(last), Some(id)),
        Cursor::Before(id) => (Some(id), onward(first)),
        Cursor::Last => (last, onward(first)),
    };
    let link = |rel: &str, uri: String| json!({ "rel": rel, "uri": uri });
    let mut links = vec![link("self", as_sent(asked))];
    links.extend(next.map(|id| link("next", moved(asked, "starting_after", id))));
    links.extend(previous.map(|id| link("prev", moved(asked, "ending_before", id))));
    Value::Array(links)
}

/// A link of an answer, if it has it.
pub(crate) fn link<'v>(body: &'v mut Value, rel: &str) -> Option<&'v mut Value> {
    let links = body.get_mut("links")?.as_array_mut()?;
    let found = links
        .iter_mut()
        .find(|link| link.get("rel").and_then(Value::as_str) == Some(rel))?;
    found.get_mut("uri")
}

/// Makes a link lead somewhere, whether it was there or not.
pub(crate) fn set_link(body: &mut Value, rel: &str, uri: String) {
    if let Some(found) = link(body, rel) {
        *found = Value::String(uri);
    } else if let Some(links) = body.get_mut("links").and_then(Value::as_array_mut) {
        links.push(json!({ "rel": rel, "uri": uri }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "5f00aa11bb22cc33dd44ee01";

    fn asked(address: &str) -> Request {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        homeroom_wire::parse(path, Some(query)).unwrap()
    }

    #[test]
    fn addresses_are_turned_and_turned_back() {
        let request = asked(&format!(
            "/v3.1/sections/{A}/users?role=student&limit=9&starting_after={A}"
        ));
        let id = ObjectId::new([0x11; 12]);
        assert_eq!(
            at_source(&request, Some(id), Cursor::After(id), Some(3)),
            format!("/v3.1/sections/{id}/users?role=student&limit=3&starting_after={id}")
        );
        assert_eq!(
            with_asked_limit(&request, "/v3.1/x?role=student&limit=3&starting_after=1"),
            "/v3.1/x?limit=9&role=student&starting_after=1"
        );
        let bare = asked("/v3.1/users");
        assert_eq!(
            with_asked_limit(&bare, "/v3.1/users?limit=3"),
            "/v3.1/users"
        );
        assert_eq!(at_source(&bare, None, Cursor::Start, None), "/v3.1/users");
        assert_eq!(
            moved(&bare, "starting_after", id),
            format!("/v3.1/users?starting_after={id}")
        );
    }
}
