//! What can go wrong, by name.

/// One way of misbehaving. What each does, and what a right client does then, says [`Fault::described`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "every fault is described in the catalogue, which docs/faults.md is written from"
)]
pub enum Fault {
    // Transport.
    Html,
    HtmlNotFound,
    EmptyObject,
    CutJson,
    CutBody,
    WrongType,
    Throttled,
    Error500,
    Error502,
    Error503,
    Slow,
    Drip,
    Timeout,
    HeavyPages,
    // Tokens and tenants.
    TokenRotated,
    TokenRevoked,
    WrongToken,
    OtherDistrict,
    // Paging.
    ShortPages,
    EmptyLastPage,
    DuplicateBorder,
    RepeatedPage,
    Collapse,
    DeletedMidRead,
    AddedMidRead,
    // Events.
    RepeatedEvents,
    ShuffledEvents,
    UnknownEvents,
    SilentFeed,
    AgedFeed,
    RefusedCursor,
    // What nobody told the client of.
    UnknownFields,
    UnknownValues,
    UnknownRoles,
    // Where the original is less kind.
    EmailNewId,
    SisNewId,
    EmailSplit,
    CourseTermNewId,
    ContactNewId,
    UnsharedIds,
    DateSpellings,
    NoHints,
}

/// Faults that belong together and can be named together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Answers that are none, or come badly.
    Transport,
    /// Tokens that change, and answers of the wrong district.
    Token,
    /// Lists that are awkward to walk.
    Paging,
    /// Feeds of events that are awkward to follow.
    Feed,
    /// Content that no document announced.
    Content,
    /// Everything in which the original is less kind than this product.
    Original,
}

impl Group {
    /// Every group, in the order of the catalogue.
    pub const ALL: [Self; 6] = [
        Self::Transport,
        Self::Token,
        Self::Paging,
        Self::Feed,
        Self::Content,
        Self::Original,
    ];

    /// The name it is asked for by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Token => "token",
            Self::Paging => "paging",
            Self::Feed => "feed",
            Self::Content => "content",
            Self::Original => "original",
        }
    }

    /// What its faults have in common.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Transport => "answers that are none, or come badly",
            Self::Token => "tokens that change, and answers of the wrong district",
            Self::Paging => "lists that are awkward to walk",
            Self::Feed => "feeds of events that are awkward to follow",
            Self::Content => "content that nobody announced",
            Self::Original => "everything in which the original is less kind than Homeroom",
        }
    }
}

/// When a fault happens, and so what its rate means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Now and then, to one request. The rate is the share of requests; no request meets such faults more often than the
    /// budget says, so whoever tries again gets through.
    Sometimes,
    /// To a share of the answers it can happen to. It keeps nobody from the data, so there is no budget.
    Answers,
    /// To a share of the records, the same ones in every answer.
    Records,
    /// As soon as it is switched on; there is no rate.
    Always,
}

impl When {
    /// In a few words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sometimes => "requests, within the budget",
            Self::Answers => "answers",
            Self::Records => "records, always the same",
            Self::Always => "always",
        }
    }
}

/// What the catalogue says of a fault.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The fault.
    pub fault: Fault,
    /// The name it is asked for by.
    pub name: &'static str,
    /// The group it belongs to.
    pub group: Group,
    /// When it happens.
    pub when: When,
    /// The rate where none is given, in millionths; 0 where it has none.
    pub rate: u32,
    /// What its number means, and the number where none is given; `None` where it takes none.
    pub number: Option<(&'static str, u64)>,
    /// What it does.
    pub does: &'static str,
    /// What a right client does then.
    pub client: &'static str,
    /// The rows of the references that it comes from.
    pub source: &'static str,
}

impl Fault {
    /// Every fault, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        crate::CATALOGUE.iter().map(|described| described.fault)
    }

    /// Its entry in the catalogue.
    pub fn described(self) -> &'static Described {
        let found = crate::CATALOGUE.iter().find(|entry| entry.fault == self);
        found.unwrap_or(&crate::catalogue::FIRST)
    }

    /// The name it is asked for by.
    pub fn name(self) -> &'static str {
        self.described().name
    }

    /// The fault of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let found = crate::CATALOGUE.iter().find(|entry| entry.name == name);
        found.map(|entry| entry.fault)
    }

    /// Whether it leaves nothing of other faults to be seen, so that groups do not have it: a token that is gone, a feed that
    /// says nothing.
    pub fn is_alone(self) -> bool {
        matches!(self, Self::TokenRevoked | Self::SilentFeed)
    }

    /// Whether it is decided request by request, so that a script may name it.
    pub fn is_scripted(self) -> bool {
        matches!(self.described().when, When::Sometimes | When::Answers)
    }
}
