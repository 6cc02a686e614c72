//! What stands around documents (clever-api 4.3).

use homeroom_model::Kind;

use crate::family3::Writer;
use crate::json;
use crate::links::{PageEnds, push_page_links, push_self};
use crate::request::Request;
use crate::select::Place;

/// About how many bytes a record of a page takes; most take fewer, so that a page rarely grows its buffer.
pub(crate) fn record_bytes(kind: Kind) -> usize {
    match kind {
        Kind::Student | Kind::Section => 1200,
        Kind::Employee => 1000,
        Kind::School | Kind::Contact => 800,
        Kind::Course | Kind::Term | Kind::Resource | Kind::ContactLink => 400,
    }
}

pub(crate) fn begin_list(writer: &mut Writer<'_, '_>) {
    writer.raw(b"{\"data\":[");
}

/// One record of a page, wrapped.
pub(crate) fn item(writer: &mut Writer<'_, '_>, place: Place, first: bool) {
    writer.raw(if first { b"{\"data\":" } else { b",{\"data\":" });
    writer.document(place);
    writer.raw(b",\"uri\":\"");
    writer.address(place);
    writer.raw(b"\"}");
}

pub(crate) fn end_list(writer: &mut Writer<'_, '_>, request: &Request, page: &[Place], more: bool) {
    let ends = PageEnds {
        first: page.first().map(|place| writer.id(*place)),
        last: page.last().map(|place| writer.id(*place)),
        more,
    };
    writer.raw(b"],");
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
