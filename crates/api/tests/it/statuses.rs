//! No answer of any test has a status that the served documents do not tell of its path.

use std::sync::OnceLock;

use homeroom_wire::{VERSIONS, events_openapi, openapi};
use serde_json::Value;

/// The documents, each with the name of its version.
fn documents() -> &'static [(&'static str, Value)] {
    static DOCUMENTS: OnceLock<Vec<(&str, Value)>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let versions = VERSIONS.iter();
        let documents = versions.flat_map(|version| {
            [openapi(version), events_openapi(version)].map(|document| (version.name, document))
        });
        documents.collect()
    })
}

/// The operation of an address; `None` where no document has it.
fn operation(address: &str) -> Option<&'static Value> {
    let path = address.split('?').next()?;
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let version = parts.next()?;
    let parts: Vec<_> = parts.collect();
    let same = |known: &str| {
        let known: Vec<_> = known.split('/').skip(1).collect();
        known.len() == parts.len()
            && known
                .iter()
                .zip(&parts)
                .all(|(known, part)| *known == "{id}" || known.eq_ignore_ascii_case(part))
    };
    documents()
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(version))
        .flat_map(|(_, document)| document["paths"].as_object().unwrap())
        .find_map(|(known, path)| same(known).then_some(&path["get"]))
}

/// Holds a status against the documents.
pub(crate) fn check(address: &str, status: u16) {
    if let Some(operation) = operation(address) {
        let told = &operation["responses"];
        assert!(
            told.get(status.to_string()).is_some(),
            "{address} answers {status}, of which its document does not tell"
        );
    }
}

#[test]
fn documents_are_found_by_address_and_statuses_in_them() {
    let id = "5f00aa11bb22cc33dd44ee01";
    for (address, name) in [
        ("/v3.1/users?limit=1".to_owned(), "listUsers"),
        (format!("//V2.0/Sections/{id}/COURSE/"), "getSectionCourse"),
        (format!("/v1.1/students/{id}/events"), "listStudentEvents"),
    ] {
        let found = operation(&address).unwrap_or_else(|| panic!("{address}"));
        assert_eq!(found["operationId"], name);
        check(&address, 503);
    }
    assert_eq!(operation("/health"), None);
    let untold = std::panic::catch_unwind(|| check("/v3.1/users", 418));
    assert!(untold.is_err());
}
