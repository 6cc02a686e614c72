//! A whole reading: where the source stands, every collection, where the source stands now (integration-side B11).

use std::ops::ControlFlow;

use homeroom_wire::Object;

use crate::cancel::Cancel;
use crate::effort::Effort;
use crate::error::ClientError;
use crate::known::Strange;
use crate::mark::{Mark, OwnDocuments};
use crate::reading::{Reading, Scope};
use crate::record::Sink;
use crate::report::{Collected, Movement, Report, Why};
use crate::source::Source;
use crate::walk::Walk;

impl Source {
    /// Reads a scope. Records are handed over as they come: first the district's own documents, then what others point at.
    /// What could not be read makes its collection partial and stops nothing; an error ends everything, and then nothing
    /// that was handed over may be used. Runs inside a tokio runtime.
    pub async fn read(
        &self,
        reading: &Reading,
        sink: &mut dyn Sink,
        cancel: &Cancel,
    ) -> Result<Report, ClientError> {
        let source = &self.0;
        let run = source.begin(cancel);
        let (mut effort, mut strange) = (Effort::default(), Strange::default());
        let (mark, own) = source.mark(&run, &mut effort, &mut strange).await?;
        let freshness = own.freshness();
        let mut collections = vec![hand_over_own(own, sink)?];
        let mut counts = Vec::new();
        for collection in reading.collections(source.version) {
            let walk = Walk::new(source, &run, &mut *sink, &mut strange, &collection);
            let (collected, counted) = walk.all(&collection).await?;
            effort += collected.effort;
            counts.extend(counted.map(|counted| (collections.len(), counted)));
            collections.push(collected);
        }
        // What is strange in the district's documents was counted.
        let after = source
            .mark(&run, &mut effort, &mut Strange::default())
            .await;
        let movement = moved(mark, after?.0);
        if !matches!(movement, Movement::Moved { .. }) {
            for (at, counted) in counts {
                if let Some(collected) = collections.get_mut(at) {
                    check_count(collected, counted);
                }
            }
        }
        Ok(Report {
            mark,
            movement,
            freshness,
            collections,
            strange,
            effort,
        })
    }
}

/// The server may count records that it gave twice once; what it gave and does not count is no harm.
fn check_count(collected: &mut Collected, counted: u64) {
    let given = collected.records;
    if counted > given {
        collected.fail(Why::Short { counted, given });
    }
}

fn moved(from: Mark, to: Mark) -> Movement {
    if from != to {
        Movement::Moved { from, to }
    } else if from.says_something() {
        Movement::Quiet
    } else {
        Movement::Unknown
    }
}

fn hand_over_own(own: OwnDocuments, sink: &mut dyn Sink) -> Result<Collected, ClientError> {
    let mut collected = Collected::new(Object::District, Scope::District);
    if let Some(failure) = own.failure {
        collected.fail(failure.into());
    }
    for record in own.records {
        collected.pages += 1;
        collected.records += 1;
        collected.unreadable += u64::from(record.read.is_err());
        if let ControlFlow::Break(()) = sink.take(record) {
            return Err(ClientError::Stopped);
        }
    }
    Ok(collected)
}
