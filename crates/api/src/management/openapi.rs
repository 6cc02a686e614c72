//! The OpenAPI 3.1 document of the management API, from its table of paths.

use homeroom_history::Keyed;
use serde_json::{Map, Value, json};

mod goals;

use super::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use super::routes::{ROUTES, Reads, Route};

/// The document.
pub(crate) fn openapi() -> Value {
    let paths: Map<_, _> = ROUTES
        .iter()
        .map(|route| (route.path.to_owned(), methods(route)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Homeroom management API",
            "version": "1",
            "description": "What a district's own people and their scripts look up: runs and what they found, plans, \
                holds, what became of ids, and what apps report about students; and the little they may change. `homeroom \
                admin token` makes the tokens; an application's token opens nothing here. A token that is for one district \
                sees no other.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A management token.",
                },
            },
            "parameters": parameters(),
            "responses": errors(),
            "schemas": schemas(),
        },
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn methods(route: &Route) -> Value {
    let mut methods = Map::new();
    if let Some(reads) = route.reads {
        methods.insert("get".to_owned(), operation(route, reads));
    }
    if let Some(posted) = &route.writes {
        methods.insert("post".to_owned(), goals::posted(route, posted));
    }
    Value::Object(methods)
}

/// The parameters of a path that stand in it.
fn in_path(route: &Route) -> impl Iterator<Item = &'static str> {
    let parts = route.path.split('/');
    parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn operation(route: &Route, reads: Reads) -> Value {
    let in_query = route.query.iter().map(|name| match (*name, reads) {
        ("app", _) => "of_app",
        ("table", Reads::School) => "table_of_school",
        ("starting_after", Reads::Targets) => "after_target",
        ("starting_after", Reads::Open) => "after_student",
        ("district", _) => "of_district",
        ("limit", Reads::Findings) => "lines",
        ("starting_after", Reads::Districts) => "after_district",
        ("starting_after", Reads::Findings) => "after_lines",
        (name, _) => name,
    });
    let parameters: Vec<_> = in_path(route)
        .chain(in_query)
        .map(|name| reference("parameters", name))
        .collect();
    let (meaning, kind, schema) = answer(reads);
    let mut content = Map::new();
    content.insert(kind.to_owned(), json!({ "schema": schema }));
    if route.query.contains(&"format") {
        let table = json!({ "schema": { "type": "string" } });
        content.insert("text/csv".to_owned(), table);
    }
    let mut responses = errors_of(route);
    responses.insert(
        "200".to_owned(),
        json!({ "description": meaning, "content": content }),
    );
    json!({
        "operationId": route.operation,
        "summary": route.summary,
        "parameters": parameters,
        "responses": responses,
    })
}

/// The errors that a path may answer.
fn errors_of(route: &Route) -> Map<String, Value> {
    let mut responses = Map::new();
    for (status, name, _) in ERRORS {
        let applies = match *status {
            "400" => !route.query.is_empty() || route.writes.is_some(),
            "404" => route.path.contains('{'),
            _ => true,
        };
        if applies {
            responses.insert((*status).to_owned(), reference("responses", name));
        }
    }
    let (status, name, _) = TOO_LONG;
    responses.insert(status.to_owned(), reference("responses", name));
    responses
}

