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
    Student,
    Contact,
    Teacher,
    School,
    Goals,
    App,
    Targets,
    Open,
}

/// What a path changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writes {
    Targets,
    Correction,
}

/// A path.
pub(super) struct Route {
    /// The whole path with the names of its variable parts.
    pub(super) path: &'static str,
    /// What `GET` answers.
    pub(super) reads: Option<Reads>,
    /// What `POST` changes.
    pub(super) writes: Option<Posted>,
    /// Its name for tools.
    pub(super) operation: &'static str,
    /// One sentence.
    pub(super) summary: &'static str,
    /// Names of the parameters of its query.
    pub(super) query: &'static [&'static str],
}

/// What `POST` to a path does.
pub(super) struct Posted {
    pub(super) what: Writes,
    /// Its name for tools.
    pub(super) operation: &'static str,
    /// One sentence.
    pub(super) summary: &'static str,
}

impl Route {
    /// The methods that the path answers.
    pub(super) fn allow(&self) -> &'static str {
        match (self.reads.is_some(), self.writes.is_some()) {
            (_, false) => "GET, HEAD, OPTIONS",
            (true, true) => "GET, HEAD, POST, OPTIONS",
            (false, true) => "POST, OPTIONS",
        }
    }
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
        reads: Some(reads),
        writes: None,
        operation,
        summary,
        query,
    }
}

impl Route {
    /// The same path, to which something is posted too.
    const fn posted(self, what: Writes, operation: &'static str, summary: &'static str) -> Self {
        Self {
            writes: Some(Posted {
                what,
                operation,
                summary,
            }),
            ..self
        }
    }
}

/// A path to which something is posted and where nothing is read.
const fn only_posted(
    path: &'static str,
    what: Writes,
    operation: &'static str,
    summary: &'static str,
) -> Route {
    let read = Route {
        path,
        reads: None,
        writes: None,
        operation,
        summary,
        query: &[],
    };
    read.posted(what, operation, summary)
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
    route(
        "/management/v1/districts/{district}/goals/district",
        Reads::Goals,
        "getDistrictGoals",
        "Every app of a district by school and grade: coverage, states, targets met, week by week",
        &["app", "format", "table"],
    ),
    route(
        "/management/v1/districts/{district}/goals/schools/{id}",
        Reads::School,
        "getSchoolGoals",
        "A school by grade and teacher, and its classes without use; reading it is audited",
        &["app", "format", "table"],
    ),
    route(
        "/management/v1/districts/{district}/goals/teachers/{id}",
        Reads::Teacher,
        "getTeacherGoals",
        "A teacher's sections and students, those first who need somebody first; reading it is audited",
        &["app", "format", "section"],
    ),
    route(
        "/management/v1/districts/{district}/goals/students/{id}",
        Reads::Student,
        "getStudentGoals",
        "What a student sees of the own work; reading it is audited",
        &["app", "format", "language"],
    ),
    route(
        "/management/v1/districts/{district}/goals/contacts/{id}",
        Reads::Contact,
        "getContactGoals",
        "What a parent or another contact sees of the children tied to them now; reading it is audited",
        &["app", "format", "language"],
    ),
    route(
        "/management/v1/districts/{district}/goals/apps/{app}",
        Reads::App,
        "getAppGoals",
        "What an app's owner sees: requests, what was rejected, coverage, certification",
        &["format"],
    ),
    route(
        "/management/v1/districts/{district}/goals/open",
        Reads::Open,
        "listOpenGoals",
        "Totals that fell or rose by more than time has passed, and wait to be confirmed or dismissed, ascending by \
         student; reading it is audited",
        &["app", "limit", "starting_after"],
    ),
    only_posted(
        "/management/v1/districts/{district}/goals/corrections/{student}",
        Writes::Correction,
        "correctGoals",
        "Confirms or dismisses a value that is open of a student in an app, if it is still as it was seen",
    ),
    route(
        "/management/v1/districts/{district}/goals/targets",
        Reads::Targets,
        "listGoalsTargets",
        "Every statement about the targets of an app, newest first; reading those of single students is audited",
        &["app", "limit", "starting_after"],
    )
    .posted(
        Writes::Targets,
        "setGoalsTargets",
        "Sets targets of an app for the district, a school, a section or a student",
    ),
];
