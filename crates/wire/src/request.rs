//! A path and a query as a request of the API (clever-api 4 and 5).

use std::borrow::Cow;

use homeroom_model::{ObjectId, Role};

use crate::error_body::Refusal;
use crate::filter::Filter;
use crate::query::parameters;
use crate::routes::{Object, Route};
use crate::version::Version;

/// Records on a page when `limit` is not given.
pub const DEFAULT_LIMIT: usize = 100;

/// The largest `limit`; more is refused, not cut (clever-api 5).
pub const MAX_LIMIT: usize = 10_000;

/// Where a page lies in the ascending order of ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// At the beginning.
    Start,
    /// Right after an id, which need not exist (any more).
    After(ObjectId),
    /// Right before an id, which need not exist (any more).
    Before(ObjectId),
    /// At the end: `ending_before=last`.
    Last,
}

/// A request that is understood: what to read, and the text that links repeat.
#[derive(Clone, Debug)]
pub struct Request {
    /// The version that was asked.
    pub version: &'static Version,
    /// The row of the route table.
    pub route: &'static Route,
    /// The id in the path; `None` where the path has none, and where what stands there is no id at all.
    pub id: Option<ObjectId>,
    /// Largest number of records on the page.
    pub limit: usize,
    /// Where the page lies.
    pub cursor: Cursor,
    /// Restrict users to those with a role.
    pub role: Option<Role>,
    /// Restrict to primary schools.
    pub primary: bool,
    /// Ask for the number of records instead of the records.
    pub count: bool,
    /// The number of the page, from 1, where pages are asked for by number: versions 1.x (clever-api 5).
    pub page: Option<usize>,
    /// What `where` asks for; `None` if it restricts nothing. Choosing the records then costs a look at each candidate, so
    /// [`crate::Answer::new`] belongs on a thread that may be busy.
    pub filter: Option<Filter>,
    /// Lists to add to the document, in the order asked for, each once: `include` of versions 1.x (clever-api 12, item 19).
    pub include: Vec<&'static Route>,
    /// Only events about these objects; about any where it is empty (clever-api 6.2).
    pub record_types: Vec<Object>,
    /// Only events about what belongs to a school.
    pub school: Option<ObjectId>,
    /// Whether the items of a plain list are wrapped (clever-api 12, item 20).
    pub show_links: bool,
    /// The path as it was sent.
    pub path: String,
    /// The query as it was sent, without the question mark; empty if there was none.
    pub query: String,
}

/// Reads a request. `path` and `query` are as sent, still encoded, `query` without its question mark.
///
/// Fixed parts of the path match in either case, and empty parts (doubled and trailing slashes) are passed over. Parameters
/// that the path does not know are ignored; of a repeated one the last counts (our choice; the sources are silent). With
/// `count=true` the page parameters are not looked at: the number is that of the whole collection (clever-api 5), of one
/// role where `role` is given (settled).
///
/// A record's id is not looked up here: what is no id at all passes and is refused by [`crate::answer`] like an unknown one,
/// so that both are the same to whoever asks.
pub fn parse(path: &str, query: Option<&str>) -> Result<Request, Refusal> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let version = parts
        .next()
        .and_then(Version::from_name)
        .ok_or(Refusal::UnknownPath)?;
    let parts: Vec<_> = parts.take(4).collect();
    let (route, id) = Route::find(version, &parts).ok_or(Refusal::UnknownPath)?;
    let query = query.unwrap_or("");
    let given = Given::read(version, route, query);
    let count = given.count.is_some_and(|value| *value == *b"true");
    let (limit, cursor) = if count {
        (DEFAULT_LIMIT, Cursor::Start)
    } else {
        (
            given.limit.map_or(Ok(DEFAULT_LIMIT), |text| limit(&text))?,
            cursor(given.starting_after, given.ending_before)?,
        )
    };
    let page = given.page.filter(|_| !count);
    let page = page.map(|text| page_number(&text, cursor)).transpose()?;
    let filter = given
        .filter
        .map(|text| Filter::parse(version, route.gives, &text));
    let include = given.include.as_deref().unwrap_or_default();
    Ok(Request {
        version,
        route,
        id: id.and_then(ObjectId::from_hex),
        limit,
        cursor,
        role: given.role.map(|text| role(route, &text)).transpose()?,
        primary: given.primary.map_or(Ok(false), |text| primary(&text))?,
        count,
        page,
        filter: filter.transpose()?.flatten(),
        include: included(version, route, include),
        record_types: given
            .record_types
            .iter()
            .map(|text| record_type(version, text))
            .collect::<Result<_, _>>()?,
        school: given.school.map(|text| school(&text)).transpose()?,
        show_links: given.show_links.is_some_and(|value| *value == *b"true"),
        path: path.to_owned(),
        query: query.to_owned(),
    })
}

