//! The writer: a thread that owns the one writing connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use homeroom_store::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::fault::{Answer, Fault};

/// Statistics of at most this many rows per index are gathered when the store is closed.
const ANALYSIS_LIMIT: i64 = 400;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// What the thread is asked for.
enum Task {
    Work(Work),
    Close(oneshot::Sender<()>),
}

/// The asking side.
pub(crate) struct Writer {
    queue: mpsc::Sender<Task>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(connection: Connection, queue: usize) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        thread::Builder::new()
            .name("control-store".into())
            .spawn(move || work(connection, receiver))
            .map_err(|error| {
                StoreError::unavailable("the control store's writer cannot be started")
                    .because(error)
            })?;
        Ok(Self { queue: sender })
    }

    /// Does `job` in one transaction: committed and durable if it answers, undone if it refuses.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Transaction<'_>) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let done = transact(connection, job).map_err(|fault| fault.into_error(what));
            // Whoever asked may have stopped waiting.
            let _ = reply.send(done);
        });
        let sent = self.queue.send(Task::Work(work)).await;
        sent.map_err(|_| closed().during(what))?;
        answer.await.map_err(|_| closed().during(what))?
    }

    /// Waits for the work before, then closes the connection. Later work is refused.
    pub(crate) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Task::Close(reply)).await.is_ok() {
            // An error means that another call has closed it meanwhile.
            let _ = closed.await;
        }
    }
}

/// The answer to those who come after the end, or whose job did not come to one.
pub(crate) fn closed() -> StoreError {
    StoreError::unavailable(
        "the control store is closed, or the step before failed; look again and repeat it",
    )
}

/// Does what is asked until it is asked to close or nobody can ask any more.
fn work(mut connection: Connection, mut queue: mpsc::Receiver<Task>) {
    let mut told = None;
    while let Some(task) = queue.blocking_recv() {
        match task {
            // A job that panics is undone by its transaction; the next one finds the connection as it was.
            Task::Work(job) => drop(catch_unwind(AssertUnwindSafe(|| job(&mut connection)))),
            Task::Close(reply) => {
                told = Some(reply);
                break;
            }
        }
    }
    queue.close();
    // Only comfort for the next opening: what was answered is durable already.
    let _ = connection.pragma_update(None, "analysis_limit", ANALYSIS_LIMIT);
    let _ = connection.execute_batch("PRAGMA optimize");
    drop(connection);
    if let Some(told) = told {
        let _ = told.send(());
    }
}

fn transact<T>(
    connection: &mut Connection,
    job: impl FnOnce(&Transaction<'_>) -> Answer<T>,
) -> Answer<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = job(&transaction)?;
    transaction.commit().map_err(Fault::from)?;
    Ok(answer)
}
