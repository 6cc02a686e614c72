//! Tokens and secrets, which no error, log or `Debug` shows.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// A token, or an application's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps it.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().into())
    }

    /// What it is: for keeping it sealed, never for showing it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The header that shows it as a token; `None` if no header can hold it.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        sensitive(&format!("Bearer {}", self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What an application signs in with itself, for asking which token a district has (clever-api 7.5).
#[derive(Clone, Debug)]
pub struct AppCredentials {
    /// Its public id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

impl AppCredentials {
    /// The header that shows them; `None` if no header can hold them.
    pub(crate) fn basic(&self) -> Option<HeaderValue> {
        let pair = format!("{}:{}", self.client_id, self.client_secret.0);
        sensitive(&format!("Basic {}", STANDARD.encode(pair)))
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let credentials = AppCredentials {
            client_id: "app".to_owned(),
            client_secret: Secret::new("hidden"),
        };
        let basic = credentials.basic().unwrap();
        assert_eq!(basic, "Basic YXBwOmhpZGRlbg==");
        let shown = format!(
            "{credentials:?} {basic:?} {:?}",
            Secret::new("hidden").bearer()
        );
        assert!(
            !shown.contains("hidden") && !shown.contains("YXBw"),
            "{shown}"
        );
        assert_eq!(Secret::new("two\nlines").bearer(), None);
    }
}
