//! Addresses: of a server, and of the pages it links to.

/// Where a server is: `https://api.example.org`, if need be with a path in front of everything it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Scheme and authority, lower case, without the port that goes without saying.
    origin: String,
    /// Nothing, or a path without a slash at its end.
    prefix: String,
}

/// A text that is no address of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the address of a server: write it like https://api.example.org, without user name, query or fragment"
)]
pub struct BadAddress;

impl Address {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let (origin, path) = split(text).ok_or(BadAddress)?;
        if path.contains(['?', '#']) || !is_plain(path) {
            return Err(BadAddress);
        }
        Ok(Self {
            origin,
            prefix: path.trim_end_matches('/').to_owned(),
        })
    }

    /// A path of the API, which begins with a slash, as a path of the server.
    pub(crate) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The whole address of a path of the server.
    pub(crate) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.origin)
    }

    /// Where a link leads that was found at `from`: a path of the server, spelt as the server spelt it. `None` if it leads to
    /// another host, or nowhere. Links are "path and query" (clever-api 4.4), so behind a path of its own the server's links
    /// may lack that path.
    pub(crate) fn follow(&self, from: &str, link: &str) -> Option<String> {
        let link = link.split('#').next().unwrap_or_default();
        if !is_plain(link) {
            return None;
        }
        if link.starts_with("//") {
            let scheme = self.origin.split("//").next()?;
            return self.within(&format!("{scheme}{link}"));
        }
        if link.starts_with('/') {
            let rest = link.strip_prefix(&*self.prefix);
            let inside = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
            return Some(if inside {
                link.to_owned()
            } else {
                self.target(link)
            });
        }
        if link.starts_with('?') {
            let path = from.split('?').next()?;
            return Some(format!("{path}{link}"));
        }
        self.within(link)
    }

    /// The path of a whole address, if it is one of this server.
    fn within(&self, url: &str) -> Option<String> {
        let (origin, path) = split(url)?;
        (origin == self.origin).then(|| {
            if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            }
        })
    }
}

/// Origin and the rest.
fn split(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let usual_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let authority = authority.to_ascii_lowercase();
    let host = authority.strip_suffix(usual_port).unwrap_or(&authority);
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~[]:%".contains(c);
    let good = !host.is_empty() && !host.starts_with(':') && host.chars().all(legal);
    good.then(|| (format!("{scheme}://{host}"), path))
}

/// Whether an address may hold the text as it stands.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// A path without its query: what errors may show.
pub(crate) fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// The page size a target asks for.
pub(crate) fn limit_of(target: &str) -> Option<u32> {
    let (_, query) = target.split_once('?')?;
    let limit = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("limit="));
    limit?.parse().ok()
}

/// The same target asking for another page size.
pub(crate) fn with_limit(target: &str, limit: u32) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let others = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("limit="));
    others.fold(format!("{path}?limit={limit}"), |all, pair| {
        all + "&" + pair
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers() {
        for (text, url) in [
            ("https://API.example.org", "https://api.example.org/x"),
            ("https://api.example.org:443/", "https://api.example.org/x"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/x"),
            ("http://[::1]:80/a/b/", "http://[::1]/a/b/x"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.url(&address.target("/x")), url, "{text}");
        }
        for text in [
            "",
            "api.example.org",
            "ftp://a",
            "https://",
            "https://:80",
            "https://u:p@a",
            "https://a/?b",
            "https://a b",
        ] {
            assert_eq!(Address::parse(text), Err(BadAddress), "{text}");
        }
    }

    #[test]
    fn links_are_followed_as_spelt_and_never_to_another_host() {
        let plain = Address::parse("https://api.example.org").unwrap();
        let behind = Address::parse("https://api.example.org/clever").unwrap();
        let from = "/v1.1/users?limit=2";
        for (link, there, behind_a_path) in [
            (
                "/v1.1/users?a=%2F&b",
                Some("/v1.1/users?a=%2F&b"),
                Some("/clever/v1.1/users?a=%2F&b"),
            ),
            (
                "/clever/v1.1/x",
                Some("/clever/v1.1/x"),
                Some("/clever/v1.1/x"),
            ),
            ("/cleverly", Some("/cleverly"), Some("/clever/cleverly")),
            (
                "?limit=3",
                Some("/v1.1/users?limit=3"),
                Some("/v1.1/users?limit=3"),
            ),
            (
                "https://API.example.org:443/v1.1/x#y",
                Some("/v1.1/x"),
                Some("/v1.1/x"),
            ),
            ("//api.example.org/v1.1/x", Some("/v1.1/x"), Some("/v1.1/x")),
            ("https://api.example.org?x", Some("/?x"), Some("/?x")),
            ("http://api.example.org/v1.1/x", None, None),
            ("https://api.example.org.evil.example/x", None, None),
            ("https://api.example.org@evil.example/x", None, None),
            ("//evil.example/x", None, None),
            ("/\\evil.example", None, None),
            ("users?limit=3", None, None),
            ("", None, None),
        ] {
            assert_eq!(plain.follow(from, link).as_deref(), there, "{link}");
            assert_eq!(
                behind.follow(from, link).as_deref(),
                behind_a_path,
                "{link}"
            );
        }
    }

    #[test]
    fn page_sizes_stand_in_the_query() {
        let target = "/v1.1/users?role=x&limit=100&starting_after=y";
        assert_eq!(limit_of(target), Some(100));
        assert_eq!(
            with_limit(target, 50),
            "/v1.1/users?limit=50&role=x&starting_after=y"
        );
        assert_eq!(with_limit("/v1.1/users", 50), "/v1.1/users?limit=50");
        assert_eq!((limit_of("/a"), limit_of("/a?limit=x")), (None, None));
        assert_eq!(path_of(target), "/v1.1/users");
    }
}
