//! Events: what a move of a view changed, as each version tells it (clever-api 6).
//!
//! Nothing is stored per event. A move of a view is two views and the records that may differ between them
//! ([`MovedRecords`]); an event is there for a version when the two documents of a record, in that version's shape and under
//! the views' scopes and masks, differ in more than `last_modified`, or when only one of them is there. It is written when it
//! is read. Ids and order come from the move alone.

mod belongs;
mod near;
mod page;
mod previous;
mod side;

use homeroom_model::{IdRange, Kind, ObjectId, Timestamp};
use homeroom_segment::{MovedPlace, MovedRecords, View};

use crate::envelope;
use crate::json::{self, hex};
use crate::request::Request;
use crate::routes::Object;
use crate::select::Place;
use crate::version::{Family, Version};
use crate::writer::Writer;

use near::Near;
pub use page::EventPage;
use side::side;

/// One move of a connection's view, with its events on.
#[derive(Clone, Copy)]
pub struct Move<'a> {
    /// The view as it was.
    pub before: View<'a>,
    /// The view as it became.
    pub after: View<'a>,
    /// What may differ between the two.
    pub records: &'a MovedRecords,
    /// The ids reserved for the move, one for each place of `records`.
    pub ids: IdRange,
    /// When the view moved.
    pub moved_at: Timestamp,
}

/// Whether the view shows the object whose events a path lists (versions 1.x). One that is gone may still have some.
pub fn shows_object(request: &Request, view: View<'_>) -> bool {
    let place = request
        .id
        .and_then(|id| crate::select::locate(view, request.route.of, &id));
    place.is_some()
}

/// The body of the answer to a request for one event; `None` if the move made none of that id for this version.
pub fn event(request: &Request, of: &Move<'_>) -> Option<Vec<u8>> {
    let id = request.id?;
    let place = of.first_place(&id, false);
    let mut out = b"{\"data\":".to_vec();
    let mut teller = Teller::new(request, *of);
    let told = teller.told(place).filter(|_| of.ids.get(place) == Some(id));
    let there = told.is_some_and(|told| teller.write(told, &id, &mut out));
    there.then(|| {
        out.extend_from_slice(b",\"links\":[{\"rel\":\"self\",\"uri\":\"");
        push_address(&mut out, request.version, &id);
        out.extend_from_slice(b"\"}]}");
        out
    })
}

/// How many events of a move a list has in all, wherever its page lies.
pub fn count_events(request: &Request, of: &Move<'_>) -> u64 {
    let mut teller = Teller::new(request, *of);
    let mut number = 0;
    for place in 0..of.places() {
        let told = teller.told(place);
        number += u64::from(told.is_some_and(|told| teller.shows(told)));
    }
    number
}

/// The answer that says how many events there are.
pub fn counted_events(request: &Request, count: u64) -> Vec<u8> {
    let mut body = Vec::new();
    envelope::count(&mut body, request, count);
    body
}

impl Object {
    /// What the types of the object's events begin with in a version; `None` where it has none (clever-api 6.1).
    pub fn event_prefix(self, version: &Version) -> Option<&'static str> {
        let prefix = match self {
            Self::Status | Self::Event => return None,
            // Versions 1.x have the documents, but no events of them.
            Self::DistrictAdmin if !Self::Contact.span().contains(version) => return None,
            Self::DistrictAdmin => "districtadmins",
            Self::SchoolAdmin => "schooladmins",
            Self::StudentContact => "studentcontacts",
            other => other.collection(),
        };
        self.span().contains(version).then_some(prefix)
    }
}

