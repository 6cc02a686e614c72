//! A record as the district sent it: the raw cells of its rows, in the files that are published now (district-side 3).

use homeroom_intake::{Excerpt, FileSet, Intake, Settings, Stem};
use homeroom_model::{ObjectId, Problem};

use crate::Ingest;
use crate::cancel::Cancel;
use crate::error::IngestError;

/// The rows of a record in the files that are published. They hold whatever a district knows of a person; passwords are
/// blanked.
#[derive(Clone, Debug)]
pub struct AsSent {
    /// The run whose files these are.
    pub run: ObjectId,
    /// Name of the file, as the district spelt it.
    pub file: String,
    /// The rows, in the order of the file; none if no row has the key.
    pub rows: Vec<Excerpt>,
}

impl Ingest {
    /// Looks a record up by its id in the SIS in the files of a run, or, without one, those that the published snapshot was
    /// made of. `None` if nothing is published, the files are not kept any more, or there was no such file.
    pub async fn as_sent(
        &self,
        district: ObjectId,
        run: Option<ObjectId>,
        stem: Stem,
        key: &str,
    ) -> Result<Option<AsSent>, IngestError> {
        let published = self.store.current(district).await?;
        let Some(run) = run.or(published.map(|current| current.run)) else {
            return Ok(None);
        };
        let kept = self.files_of(district, run, Cancel::default()).await?;
        let Some(kept) = kept else {
            return Ok(None);
        };
        let (mut settings, _) = self.settings(district).await?;
        settings.reading.today = settings.time_zone.day_of(self.surroundings.now());
        let key = key.to_owned();
        let work = move || {
            let reading: Settings = settings.reading;
            let nobody: &mut Vec<Problem> = &mut Vec::new();
            let files = FileSet::find(&kept, &reading.limits, nobody)?;
            let Some(file) = files.name(stem).map(str::to_owned) else {
                return Ok(None);
            };
            let intake = Intake {
                source: &kept,
                files: &files,
                settings: &reading,
            };
            let lines = intake.lines_with(stem, stem.key_column(), &key)?;
            let mut rows = Vec::new();
            intake.excerpt(stem, &lines, |row| rows.push(row))?;
            Ok(Some(AsSent { run, file, rows }))
        };
        let done: std::io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        done.map_err(IngestError::io("looking through the kept files"))
    }
}
