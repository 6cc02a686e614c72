//! The one data handler: any request of any version, answered from a view.

use homeroom_segment::View;

use crate::envelope::{self, Numbers};
use crate::error_body::Refusal;
use crate::filter::Budget;
use crate::page::{Page, Run, cut};
use crate::request::{Cursor, MAX_LIMIT, Request};
use crate::routes::{Items, Object, Route, Shape};
use crate::select::{self, Place, collection, grades, locate, related, through};
use crate::writer::Writer;

/// Records a filter may look at in one request, where nobody says otherwise: a whole list of the largest district.
pub const FILTER_ROWS: u64 = 2_000_000;

/// Appends the whole body of the answer to `out`. Equal requests on equal views give equal bytes. Nothing is appended when
/// the request is refused, which here means that a record is not in the view ([`Refusal::NotFound`]), or that choosing the
/// records costs too much.
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
    /// A record, whether it was reached by its own address, and lists that go into it.
    Single(Place, bool, Vec<Included>),
    Page(Listing),
    Grades(Vec<&'static str>),
    Written,
}

/// A page of records.
struct Listing {
    places: Vec<Place>,
    /// Whether there are more behind it.
    more: bool,
    /// How many are written.
    written: usize,
    /// Numbers of all records, where the version tells them.
    numbers: Option<Numbers>,
}

/// A list inside a document.
type Included = (&'static str, Vec<Place>);

impl Answer {
    /// Chooses the records; [`Refusal::NotFound`] if one that the path names is not in the view, and
    /// [`Refusal::FilterTooCostly`] if a filter would have to look at more than [`FILTER_ROWS`].
    pub fn new(request: &Request, view: &View<'_>) -> Result<Self, Refusal> {
        Self::within(request, view, FILTER_ROWS)
    }

    /// Like [`Answer::new`], where a filter may look at so many records.
    pub fn within(request: &Request, view: &View<'_>, filter_rows: u64) -> Result<Self, Refusal> {
        let view = *view;
        let route = request.route;
        let from = if route.takes_id() {
            let place = request.id.and_then(|id| locate(view, route.of, &id));
            Some(place.ok_or(Refusal::NotFound)?)
        } else {
            None
        };
        let body = match (route.shape, from) {
            (Shape::List, Some(place)) if route.items == Items::Grades => {
                Body::Grades(grades(view, place))
            }
            (Shape::List, from) => list(request, view, from, filter_rows)?,
            (Shape::One, Some(place)) => {
                let included = request.include.iter();
                let included = included.map(|list| include(request, view, place, list));
                Body::Single(place, true, included.collect::<Result<_, _>>()?)
            }
            (Shape::Through, Some(place)) => {
                let place = through(view, request.version, place, route.gives);
                Body::Single(place.ok_or(Refusal::NotFound)?, false, Vec::new())
            }
            (Shape::One | Shape::Through, None) => return Err(Refusal::NotFound),
        };
        Ok(Self { body })
    }

    /// About how many bytes the body has; most answers need fewer.
    pub fn size_hint(&self) -> usize {
        match &self.body {
            Body::Count(_) | Body::Written | Body::Grades(_) => 256,
            Body::Single(_, _, included) => {
                let lists = included.iter();
                let lists = lists.map(|(_, places)| envelope::page_bytes(places));
                2048 + lists.sum::<usize>()
            }
            Body::Page(page) => 512 + envelope::page_bytes(&page.places),
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
        let end = out.len().saturating_add(bytes);
        let mut writer = Writer::new(request.version, *view, out);
        match &mut self.body {
            Body::Written => return false,
            Body::Count(number) => envelope::count(writer.out(), request, *number),
            Body::Grades(grades) => envelope::texts(&mut writer, request, grades),
            Body::Single(place, own, included) => {
                let links = if *own {
                    select::relations(request.version, *view, request.route.of, *place)
                } else {
                    Vec::new()
                };
                envelope::single(&mut writer, *place, &links, included);
            }
            Body::Page(page) => {
                if page.write(&mut writer, request, end) {
                    return true;
                }
            }
        }
        self.body = Body::Written;
        false
    }
}

impl Listing {
    /// Writes records until the buffer ends somewhere; whether there are more to write.
    fn write(&mut self, writer: &mut Writer<'_, '_>, request: &Request, end: usize) -> bool {
        if self.written == 0 {
            envelope::begin_list(writer);
        }
        while let Some(place) = self.places.get(self.written) {
            envelope::item(writer, request, *place, self.written == 0);
            self.written += 1;
            if writer.out().len() >= end && self.written < self.places.len() {
                return true;
            }
        }
        let numbers = self.numbers.as_ref();
        envelope::end_list(writer, request, &self.places, self.more, numbers);
        false
    }
}

fn list(
    request: &Request,
    view: View<'_>,
    from: Option<Place>,
    filter_rows: u64,
) -> Result<Body, Refusal> {
    match request.route.gives {
        Object::District => return Ok(alone(request, view, Place::District)),
        Object::Status => return Ok(alone(request, view, Place::Status)),
        _ => {}
    }
    let mut runs = match from {
        Some(place) => related(view, request, place),
        None => collection(view, request.route.gives, request.role),
    };
    if let Some(filter) = &request.filter {
        let mut budget = Budget::new(filter_rows);
        let kept = runs
            .into_iter()
            .map(|run| filter.keep(view, run, &mut budget));
        runs = kept.collect::<Result<_, _>>()?;
    }
    let number = || runs.iter().map(Run::count).sum();
    if request.count {
        return Ok(Body::Count(number()));
    }
    let before = request.page.unwrap_or(1) - 1;
    let skip = before.saturating_mul(request.limit);
    let Page { rows, more } = cut(&runs, request.cursor, request.limit, skip);
    Ok(Body::Page(Listing {
        places: rows,
        more,
        written: 0,
        numbers: numbers(request, number),
    }))
}

fn numbers(request: &Request, number: impl FnOnce() -> u64) -> Option<Numbers> {
    let told = request.version.rules.numbered_pages;
    told.then(|| Numbers::new(request, number()))
}

/// A list that always holds exactly one record: that of districts the view's own (clever-api 4.1). Cursors are honoured like
/// on every list, so that a client which asks for what follows the last id it saw comes to an end.
fn alone(request: &Request, view: View<'_>, place: Place) -> Body {
    if request.count {
        return Body::Count(1);
    }
    let there = match request.cursor {
        Cursor::Start | Cursor::Last => request.page.is_none_or(|page| page == 1),
        Cursor::After(id) => view.district.id > id,
        Cursor::Before(id) => view.district.id < id,
    };
    Body::Page(Listing {
        places: there.then_some(place).into_iter().collect(),
        more: false,
        written: 0,
        numbers: numbers(request, || 1),
    })
}

/// A list that goes into a document, whole.
fn include(
    request: &Request,
    view: View<'_>,
    from: Place,
    list: &'static Route,
) -> Result<Included, Refusal> {
    let runs = select::related_to(view, request.version, from, list.gives);
    let Page { rows, more } = cut(&runs, Cursor::Start, MAX_LIMIT, 0);
    if more {
        return Err(Refusal::IncludeTooLarge);
    }
    Ok((list.relation().unwrap_or_default(), rows))
}
