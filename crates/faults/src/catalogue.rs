//! The catalogue: every fault with its name, what it does and what a right client does. docs/faults.md is written from it.

use crate::fault::{Described, Fault, Group, When};

/// Rates in millionths.
const RARELY: u32 = 20_000;
const OFTEN: u32 = 250_000;
const TENTH: u32 = 100_000;

const fn sometimes(fault: Fault, name: &'static str, group: Group) -> Described {
    described(fault, name, group, When::Sometimes, RARELY)
}

const fn described(
    fault: Fault,
    name: &'static str,
    group: Group,
    when: When,
    rate: u32,
) -> Described {
    Described {
        fault,
        name,
        group,
        when,
        rate,
        number: None,
        does: "",
        client: "",
        source: "",
    }
}

impl Described {
    const fn number(self, meaning: &'static str, usual: u64) -> Self {
        Self {
            number: Some((meaning, usual)),
            ..self
        }
    }

    const fn told(self, does: &'static str, client: &'static str, source: &'static str) -> Self {
        Self {
            does,
            client,
            source,
            ..self
        }
    }
}

pub(crate) const FIRST: Described = sometimes(Fault::Html, "html", Group::Transport).told(
    "200 with a page of HTML instead of JSON, as a wrong token or a maintenance page looks.",
    "Does not read it as data: the walk is partial unless a later try gets JSON. Says what it usually means: a token that is not for this endpoint.",
    "integration-side 0 (transport), A1.3",
);

