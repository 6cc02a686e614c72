//! Addresses in answers: the request repeated, and where to go on (clever-api 5, the seed's form).

use homeroom_model::ObjectId;

use crate::json::{hex, push_escaped};
use crate::query::parameters;
use crate::request::{Cursor, Request};

/// What the links of a page depend on.
pub(crate) struct PageEnds {
    /// Id of the first record on the page.
    pub(crate) first: Option<ObjectId>,
    /// Id of the last record on the page.
    pub(crate) last: Option<ObjectId>,
    /// Whether there are more records in the direction in which the page was cut.
    pub(crate) more: bool,
}

/// Appends `"links":[…]` of a page: `self`, then `next`, then `prev`.
///
/// A link that does not apply is left out, but a page that was reached by a cursor always has the way back: the other
/// cursor with the same id, which the page beyond then excludes. That is the form of the seed; live traffic of 3.0 used the
/// first id of the page instead (clever-api 12, item 1), which would be a change of [`neighbours`] only.
pub(crate) fn push_page_links(out: &mut Vec<u8>, request: &Request, ends: &PageEnds) {
    out.extend_from_slice(b"\"links\":[");
    push_self(out, request);
    let (next, previous) = match request.page {
        // Pages by number lead on to pages by cursor: `page` would point elsewhere beside one.
        Some(page) => (
            ends.last.filter(|_| ends.more),
            ends.first.filter(|_| page > 1),
        ),
        None => neighbours(request.cursor, ends),
    };
    for (rel, parameter, id) in [
        ("next", "starting_after", next),
        ("prev", "ending_before", previous),
    ] {
        if let Some(id) = id {
            out.extend_from_slice(b",{\"rel\":\"");
            out.extend_from_slice(rel.as_bytes());
            out.extend_from_slice(b"\",\"uri\":\"");
            push_moved(
                out,
                (&request.path, &request.query),
                request.page.is_some(),
                parameter,
                &id,
            );
            out.extend_from_slice(b"\"}");
        }
    }
    out.push(b']');
}

/// The cursors of the pages after and before this one.
pub(crate) fn neighbours(cursor: Cursor, ends: &PageEnds) -> (Option<ObjectId>, Option<ObjectId>) {
    let onward = |id: Option<ObjectId>| id.filter(|_| ends.more);
    match cursor {
        Cursor::Start => (onward(ends.last), None),
        Cursor::After(id) => (onward(ends.last), Some(id)),
        Cursor::Before(id) => (Some(id), onward(ends.first)),
        Cursor::Last => (ends.last, onward(ends.first)),
    }
}

/// Appends a `self` link that repeats the request's path and query as they were sent.
pub(crate) fn push_self(out: &mut Vec<u8>, request: &Request) {
    out.extend_from_slice(b"{\"rel\":\"self\",\"uri\":\"");
    push_escaped(out, request.path.as_bytes());
    if !request.query.is_empty() {
        out.push(b'?');
        push_escaped(out, request.query.as_bytes());
    }
    out.extend_from_slice(b"\"}");
}

/// Appends an address, given by path and query, at another place: every other parameter stays as it was sent, both cursors
/// go (and `page`, where pages are numbered), the new cursor comes last.
pub(crate) fn push_moved(
    out: &mut Vec<u8>,
    (path, query): (&str, &str),
    numbered: bool,
    parameter: &str,
    id: &ObjectId,
) {
    push_escaped(out, path.as_bytes());
    out.push(b'?');
    for kept in parameters(query) {
        let moves = match &*kept.name {
            b"starting_after" | b"ending_before" => true,
            b"page" => numbered,
            _ => false,
        };
        if !moves {
            push_escaped(out, kept.raw.as_bytes());
            out.push(b'&');
        }
    }
    out.extend_from_slice(parameter.as_bytes());
    out.push(b'=');
    out.extend_from_slice(&hex(id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::parse;

    const A: &str = "5f00aa11bb22cc33dd44ee01";

    fn id(digit: u8) -> ObjectId {
        ObjectId::new([digit; 12])
    }

    /// The links of a page from 0x11… to 0x22…, as lines.
    fn links(address: &str, more: bool, empty: bool) -> String {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let request = parse(path, Some(query)).unwrap();
        let mut out = b"{".to_vec();
        let ends = PageEnds {
            first: (!empty).then(|| id(0x11)),
            last: (!empty).then(|| id(0x22)),
            more,
        };
        push_page_links(&mut out, &request, &ends);
        out.push(b'}');
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let lines: Vec<_> = value["links"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| {
                let uri = link["uri"].as_str().unwrap();
                let uri = uri.replace(&"11".repeat(12), "FIRST");
                let uri = uri.replace(&"22".repeat(12), "LAST").replace(A, "A");
                format!("{} {uri}", link["rel"].as_str().unwrap())
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn the_seeds_sample() {
        let address = format!("/v3.0/sections?starting_after={A}");
        assert_eq!(
            links(&address, true, false),
            "self /v3.0/sections?starting_after=A\n\
             next /v3.0/sections?starting_after=LAST\n\
             prev /v3.0/sections?ending_before=A"
        );
    }

    #[test]
    fn each_kind_of_page_has_its_links() {
        let cases = [
            (
                "",
                true,
                false,
                "self /v3.1/users\nnext /v3.1/users?starting_after=LAST",
            ),
            ("", false, false, "self /v3.1/users"),
            ("", false, true, "self /v3.1/users"),
            ("?", false, false, "self /v3.1/users"),
            (
                "?starting_after=A",
                false,
                false,
                "self /v3.1/users?starting_after=A\nprev /v3.1/users?ending_before=A",
            ),
            (
                "?starting_after=A",
                false,
                true,
                "self /v3.1/users?starting_after=A\nprev /v3.1/users?ending_before=A",
            ),
            (
                "?ending_before=A",
                true,
                false,
                "self /v3.1/users?ending_before=A\nnext /v3.1/users?starting_after=A\nprev /v3.1/users?ending_before=FIRST",
            ),
            (
                "?ending_before=A",
                false,
                false,
                "self /v3.1/users?ending_before=A\nnext /v3.1/users?starting_after=A",
            ),
            (
                "?ending_before=A",
                false,
                true,
                "self /v3.1/users?ending_before=A\nnext /v3.1/users?starting_after=A",
            ),
            (
                "?ending_before=last",
                true,
                false,
                "self /v3.1/users?ending_before=last\nnext /v3.1/users?starting_after=LAST\nprev /v3.1/users?ending_before=FIRST",
            ),
            (
                "?ending_before=last",
                false,
                true,
                "self /v3.1/users?ending_before=last",
            ),
        ];
        for (query, more, empty, expected) in cases {
            let address = format!("/v3.1/users{}", query.replace('A', A));
            assert_eq!(links(&address, more, empty), expected, "{query}");
        }
    }

    #[test]
    fn other_parameters_keep_their_text_and_order() {
        let address =
            format!("/V3.1//Users/?role=%74eacher&starting%5Fafter={A}&&limit=25&x=a+b\"c");
        assert_eq!(
            links(&address, true, false),
            "self /V3.1//Users/?role=%74eacher&starting%5Fafter=A&&limit=25&x=a+b\"c\n\
             next /V3.1//Users/?role=%74eacher&limit=25&x=a+b\"c&starting_after=LAST\n\
             prev /V3.1//Users/?role=%74eacher&limit=25&x=a+b\"c&ending_before=A"
        );
    }
}
