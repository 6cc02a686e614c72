//! Holds: a run that a guard stopped, waiting for a person (district-side 7.3).

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{Conflict, Digest, Run, RunState, StoreError, limits};

/// What became of a hold. A hold moves once, from waiting to one of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldState {
    /// Nobody has decided. At most one hold of a district waits.
    Waiting,
    /// A person approved it, all of it or a part.
    Approved,
    /// A person discarded it.
    Discarded,
    /// A newer upload took its place.
    Superseded,
}

impl HoldState {
    const ALL: [Self; 4] = [
        Self::Waiting,
        Self::Approved,
        Self::Discarded,
        Self::Superseded,
    ];

    /// The name reports and the stored form use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Discarded => "discarded",
            Self::Superseded => "superseded",
        }
    }

    /// The state of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A run that waits, or waited, for a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    /// The district.
    pub district: ObjectId,
    /// The run that was held; one hold per run.
    pub run: ObjectId,
    /// The snapshot its plan was made against, `None` if there was none.
    pub base: Option<u64>,
    /// Digest of the plan: what an approval is bound to.
    pub digest: String,
    /// Digest of the files.
    pub file_set: Digest,
    /// Which guards spoke up and with which numbers, as JSON text, opaque here. No personal data.
    pub triggers: String,
    /// Since when.
    pub opened: Timestamp,
    /// What became of it.
    pub state: HoldState,
    /// When that was decided, `None` while it waits.
    pub closed: Option<Timestamp>,
    /// Who decided; empty while it waits.
    pub actor: String,
    /// What they wrote about it. A person's own words, so `Debug` does not show them.
    pub note: String,
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold")
            .field("district", &self.district)
            .field("run", &self.run)
            .field("base", &self.base)
            .field("digest", &self.digest)
            .field("triggers", &self.triggers)
            .field("opened", &self.opened)
            .field("state", &self.state)
            .field("closed", &self.closed)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl Hold {
    /// The hold once it is decided.
    #[must_use]
    pub fn close(mut self, state: HoldState, actor: String, note: String, now: Timestamp) -> Self {
        self.state = state;
        self.closed = Some(now);
        self.actor = actor;
        self.note = note;
        self
    }
}

/// A hold to be opened by the run that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHold {
    /// The snapshot the plan was made against.
    pub base: Option<u64>,
    /// Digest of the plan.
    pub digest: String,
    /// Digest of the files.
    pub file_set: Digest,
    /// Which guards spoke up, as JSON text; no personal data.
    pub triggers: String,
}

impl NewHold {
    fn check(&self) -> Result<(), StoreError> {
        limits::number("the base of a hold", self.base.unwrap_or_default())?;
        limits::text("the digest of a plan", &self.digest)?;
        limits::triggers(&self.triggers)
    }

    fn open(self, run: &Run, now: Timestamp) -> Hold {
        Hold {
            district: run.district,
            run: run.id,
            base: self.base,
            digest: self.digest,
            file_set: self.file_set,
            triggers: self.triggers,
            opened: now,
            state: HoldState::Waiting,
            closed: None,
            actor: String::new(),
            note: String::new(),
        }
    }
}

/// What a publish or the end of a run does to the holds of its district, in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum HoldMove {
    /// Nothing.
    #[default]
    Keep,
    /// Opens a hold of this run. One that waits is superseded; as who did it stands the run's actor.
    Open(NewHold),
    /// Closes the hold that waits.
    Close {
        /// The run whose hold must be the one that waits, or the move is refused as `Moved`: an approval names it, so
        /// that a hold that was discarded meanwhile is not published. `None` closes whichever waits, if one does.
        run: Option<ObjectId>,
        /// How.
        as_state: HoldState,
        /// Who decided.
        actor: String,
    },
}

/// The holds that a [`HoldMove`] changes; an adapter writes them, the closed one first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MovedHolds {
    /// The hold that waited, as it is from then on.
    pub closed: Option<Hold>,
    /// The hold that waits from then on.
    pub opened: Option<Hold>,
}

