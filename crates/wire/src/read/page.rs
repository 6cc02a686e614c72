//! Answers as a whole: documents, and where to go on.

use serde_json::Value;

use super::object::Read;
use super::{Document, ReadError, document};
use crate::routes::Object;
use crate::version::Version;

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The records, in the order of the page.
    pub documents: Vec<Document>,
    /// Where to go on.
    pub links: Links,
}

/// Addresses in an answer: path and query, as the server spelt them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Links {
    /// The next page; `None` on the last.
    pub next: Option<String>,
    /// The page before.
    pub previous: Option<String>,
}

fn parse(body: &[u8]) -> Result<Value, ReadError> {
    serde_json::from_slice(body).map_err(|_| ReadError::NotJson)
}

/// Reads a page of an object's documents, wrapped or bare.
pub fn page(version: &Version, object: Object, body: &[u8]) -> Result<Page, ReadError> {
    let answer = parse(body)?;
    let read = Read::new(&answer)?;
    if read.get("data").is_none() {
        return Err(ReadError::Missing("data"));
    }
    let documents = read.items("data")?.iter().map(|item| {
        // A wrapped item has `data`; no document has a field of that name.
        document(version, object, item.get("data").unwrap_or(item))
    });
    Ok(Page {
        documents: documents.collect::<Result<_, _>>()?,
        links: links(read)?,
    })
}

/// Reads the answer with one document.
pub fn single(version: &Version, object: Object, body: &[u8]) -> Result<Document, ReadError> {
    let answer = parse(body)?;
    let data = Read::new(&answer)?.get("data");
    document(version, object, data.ok_or(ReadError::Missing("data"))?)
}

/// Reads the number of records.
pub fn count(body: &[u8]) -> Result<u64, ReadError> {
    let answer = parse(body)?;
    let count = Read::new(&answer)?.get("count");
    let count = count.ok_or(ReadError::Missing("count"))?;
    count.as_u64().ok_or(ReadError::WrongForm("count"))
}

fn links(read: Read<'_>) -> Result<Links, ReadError> {
    let mut links = Links::default();
    for link in read.items("links")? {
        let link = Read::new(link)?;
        let uri = link.maybe("uri")?.map(str::to_owned);
        match link.maybe("rel")? {
            Some("next") => links.next = uri,
            Some("prev") => links.previous = uri,
            _ => {}
        }
    }
    Ok(links)
}
