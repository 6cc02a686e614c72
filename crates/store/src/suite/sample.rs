//! Values the cases use, and the steps they share.

use std::time::Duration;

use homeroom_model::{Date, District, DistrictContact, ObjectId, Timestamp};

use crate::{
    App, Artifact, AuditEntry, Block, Conflict, Connection, CustomRecord, DeliveryRows, Digest,
    DistrictChange, DistrictRecord, FeedKey, GoalsDelivery, GoalsMove, GoalsTarget, HoldMove,
    LeaseAnswer, LeaseRequest, ManagementToken, NewConnection, NewHold, NewRun, Person, PersonKind,
    Publish, RunEnd, RunState, SetGoalsFeed, Store, StoreError, StudentYear,
};

/// An id made of one byte.
pub fn id(byte: u8) -> ObjectId {
    ObjectId::new([byte; 12])
}

/// A digest made of one byte.
pub fn digest(byte: u8) -> Digest {
    [byte; 32]
}

/// A moment, in seconds since a fixed one.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
}

/// How long leases last in the cases.
pub const TTL: Duration = Duration::from_mins(1);

/// A district document with every field filled.
pub fn district(byte: u8) -> District {
    District {
        id: id(byte),
        name: format!("District {byte} of Ærøskøbing"),
        mdr_number: format!("0{byte}"),
        nces_id: "0600001".into(),
        launch_date: Date::new(2026, 8, 17).unwrap(),
        portal_url: "https://portal.example.org/d".into(),
        sis_type: "sftp".into(),
        login_methods: vec!["SAML".into(), "Google".into()],
        error: String::new(),
        state: "pending".into(),
        last_sync: None,
        last_attendance_sync: None,
        pause_start: Date::new(2027, 6, 7),
        pause_end: Date::new(2027, 8, 10),
        contact: Some(DistrictContact {
            id: id(200),
            first: "Ada".into(),
            last: "Ito-O'Neill \"AI\"".into(),
            email: "ada@example.org".into(),
            title: "Director".into(),
        }),
    }
}

/// An app.
pub fn app(byte: u8) -> App {
    App {
        id: id(byte),
        name: format!("App {byte}"),
        client_id: format!("client-{byte}"),
        secret: digest(byte),
        created: at(i64::from(byte)),
    }
}

/// A connection to be made; id and token are made of `byte`.
pub fn connection(byte: u8, app: u8, district: u8) -> NewConnection {
    NewConnection {
        id: id(byte),
        app: id(app),
        district: id(district),
        token: digest(byte),
        sealed: vec![byte, 0, 255],
        scopes: vec!["read:users".into(), "read:sections".into()],
        created: at(i64::from(byte)),
    }
}

/// A person kept by hand.
pub fn person(byte: u8, district: u8, created: i64) -> Person {
    Person {
        id: id(byte),
        district: id(district),
        kind: if byte.is_multiple_of(2) {
            PersonKind::DistrictAdmin
        } else {
            PersonKind::Staff
        },
        email: format!("person{byte}@example.org"),
        first: "Zoë".into(),
        last: format!("No. {byte}"),
        title: "Registrar".into(),
        department: String::new(),
        schools: vec!["101".into(), "007".into()],
        roles: vec!["School Tech Lead".into()],
        staff_id: format!("S{byte}"),
        created: at(created),
    }
}

/// A wish for the lease of a district.
pub fn lease(district: u8, holder: &str, now: i64) -> LeaseRequest {
    LeaseRequest {
        district: id(district),
        holder: holder.into(),
        now: at(now),
        ttl: TTL,
        over: None,
    }
}

/// A run to be started at a second.
pub fn run(byte: u8, district: u8, fence: u64, started: i64) -> NewRun {
    NewRun {
        id: id(byte),
        district: id(district),
        fence,
        started: at(started),
        source: "folder".into(),
        actor: "cli:tests".into(),
        of: None,
    }
}

/// A publish of the snapshot after `expected`, naming the objects made of `objects`, by the run made of `run`.
pub fn publish(
    district: u8,
    fence: u64,
    run: u8,
    expected: Option<u64>,
    objects: &[u8],
) -> Publish {
    let number = expected.unwrap_or(0) + 1;
    Publish {
        district: id(district),
        fence,
        expected,
        number,
        manifest: format!("{{\"number\":{number}}}"),
        objects: objects.iter().copied().map(digest).collect(),
        file_set: digest(run),
        run: id(run),
        published_at: at(i64::from(run)),
        change: DistrictChange::default(),
        hold: HoldMove::Keep,
        block: None,
    }
}

/// A hold to be opened; plan and files are made of `byte`.
pub fn new_hold(byte: u8, base: Option<u64>) -> NewHold {
    NewHold {
        base,
        digest: format!("plan-{byte}"),
        file_set: digest(byte),
        triggers: format!("[{{\"kind\":\"students\",\"deleted\":{byte}}}]"),
    }
}

/// An artifact in the object made of `object`.
pub fn artifact(name: &str, object: u8) -> Artifact {
    Artifact {
        name: name.into(),
        object: digest(object),
        offset: u64::from(object) * 64,
        length: 1000,
        plain_length: 5000,
    }
}

/// A block of the file set made of `byte`.
pub fn block(byte: u8, district: u8, seconds: i64) -> Block {
    Block {
        district: id(district),
        file_set: digest(byte),
        reason: "undone".into(),
        run: id(byte),
        actor: "cli:tests".into(),
        at: at(seconds),
    }
}

/// A management token of the whole installation that never runs out.
pub fn management_token(byte: u8) -> ManagementToken {
    ManagementToken {
        id: id(byte),
        digest: digest(byte),
        name: format!("token {byte}"),
        district: None,
        created: at(i64::from(byte)),
        expires: None,
        revoked: None,
    }
}

