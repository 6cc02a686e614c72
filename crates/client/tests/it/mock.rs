//! A server of documents that were made up: it pages as the published API does, and misbehaves as it is told to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use homeroom_client::{
    Address, Answer, AppCredentials, Ask, Broken, Clock, Content, Parts, Secret, Settings, Source,
    Transport,
};
use homeroom_model::ObjectId;
use homeroom_testkit::Dice;
use homeroom_wire::Version;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use homeroom_testkit::TestClock;

pub(crate) const BASE: &str = "https://api.example.org";
pub(crate) const TOKEN: &str = "the-token";
pub(crate) const DISTRICT: ObjectId = ObjectId::new([0xd; 12]);

/// An id told apart by kind and number; it grows with the number.
pub(crate) fn id(kind: u8, number: u32) -> ObjectId {
    let [a, b, c, d] = number.to_be_bytes();
    ObjectId::new([0x5f, kind, 0, 0, 0, 0, 0, 0, a, b, c, d])
}

/// How a server splits its lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Splitting {
    /// Pages of any number of records up to the limit, from this seed.
    pub(crate) uneven: Option<u64>,
    /// Links are whole addresses.
    pub(crate) absolute: bool,
    /// A page that is not empty always leads on.
    pub(crate) trailing: bool,
}

/// What it holds.
#[derive(Clone)]
pub(crate) struct Mock {
    pub(crate) version: &'static Version,
    /// Documents by the path below the version, ascending by id.
    pub(crate) lists: BTreeMap<String, Vec<Value>>,
    /// Documents that stand alone under a path.
    pub(crate) ones: BTreeMap<String, Value>,
    /// Paths whose items are not wrapped.
    pub(crate) bare: Vec<String>,
    pub(crate) splitting: Splitting,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    pub(crate) fn text(status: u16, kind: &str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &dyn ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn answer(self) -> Answer {
        let headers = self.headers.into_iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::try_from(value).unwrap(),
            )
        });
        Answer {
            status: self.status,
            headers: headers.collect(),
            body: Bytes::from(self.body),
        }
    }
}

impl Mock {
    pub(crate) fn new(version: &'static Version) -> Self {
        Self {
            version,
            lists: BTreeMap::new(),
            ones: BTreeMap::new(),
            bare: Vec::new(),
            splitting: Splitting::default(),
        }
    }

    /// A district of the third family with this many users, and a few of everything else.
    pub(crate) fn small(version: &'static Version, users: u32) -> Self {
        let mut mock = Self::new(version);
        let district = json!({
            "id": DISTRICT.to_hex(), "name": "D", "state": "running", "last_sync": "2026-09-01T06:00:00.000Z",
        });
        mock.lists.insert("/districts".to_owned(), vec![district]);
        let mut add = |path: &str, kind: u8, number: u32, fields: &dyn Fn(u32) -> Value| {
            let documents = (0..number).map(|number| {
                let mut document = fields(number);
                document["id"] = json!(id(kind, number).to_hex());
                document["district"] = json!(DISTRICT.to_hex());
                document
            });
            mock.lists.insert(path.to_owned(), documents.collect());
        };
        add(
            "/schools",
            1,
            3,
            &|number| json!({"name": format!("School {number}")}),
        );
        add(
            "/terms",
            2,
            2,
            &|number| json!({"name": format!("Term {number}")}),
        );
        add(
            "/courses",
            3,
            2,
            &|number| json!({"name": format!("Course {number}")}),
        );
        add("/users", 4, users, &student);
        add(
            "/sections",
            5,
            4,
            &|number| json!({"name": format!("Section {number}"), "school": id(1, 0).to_hex(), "students": [id(4, number).to_hex()]}),
        );
        mock.lists.insert("/events".to_owned(), Vec::new());
        mock
    }

    /// Adds an event about a user.
    pub(crate) fn event(&mut self, number: u32, kind: &str, user: u32) {
        let mut object = student(user);
        object["id"] = json!(id(4, user).to_hex());
        object["district"] = json!(DISTRICT.to_hex());
        let event = json!({
            "id": id(9, number).to_hex(), "type": kind, "created": "2026-09-01T06:00:00.000Z", "data": {"object": object},
        });
        self.lists.get_mut("/events").unwrap().push(event);
    }

    pub(crate) fn users(&mut self) -> &mut Vec<Value> {
        self.lists.get_mut("/users").unwrap()
    }

