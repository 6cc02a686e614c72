use async_trait::async_trait;
use homeroom_model::ObjectId;
use homeroom_store::{Artifact, Artifacts, Conflict, Digest, RunArtifacts, StoreError, limits};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{digest, id, moment, number, signed};
use crate::fault::{Answer, Fault};
use crate::snapshots::check_not_condemned;
use crate::{SqliteStore, leases, query, runs};

#[async_trait]
impl Artifacts for SqliteStore {
    async fn add_artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
        fence: u64,
        artifacts: Vec<Artifact>,
    ) -> Result<(), StoreError> {
        Artifact::check_all(&artifacts)?;
        self.write("adding artifacts", move |tx| {
            leases::check_fence(tx, district, fence)?;
            runs::running(tx, district, run, fence)?;
            add(tx, district, run, &artifacts)
        })
        .await
    }

    async fn artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Vec<Artifact>, StoreError> {
        self.read_many("listing artifacts", move |connection| {
            all(connection, district, run)
        })
        .await
    }

    async fn drop_artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
        names: &[String],
    ) -> Result<u64, StoreError> {
        let names = names.to_vec();
        self.write("dropping artifacts", move |tx| {
            let sql = "DELETE FROM artifacts WHERE district = ?1 AND run = ?2 AND name = ?3";
            let dropped = names
                .iter()
                .map(|name| query::change(tx, sql, params![district.bytes(), run.bytes(), name]));
            let dropped: usize = dropped.sum::<Answer<_>>()?;
            Ok(dropped as u64)
        })
        .await
    }

    async fn runs_with_artifacts(
        &self,
        district: ObjectId,
    ) -> Result<Vec<RunArtifacts>, StoreError> {
        self.read_many("listing runs with artifacts", move |connection| {
            let sql = "SELECT runs.id, runs.started, artifacts.name FROM artifacts \
                       JOIN runs ON runs.district = artifacts.district AND runs.id = artifacts.run \
                       WHERE artifacts.district = ?1 \
                       ORDER BY runs.started, runs.id, artifacts.name";
            let rows = query::all(connection, sql, [district.bytes()], |row| {
                Ok((id(row, 0)?, moment(row, 1)?, row.get::<_, String>(2)?))
            })?;
            let mut runs: Vec<RunArtifacts> = Vec::new();
            for (run, started, name) in rows {
                match runs.last_mut() {
                    Some(last) if last.run == run => last.names.push(name),
                    _ => runs.push(RunArtifacts {
                        run,
                        started,
                        names: vec![name],
                    }),
                }
            }
            Ok(runs)
        })
        .await
    }
}

fn add(
    tx: &Transaction<'_>,
    district: ObjectId,
    run: ObjectId,
    artifacts: &[Artifact],
) -> Answer<()> {
    let kept = all(tx, district, run)?;
    let mut new = Vec::new();
    for artifact in artifacts {
        let same_name = kept.iter().find(|kept| kept.name == artifact.name);
        match same_name {
            None => new.push(artifact),
            Some(kept) if kept == artifact => {}
            Some(_) => {
                return Err(Fault::refused(
                    Conflict::Exists,
                    "the run has another artifact of this name",
                ));
            }
        }
    }
    if kept.len() + new.len() > limits::ARTIFACTS {
        return Err(Fault::refused(
            Conflict::Invalid,
            "the run has too many artifacts",
        ));
    }
    let objects: Vec<Digest> = artifacts.iter().map(|artifact| artifact.object).collect();
    check_not_condemned(tx, &objects)?;
    for artifact in new {
        insert(tx, district, run, artifact)?;
    }
    Ok(())
}

fn all(connection: &Connection, district: ObjectId, run: ObjectId) -> Answer<Vec<Artifact>> {
    let sql = "SELECT name, object, \"offset\", length, plain_length FROM artifacts \
               WHERE district = ?1 AND run = ?2 ORDER BY name";
    query::all(connection, sql, [district.bytes(), run.bytes()], read)
}

fn insert(
    tx: &Transaction<'_>,
    district: ObjectId,
    run: ObjectId,
    artifact: &Artifact,
) -> Answer<()> {
    let sql = "INSERT INTO artifacts (district, run, name, object, \"offset\", length, plain_length) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = params![
        district.bytes(),
        run.bytes(),
        artifact.name,
        artifact.object,
        signed(artifact.offset),
        signed(artifact.length),
        signed(artifact.plain_length),
    ];
    query::change(tx, sql, row).map(drop)
}

fn read(row: &Row<'_>) -> Answer<Artifact> {
    Ok(Artifact {
        name: row.get(0)?,
        object: digest(row, 1)?,
        offset: number(row, 2)?,
        length: number(row, 3)?,
        plain_length: number(row, 4)?,
    })
}