impl HoldMove {
    /// Checks that every adapter makes before it looks at holds.
    pub fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Keep => Ok(()),
            Self::Open(hold) => hold.check(),
            Self::Close {
                as_state, actor, ..
            } => {
                check_decision(*as_state)?;
                limits::actor(actor)
            }
        }
    }

    /// Refuses as `Invalid` an end in a state that contradicts this move: a run that ends as held opens a hold, and
    /// besides it only one that published does.
    pub fn check_against(&self, end: RunState) -> Result<(), StoreError> {
        let opens = matches!(self, Self::Open(_));
        match (end, opens) {
            (RunState::Held, false) => Err(invalid(
                "the end of a run as held",
                "must open a hold, so that somebody can decide",
            )),
            (RunState::Held | RunState::Published, true) | (_, false) => Ok(()),
            (_, true) => Err(invalid(
                "the end of a run",
                "opens a hold only if it is held or published",
            )),
        }
    }

    /// What the move by `run` makes of the hold that waits. Refused as `Moved` if another one was to be closed. Whether
    /// the run has a hold already is the adapter's to see: it refuses as `Exists`.
    pub fn apply(
        self,
        waiting: Option<Hold>,
        run: &Run,
        now: Timestamp,
    ) -> Result<MovedHolds, StoreError> {
        let close = |hold: Hold, state, actor| hold.close(state, actor, String::new(), now);
        match self {
            Self::Keep => Ok(MovedHolds::default()),
            Self::Open(new) => Ok(MovedHolds {
                closed: waiting.map(|hold| close(hold, HoldState::Superseded, run.actor.clone())),
                opened: Some(new.open(run, now)),
            }),
            Self::Close {
                run: named,
                as_state,
                actor,
            } => Ok(MovedHolds {
                closed: named_hold(waiting, named)?.map(|hold| close(hold, as_state, actor)),
                opened: None,
            }),
        }
    }
}

/// A decision about a hold.
#[derive(Clone, PartialEq, Eq)]
pub struct CloseHold {
    /// The district.
    pub district: ObjectId,
    /// The run that is held.
    pub run: ObjectId,
    /// How it is closed; not [`HoldState::Waiting`].
    pub state: HoldState,
    /// Who decided.
    pub actor: String,
    /// What they wrote about it, may be empty.
    pub note: String,
    /// When.
    pub now: Timestamp,
    /// Whether its files are blocked with it (district-side 7.3, discard); the reason is then the name of the state.
    pub block: bool,
}

impl fmt::Debug for CloseHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseHold")
            .field("district", &self.district)
            .field("run", &self.run)
            .field("state", &self.state)
            .field("actor", &self.actor)
            .field("now", &self.now)
            .field("block", &self.block)
            .finish_non_exhaustive()
    }
}

impl CloseHold {
    /// Checks that every adapter makes before it looks for the hold.
    pub fn check(&self) -> Result<(), StoreError> {
        check_decision(self.state)?;
        limits::actor(&self.actor)?;
        limits::text("the note of a hold", &self.note)
    }

    /// The hold after the decision and whether that is a change. Refused as `Moved` if it was closed otherwise.
    pub fn apply(&self, hold: Hold) -> Result<(Hold, bool), StoreError> {
        if hold.state == HoldState::Waiting {
            let (actor, note) = (self.actor.clone(), self.note.clone());
            return Ok((hold.close(self.state, actor, note, self.now), true));
        }
        if hold.state == self.state {
            return Ok((hold, false));
        }
        Err(StoreError::conflict(
            Conflict::Moved,
            format!("the hold is {} already", hold.state.as_str()),
        ))
    }
}

/// Holds of a district. [`crate::Runs::finish_run`] and [`crate::Snapshots::publish`] open them, and close them too.
#[async_trait]
pub trait Holds: Send + Sync {
    /// The hold that waits for a decision.
    async fn waiting_hold(&self, district: ObjectId) -> Result<Option<Hold>, StoreError>;

    /// The hold of a run, whatever became of it.
    async fn hold(&self, district: ObjectId, run: ObjectId) -> Result<Option<Hold>, StoreError>;

    /// At most `limit` holds of a district, newest first (`opened`, then run, both descending), older than `before`.
    async fn holds(
        &self,
        district: ObjectId,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<Hold>, StoreError>;

    /// Closes a hold and, if asked, blocks its files, or does none of it. Returns the hold as it is then. Idempotent:
    /// one that was closed in the same state stays as it is, and so do the blocks.
    ///
    /// Refused: `Invalid` over the limits or as waiting, `Gone` if the run has no hold, `Moved` if it was closed
    /// otherwise.
    async fn close_hold(&self, close: CloseHold) -> Result<Hold, StoreError>;
}

fn check_decision(state: HoldState) -> Result<(), StoreError> {
    if state == HoldState::Waiting {
        return Err(invalid("the decision about a hold", "cannot be to wait"));
    }
    Ok(())
}

fn named_hold(waiting: Option<Hold>, named: Option<ObjectId>) -> Result<Option<Hold>, StoreError> {
    match (named, &waiting) {
        (Some(run), Some(hold)) if hold.run == run => Ok(waiting),
        (Some(_), _) => Err(StoreError::conflict(
            Conflict::Moved,
            "the hold does not wait any more; look at the newest one",
        )),
        (None, _) => Ok(waiting),
    }
}