/// An entry of the audit.
pub fn audit_entry(byte: u8, district: Option<u8>, seconds: i64) -> AuditEntry {
    AuditEntry {
        id: id(byte),
        district: district.map(id),
        at: at(seconds),
        actor: "token:night".into(),
        action: "hold.approve".into(),
        detail: format!("{{\"run\":{byte}}}"),
    }
}

/// A custom record that expires.
pub fn custom_record(district: u8, stem: &str, key: &str) -> CustomRecord {
    CustomRecord {
        district: id(district),
        stem: stem.into(),
        key: key.into(),
        cells: "{\"First_name\":\"Ada\"}".into(),
        expires: Date::new(2027, 6, 30),
        created: at(7),
        actor: "cli:ada".into(),
    }
}

/// A feed.
pub fn feed_key(district: u8, app: u8) -> FeedKey {
    FeedKey {
        district: id(district),
        app: id(app),
    }
}

/// A wish to switch a feed on.
pub fn set_feed(district: u8, app: u8, expected: u64) -> SetGoalsFeed {
    SetGoalsFeed {
        key: feed_key(district, app),
        expected,
        on: true,
        text: "{\"format\":1}".into(),
        actor: "cli:ada".into(),
        now: at(i64::from(app)),
        audit: None,
    }
}

/// What a feed keeps of a student.
pub fn student_year(student: u8) -> StudentYear {
    StudentYear {
        student: id(student),
        open: false,
        recent: vec![1, student, 0, 255],
        earlier: Vec::new(),
    }
}

/// A delivery that was accepted, at a second.
pub fn goals_delivery(seconds: i64) -> GoalsDelivery {
    GoalsDelivery {
        number: 0,
        at: at(seconds),
        day: at(seconds).date(),
        body: digest(7),
        bytes: 1234,
        status: 200,
        accepted: true,
        rows: DeliveryRows {
            received: 6,
            updated: 1,
            unchanged: 2,
            rejected: 3,
            warnings: 4,
        },
        report: "{\"rejected\":[]}".into(),
    }
}

/// What a delivery changes, worked out from a generation of a feed whose settings were never changed. Its moment is the
/// generation after it.
pub fn goals_move(generation: u64, year: i16, students: &[u8]) -> GoalsMove {
    let seconds = i64::try_from(generation.min(1 << 40)).unwrap_or(0) + 1;
    GoalsMove {
        generation,
        revision: 1,
        year,
        changed: students.iter().copied().map(student_year).collect(),
        text: None,
        actor: String::new(),
        now: at(seconds),
        delivery: Some(goals_delivery(seconds.min(1000))),
        audit: None,
    }
}

/// A target.
pub fn goals_target(audience: &str) -> GoalsTarget {
    GoalsTarget {
        number: 0,
        audience: audience.into(),
        metric: "minutes".into(),
        per_week: Some(60_000_000),
        from: at(0).date(),
        by: "token:night".into(),
        at: at(9),
    }
}

/// The end of a run of district 1; one that is held opens a hold made of the run.
pub fn end(byte: u8, state: RunState, report: &str) -> RunEnd {
    let hold = match state {
        RunState::Held => HoldMove::Open(new_hold(byte, None)),
        _ => HoldMove::Keep,
    };
    RunEnd {
        hold,
        ..RunEnd::new(id(1), id(byte), state, report.into(), at(1000))
    }
}

/// Adds the district made of `byte`.
pub async fn add_district(store: &dyn Store, byte: u8) -> DistrictRecord {
    store.add_district(district(byte), at(0)).await.unwrap()
}

/// Adds district 1 and app 2 and connects them as connection 3.
pub async fn connected(store: &dyn Store) -> Connection {
    add_district(store, 1).await;
    store.add_app(app(2)).await.unwrap();
    store.connect(connection(3, 2, 1)).await.unwrap()
}

/// Takes the lease of a district at a second and returns its fence.
pub async fn leased(store: &dyn Store, district: u8, now: i64) -> u64 {
    match store.lease(lease(district, "tests", now)).await.unwrap() {
        LeaseAnswer::Granted(lease) => lease.fence,
        LeaseAnswer::Held(lease) => panic!("held: {lease:?}"),
    }
}

/// Starts the run made of `byte` under a fresh lease that replaces any other, and returns the fence.
pub async fn started(store: &dyn Store, district: u8, byte: u8) -> u64 {
    let mut request = lease(district, "tests", i64::from(byte));
    let held = store.lease_of(id(district)).await.unwrap();
    request.over = held.map(|lease| lease.fence);
    let LeaseAnswer::Granted(lease) = store.lease(request).await.unwrap() else {
        panic!("a lease that is overtaken is granted");
    };
    let run = run(byte, district, lease.fence, i64::from(byte));
    store.start_run(run).await.unwrap();
    lease.fence
}

/// Publishes the next snapshot of a district in a run of its own, made of `byte`.
pub async fn published(store: &dyn Store, district: u8, byte: u8, objects: &[u8]) -> u64 {
    let fence = started(store, district, byte).await;
    let record = store.district(id(district)).await.unwrap().unwrap();
    let publish = publish(district, fence, byte, record.snapshot, objects);
    let number = publish.number;
    store.publish(publish).await.unwrap();
    number
}

/// Fails unless the answer is this refusal.
#[track_caller]
pub fn refused<T>(answer: Result<T, StoreError>, conflict: Conflict) {
    match answer {
        Ok(_) => panic!("accepted instead of refused as {conflict:?}"),
        Err(error) => assert_eq!(error.refusal(), Some(conflict), "{error}"),
    }
}
