//! `kill -9` of a process that sends, at every moment around an answer: before the body is taken, after that, and after the answer
//! is out. The process is this test's own binary, started again; the receiver is a socket of the test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use homeroom_client::{Address, Cancel, Http, HttpSettings, Parts, Secret, Settings, Source};
use homeroom_model::ObjectId;
use homeroom_roster::suite::sample::source;
use homeroom_roster::{Districts as _, NewDistrict, SqliteRoster};
use homeroom_sync::goals::{Push, PushState, Reporting, Sender};
use homeroom_testkit::TestClock;
use homeroom_wire::V3_1;

use super::place::{App, METRIC, years};

/// Where the child finds its database, where it sends, and which turn it is.
const PLACE: &str = "HOMEROOM_TEST_SENDING_IN";
const SERVER: &str = "HOMEROOM_TEST_SENDING_TO";
const TURN: &str = "HOMEROOM_TEST_SENDING_TURN";

/// The process that is killed: sends what there is.
#[test]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return; // Nothing to see unless it is called by the test below.
    };
    let server = std::env::var(SERVER).unwrap();
    let turn: u32 = std::env::var(TURN).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(send(&PathBuf::from(place), &server, turn));
}

async fn send(place: &Path, server: &str, turn: u32) {
    let clock = Arc::new(TestClock::new());
    // Later than the turn before: its lease has lapsed.
    clock.pass(Duration::from_mins(5) * turn);
    let roster = Arc::new(SqliteRoster::open(&place.join("app.sqlite")).unwrap());
    let district = roster.connect(&NewDistrict {
        source_id: &source(1),
        name: "Town",
        at: homeroom_client::Clock::now(&*clock),
    });
    let source = Source::new(Parts {
        api: Address::parse(server).unwrap(),
        oauth: None,
        version: &V3_1,
        district: ObjectId::from_hex(&source(1)).unwrap(),
        token: Secret::new("token of 1"),
        credentials: None,
        transport: Arc::new(Http::new(&HttpSettings::default()).unwrap()),
        clock: Arc::clone(&clock) as _,
        settings: Settings::default(),
    });
    let sender = Sender::new(roster, clock, format!("child {turn}"));
    let mut reporting = Reporting::of(years(), METRIC).unwrap();
    reporting.limits.rows = 2;
    let cancel = Cancel::default();
    let pushed = sender
        .push(
            &source,
            district.unwrap(),
            &reporting,
            &Push::DEMAND,
            &cancel,
        )
        .await;
    assert_eq!(pushed.unwrap().state, PushState::Done);
}

/// A request as it came over the socket: its body; nothing if it ends before its end.
fn request(stream: &mut TcpStream) -> Option<Bytes> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            assert!(head.starts_with("post /v2.0/metrics "), "{head}");
            let length = head.split("content-length: ").nth(1).unwrap();
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            if bytes.len() >= head.len() + 4 + length {
                return Some(Bytes::from(bytes.split_off(head.len() + 4)));
            }
        }
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    }
}

fn respond(stream: &mut TcpStream, status: u16, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
}

/// When the child is killed, at which request.
#[derive(Clone, Copy, Debug)]
enum Killed {
    BeforeTaken,
    Unanswered,
    /// So long after the answer: it may be written down or not.
    Answered(Duration),
    Not,
}

#[tokio::test]
async fn a_sender_that_is_killed_counts_nothing_twice_and_loses_nothing() {
    let app = App::new();
    let river = app.district(1);
    let people = river.town.students;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let mut kills = vec![Killed::BeforeTaken, Killed::Unanswered];
    kills.extend((0..8).map(|step| Killed::Answered(Duration::from_micros(step * 700))));
    let mut expected = [0; 3];
    let mut turn = 0;
    for kill in kills {
        for nth in [1, 2] {
            for (place, person) in people.iter().enumerate() {
                app.works(&river, &format!("{turn} of {place}"), *person, 2);
                expected[place] += 2;
            }
            for killed in [kill, Killed::Not] {
                turn += 1;
                app.hours(1);
                let done = run(&app, &listener, &server, turn, (killed, nth));
                // One that is killed behind its last answer may have come to its end.
                match killed {
                    Killed::Not => assert!(done, "{turn}"),
                    Killed::Answered(_) => {}
                    Killed::BeforeTaken | Killed::Unanswered => assert!(!done, "{turn}"),
                }
                let shown =
                    [40, 41, 42].map(|student| app.shown(&river, student).map_or(0, |one| one.0));
                for (person, minutes) in app.acknowledged(&river) {
                    let place = people.iter().position(|one| *one == person).unwrap();
                    assert!(minutes <= shown[place], "{killed:?} at {nth}");
                }
            }
            let shown = [40, 41, 42].map(|student| app.shown(&river, student).unwrap().0);
            assert_eq!(shown, expected, "{kill:?} at {nth}");
            assert!(!app.states(&river).contains(&"sending"));
        }
    }
    assert!(app.states(&river).contains(&"cut_off"));
}

/// Takes what a child still sent before it died: it arrives, and nobody is there to hear so.
fn drain(app: &App, listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    while let Ok((mut stream, _)) = listener.accept() {
        stream.set_nonblocking(false).unwrap();
        if let Some(body) = request(&mut stream) {
            app.receiver.take("token of 1", "application/json", &body);
        }
    }
    listener.set_nonblocking(false).unwrap();
}

/// Runs the child; whether it came to its end.
fn run(
    app: &App,
    listener: &TcpListener,
    server: &str,
    turn: u32,
    (kill, nth): (Killed, u32),
) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["goals::killed::child", "--exact"])
        .env(PLACE, app.folder.path())
        .env(SERVER, server)
        .env(TURN, turn.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Three students in parts of two.
    for number in 1..=2 {
        let (mut stream, _) = listener.accept().unwrap();
        let body = request(&mut stream).expect("a whole request");
        let kill = if number == nth { kill } else { Killed::Not };
        if matches!(kill, Killed::BeforeTaken) {
            child.kill().unwrap();
            break;
        }
        let (status, receipt) = app.receiver.take("token of 1", "application/json", &body);
        if matches!(kill, Killed::Unanswered) {
            child.kill().unwrap();
            break;
        }
        respond(&mut stream, status, &receipt);
        if let Killed::Answered(after) = kill {
            std::thread::sleep(after);
            child.kill().unwrap();
            break;
        }
    }
    let done = child.wait().unwrap().success();
    drain(app, listener);
    done
}