/// The values of the parameters a route knows.
#[derive(Default)]
struct Given<'q> {
    limit: Option<Cow<'q, [u8]>>,
    starting_after: Option<Cow<'q, [u8]>>,
    ending_before: Option<Cow<'q, [u8]>>,
    count: Option<Cow<'q, [u8]>>,
    role: Option<Cow<'q, [u8]>>,
    primary: Option<Cow<'q, [u8]>>,
    page: Option<Cow<'q, [u8]>>,
    filter: Option<Cow<'q, [u8]>>,
    include: Option<Cow<'q, [u8]>>,
    show_links: Option<Cow<'q, [u8]>>,
    school: Option<Cow<'q, [u8]>>,
    /// All of them: this one may be repeated.
    record_types: Vec<Cow<'q, [u8]>>,
}

impl<'q> Given<'q> {
    fn read(version: &Version, route: &Route, query: &'q str) -> Self {
        let mut given = Self::default();
        let pages = route.has_pages();
        let numbered = pages && version.rules.numbered_pages;
        for parameter in parameters(query) {
            let slot = match &*parameter.name {
                b"limit" if pages => &mut given.limit,
                b"starting_after" if pages => &mut given.starting_after,
                b"ending_before" if pages => &mut given.ending_before,
                b"count" if route.counts => &mut given.count,
                b"role" if !route.roles.is_empty() => &mut given.role,
                b"primary" if route.primary => &mut given.primary,
                b"page" if numbered => &mut given.page,
                b"where" if route.filters => &mut given.filter,
                b"include" if route.includes => &mut given.include,
                b"school" if route.event_filters => &mut given.school,
                b"record_type" | b"record_type[]" if route.event_filters => {
                    given.record_types.push(parameter.value);
                    continue;
                }
                b"show_links" if route.show_links => &mut given.show_links,
                _ => continue,
            };
            *slot = Some(parameter.value);
        }
        given
    }
}

fn limit(text: &[u8]) -> Result<usize, Refusal> {
    match digits(text) {
        None | Some(0) => Err(Refusal::BadLimit),
        Some(number @ 1..=MAX_LIMIT) => Ok(number),
        Some(_) => Err(Refusal::LimitTooLarge),
    }
}

/// Pages are numbered from the beginning, so a cursor says something else.
fn page_number(text: &[u8], cursor: Cursor) -> Result<usize, Refusal> {
    if cursor != Cursor::Start {
        return Err(Refusal::PageAndCursor);
    }
    match digits(text) {
        None | Some(0) => Err(Refusal::BadPage),
        Some(number) => Ok(number),
    }
}

/// A number written in digits alone; the largest there is where it is larger than that.
fn digits(text: &[u8]) -> Option<usize> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0_usize, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(usize::from(digit - b'0'))
    }))
}

/// The lists that `include` names; other names are ignored (clever-api 12, item 19).
fn included(version: &Version, route: &Route, names: &[u8]) -> Vec<&'static Route> {
    let mut found: Vec<&'static Route> = Vec::new();
    for name in names.split(|byte| *byte == b',') {
        let list = Route::of_version(version).find(|list| {
            list.may_be_included(route)
                && list
                    .relation()
                    .is_some_and(|relation| relation.as_bytes() == name)
        });
        if let Some(list) = list.filter(|list| found.iter().all(|other| other.path != list.path)) {
            found.push(list);
        }
    }
    found
}

pub(crate) fn cursor(
    starting_after: Option<Cow<'_, [u8]>>,
    ending_before: Option<Cow<'_, [u8]>>,
) -> Result<Cursor, Refusal> {
    match (starting_after, ending_before) {
        (None, None) => Ok(Cursor::Start),
        (Some(_), Some(_)) => Err(Refusal::BothCursors),
        (Some(after), None) => id(&after).map(Cursor::After),
        (None, Some(before)) if *before == *b"last" => Ok(Cursor::Last),
        (None, Some(before)) => id(&before).map(Cursor::Before),
    }
}

fn id(text: &[u8]) -> Result<ObjectId, Refusal> {
    std::str::from_utf8(text)
        .ok()
        .and_then(ObjectId::from_hex)
        .ok_or(Refusal::BadCursor)
}

/// The object that events of a type are about: `users` of `users.updated`.
fn record_type(version: &Version, text: &[u8]) -> Result<Object, Refusal> {
    let named = |object: &Object| {
        let prefix = object.event_prefix(version);
        prefix.is_some_and(|prefix| prefix.as_bytes() == text)
    };
    let object = Object::ALL.into_iter().find(named);
    object.ok_or(Refusal::BadRecordType)
}

fn school(text: &[u8]) -> Result<ObjectId, Refusal> {
    id(text).map_err(|_| Refusal::BadSchool)
}

fn role(route: &Route, text: &[u8]) -> Result<Role, Refusal> {
    std::str::from_utf8(text)
        .ok()
        .and_then(Role::from_text)
        .filter(|role| route.roles.contains(role))
        .ok_or(Refusal::BadRole)
}

fn primary(text: &[u8]) -> Result<bool, Refusal> {
    match text {
        b"true" => Ok(true),
        b"" | b"false" => Ok(false),
        _ => Err(Refusal::BadPrimary),
    }
}

#[cfg(test)]
mod tests;
