//! What stands around documents (clever-api 4.3).

use homeroom_model::{Kind, Role};

use crate::json;
use crate::links::{PageEnds, push_page_links, push_self};
use crate::request::Request;
use crate::routes::Items;
use crate::select::Place;
use crate::writer::Writer;

/// About how many bytes the records of a page take; most take fewer, so that a page rarely grows its buffer.
pub(crate) fn page_bytes(places: &[Place]) -> usize {
    let each = places.first().map_or(0, |place| match place {
        Place::District | Place::Status => 1024,
        Place::Row(Kind::Student | Kind::Section, _) => 1200,
        Place::Row(Kind::Employee, _) | Place::Role(Role::Teacher, _) => 1000,
        Place::Row(Kind::School | Kind::Contact, _) | Place::Role(..) => 800,
        Place::Row(Kind::ContactLink, _) => 500,
        Place::Row(Kind::Course | Kind::Term | Kind::Resource, _) => 400,
    });
    places.len() * each
}

/// `paging` of versions 1.x: which page, how many pages, how many records in all (clever-api 5). There is always a first
/// page, so that a client which goes on until it is at the last one comes to an end.
pub(crate) struct Numbers {
    current: u64,
    total: u64,
    count: u64,
}

impl Numbers {
    pub(crate) fn new(request: &Request, count: u64) -> Self {
        Self {
            current: request.page.map_or(1, |page| page as u64),
            total: count.div_ceil(request.limit as u64).max(1),
            count,
        }
    }
}

pub(crate) fn begin_list(writer: &mut Writer<'_, '_>) {
    writer.raw(b"{\"data\":[");
}

/// One record of a page: wrapped, or as it is in the bare lists of versions 1.x.
pub(crate) fn item(writer: &mut Writer<'_, '_>, request: &Request, place: Place, first: bool) {
    if !first {
        writer.raw(b",");
    }
    if request.route.items == Items::Plain && !request.show_links {
        return writer.document(place);
    }
    wrapped(writer, place);
}

fn wrapped(writer: &mut Writer<'_, '_>, place: Place) {
    writer.raw(b"{\"data\":");
    writer.document(place);
    writer.raw(b",\"uri\":\"");
    let start = writer.out().len();
    writer.address(place);
    if writer.rules.numbered_pages {
        let end = writer.out().len();
        writer.raw(b"\",\"links\":[{\"rel\":\"self\",\"uri\":\"");
        writer.out().extend_from_within(start..end);
        writer.raw(b"\"}]}");
    } else {
        writer.raw(b"\"}");
    }
}

pub(crate) fn end_list(
    writer: &mut Writer<'_, '_>,
    request: &Request,
    page: &[Place],
    more: bool,
    numbers: Option<&Numbers>,
) {
    let ends = PageEnds {
        first: page.first().map(|place| writer.id(*place)),
        last: page.last().map(|place| writer.id(*place)),
        more,
    };
    writer.raw(b"],");
    if let Some(numbers) = numbers {
        push_numbers(writer.out(), numbers);
    }
    push_page_links(writer.out(), request, &ends);
    writer.raw(b"}");
}

/// Appends `paging` and the comma behind it.
pub(crate) fn push_numbers(out: &mut Vec<u8>, numbers: &Numbers) {
    for (key, number) in [
        (b"\"paging\":{\"current\":".as_slice(), numbers.current),
        (b",\"total\":", numbers.total),
        (b",\"count\":", numbers.count),
    ] {
        out.extend_from_slice(key);
        json::push_number(out, number);
    }
    out.extend_from_slice(b"},");
}

/// One document; `relations` are the links beside `self`, relative to the document's own address. `included` lists stand in
/// the document under their names, as arrays of wrapped items (clever-api 12, item 19).
pub(crate) fn single(
    writer: &mut Writer<'_, '_>,
    place: Place,
    relations: &[&str],
    included: &[(&'static str, Vec<Place>)],
) {
    writer.raw(b"{\"data\":");
    writer.schools_included = included.iter().any(|(name, _)| *name == "schools");
    writer.document(place);
    if !included.is_empty() {
        // The document goes on: its closing brace comes later.
        writer.out().pop();
        for (name, places) in included {
            writer.raw(b",\"");
            writer.raw(name.as_bytes());
            writer.raw(b"\":[");
            for (at, place) in places.iter().enumerate() {
                if at > 0 {
                    writer.raw(b",");
                }
                wrapped(writer, *place);
            }
            writer.raw(b"]");
        }
        writer.raw(b"}");
    }
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

/// A list of texts: none needs escaping.
pub(crate) fn texts(writer: &mut Writer<'_, '_>, request: &Request, texts: &[&str]) {
    let texts = texts.iter().map(|text| text.as_bytes());
    writer.texts(b"{\"data\":[", texts);
    writer.raw(b",\"links\":[");
    push_self(writer.out(), request);
    writer.raw(b"]}");
}

/// The number of records.
pub(crate) fn count(out: &mut Vec<u8>, request: &Request, number: u64) {
    out.extend_from_slice(b"{\"count\":");
    json::push_number(out, number);
    out.extend_from_slice(b",\"links\":[");
    push_self(out, request);
    out.extend_from_slice(b"]}");
}