/// What a path answers: in words, the content type, the schema.
fn answer(reads: Reads) -> (&'static str, &'static str, Value) {
    const JSON: &str = "application/json";
    let data = |schema: Value| json!({ "type": "object", "properties": { "data": schema }, "required": ["data"] });
    let page = |name: &str| {
        json!({
            "type": "object",
            "properties": {
                "data": { "type": "array", "items": reference("schemas", name) },
                "next": { "type": "string", "description": "The address of the next page; left out on the last one." },
            },
            "required": ["data"],
            "additionalProperties": false,
        })
    };
    match reads {
        Reads::Id => ("What became of it.", JSON, data(reference("schemas", "Id"))),
        Reads::Key => {
            let ids = json!({ "type": "array", "items": reference("schemas", "Id") });
            ("The ids, ascending.", JSON, data(ids))
        }
        Reads::Districts => ("A page of districts.", JSON, page("District")),
        Reads::District => ("The district.", JSON, reference("schemas", "District")),
        Reads::Runs => ("A page of runs.", JSON, page("Run")),
        Reads::Run => ("The run.", JSON, reference("schemas", "RunWithReport")),
        Reads::Findings => (
            "The findings, one a line. With `limit` there is a `Link` header with `rel=\"next\"` while there are more.",
            "application/x-ndjson",
            json!({ "type": "string" }),
        ),
        Reads::Plan => ("The plan.", JSON, json!({ "type": "object" })),
        Reads::Holds => ("A page of holds.", JSON, page("Hold")),
        Reads::Audit => ("A page of entries.", JSON, page("AuditEntry")),
        Reads::Targets => ("A page of statements.", JSON, page("TargetStatement")),
        Reads::Open => (
            "A page of what is open, by student.",
            JSON,
            page("OpenGoals"),
        ),
        Reads::Student => ("The figures.", JSON, reference("schemas", "StudentGoals")),
        Reads::Contact => ("The figures.", JSON, reference("schemas", "ContactGoals")),
        Reads::Teacher => ("The figures.", JSON, reference("schemas", "TeacherGoals")),
        Reads::School => ("The figures.", JSON, reference("schemas", "SchoolGoals")),
        Reads::Goals => ("The figures.", JSON, reference("schemas", "DistrictGoals")),
        Reads::App => ("The figures.", JSON, reference("schemas", "AppGoals")),
    }
}

fn parameters() -> Value {
    let id = json!({ "type": "string", "pattern": "^[0-9a-fA-F]{24}$" });
    let part = |name: &str, description: &str, schema: &Value| json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema });
    let query = |name: &str, description: &str, schema: &Value| json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema });
    let kinds: Vec<_> = Keyed::ALL.iter().map(|keyed| keyed.text()).collect();
    let text = json!({ "type": "string" });
    let cursor = |pattern: &str| {
        let form = json!({ "type": "string", "pattern": pattern });
        query(
            "starting_after",
            "Where the page begins, as the next link before it says.",
            &form,
        )
    };
    json!({
        "id": part("id", "An id that a district gave, of a record or of a person's role.", &id),
        "kind": part("kind", "What the key is the key of.", &json!({ "type": "string", "enum": kinds })),
        "key": part("key", "The id in the SIS exactly as the files have it, or a course's number.", &text),
        "district": part("district", "The district's id.", &id),
        "run": part("run", "The run's id.", &id),
        "of_district": query(
            "district",
            "The district that is asked about. May be left out where there is one, or the token is for one.",
            &id,
        ),
        "code": query("code", "Only findings of this code.", &text),
        "limit": query(
            "limit",
            "Largest number of records on the page.",
            &json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }),
        ),
        "lines": query(
            "limit",
            "Largest number of lines. Without it all are sent.",
            &json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT }),
        ),
        "starting_after": cursor(r"^[0-9]{1,15}\.[0-9a-fA-F]{24}$"),
        "after_district": cursor("^[0-9a-fA-F]{24}$"),
        "after_lines": cursor("^[0-9]{1,18}$"),
        "after_target": cursor("^[0-9]{1,18}$"),
        "after_student": cursor("^[0-9a-fA-F]{24}$"),
        "app": part("app", "The app's id.", &id),
        "student": part("student", "The student's id.", &id),
        "of_app": query("app", "The app's id. Figures of all apps where it is left out; targets and what is open ask for it.", &id),
        "section": query("section", "Only this section of the teacher.", &id),
        "language": query("language", "In which language it is worded: en, or es.", &text),
        "format": query("format", "The form, if not what `Accept` asks for.", &json!({ "type": "string", "enum": ["json", "csv"] })),
        "table": query("table", "Which table, in CSV.", &json!({ "type": "string", "enum": ["groups", "weeks", "feeds"] })),
        "table_of_school": query("table", "Which table, in CSV.", &json!({ "type": "string", "enum": ["groups", "weeks"] })),
    })
}

