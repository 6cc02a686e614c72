//! The steps of a run over a district's files, whoever sent them and whenever: received, read, compared, decided, carried
//! out. What differs between an import, an approval and a rehearsal is where the files come from and what may be done.

use std::io;
use std::sync::Arc;

use homeroom_derive::Counts;
use homeroom_history::Published;
use homeroom_intake::{FileSet, Stem};
use homeroom_model::{Code, ObjectId, Place, Problem, Problems};
use homeroom_segment::{AttendanceRows, Candidate};
use homeroom_store::HoldMove;

use crate::Ingest;
use crate::artifacts::{FINDINGS, NewArtifact};
use crate::attendance::{self, ATTENDANCE, NewAttendance, has_attendance};
use crate::begun::{Begun, Cause, Start};
use crate::counts::by_file;
use crate::district_settings::Inputs;
use crate::error::IngestError;
use crate::findings::Findings;
use crate::hold::hold_move;
use crate::import::Progress;
use crate::kept::KeptFiles;
use crate::plan::{Approval, Compared, Decision, Publishing};
use crate::read::{self, Reading};
use crate::receive::Files;
use crate::report::{Outcome, Report};
use crate::upload::Upload;

/// What a run is to do.
pub(crate) struct Job {
    pub(crate) files: Files,
    pub(crate) purpose: Purpose,
    pub(crate) progress: Progress,
}

/// What a run may do.
pub(crate) enum Purpose {
    /// Publish what is harmless or approved, hold the rest.
    Publish(Option<Approval>),
    /// The same with files that are published or held already, because settings or custom records changed.
    Refresh,
    /// Hold what is left of an upload of which a part was approved, however little it is.
    HoldRest,
    /// Only look.
    Look,
}

impl Purpose {
    /// Whether these are the newest files of the district.
    pub(crate) fn is_upload(&self) -> bool {
        let of_a_hold = self
            .approval()
            .is_some_and(|approval| approval.run.is_some());
        matches!(self, Self::Publish(_)) && !of_a_hold
    }

    pub(crate) fn approval(&self) -> Option<&Approval> {
        match self {
            Self::Publish(approval) => approval.as_ref(),
            _ => None,
        }
    }
}

/// How the steps of a run ended.
pub(crate) struct Done {
    pub(crate) report: Report,
    pub(crate) hold: HoldMove,
    /// Whether the district's document tells of it.
    pub(crate) is_told: bool,
    /// Whether what is published says what its files say, with the settings of the run.
    pub(crate) is_made: bool,
    /// Whether attendance that was sent now was read.
    pub(crate) attendance_read: bool,
}

impl Done {
    /// Nothing becomes of a hold.
    pub(crate) fn keeping_the_hold(report: Report) -> Self {
        Self {
            report,
            hold: HoldMove::Keep,
            is_told: true,
            is_made: false,
            attendance_read: false,
        }
    }
}

/// What was read.
struct Read {
    candidate: Option<Candidate>,
    attendance: Option<AttendanceRows>,
    counts: Counts,
    set: FileSet,
    findings: Findings,
    /// What is published.
    old: Published,
}

impl Ingest {
    /// Performs a run under the lease of its district, from its first note to its last.
    pub(crate) async fn perform(
        &self,
        district: ObjectId,
        fence: u64,
        start: Start,
        job: Job,
    ) -> Result<Report, IngestError> {
        let begun = self.begin(district, fence, start).await?;
        let is_upload = job.purpose.is_upload();
        let is_tried = !matches!(job.purpose, Purpose::Look);
        let steps = async {
            let inputs = self.inputs(&begun).await?;
            let done = self.steps(&begun, job, &inputs).await?;
            Ok((done, inputs))
        };
        match Box::pin(steps).await {
            Ok((done, inputs)) => {
                let is_paused = done.report.state == Outcome::Paused;
                if is_upload && is_paused {
                    // Before the end: who dies in between is run again, and nobody forgets the upload.
                    let noted = self.set_waiting_upload(district, Some(begun.run)).await;
                    if let Err(error) = noted {
                        self.fail(&begun, &error).await;
                        return Err(error);
                    }
                }
                self.end(&begun, &done).await?;
                let made = done.is_made.then_some(&inputs);
                let tried = (is_tried && !is_paused).then_some(&inputs);
                let is_over = is_upload && !is_paused;
                if let Err(error) = self.remember(district, made, tried, is_over).await {
                    tracing::warn!(%district, %error, "what a run was made with is not noted; it is looked at again");
                }
                Ok(done.report)
            }
            Err(error) => {
                self.fail(&begun, &error).await;
                Err(error)
            }
        }
    }

