//! The table of paths.

/// What a path reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Id,
    Key,
    Districts,
    District,
    Runs,
    Run,
    Findings,
    Plan,
    Holds,
    Audit,
}

/// A path.
pub(super) struct Route {
    /// The whole path with the names of its variable parts.
    pub(super) path: &'static str,
    pub(super) reads: Reads,
    /// Its name for tools.
    pub(super) operation: &'static str,
    /// One sentence.
    pub(super) summary: &'static str,
    /// Names of the parameters of its query.
    pub(super) query: &'static [&'static str],
}

const fn route(
    path: &'static str,
    reads: Reads,
    operation: &'static str,
    summary: &'static str,
    query: &'static [&'static str],
) -> Route {
    Route {
        path,
        reads,
        operation,
        summary,
        query,
    }
}

const PAGED: &[&str] = &["limit", "starting_after"];

/// Every path of the management API.
pub(super) const ROUTES: &[Route] = &[
    route(
        "/management/v1/ids/{id}",
        Reads::Id,
        "getId",
        "What became of an id: when and on what evidence it was given, and what it is now",
        &["district"],
    ),
    route(
        "/management/v1/keys/{kind}/{key}",
        Reads::Key,
        "getKey",
        "Every id that a record's id in the SIS ever had, and what became of each",
        &["district"],
    ),
    route(
        "/management/v1/districts",
        Reads::Districts,
        "listDistricts",
        "The districts the token is for, ascending by id",
        PAGED,
    ),
    route(
        "/management/v1/districts/{district}",
        Reads::District,
        "getDistrict",
        "One district",
        &[],
    ),
    route(
        "/management/v1/districts/{district}/runs",
        Reads::Runs,
        "listRuns",
        "The runs of a district, newest first",
        PAGED,
    ),
    route(
        "/management/v1/districts/{district}/runs/{run}",
        Reads::Run,
        "getRun",
        "One run with its report",
        &[],
    ),
    route(
        "/management/v1/districts/{district}/runs/{run}/findings",
        Reads::Findings,
        "listFindings",
        "Every problem a run found, one JSON object a line, in the order in which they were found",
        &["code", "limit", "starting_after"],
    ),
    route(
        "/management/v1/districts/{district}/runs/{run}/plan",
        Reads::Plan,
        "getPlan",
        "The plan of a run: what it would change, and what each guard says",
        &[],
    ),
    route(
        "/management/v1/districts/{district}/holds",
        Reads::Holds,
        "listHolds",
        "The holds of a district, newest first",
        PAGED,
    ),
    route(
        "/management/v1/districts/{district}/audit",
        Reads::Audit,
        "listAuditOfDistrict",
        "Who did what in a district, newest first",
        PAGED,
    ),
    route(
        "/management/v1/audit",
        Reads::Audit,
        "listAudit",
        "Who did what in everything the token is for, newest first",
        PAGED,
    ),
];