/// Every fault.
pub const CATALOGUE: &[Described] = &[
    FIRST,
    sometimes(Fault::HtmlNotFound, "html-404", Group::Transport).told(
        "404 with the HTML page `Cannot GET` and the rate headers, as the original answers a wrong kind of token.",
        "Never takes it for `record gone`: a 404 that is not JSON says nothing about a record. A 404 is not asked for again unchanged, so the walk is partial; the next run reads on.",
        "clever-api 9.1, integration-side A1.3",
    ),
    sometimes(Fault::EmptyObject, "empty-object", Group::Transport).told(
        "200 with the body `{}`.",
        "An answer without `data` is a failed answer, not an empty list; nothing is gone because of it.",
        "integration-side A1.3, B10",
    ),
    sometimes(Fault::CutJson, "cut-json", Group::Transport).told(
        "200 with half of the JSON, though HTTP says the answer is whole.",
        "The page failed; try it again. What could be read of it is not used to say that something is gone.",
        "integration-side A1.3",
    ),
    sometimes(Fault::CutBody, "cut-body", Group::Transport).told(
        "The connection breaks in the middle of the body.",
        "Tries the page again; after the last try the walk is partial.",
        "integration-side A1.3, A1.7",
    ),
    sometimes(Fault::WrongType, "wrong-type", Group::Transport).told(
        "The right body with `Content-Type: text/plain`.",
        "Treats it as a failed answer and tries again.",
        "integration-side A1.3",
    ),
    sometimes(Fault::Throttled, "throttled", Group::Transport)
        .number("seconds until the window opens", 1)
        .told(
            "429 until the window of this token opens again. By turns it is told by `X-RateLimit-Reset` alone, with `Retry-After` too, and with two buckets in one header (`all, none`). Whoever asks earlier is refused again.",
            "Waits until the latest reset of an exhausted bucket, for this token only; other districts go on.",
            "clever-api 9.2, integration-side A1.7, S39",
        ),
    sometimes(Fault::Error500, "error-500", Group::Transport).told(
        "500 with a JSON message.",
        "Waits and tries again, with growing pauses, a limited number of times.",
        "clever-api 9.1, integration-side A1.7",
    ),
    sometimes(Fault::Error502, "error-502", Group::Transport).told(
        "502 with HTML, as from a gateway.",
        "Waits and tries again.",
        "clever-api 9.1, integration-side A1.7",
    ),
    sometimes(Fault::Error503, "error-503", Group::Transport).told(
        "503 with `Retry-After` and no body.",
        "Waits as long as it says, and tries again.",
        "clever-api 9.1, integration-side A1.7, S39",
    ),
    sometimes(Fault::Slow, "slow", Group::Transport)
        .number("milliseconds until the answer begins", 3000)
        .told(
            "The right answer, late.",
            "Waits within its limit of time; other districts do not wait.",
            "integration-side A1.7",
        ),
    sometimes(Fault::Drip, "drip", Group::Transport)
        .number("milliseconds the body takes", 5000)
        .told(
            "The right answer, whose body comes in twenty small pieces with pauses.",
            "Has a limit for the whole answer too, not only for its beginning; tries again when it is over.",
            "integration-side A1.7",
        ),
    sometimes(Fault::Timeout, "timeout", Group::Transport)
        .number("seconds until a 504", 60)
        .told(
            "No answer for a long time, then 504.",
            "Gives up before, tries again, with half the page size where the request was a list.",
            "integration-side A1.7",
        ),
    described(Fault::HeavyPages, "heavy-pages", Group::Transport, When::Always, 0)
        .number("largest limit that is answered", 1000)
        .told(
            "Lists asked for with a larger `limit` never come: 504 after a second.",
            "Halves the page size until the pages come.",
            "integration-side A1.7",
        ),
    described(Fault::TokenRotated, "token-rotated", Group::Token, When::Always, 0)
        .number("requests until it happens", 20)
        .told(
            "After so many requests a district's token answers 401 for good; `/oauth/tokens` then lists another one, which works.",
            "Does not repeat a 401. Looks up the token of this district by the district's id, once, and goes on with it.",
            "integration-side A1.1, S40",
        ),
    described(Fault::TokenRevoked, "token-revoked", Group::Token, When::Always, 0)
        .number("requests until it happens", 20)
        .told(
            "After so many requests a district's token answers 401 for good, and `/oauth/tokens` does not list it any more.",
            "Looks once for another token, then calls the district disconnected; nobody is deactivated.",
            "integration-side S40",
        ),
    sometimes(Fault::WrongToken, "wrong-token", Group::Token).told(
        "An answer as for the token of another district: every record names another district's id.",
        "Stops the run (`district_mismatch`) before anything is written.",
        "integration-side A1.1",
    ),
    sometimes(Fault::OtherDistrict, "other-district", Group::Token).told(
        "One record on the page belongs to another district.",
        "Stops the run (`district_mismatch`); does not skip the record and go on.",
        "integration-side A1.1",
    ),
    described(Fault::ShortPages, "short-pages", Group::Paging, When::Answers, OFTEN).told(
        "Fewer records than `limit` though more follow, with a `next` link.",
        "Goes on while there is a `next` link, whatever the number of records.",
        "integration-side 0 (transport), A1.2",
    ),
    described(Fault::EmptyLastPage, "empty-last-page", Group::Paging, When::Answers, 1_000_000).told(
        "The last page has a `next` link all the same; what follows is an empty page.",
        "An empty page without `next` is the end of the list.",
        "integration-side 0 (transport), clever-api 5",
    ),
    described(Fault::DuplicateBorder, "duplicate-border", Group::Paging, When::Answers, OFTEN).told(
        "The first record of the next page stands at the end of this one too.",
        "Counts and writes it once.",
        "integration-side A1.2",
    ),
    sometimes(Fault::RepeatedPage, "repeated-page", Group::Paging).told(
        "The `next` link of a page leads to the same page.",
        "Notices that it does not get on, and calls the walk partial (or asks again). Never loops.",
        "integration-side A1.2, A1.3",
    ),
    sometimes(Fault::Collapse, "collapse", Group::Paging).told(
        "200 with an empty list where there are records, without a `next` link.",
        "A list that had records and suddenly has none is not believed: the walk is partial.",
        "integration-side A1.3",
    ),
    described(Fault::DeletedMidRead, "deleted-mid-read", Group::Paging, When::Records, TENTH)
        .number("requests within which they go", 50)
        .told(
            "Students go while the district is read: gone from lists, 404 by id, gone from rosters, and the feed tells it.",
            "Notes the newest event before and after; replays what lies between before it calls anything gone.",
            "integration-side A1.4",
        ),
    described(Fault::AddedMidRead, "added-mid-read", Group::Paging, When::Records, TENTH)
        .number("requests within which they come", 50)
        .told(
            "Students come while the district is read, on pages that may have been read before; the feed tells it.",
            "The same: ends where a quiet read would have ended.",
            "integration-side A1.4",
        ),
    described(Fault::RepeatedEvents, "repeated-events", Group::Feed, When::Answers, OFTEN).told(
        "Every event of a page stands there twice.",
        "Ignores an event that is not newer than the last one of the record.",
        "clever-api 6.5, integration-side B11, S37",
    ),
    described(Fault::ShuffledEvents, "shuffled-events", Group::Feed, When::Answers, OFTEN).told(
        "The events of a page stand in another order; the links are right.",
        "Orders by event id, and keeps the largest id as its cursor, not the last on the page.",
        "integration-side B11",
    ),
    described(Fault::UnknownEvents, "unknown-events", Group::Feed, When::Records, TENTH).told(
        "Events of types that no document names (`badges.granted`).",
        "Keeps and counts them, passes over them, and moves its cursor.",
        "integration-side A1.12, B11",
    ),
    described(Fault::SilentFeed, "silent-feed", Group::Feed, When::Always, 0)
        .number("seconds between the syncs that `last_sync` tells of", 3600)
        .told(
            "The feed of events is empty for ever, while `last_sync` of the district goes on.",
            "A silent feed while `last_sync` moves makes it read everything.",
            "integration-side A1.6, B11",
        ),
    described(Fault::AgedFeed, "aged-feed", Group::Feed, When::Always, 0).told(
        "The feed has forgotten everything up to the moment it was first asked: an older cursor is answered from there on, without an error.",
        "Sees that its cursor is older than the oldest event (or its last read is over 25 days ago) and reads everything.",
        "clever-api 6.5, integration-side A1.6, S38",
    ),
    described(Fault::RefusedCursor, "refused-cursor", Group::Feed, When::Always, 0)
        .number("how many cursors are refused, each for good", 1)
        .told(
            "The first cursors that a feed is asked for are refused with 400, and stay refused.",
            "Does not repeat the request; reads everything and takes a new cursor.",
            "integration-side A1.6",
        ),
    described(Fault::UnknownFields, "unknown-fields", Group::Content, When::Always, 0).told(
        "Fields, links and members of the envelope that no document names.",
        "Reads on; may keep and report them.",
        "integration-side A1.12",
    ),
    described(Fault::UnknownValues, "unknown-values", Group::Content, When::Records, TENTH).told(
        "Values that the closed lists do not have: grade `Year 14`, subject `esports`, gender `U`, state `hibernating`.",
        "Keeps the value and reports it; the record is read.",
        "integration-side A1.12",
    ),
    described(Fault::UnknownRoles, "unknown-roles", Group::Content, When::Records, TENTH).told(
        "Users with a role that no document names (`volunteer`), beside their own. Only where users have roles (3.x).",
        "Reads the roles it knows and reports the other.",
        "integration-side A1.12",
    ),
    described(Fault::EmailNewId, "email-new-id", Group::Original, When::Always, 0).told(
        "A student or an employee whose email changes gets a new id.",
        "Finds the person again by district, role and `sis_id`: one re-key, no new account.",
        "clever-api 1.2, integration-side 0 (identity), A3.5",
    ),
    described(Fault::SisNewId, "sis-new-id", Group::Original, When::Always, 0).told(
        "A student, teacher or member of staff whose `sis_id` (or `staff_id`) changes gets a new id.",
        "Does not guess: suggests, or takes a crosswalk of old to new ids.",
        "clever-api 1.2, integration-side 0 (identity), A3.14",
    ),
    described(Fault::EmailSplit, "email-split", Group::Original, When::Records, 500_000).told(
        "Whether an employee with several roles is one user or two depends on the email: when it changes, a merged user may be split, or two be merged. Only where users have roles (3.x).",
        "The surviving id keeps the account; the other becomes a record of its own and inherits nothing by itself.",
        "clever-api 1.2, integration-side 0 (identity), A3.6",
    ),
    described(Fault::CourseTermNewId, "course-term-new-id", Group::Original, When::Always, 0).told(
        "A course whose name or number changes, and a term whose name or dates change, gets a new id.",
        "Keys nothing of its own on ids of courses and terms; carries over what hangs on them.",
        "clever-api 1.2, integration-side 0 (identity)",
    ),
    described(Fault::ContactNewId, "contact-new-id", Group::Original, When::Always, 0).told(
        "A contact without a `sis_id` gets a new id on any change.",
        "Matches contacts by what they are to a student, and expects other ids tomorrow.",
        "clever-api 1.2, integration-side 0 (identity)",
    ),
    described(Fault::UnsharedIds, "unshared-ids", Group::Original, When::Records, TENTH).told(
        "Some students are not shared: not in lists, 404 by id, no events; rosters name them all the same.",
        "A member that answers 404 is left out and counted; the section is synced.",
        "integration-side A1.8, B11",
    ),
    described(Fault::DateSpellings, "date-spellings", Group::Original, When::Always, 0).told(
        "Dates of terms inside sections (1.x) change between three spellings of the same day from answer to answer.",
        "The same day is the same day: no update is planned.",
        "clever-api 2.1, integration-side A2.7",
    ),
    described(Fault::NoHints, "no-hints", Group::Original, When::Always, 0).told(
        "Headers that the original does not send are left out: `Homeroom-Snapshot`, `Homeroom-Events-Gap`, `Retry-After`, `ETag`.",
        "Needs none of them.",
        "clever-api 9.2",
    ),
];