    /// Remembers what a run was made and tried with, and that no upload waits for the end of a pause any more. Whatever of
    /// it fails is repaired by [`Ingest::catch_up`]: what is not noted as made is not noted as tried either, and is tried
    /// again; an upload that was overtaken is not imported.
    async fn remember(
        &self,
        district: ObjectId,
        made: Option<&Inputs>,
        tried: Option<&Inputs>,
        is_over: bool,
    ) -> Result<(), IngestError> {
        if is_over {
            self.set_waiting_upload(district, None).await?;
        }
        if let Some(inputs) = made {
            self.made_with(district, inputs).await?;
        }
        if let Some(inputs) = tried {
            self.tried_with(district, inputs).await?;
        }
        Ok(())
    }

    async fn steps(&self, begun: &Begun, job: Job, inputs: &Inputs) -> Result<Done, IngestError> {
        let current = self.store.current(begun.district).await?;
        self.stage(begun, "receiving").await?;
        (job.progress)("keeping the files");
        let limits = inputs.settings.reading.limits.clone();
        let kept = self.receive(begun, job.files, limits).await?;
        let upload = kept.upload.clone();
        let not_read = self.not_read(begun, &job.purpose, inputs, &upload, current.as_ref());
        if let Some(done) = not_read.await? {
            return Ok(done);
        }
        self.stage(begun, "reading").await?;
        let served = current.map(|current| current.number);
        let old = self.published(begun.district).await?;
        let read = self.read(begun, kept, inputs, old, job.progress).await?;
        let report = read.report(begun, served, &upload);
        let length = read.findings.plain_bytes();
        let findings = read.findings.into_bytes();
        let findings = findings.map_err(IngestError::io("keeping what was found"))?;
        let findings = NewArtifact {
            length,
            name: FINDINGS.to_owned(),
            packed: findings,
        };
        let fatal = report.state == Outcome::Error;
        let Some(candidate) = read.candidate.filter(|_| !fatal) else {
            self.leave(begun, vec![findings]).await?;
            return Ok(Done::keeping_the_hold(report));
        };
        let judging = Judging {
            purpose: &job.purpose,
            inputs,
            upload: &upload,
            old: read.old,
            attendance: read.attendance.into(),
        };
        Box::pin(self.judge(begun, candidate, judging, report, findings)).await
    }

    /// Compares what was read with what is published, and does what is to be done about it.
    async fn judge(
        &self,
        begun: &Begun,
        candidate: Candidate,
        judging: Judging<'_>,
        mut report: Report,
        findings: NewArtifact,
    ) -> Result<Done, IngestError> {
        let Judging {
            purpose,
            inputs,
            upload,
            old,
            attendance,
        } = judging;
        self.stage(begun, "comparing").await?;
        let counts = &report.counts;
        let compared = Compared { inputs, counts };
        let planned = self.plan(begun, old, candidate, compared).await?;
        let decision = planned.decide(purpose, &mut report);
        let (decision, attendance) = self
            .with_attendance(begun, decision, attendance, &planned.old, &mut report)
            .await?;
        let attendance_read = attendance::is_read(upload, &report);
        let mut file_set = upload.file_set();
        let mut planned = planned;
        let selection = purpose
            .approval()
            .and_then(|approval| approval.selection.clone());
        if let Some(selection) = selection.filter(|_| decision == Decision::Publish) {
            (planned, file_set) = self.select(planned, selection, file_set).await?;
            planned.report(&mut report);
        }
        let (planned, mut artifacts) = self.plan_artifacts(planned).await?;
        artifacts.push(findings);
        self.leave(begun, artifacts).await?;
        let base = planned.plan.base();
        let hold = hold_move(begun, decision, purpose, base, upload, &report);
        if decision == Decision::Publish {
            let publishing = Publishing {
                file_set,
                hold: hold.clone(),
                block: None,
                attendance,
                attendance_read,
            };
            let carried = self.carry_out(begun, planned, publishing).await?;
            report.snapshot = Some(carried.number);
            if let Some(tally) = carried.attendance {
                report.changes.insert(ATTENDANCE.to_owned(), tally.into());
            }
        }
        Ok(Done {
            report,
            hold,
            is_told: begun.cause != Cause::Look,
            is_made: matches!(decision, Decision::Publish | Decision::NoChange),
            attendance_read,
        })
    }
}