    /// Answers a path and query.
    pub(crate) fn answer(&self, target: &str) -> Reply {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let below = path
            .strip_prefix('/')
            .and_then(|path| path.strip_prefix(self.version.name));
        let not_found = Reply::json(404, &json!({"message": "not there"}));
        let Some(path) = below else {
            return not_found;
        };
        if let Some(documents) = self.lists.get(path) {
            return self.list(target, path, documents, &Query::of(query));
        }
        if let Some(document) = self.ones.get(path) {
            return Reply::json(200, &json!({"data": document}));
        }
        let single = path.rsplit_once('/').and_then(|(list, id)| {
            let documents = self.lists.get(list)?;
            documents.iter().find(|document| document["id"] == id)
        });
        match single {
            Some(document) => Reply::json(200, &json!({"data": document, "links": []})),
            None => not_found,
        }
    }

    fn list(&self, target: &str, path: &str, documents: &[Value], query: &Query<'_>) -> Reply {
        let role = query.one("role");
        let types = query.all("record_type");
        let wanted = |document: &&Value| {
            let kind = document["type"]
                .as_str()
                .and_then(|kind| kind.split('.').next());
            role.is_none_or(|role| document["roles"].get(role).is_some())
                && (types.is_empty() || kind.is_some_and(|kind| types.contains(&kind)))
        };
        let all: Vec<_> = documents.iter().filter(wanted).collect();
        if query.one("count") == Some("true") {
            return Reply::json(200, &json!({"count": all.len(), "links": []}));
        }
        let limit: usize = query
            .one("limit")
            .map_or(100, |limit| limit.parse().unwrap());
        let key = |document: &Value| document["id"].as_str().unwrap_or_default().to_owned();
        let (page, more) = match (query.one("starting_after"), query.one("ending_before")) {
            (Some(after), _) => self.forward(&all, |one| *key(one) > *after, limit, after),
            (None, Some(before)) => {
                let end = all.partition_point(|one| before == "last" || *key(one) < *before);
                (all[end.saturating_sub(limit)..end].to_vec(), true)
            }
            (None, None) => self.forward(&all, |_| true, limit, ""),
        };
        let mut links = vec![json!({"rel": "self", "uri": target})];
        let leads_on = more || (self.splitting.trailing && !page.is_empty());
        if leads_on {
            let cursor = query
                .one("starting_after")
                .unwrap_or("000000000000000000000000");
            let last = page
                .last()
                .map_or_else(|| cursor.to_owned(), |last| key(last));
            links.push(json!({"rel": "next", "uri": self.link(path, query, &last)}));
        }
        let wrap = |document: &Value| {
            if self.bare.iter().any(|bare| bare == path) {
                document.clone()
            } else {
                json!({"data": document, "uri": format!("{path}/{}", key(document))})
            }
        };
        let data: Vec<_> = page.into_iter().map(wrap).collect();
        Reply::json(200, &json!({"data": data, "links": links}))
    }

    /// A page, and whether anything comes after it.
    fn forward<'a>(
        &self,
        all: &[&'a Value],
        after: impl Fn(&Value) -> bool,
        limit: usize,
        cursor: &str,
    ) -> (Vec<&'a Value>, bool) {
        let rest: Vec<_> = all.iter().copied().filter(|one| after(one)).collect();
        let mut size = limit;
        if let Some(seed) = self.splitting.uneven {
            let sum = cursor
                .bytes()
                .fold(seed, |sum, byte| sum.wrapping_mul(31) ^ u64::from(byte));
            size = usize::try_from(Dice::new(sum).below(limit as u64 + 1))
                .unwrap()
                .max(1);
        }
        let more = rest.len() > size;
        (rest.into_iter().take(size).collect(), more)
    }

    fn link(&self, path: &str, query: &Query<'_>, last: &str) -> String {
        let mut uri = String::new();
        if self.splitting.absolute {
            uri.push_str(BASE);
        }
        write!(uri, "/{}{path}?", self.version.name).unwrap();
        for (name, value) in &query.0 {
            if !["starting_after", "ending_before"].contains(name) {
                write!(uri, "{name}={value}&").unwrap();
            }
        }
        write!(uri, "starting_after={last}").unwrap();
        uri
    }
}

/// A student, as a user.
pub(crate) fn student(number: u32) -> Value {
    json!({
        "name": {"first": format!("First {number}"), "last": "Last"},
        "roles": {"student": {"sis_id": number.to_string(), "school": id(1, 0).to_hex(), "schools": [id(1, 0).to_hex()]}},
    })
}

