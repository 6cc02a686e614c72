//! What stands around documents (clever-api 4.3).

use crate::family3::Writer;
use crate::json;
use crate::links::{PageEnds, push_page_links, push_self};
use crate::request::Request;
use crate::select::Place;

/// A page of wrapped documents.
pub(crate) fn list(writer: &mut Writer<'_, '_>, request: &Request, page: &[Place], more: bool) {
    writer.raw(b"{\"data\":[");
    for (index, place) in page.iter().enumerate() {
        writer.raw(if index > 0 {
            b",{\"data\":"
        } else {
            b"{\"data\":"
        });
        writer.document(*place);
        writer.raw(b",\"uri\":\"");
        writer.address(*place);
        writer.raw(b"\"}");
    }
    writer.raw(b"],");
    let ends = PageEnds {
        first: page.first().map(|place| writer.id(*place)),
        last: page.last().map(|place| writer.id(*place)),
        more,
    };
    push_page_links(writer.out(), request, &ends);
    writer.raw(b"}");
}

/// One document; `relations` are the links beside `self`, relative to the document's own address.
pub(crate) fn single(writer: &mut Writer<'_, '_>, place: Place, relations: &[&str]) {
    writer.raw(b"{\"data\":");
    writer.document(place);
    writer.raw(b",\"links\":[{\"rel\":\"self\",\"uri\":\"");
    writer.address(place);
    for relation in relations {
        writer.raw(b"\"},{\"rel\":\"");
        writer.raw(relation.as_bytes());
        writer.raw(b"\",\"uri\":\"");
        writer.address(place);
        writer.raw(b"/");
        writer.raw(relation.as_bytes());
    }
    writer.raw(b"\"}]}");
}

/// The number of records.
pub(crate) fn count(out: &mut Vec<u8>, request: &Request, number: u64) {
    out.extend_from_slice(b"{\"count\":");
    json::push_number(out, number);
    out.extend_from_slice(b",\"links\":[");
    push_self(out, request);
    out.extend_from_slice(b"]}");
}