/// What a candidate is judged with.
struct Judging<'a> {
    purpose: &'a Purpose,
    inputs: &'a Inputs,
    upload: &'a Upload,
    old: Published,
    attendance: NewAttendance,
}

impl Ingest {
    /// Reads the files. No candidate if something fatal is wrong with them.
    async fn read(
        &self,
        begun: &Begun,
        kept: KeptFiles,
        inputs: &Inputs,
        old: Published,
        progress: Progress,
    ) -> Result<Read, IngestError> {
        let key = self.hash_key(begun.district).await?;
        let spools = Arc::clone(&self.spools);
        let inputs = inputs.clone();
        let work = move || {
            let mut findings = Findings::new(&*spools)?;
            let settings = inputs.settings.reading.clone().on(inputs.today);
            let set = FileSet::find(&kept, &settings.limits, &mut findings)?;
            report_carried_over(&kept.upload, &mut findings);
            let mut read = Read {
                candidate: None,
                attendance: None,
                counts: Counts::default(),
                set,
                findings,
                old,
            };
            if read.findings.fatal() {
                return Ok(read);
            }
            let reading = Reading {
                source: &kept,
                set: &read.set,
                settings: &settings,
                derived: &inputs.settings.derived,
                people: &inputs.people,
                custom: &inputs.custom,
                has_attendance: has_attendance(&read.old),
                published: (read.old.snapshot.number() > 0).then_some(&read.old.snapshot),
                key,
                spools: &*spools,
                progress: &progress,
            };
            if let Some(derived) = read::read(&reading, &mut read.findings)? {
                read.candidate = Some(derived.candidate);
                read.attendance = derived.attendance;
                read.counts = derived.counts;
            }
            Ok(read)
        };
        let done: io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        done.map_err(IngestError::io("reading the district's files"))
    }
}

impl Read {
    /// The report as far as reading got.
    fn report(&self, begun: &Begun, served: Option<u64>, upload: &Upload) -> Report {
        let state = if self.findings.fatal() {
            Outcome::Error
        } else {
            Outcome::NoChange
        };
        let mut report = Report::new(begun.run.to_hex(), state, served, upload);
        // Files that could not be read as a whole have no counts, and neither do the others then.
        if self.candidate.is_some() {
            report.counts = by_file(&self.counts, |file| read::is_sent(&self.set, file));
        }
        report.problems = self.findings.counts();
        report.shown = self.findings.first_of_each();
        report
    }
}

/// Says of files that stand for those that were not sent that they do.
pub(crate) fn report_carried_over(upload: &Upload, findings: &mut dyn Problems) {
    for file in upload.files.iter().filter(|file| file.carried_over) {
        let stem = Stem::ALL.into_iter();
        let mut stem = stem.filter(|stem| file.stem.as_deref() == Some(stem.text()));
        if let Some(stem) = stem.next() {
            let place = Place {
                file: stem.text(),
                line: 0,
            };
            findings.report(Problem::new(Code::OptionalFileVanished, place));
        }
    }
}
