//! What somebody wants of a run.

use homeroom_model::ObjectId;

/// What started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// The schedule.
    Schedule,
    /// Somebody asked for it.
    Demand,
    /// Somebody signs in whom the app does not know yet (integration-side A3.12).
    SignIn,
}

impl Trigger {
    /// Its name in the app's database.
    pub fn text(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Demand => "demand",
            Self::SignIn => "sign_in",
        }
    }
}

/// How a run reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ReadHow {
    /// By events where they can be relied upon and the last full read is not too old, otherwise in full.
    #[default]
    Auto,
    /// Everything.
    Full,
    /// Not at all: plans again from what was read last (integration-side A4.14).
    Kept,
}

/// How much of the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    District,
    /// A school: nothing outside it is judged (integration-side A1.10).
    School(ObjectId),
    /// A section and its people.
    Section(ObjectId),
    /// One person.
    Person(ObjectId),
}

/// How far a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Until {
    /// To the plan, which is kept: a dry run (integration-side A4.2).
    Plan,
    /// To the end, unless guards hold it.
    #[default]
    Apply,
}

/// What somebody wants of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What started it.
    pub trigger: Trigger,
    /// How it reads; of anything but a district it is always read anew.
    pub read: ReadHow,
    /// How much.
    pub extent: Extent,
    /// How far it goes.
    pub until: Until,
    /// Whether every record is compared value by value, so that what somebody changed in the app by hand is found
    /// (integration-side A4.12). Full reads of the schedule do that.
    pub deep: bool,
    /// What people order about accounts (integration-side A3.6).
    pub accounts: Vec<homeroom_plan::Order>,
    /// Who wants it, for the audit: `sync`, or a person.
    pub actor: String,
}

impl Order {
    /// An ordinary run.
    pub fn new(trigger: Trigger) -> Self {
        Self {
            trigger,
            read: ReadHow::default(),
            extent: Extent::default(),
            until: Until::default(),
            deep: false,
            accounts: Vec::new(),
            actor: "sync".to_owned(),
        }
    }

    /// What it is about, as JSON for the app's database.
    pub(crate) fn scope(&self) -> String {
        match self.extent {
            Extent::District => "{}".to_owned(),
            Extent::School(id) => format!("{{\"school\":\"{}\"}}", id.to_hex()),
            Extent::Section(id) => format!("{{\"section\":\"{}\"}}", id.to_hex()),
            Extent::Person(id) => format!("{{\"person\":\"{}\"}}", id.to_hex()),
        }
    }
}
