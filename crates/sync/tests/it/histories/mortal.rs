//! A roster and a depot that die at a chosen operation, as a process does: from then on nothing works until a restart. Or they
//! stop there and wait, so that whoever watches the process can end it at that place.

use std::fmt;
use std::io::{BufRead as _, Write as _};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use homeroom_model::{Date, Timestamp};
use homeroom_roster::{
    Action, Applying, Approval, AuditEntry, Begin, Commit, Connection, CrosswalkRow, Decision,
    Decisions, Districts, Fits, GoalAcknowledged, GoalCorrection, GoalDeliveryEnd, GoalEntry,
    GoalPush, GoalPushEnd, GoalTaken, Goals, HoldOutcome, Holds, Kind, Lease, MirrorRow, Mirrors,
    NewDistrict, NewGoalDelivery, NewHold, NewNotice, NewRun, Notices, Outcome, Plan, PlanState,
    Reading, Roster, RosterError, RunEnd, Runs, SideRow, SqliteRoster, TimelineReads, Undone,
};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult,
};

/// Whether the operation at which it dies is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// When a process dies. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fate(Arc<Mutex<Doom>>);

#[derive(Debug, Default)]
struct Doom {
    /// Operations that are still to come, the one at which it dies included.
    left: Option<(u64, Moment)>,
    /// What the last one was, if it is dead.
    died: Option<&'static str>,
    /// Where it stops and waits.
    stop: Option<Stop>,
}

/// A place at which a process stops: before or after an operation of a name has been called so often, from 1.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) what: String,
    pub(crate) nth: usize,
    pub(crate) moment: Moment,
}

impl Stop {
    /// As it is told to another process.
    pub(crate) fn text(&self) -> String {
        format!("{:?} {} {}", self.moment, self.what, self.nth)
    }

    pub(crate) fn of(text: &str) -> Self {
        let words: Vec<_> = text.split(' ').collect();
        let [moment, what, nth] = words[..] else {
            panic!("{text} is no place");
        };
        Self {
            moment: if moment == "Before" {
                Moment::Before
            } else {
                Moment::After
            },
            what: what.to_owned(),
            nth: nth.parse().unwrap(),
        }
    }
}

/// What a process says on its standard error where it stops. Then it waits for a line.
pub(crate) const STOPPED: &str = "it stops here";

enum Verdict {
    Live,
    Last(Moment),
    Dead,
}

impl Fate {
    /// It will die at the nth operation from now, counted from 1.
    pub(crate) fn sealed(&self, nth: u64, moment: Moment) {
        self.0.lock().unwrap().left = Some((nth, moment));
    }

    /// A restart. Says at what it had died.
    pub(crate) fn revived(&self) -> Option<&'static str> {
        let mut doom = self.0.lock().unwrap();
        doom.left = None;
        doom.died.take()
    }

    pub(crate) fn died(&self) -> bool {
        self.0.lock().unwrap().died.is_some()
    }

    /// It will stop at a place.
    pub(crate) fn stopped(&self, stop: Stop) {
        self.0.lock().unwrap().stop = Some(stop);
    }

    fn stop(&self, what: &'static str, moment: Moment) {
        let mut doom = self.0.lock().unwrap();
        let here = |stop: &&mut Stop| stop.what == what && stop.moment == moment;
        let Some(stop) = doom.stop.as_mut().filter(here) else {
            return;
        };
        stop.nth -= 1;
        if stop.nth > 0 {
            return;
        }
        doom.stop = None;
        drop(doom);
        let mut watched = std::io::stderr().lock();
        watched.write_all(STOPPED.as_bytes()).unwrap();
        watched.write_all(b"\n").unwrap();
        drop(watched);
        // Whoever watches is gone, if there is none: then it goes on.
        let _ = std::io::stdin().lock().read_line(&mut String::new());
    }

    fn next(&self, what: &'static str) -> Verdict {
        let mut doom = self.0.lock().unwrap();
        if doom.died.is_some() {
            return Verdict::Dead;
        }
        match doom.left {
            Some((1, moment)) => {
                doom.died = Some(what);
                Verdict::Last(moment)
            }
            Some((left, moment)) => {
                doom.left = Some((left - 1, moment));
                Verdict::Live
            }
            None => Verdict::Live,
        }
    }

    fn step<T>(
        &self,
        what: &'static str,
        doing: impl FnOnce() -> Result<T, RosterError>,
    ) -> Result<T, RosterError> {
        self.stop(what, Moment::Before);
        match self.next(what) {
            Verdict::Live => {
                let done = doing();
                self.stop(what, Moment::After);
                done
            }
            Verdict::Last(Moment::After) => doing().and_then(|_| Err(dead())),
            Verdict::Last(Moment::Before) | Verdict::Dead => Err(dead()),
        }
    }
}

