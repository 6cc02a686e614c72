//! Ids and pages through the API itself: a bench knows nothing that an app could not know.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::homeroom::Served;
use crate::http::Connection;

#[derive(Deserialize)]
struct Page {
    data: Vec<Entry>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Entry {
    data: Record,
}

#[derive(Deserialize)]
struct Record {
    id: String,
}

#[derive(Deserialize)]
struct Link {
    rel: String,
    uri: String,
}

/// A list walked to its end.
pub(crate) struct Walk {
    /// Every id in the order of the list.
    pub(crate) ids: Vec<String>,
    /// The pages it took, as they were asked for.
    pub(crate) paths: Vec<String>,
}

/// Follows the `next` links from `path` to the end. A record seen twice is an error.
pub(crate) fn walk(served: &Served, path: &str) -> Result<Walk> {
    let mut connection = Connection::open(served.target)?;
    let mut walk = Walk {
        ids: Vec::new(),
        paths: Vec::new(),
    };
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let page: Page = serde_json::from_slice(&served.get(&mut connection, &path)?)?;
        walk.ids
            .extend(page.data.into_iter().map(|entry| entry.data.id));
        next = page
            .links
            .into_iter()
            .find(|link| link.rel == "next")
            .map(|link| link.uri);
        walk.paths.push(path);
    }
    let distinct: BTreeSet<&String> = walk.ids.iter().collect();
    ensure!(
        distinct.len() == walk.ids.len(),
        "the walk from {path} met a record twice"
    );
    Ok(walk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_the_next_link_are_found_in_a_page() {
        let page: Page = serde_json::from_str(
            r#"{"data":[{"data":{"id":"a","name":{"last":"x"}},"uri":"/v3.1/users/a"}],
                "links":[{"rel":"self","uri":"/v3.1/users"},{"rel":"next","uri":"/v3.1/users?starting_after=a"}]}"#,
        )
        .unwrap();
        assert_eq!(page.data.first().unwrap().data.id, "a");
        assert_eq!(
            page.links
                .iter()
                .find(|link| link.rel == "next")
                .unwrap()
                .uri,
            "/v3.1/users?starting_after=a"
        );
    }
}