/// The answers that are errors.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "400",
        "BadRequest",
        "A parameter is wrong; the message says which.",
    ),
    (
        "401",
        "Unauthorized",
        "The token is missing or not valid, run out or revoked.",
    ),
    (
        "404",
        "NotFound",
        "There is no such thing, or the token is not for its district.",
    ),
    (
        "405",
        "ReadOnly",
        "The path does not answer the method; the header Allow has those it does.",
    ),
    (
        "429",
        "TooManyRequests",
        "The token's requests of this minute are used up; Retry-After says when to go on.",
    ),
    (
        "500",
        "Failure",
        "The server made a mistake; the request may be repeated.",
    ),
    (
        "503",
        "Unavailable",
        "The server could not read its data; the request may be repeated.",
    ),
];

/// What the HTTP server tells by itself, before anything is looked at.
const TOO_LONG: (&str, &str, &str) = (
    "414",
    "AddressTooLong",
    "The address is longer than 65,534 bytes; without a body.",
);

fn errors() -> Map<String, Value> {
    let content = json!({ "application/json": { "schema": reference("schemas", "Error") } });
    let response = |meaning: &str| json!({ "description": meaning, "content": content });
    let errors = ERRORS.iter();
    let mut responses: Map<_, _> = errors
        .map(|(_, name, meaning)| ((*name).to_owned(), response(meaning)))
        .collect();
    let (_, name, meaning) = TOO_LONG;
    responses.insert(name.to_owned(), json!({ "description": meaning }));
    responses
}

/// A schema of an object: names and types of its members, with `?` behind the type where there may be `null`, and `-` where
/// the member may be missing.
fn object(members: &[(&str, &str)]) -> Value {
    let schema = |form: &str| match form.strip_suffix('?') {
        None => json!({ "type": form.trim_end_matches('-') }),
        Some(form) => json!({ "type": [form, "null"] }),
    };
    let properties: Map<_, _> = members
        .iter()
        .map(|(name, form)| ((*name).to_owned(), schema(form)))
        .collect();
    let required = members.iter().filter(|(_, form)| !form.ends_with('-'));
    let required: Vec<_> = required.map(|(name, _)| *name).collect();
    json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    })
}

fn schemas() -> Value {
    let run = [
        ("id", "string"),
        ("district", "string"),
        ("state", "string"),
        ("stage", "string"),
        ("started", "string"),
        ("finished", "string?"),
        ("snapshot", "integer?"),
        ("source", "string"),
        ("actor", "string"),
        ("repeats", "string?"),
        ("cancel_requested", "object?"),
    ];
    let with_report = [
        ("report", "object?"),
        ("hold", "object?"),
        ("artifacts", "array"),
    ];
    let mut schemas = json!({
        "Error": object(&[("message", "string")]),
        "District": object(&[
            ("id", "string"), ("name", "string"), ("created", "string"), ("state", "string"), ("error", "string"),
            ("snapshot", "integer?"), ("last_sync", "string?"), ("launch_date", "string"), ("pause_start", "string?"),
            ("pause_end", "string?"),
        ]),
        "Run": object(&run),
        "RunWithReport": object(&[&run[..], &with_report].concat()),
        "Hold": object(&[
            ("run", "string"), ("state", "string"), ("digest", "string"), ("snapshot", "integer?"),
            ("triggers", "array?"), ("opened", "string"), ("closed", "string?"), ("actor", "string"), ("note", "string"),
        ]),
        "AuditEntry": object(&[
            ("id", "string"), ("district", "string?"), ("at", "string"), ("actor", "string"), ("action", "string"),
            ("detail", "string"),
        ]),
        "Id": object(&[
            ("id", "string"), ("what", "string"), ("key", "string-"), ("now", "string"), ("present", "string-"),
            ("history", "array"), ("others", "array"), ("says", "string"),
        ]),
    });
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.extend(goals::schemas());
    }
    schemas
}
