//! The one data handler: any request of any version, answered from a view.

use homeroom_segment::View;

use crate::envelope;
use crate::error_body::Refusal;
use crate::family3::Writer;
use crate::page::{Page, cut};
use crate::request::{Cursor, Request};
use crate::routes::{Object, Shape};
use crate::select::{Place, collection, locate, related, through};

/// Room set aside for each record of a page, in bytes; most documents are smaller, so that a page rarely grows its buffer.
const RECORD_BYTES: usize = 1200;

/// Appends the body of the answer to `out`. Equal requests on equal views give equal bytes. Nothing is appended when the
/// request is refused, which here means only that a record is not in the view ([`Refusal::NotFound`]).
pub fn answer(request: &Request, view: &View<'_>, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let view = *view;
    let route = request.route;
    let from = if route.takes_id() {
        let place = request.id.and_then(|id| locate(view, route.of, &id));
        Some(place.ok_or(Refusal::NotFound)?)
    } else {
        None
    };
    match (route.shape, from) {
        (Shape::List, from) => list(request, view, from, out),
        (Shape::One, Some(place)) => {
            let mut writer = Writer::new(request.version, view, out);
            let relations = writer.relations(place);
            envelope::single(&mut writer, place, &relations);
        }
        (Shape::Through, Some(place)) => {
            let place = through(view, place, route.gives).ok_or(Refusal::NotFound)?;
            envelope::single(&mut Writer::new(request.version, view, out), place, &[]);
        }
        (Shape::One | Shape::Through, None) => return Err(Refusal::NotFound),
    }
    Ok(())
}

fn list(request: &Request, view: View<'_>, from: Option<Place>, out: &mut Vec<u8>) {
    let runs = match from {
        Some(place) => related(view, request, place),
        None => collection(view, request.route.gives, request.role),
    };
    let district = request.route.gives == Object::District;
    if request.count {
        let number = runs.iter().map(crate::page::Run::count).sum();
        envelope::count(out, request, if district { 1 } else { number });
        return;
    }
    let Page { rows, more } = cut(&runs, request.cursor, request.limit);
    let places: Vec<_> = if district {
        district_page(request, view)
    } else {
        let places = rows.into_iter().map(|(kind, row)| Place::Row(kind, row));
        places.collect()
    };
    out.reserve(places.len() * RECORD_BYTES + 512);
    let mut writer = Writer::new(request.version, view, out);
    envelope::list(&mut writer, request, &places, more);
}

/// The list of districts always holds exactly the view's own (clever-api 4.1). Cursors are honoured like on every list, so
/// that a client which asks for what follows the last id it saw comes to an end.
fn district_page(request: &Request, view: View<'_>) -> Vec<Place> {
    let there = match request.cursor {
        Cursor::Start | Cursor::Last => true,
        Cursor::After(id) => view.district.id > id,
        Cursor::Before(id) => view.district.id < id,
    };
    there.then_some(Place::District).into_iter().collect()
}