impl Move<'_> {
    /// Places that ids were reserved for.
    fn places(&self) -> u64 {
        self.records.places().min(self.ids.count)
    }

    /// The first place whose id is not below an id, or with `above` the first whose id is above it.
    fn first_place(&self, id: &ObjectId, above: bool) -> u64 {
        let (mut low, mut high) = (0, self.places());
        while low < high {
            let middle = low + (high - low) / 2;
            let before = self
                .ids
                .get(middle)
                .is_some_and(|own| if above { own <= *id } else { own < *id });
            if before {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// What may have happened at a place.
#[derive(Clone, Copy)]
struct Told {
    object: Object,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Created(Place),
    /// Where it was, and where it is.
    Updated(Place, Place),
    Deleted(Place),
}

/// Tells what happened at places of a move, best one after the other. Keeps what it read last and its buffers.
struct Teller<'a> {
    request: &'a Request,
    of: Move<'a>,
    /// When the view moved, as events say it.
    created: [u8; 24],
    before: Near,
    after: Near,
    /// A document before, and what it shows of the difference.
    was: Vec<u8>,
    tree: Vec<u8>,
    /// A document after, where it is not to be written.
    is: Vec<u8>,
}

impl<'a> Teller<'a> {
    fn new(request: &'a Request, of: Move<'a>) -> Self {
        // Whole seconds, as in live traffic (clever-api 6.3).
        let seconds = Timestamp::from_millis(of.moved_at.millis().div_euclid(1000) * 1000);
        Self {
            request,
            of,
            created: json::instant(seconds),
            before: Near::default(),
            after: Near::default(),
            was: Vec::new(),
            tree: Vec::new(),
            is: Vec::new(),
        }
    }

    /// What may have happened at a place and is asked for; whether an update shows in this version only its documents say.
    fn told(&self, place: u64) -> Option<Told> {
        let at = self.of.records.at(place)?;
        let version = self.request.version;
        let Move { before, after, .. } = self.of;
        let (told, view) = if at.deletes {
            (side(version, before, &at, &self.before)?, before)
        } else {
            (side(version, after, &at, &self.after)?, after)
        };
        let object = told.object;
        let id = crate::writer::id(view, told.place);
        let what = if at.deletes {
            if same(version, (after, &self.after), &at, object, &id).is_some() {
                return None;
            }
            What::Deleted(told.place)
        } else {
            let was = same(version, (before, &self.before), &at, object, &id);
            was.map_or(What::Created(told.place), |was| {
                What::Updated(was, told.place)
            })
        };
        object.event_prefix(version)?;
        let told = Told { object, what };
        told.asked_for(self.request, &self.of, &id).then_some(told)
    }

    /// Whether there is an event: an update may turn out to change nothing in this version.
    fn shows(&mut self, told: Told) -> bool {
        let What::Updated(was, is) = told.what else {
            return true;
        };
        let version = self.request.version;
        self.was.clear();
        Writer::new(version, self.of.before, &mut self.was).document(was);
        self.is.clear();
        Writer::new(version, self.of.after, &mut self.is).document(is);
        self.tree.clear();
        previous::push(&mut self.tree, &self.was, &self.is)
    }

    /// Appends the event; `false`, and nothing appended, if it turns out that there is none.
    fn write(&mut self, told: Told, id: &ObjectId, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let version = self.request.version;
        let (what, view, place) = match told.what {
            What::Created(place) => (".created", self.of.after, place),
            What::Updated(_, place) => (".updated", self.of.after, place),
            What::Deleted(place) => (".deleted", self.of.before, place),
        };
        out.extend_from_slice(b"{\"id\":\"");
        out.extend_from_slice(&hex(id));
        out.extend_from_slice(b"\",\"type\":\"");
        let prefix = told.object.event_prefix(version).unwrap_or_default();
        out.extend_from_slice(prefix.as_bytes());
        out.extend_from_slice(what.as_bytes());
        out.extend_from_slice(b"\",\"created\":\"");
        out.extend_from_slice(&self.created);
        out.extend_from_slice(b"\",\"data\":{\"object\":");
        let document = out.len();
        Writer::new(version, view, out).document(place);
        if let What::Updated(was, _) = told.what {
            self.was.clear();
            Writer::new(version, self.of.before, &mut self.was).document(was);
            self.tree.clear();
            let is = out.get(document..).unwrap_or_default();
            if !previous::push(&mut self.tree, &self.was, is) {
                out.truncate(start);
                return false;
            }
            out.extend_from_slice(b",\"previous_attributes\":");
            out.extend_from_slice(&self.tree);
        }
        out.extend_from_slice(b"}}");
        true
    }
}

/// The record that a view shows under an id: at the place itself, or, since roles keep their ids when they go from one user to
/// another, elsewhere.
fn same(
    version: &Version,
    (view, near): (View<'_>, &Near),
    at: &MovedPlace,
    object: Object,
    id: &ObjectId,
) -> Option<Place> {
    let here = side(version, view, at, near).map(|here| here.place);
    let here = here.filter(|place| crate::writer::id(view, *place) == *id);
    here.or_else(|| match at.record? {
        (Kind::Employee | Kind::Contact, _) if version.family != Family::Three => {
            crate::select::locate(view, object, id)
        }
        _ => None,
    })
}

impl Told {
    fn asked_for(&self, request: &Request, of: &Move<'_>, id: &ObjectId) -> bool {
        // A path that lists the events of one object names it; that of one event names the event.
        let about = request.route.of != Object::Event;
        if about && (request.route.of != self.object || request.id != Some(*id)) {
            return false;
        }
        if !request.record_types.is_empty() && !request.record_types.contains(&self.object) {
            return false;
        }
        let Some(school) = &request.school else {
            return true;
        };
        let belongs = |view, place| belongs::to_school(view, place, school);
        match self.what {
            What::Created(is) => belongs(of.after, is),
            What::Deleted(was) => belongs(of.before, was),
            What::Updated(was, is) => belongs(of.after, is) || belongs(of.before, was),
        }
    }
}

/// An event's own address.
fn push_address(out: &mut Vec<u8>, version: &Version, id: &ObjectId) {
    out.push(b'/');
    out.extend_from_slice(version.name.as_bytes());
    out.extend_from_slice(b"/events/");
    out.extend_from_slice(&hex(id));
}
