//! People kept by hand: district admins and staff that no file brings.

use std::collections::BTreeMap;

use homeroom_derive::ByHand;
use homeroom_history::Published;
use homeroom_model::{DistrictAdmin, Name, ObjectId, Staff};
use homeroom_segment::Candidate;
use homeroom_store::{HoldMove, Person, PersonKind, RunState};

use crate::Ingest;
use crate::attendance::NewAttendance;
use crate::begun::{Begun, Cause, End, Start};
use crate::error::IngestError;
use crate::plan::{Compared, Publishing};
use crate::problems::Fatal;
use crate::report::{Outcome, Report};

impl Ingest {
    /// Publishes what changed among the people kept by hand, without any file: everything else stays as it is. Before the
    /// first import there is nothing to publish; they come with it.
    pub async fn people_changed(&self, district: ObjectId) -> Result<(), IngestError> {
        if self.people_are_published(district).await? {
            return Ok(());
        }
        match self.lease(district).await {
            Ok(held) => {
                let done = match self.close_abandoned(district).await {
                    Ok(_) => self.publish_people(district, held.fence).await,
                    Err(error) => Err(error),
                };
                held.release().await;
                done?;
            }
            // An import runs; whoever looks next (the server does every few seconds) publishes them after it.
            Err(IngestError::Busy { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        self.move_views(district).await
    }

    /// Publishes people kept by hand if they are others than those that are published.
    pub(crate) async fn publish_people(
        &self,
        district: ObjectId,
        fence: u64,
    ) -> Result<Option<u64>, IngestError> {
        if self.people_are_published(district).await? {
            return Ok(None);
        }
        let people = self.store.people(district).await?;
        let digest = digest(&people);
        let old = self.published(district).await?;
        let Some(file_set) = old.file_set else {
            return Ok(None);
        };
        let (key, spools) = (
            self.hash_key(district).await?,
            std::sync::Arc::clone(&self.spools),
        );
        let work = move || {
            let people: Vec<_> = people.iter().map(by_hand).collect();
            let candidate = homeroom_derive::from_snapshot(
                &old.snapshot,
                &key,
                &*spools,
                &people,
                &mut Fatal::default(),
            )?;
            Ok::<_, std::io::Error>((old, candidate))
        };
        let (old, candidate) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?
            .map_err(IngestError::io("building the candidate"))?;
        let start = Start {
            cause: Cause::People,
            source: "people kept by hand".to_owned(),
            actor: "homeroom".to_owned(),
            of: None,
        };
        let begun = self.begin(district, fence, start).await?;
        let number = match Box::pin(self.republish(&begun, old, candidate, file_set)).await {
            Ok(number) => number,
            Err(error) => {
                self.fail(&begun, &error).await;
                return Err(error);
            }
        };
        self.people_published(district, &digest).await?;
        Ok(number)
    }

    /// Publishes a candidate that was made from what is published. No guard looks: somebody changed these very people.
    async fn republish(
        &self,
        begun: &Begun,
        old: Published,
        candidate: Candidate,
        file_set: [u8; 32],
    ) -> Result<Option<u64>, IngestError> {
        let district = begun.district;
        let inputs = self.inputs(begun).await?;
        let current = self.store.current(district).await?;
        // What is said of the files stays true, and they stay: they are those of the snapshot before.
        let mut earlier = None;
        if let Some(current) = current {
            self.inherit(begun, current.run).await?;
            earlier = self.store.report(district, current.run).await?;
        }
        let compared = Compared {
            inputs: &inputs,
            counts: &BTreeMap::new(),
        };
        let planned = self.plan(begun, old, candidate, compared).await?;
        let earlier = earlier.and_then(|text| Report::from_text(&text));
        let report = earlier.map(|earlier| {
            let mut report = Report {
                run: begun.run.to_hex(),
                note: "people kept by hand changed; the files are those of before".to_owned(),
                guards: Vec::new(),
                held: Vec::new(),
                ..earlier
            };
            planned.report(&mut report);
            report
        });
        let number = if planned.plan.is_empty() {
            None
        } else {
            let publishing = Publishing {
                file_set,
                hold: HoldMove::Keep,
                block: None,
                attendance: NewAttendance::Kept,
                attendance_read: false,
            };
            Some(self.carry_out(begun, planned, publishing).await?.number)
        };
        let state = match number {
            Some(_) => RunState::Published,
            None => RunState::NoChange,
        };
        let report = report.map(|mut report| {
            report.state = match number {
                Some(_) => Outcome::Published,
                None => Outcome::NoChange,
            };
            report.snapshot = number.or(report.snapshot);
            report.to_text()
        });
        let end = End {
            state,
            report: report.unwrap_or_else(|| "{}".to_owned()),
            change: None,
            hold: HoldMove::Keep,
        };
        self.finish(begun, end).await?;
        Ok(number)
    }

    async fn people_are_published(&self, district: ObjectId) -> Result<bool, IngestError> {
        let people = self.store.people(district).await?;
        let published = self.store.setting(&published_key(district)).await?;
        Ok(match published {
            Some(published) => published == digest(&people),
            None => people.is_empty(),
        })
    }

    /// Remembers which people the published snapshot holds.
    pub(crate) async fn people_published(
        &self,
        district: ObjectId,
        digest: &str,
    ) -> Result<(), IngestError> {
        Ok(self
            .store
            .set_setting(&published_key(district), digest)
            .await?)
    }
}

fn published_key(district: ObjectId) -> String {
    format!("people_published/{district}")
}

/// A digest of everything that is published of people kept by hand.
pub(crate) fn digest(people: &[Person]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    for person in people {
        text(&person.id.to_hex());
        for part in [
            person.kind.as_str(),
            &person.email,
            &person.first,
            &person.last,
            &person.title,
        ] {
            text(part);
        }
        text(&person.department);
        text(&person.staff_id);
        person.schools.iter().for_each(|school| text(school));
        text("roles");
        person.roles.iter().for_each(|role| text(role));
    }
    hasher.finalize().to_hex().to_string()
}

/// A person of the control store as derive takes them.
pub(crate) fn by_hand(person: &Person) -> ByHand<'_> {
    let name = Name {
        first: person.first.as_str().into(),
        middle: "".into(),
        last: person.last.as_str().into(),
    };
    match person.kind {
        PersonKind::DistrictAdmin => ByHand::Admin(DistrictAdmin {
            key: person.id.to_hex().into(),
            email: person.email.as_str().into(),
            name,
            title: person.title.as_str().into(),
        }),
        PersonKind::Staff => ByHand::Staff {
            staff: Staff {
                staff_id: person.staff_id.as_str().into(),
                email: person.email.as_str().into(),
                name,
                department: person.department.as_str().into(),
                title: person.title.as_str().into(),
                username: "".into(),
                roles: person
                    .roles
                    .iter()
                    .map(|role| role.as_str().into())
                    .collect(),
                ext: homeroom_model::Ext::default(),
                kept_by_hand: true,
                custom: false,
            },
            schools: person
                .schools
                .iter()
                .map(|school| school.as_str().into())
                .collect(),
        },
    }
}
