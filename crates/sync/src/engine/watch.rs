//! What a run tells of itself while it goes on.

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Another run of the district is going on.
    Waiting,
    /// Records come from the source.
    Reading,
    /// Events come from the source.
    Following,
    /// Ids are asked for one by one.
    LookingUp,
    /// The mirror is built and kept.
    Keeping,
    /// The plan is made.
    Planning,
    /// The plan is applied.
    Applying,
}

impl Stage {
    /// The stage in a word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reading => "reading",
            Self::Following => "following",
            Self::LookingUp => "looking_up",
            Self::Keeping => "keeping",
            Self::Planning => "planning",
            Self::Applying => "applying",
        }
    }
}

/// Sees how a run gets on. Called often, from any thread: must be quick.
pub trait Watch: Send + Sync {
    /// So much of a stage is done, of so much if that is known.
    fn stage(&self, stage: Stage, done: u64, of: Option<u64>);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn stage(&self, _: Stage, _: u64, _: Option<u64>) {}
}