struct Query<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Query<'a> {
    fn of(text: &'a str) -> Self {
        Self(
            text.split('&')
                .filter_map(|pair| pair.split_once('='))
                .collect(),
        )
    }

    fn all(&self, name: &str) -> Vec<&'a str> {
        let own = self.0.iter().filter(|(own, _)| *own == name);
        own.map(|(_, value)| *value).collect()
    }

    fn one(&self, name: &str) -> Option<&'a str> {
        self.all(name).first().copied()
    }
}

/// What a server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answers as it should.
    Pass,
    /// Answers something else.
    Reply(Reply),
    /// Breaks off.
    Break(Broken),
    /// Never answers.
    Hang,
}

/// One request as the server sees it.
pub(crate) struct Request<'a> {
    /// How many came before it.
    pub(crate) number: usize,
    /// How many for the same target came before it.
    pub(crate) again: usize,
    /// Path and query.
    pub(crate) target: &'a str,
    /// Its `Authorization`.
    pub(crate) authorization: &'a str,
    /// What would be right.
    pub(crate) right: Reply,
    /// The body that came with it; only a POST has one.
    pub(crate) content: Option<Content>,
}

type Acting = dyn Fn(&Request<'_>) -> Act + Send + Sync;

/// A server, as a transport.
pub(crate) struct Server {
    pub(crate) mock: Mutex<Mock>,
    act: Box<Acting>,
    clock: Arc<TestClock>,
    /// Every request: when, and for what.
    log: Mutex<Vec<(Duration, String)>>,
}

impl Server {
    pub(crate) fn new(mock: Mock) -> Arc<Self> {
        Self::acting(mock, |_| Act::Pass)
    }

    pub(crate) fn acting(
        mock: Mock,
        act: impl Fn(&Request<'_>) -> Act + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            mock: Mutex::new(mock),
            act: Box::new(act),
            clock: Arc::new(TestClock::new()),
            log: Mutex::default(),
        })
    }

    /// The requests so far.
    pub(crate) fn log(&self) -> Vec<(Duration, String)> {
        self.log.lock().unwrap().clone()
    }

    /// How many requests asked for something that holds a text.
    pub(crate) fn asked(&self, text: &str) -> usize {
        self.log()
            .iter()
            .filter(|(_, target)| target.contains(text))
            .count()
    }

    pub(crate) fn clock(&self) -> Arc<TestClock> {
        Arc::clone(&self.clock)
    }

    /// A source with small pages.
    pub(crate) fn source(self: &Arc<Self>) -> Source {
        self.source_with(|_| {})
    }

    pub(crate) fn source_with(self: &Arc<Self>, change: impl FnOnce(&mut Parts)) -> Source {
        let mut parts = Parts {
            api: Address::parse(BASE).unwrap(),
            oauth: None,
            version: self.mock.lock().unwrap().version,
            district: DISTRICT,
            token: Secret::new(TOKEN),
            credentials: None,
            transport: Arc::clone(self) as _,
            clock: self.clock(),
            settings: Settings {
                page_size: 10,
                event_page_size: 10,
                ..Settings::default()
            },
        };
        change(&mut parts);
        Source::new(parts)
    }
}

pub(crate) fn credentials() -> AppCredentials {
    AppCredentials {
        client_id: "app".to_owned(),
        client_secret: Secret::new("app-secret"),
    }
}

impl Server {
    async fn answered(&self, ask: Ask, content: Option<Content>) -> Result<Answer, Broken> {
        let target = ask
            .url
            .strip_prefix(BASE)
            .expect("its own address")
            .to_owned();
        let (number, again) = {
            let mut log = self.log.lock().unwrap();
            let again = log.iter().filter(|(_, other)| *other == target).count();
            log.push((self.clock.elapsed(), target.clone()));
            (log.len() - 1, again)
        };
        let request = Request {
            number,
            again,
            authorization: ask.authorization.to_str().unwrap(),
            right: self.mock.lock().unwrap().answer(&target),
            target: &target,
            content,
        };
        let act = (self.act)(&request);
        let reply = match act {
            Act::Pass => request.right,
            Act::Reply(reply) => reply,
            Act::Break(broken) => return Err(broken),
            Act::Hang => std::future::pending().await,
        };
        if reply.body.len() > ask.most_bytes {
            return Err(Broken::TooLarge);
        }
        Ok(reply.answer())
    }
}

#[async_trait]
impl Transport for Server {
    async fn get(&self, ask: Ask) -> Result<Answer, Broken> {
        self.answered(ask, None).await
    }

    async fn post(&self, ask: Ask, content: Content) -> Result<Answer, Broken> {
        self.answered(ask, Some(content)).await
    }
}