fn dead() -> RosterError {
    RosterError::unavailable("the process is dead")
}

/// A roster that dies.
#[derive(Debug)]
pub(crate) struct Mortal {
    pub(crate) roster: Arc<SqliteRoster>,
    pub(crate) fate: Fate,
}

/// Calls that are passed on, each an operation at which it can die.
macro_rules! passed_on {
    ($(fn $name:ident(&self $(, $arg:ident: $type:ty)*) -> $answer:ty;)*) => {
        $(fn $name(&self $(, $arg: $type)*) -> Result<$answer, RosterError> {
            self.fate.step(stringify!($name), || self.roster.$name($($arg),*))
        })*
    };
}

impl Districts for Mortal {
    passed_on! {
        fn connect(&self, district: &NewDistrict<'_>) -> i64;
        fn set_connection(&self, district: i64, state: Connection, reason: Option<&str>, keep: Option<Date>, at: Timestamp) -> bool;
        fn claim(&self, district: i64, fence: i64) -> ();
    }

    // Signs of life come when time says so, not when the work does: they are not counted.
    fn lease(
        &self,
        district: i64,
        holder: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, RosterError> {
        if self.fate.died() {
            return Err(dead());
        }
        self.roster.lease(district, holder, at, until)
    }

    fn release(&self, district: i64, holder: &str) -> Result<bool, RosterError> {
        if self.fate.died() {
            return Err(dead());
        }
        self.roster.release(district, holder)
    }
}

impl Mirrors for Mortal {
    passed_on! {
        fn keep_mirror(&self, district: i64, fence: i64, mirror: &MirrorRow) -> ();
        fn drop_mirrors(&self, district: i64, numbers: &[i64]) -> ();
    }
}

impl Runs for Mortal {
    passed_on! {
        fn start_run(&self, run: &NewRun<'_>) -> i64;
        fn note_run(&self, district: i64, run: i64, report: &str) -> ();
        fn finish_run(&self, district: i64, run: i64, end: &RunEnd<'_>, cursor: Option<(&str, Timestamp)>) -> ();
        fn keep_plan(&self, district: i64, plan: &Plan) -> ();
        fn set_plan(&self, district: i64, digest: &str, state: PlanState) -> bool;
        fn forget_lines(&self, district: i64, before: Timestamp) -> u64;
    }
}

impl Holds for Mortal {
    passed_on! {
        fn hold(&self, hold: &NewHold<'_>) -> i64;
        fn discuss(&self, district: i64, hold: i64, by: &str, words: &str, at: Timestamp) -> bool;
        fn close_hold(&self, district: i64, hold: i64, outcome: HoldOutcome, by: &str, at: Timestamp) -> bool;
        fn approve(&self, district: i64, approval: &Approval) -> ();
    }
}

impl Decisions for Mortal {
    passed_on! {
        fn decide(&self, district: i64, suggestion: i64, decision: Decision, by: &str, at: Timestamp) -> bool;
        fn settle(&self, district: i64, conflict: i64, by: &str, at: Timestamp) -> bool;
        fn pick(&self, district: i64, record: (Kind, &str), picked: Option<bool>, by: &str, at: Timestamp) -> bool;
        fn add_crosswalk(&self, district: i64, rows: &[CrosswalkRow], by: &str, at: Timestamp) -> ();
        fn put_side_data(&self, district: i64, rows: &[SideRow<'_>]) -> Vec<Fits>;
    }
}

impl Notices for Mortal {
    passed_on! {
        fn raise(&self, notice: &NewNotice<'_>) -> bool;
        fn settle_notice(&self, district: i64, code: &str, subject: &str, at: Timestamp) -> bool;
    }
}

impl TimelineReads for Mortal {
    passed_on! {
        fn note_timeline_read(&self, district: i64, subjects: &[Option<i64>], by: &str, at: Timestamp) -> ();
    }
}

impl Goals for Mortal {
    passed_on! {
        fn record_activities(&self, district: i64, entries: &[GoalEntry<'_>], by: &str, at: Timestamp) -> Vec<GoalTaken>;
        fn begin_delivery(&self, delivery: &NewGoalDelivery<'_>) -> i64;
        fn end_delivery(&self, district: i64, delivery: i64, end: &GoalDeliveryEnd<'_>, acknowledged: &[GoalAcknowledged], told: &[i64]) -> ();
        fn end_push(&self, district: i64, end: &GoalPushEnd<'_>) -> bool;
        fn allow_correction(&self, district: i64, correction: &GoalCorrection) -> i64;
    }

    // Signs of life, as above.
    fn begin_push(
        &self,
        district: i64,
        holder: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<GoalPush, RosterError> {
        if self.fate.died() {
            return Err(dead());
        }
        self.roster.begin_push(district, holder, at, until)
    }
}

impl Roster for Mortal {
    fn read(&self) -> Result<Box<dyn Reading>, RosterError> {
        self.fate.step("read", || self.roster.read())
    }

    fn begin<'r>(&'r self, begin: &Begin<'_>) -> Result<Box<dyn Applying + 'r>, RosterError> {
        let applying = self.fate.step("begin", || self.roster.begin(begin))?;
        Ok(Box::new(Dying {
            applying,
            fate: self.fate.clone(),
        }))
    }
}

/// The transaction of a plan in which the process may die.
struct Dying<'r> {
    applying: Box<dyn Applying + 'r>,
    fate: Fate,
}

impl Applying for Dying<'_> {
    fn apply(&mut self, action: &Action<'_>) -> Result<Outcome, RosterError> {
        self.fate.step("apply", || self.applying.apply(action))
    }

    fn invert(
        &mut self,
        entry: &AuditEntry,
        number: i64,
        reason: &str,
    ) -> Result<Undone, RosterError> {
        self.fate
            .step("invert", || self.applying.invert(entry, number, reason))
    }

    fn broken(&self) -> Result<Vec<(&'static str, i64)>, RosterError> {
        self.applying.broken()
    }

    fn look(&self) -> &dyn Reading {
        self.applying.look()
    }

    fn commit(self: Box<Self>, commit: &Commit<'_>) -> Result<i64, RosterError> {
        let Self { applying, fate } = *self;
        fate.step("commit", || applying.commit(commit))
    }
}

/// An object store that dies.
#[derive(Debug)]
pub(crate) struct MortalStore {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) fate: Fate,
}

impl fmt::Display for MortalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MortalStore({})", self.store)
    }
}

impl MortalStore {
    /// Whether the operation is done, and whether its end is told.
    fn next(&self, what: &'static str) -> object_store::Result<Moment> {
        match self.fate.next(what) {
            Verdict::Live => Ok(Moment::Before),
            Verdict::Last(Moment::After) => Ok(Moment::After),
            Verdict::Last(Moment::Before) | Verdict::Dead => Err(gone()),
        }
    }
}

fn gone() -> object_store::Error {
    object_store::Error::Generic {
        store: "MortalStore",
        source: "the process is dead".into(),
    }
}

#[async_trait]
impl ObjectStore for MortalStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> object_store::Result<PutResult> {
        let last = self.next("put an object")?;
        let put = self.store.put_opts(location, payload, options).await?;
        if last == Moment::After {
            return Err(gone());
        }
        Ok(put)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.next("put an object in parts")?;
        self.store.put_multipart_opts(location, options).await
    }

    async fn get_opts(
        &self,
        location: &Path,
        options: GetOptions,
    ) -> object_store::Result<GetResult> {
        if self.next("get an object")? == Moment::After {
            return Err(gone());
        }
        self.store.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        match self.next("delete objects") {
            Ok(_) => self.store.delete_stream(locations),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(
        &self,
        from: &Path,
        to: &Path,
        options: CopyOptions,
    ) -> object_store::Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}
