//! A district of a server, as an application reads it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use homeroom_model::ObjectId;
use homeroom_wire::Version;

use crate::address::Address;
use crate::cancel::{Cancel, Run};
use crate::clock::Clock;
use crate::known::Known;
use crate::secret::{AppCredentials, Secret};
use crate::settings::Settings;
use crate::transport::Transport;

/// What makes a [`Source`].
pub struct Parts {
    /// Where the API is: `https://api.example.org`.
    pub api: Address,
    /// Where `/oauth/tokens` is, if not at the same place (clever-api 7.1).
    pub oauth: Option<Address>,
    /// The version to read.
    pub version: &'static Version,
    /// The district. A record of another one ends whatever is being read.
    pub district: ObjectId,
    /// The district's token.
    pub token: Secret,
    /// What finds the district's token once it was replaced; without them a refused token is the end (`token_revoked`).
    pub credentials: Option<AppCredentials>,
    /// What sends requests; sources may share one.
    pub transport: Arc<dyn Transport>,
    /// Time, waits and chance.
    pub clock: Arc<dyn Clock>,
    /// Limits.
    pub settings: Settings,
}

/// One district of one server, read in one version with one token. Clones are the same source: they share its token and
/// its rate window, which no other source does, so that one district's throttling never slows another (integration-side
/// A1.7).
#[derive(Clone)]
pub struct Source(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) api: Address,
    pub(crate) oauth: Address,
    pub(crate) version: &'static Version,
    pub(crate) district: ObjectId,
    pub(crate) credentials: Option<AppCredentials>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) known: Known,
    /// Held while the token is looked for, so that it is looked for once.
    pub(crate) finding: tokio::sync::Mutex<()>,
    token: Mutex<Secret>,
    /// When the rate window opens again, as the clock's elapsed time.
    opens: Mutex<Duration>,
}

impl Source {
    /// A source; asks nothing yet.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            oauth: parts.oauth.unwrap_or_else(|| parts.api.clone()),
            api: parts.api,
            version: parts.version,
            district: parts.district,
            credentials: parts.credentials,
            transport: parts.transport,
            clock: parts.clock,
            known: Known::new(),
            settings: parts.settings,
            finding: tokio::sync::Mutex::default(),
            token: Mutex::new(parts.token),
            opens: Mutex::default(),
        }))
    }

    /// The version it is read in.
    pub fn version(&self) -> &'static Version {
        self.0.version
    }

    /// The district.
    pub fn district(&self) -> ObjectId {
        self.0.district
    }

    /// The token that is used now. Where it is not the one the source was made with, the district's token was replaced and
    /// found again; whoever keeps tokens should keep this one.
    pub fn token(&self) -> Secret {
        self.0.token()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("api", &self.0.api)
            .field("version", &self.0.version.name)
            .field("district", &self.0.district)
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn begin(&self, cancel: &Cancel) -> Run {
        Run::begin(&*self.clock, self.settings.deadline, cancel)
    }

    /// A path of the version as a path of the server.
    pub(crate) fn target(&self, path: &str) -> String {
        self.api.target(&format!("/{}{path}", self.version.name))
    }

    pub(crate) fn token(&self) -> Secret {
        self.token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn replace_token(&self, token: Secret) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// How long the rate window stays closed.
    pub(crate) fn closed_for(&self) -> Duration {
        let opens = *self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        opens.saturating_sub(self.clock.elapsed())
    }

    /// The rate window is closed for a while.
    pub(crate) fn close_window(&self, time: Duration) {
        let opens = self.clock.elapsed() + time.min(self.settings.longest_window);
        let mut known = self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        *known = opens.max(*known);
    }
}
