//! The one data handler: any request of any version, answered from a view.

use homeroom_segment::View;

use crate::envelope;
use crate::error_body::Refusal;
use crate::family3::Writer;
use crate::page::{Page, Run, cut};
use crate::request::{Cursor, Request};
use crate::routes::{Object, Shape};
use crate::select::{Place, collection, locate, related, through};

/// Appends the whole body of the answer to `out`. Equal requests on equal views give equal bytes. Nothing is appended when
/// the request is refused, which here means only that a record is not in the view ([`Refusal::NotFound`]).
pub fn answer(request: &Request, view: &View<'_>, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut answer = Answer::new(request, view)?;
    out.reserve(answer.size_hint());
    while answer.write(request, view, out, usize::MAX) {}
    Ok(())
}

/// An answer whose records are chosen and whose body is written part by part, so that a page of ten thousand records needs
/// no buffer of ten megabytes. Hold on to the request and the view: every part must get the same ones.
pub struct Answer {
    body: Body,
}

enum Body {
    Count(u64),
    /// A record, and whether it was reached by its own address.
    Single(Place, bool),
    /// The records of a page, whether there are more behind it, and how many are written.
    Page(Vec<Place>, bool, usize),
    Written,
}

impl Answer {
    /// Chooses the records; [`Refusal::NotFound`] if one that the path names is not in the view.
    pub fn new(request: &Request, view: &View<'_>) -> Result<Self, Refusal> {
        let view = *view;
        let route = request.route;
        let from = if route.takes_id() {
            let place = request.id.and_then(|id| locate(view, route.of, &id));
            Some(place.ok_or(Refusal::NotFound)?)
        } else {
            None
        };
        let body = match (route.shape, from) {
            (Shape::List, from) => list(request, view, from),
            (Shape::One, Some(place)) => Body::Single(place, true),
            (Shape::Through, Some(place)) => {
                let place = through(view, place, route.gives).ok_or(Refusal::NotFound)?;
                Body::Single(place, false)
            }
            (Shape::One | Shape::Through, None) => return Err(Refusal::NotFound),
        };
        Ok(Self { body })
    }

    /// About how many bytes the body has; most answers need fewer.
    pub fn size_hint(&self) -> usize {
        match &self.body {
            Body::Count(_) | Body::Written => 256,
            Body::Single(..) => 2048,
            Body::Page(places, ..) => {
                let first = places.first().map_or(0, |place| match place {
                    Place::Row(kind, _) => envelope::record_bytes(*kind),
                    Place::District => 1024,
                });
                512 + places.len() * first
            }
        }
    }

    /// Appends the next part: all there is, or records until about `bytes` are written, at least one. Returns whether more
    /// parts follow.
    pub fn write(
        &mut self,
        request: &Request,
        view: &View<'_>,
        out: &mut Vec<u8>,
        bytes: usize,
    ) -> bool {
        match &mut self.body {
            Body::Written => return false,
            Body::Count(number) => envelope::count(out, request, *number),
            Body::Single(place, own) => {
                let mut writer = Writer::new(request.version, *view, out);
                let relations = if *own {
                    writer.relations(*place)
                } else {
                    Vec::new()
                };
                envelope::single(&mut writer, *place, &relations);
            }
            Body::Page(places, more, written) => {
                let end = out.len().saturating_add(bytes);
                let mut writer = Writer::new(request.version, *view, out);
                if *written == 0 {
                    envelope::begin_list(&mut writer);
                }
                while let Some(place) = places.get(*written) {
                    envelope::item(&mut writer, *place, *written == 0);
                    *written += 1;
                    if writer.out().len() >= end && *written < places.len() {
                        return true;
                    }
                }
                envelope::end_list(&mut writer, request, places, *more);
            }
        }
        self.body = Body::Written;
        false
    }
}

fn list(request: &Request, view: View<'_>, from: Option<Place>) -> Body {
    if request.route.gives == Object::District {
        return districts(request, view);
    }
    let runs = match from {
        Some(place) => related(view, request, place),
        None => collection(view, request.route.gives, request.role),
    };
    if request.count {
        return Body::Count(runs.iter().map(Run::count).sum());
    }
    let Page { rows, more } = cut(&runs, request.cursor, request.limit);
    Body::Page(rows, more, 0)
}

/// The list of districts always holds exactly the view's own (clever-api 4.1). Cursors are honoured like on every list, so
/// that a client which asks for what follows the last id it saw comes to an end.
fn districts(request: &Request, view: View<'_>) -> Body {
    if request.count {
        return Body::Count(1);
    }
    let there = match request.cursor {
        Cursor::Start | Cursor::Last => true,
        Cursor::After(id) => view.district.id > id,
        Cursor::Before(id) => view.district.id < id,
    };
    Body::Page(
        there.then_some(Place::District).into_iter().collect(),
        false,
        0,
    )
}
