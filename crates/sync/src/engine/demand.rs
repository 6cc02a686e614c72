//! Reading what somebody asks for: a school, a section, a person (integration-side A1.9, A1.10, A3.12).

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use homeroom_client::{Lookup, Record, Report, Scope, Sink};
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Relation, Snapshot, fields};

use super::coverage;
use super::error::SyncError;
use super::order::Extent;
use super::read::{Reader, Taken};
use super::watch::Stage;
use crate::mirror::{Gathered, Mirror};

/// What a read is called of what somebody asked for.
const TARGETED: &str = "targeted";

impl Reader<'_> {
    /// Reads less than a district. Nothing outside is judged, and what looks missing inside is asked for.
    pub(crate) async fn demanded(&mut self, extent: Extent) -> Result<Taken, SyncError> {
        let mut gathered = self.gathered()?;
        match extent {
            Extent::District => {}
            Extent::Person(id) => self.person(id, &mut gathered).await?,
            Extent::Section(id) => {
                self.scope(Scope::Section(id), &mut gathered).await?;
                let mut missing = self.named_and_known(&gathered);
                missing.insert((Kind::Section, id));
                self.missing(missing, &mut gathered).await?;
            }
            Extent::School(id) => {
                let report = self.scope(Scope::School(id), &mut gathered).await?;
                let mut missing = self.of_school(id, &report);
                missing.insert((Kind::School, id));
                self.missing(missing, &mut gathered).await?;
            }
        }
        Ok(Taken {
            mode: TARGETED,
            gathered,
            whole: BTreeSet::new(),
        })
    }

    async fn person(&mut self, id: ObjectId, gathered: &mut Gathered) -> Result<(), SyncError> {
        self.watch.stage(Stage::LookingUp, 0, Some(1));
        match self.tenant.source.person(id, self.cancel).await? {
            Lookup::Found(record) => {
                self.about.is_back(id);
                let _ = gathered.follow(*record, self.before);
            }
            Lookup::Missing => {
                self.about.is_gone(id, None);
                gathered.remove_person(id, self.before);
            }
            Lookup::Unknown(failure) => {
                return Err(homeroom_client::ClientError::from(failure).into());
            }
        }
        self.report.requests += 1;
        Ok(())
    }

    async fn scope(&mut self, scope: Scope, gathered: &mut Gathered) -> Result<Report, SyncError> {
        let reading = coverage::reading(&self.tenant.policy, scope, (&self.about, &**self.before));
        let mut sink = Following {
            gathered,
            before: self.before,
        };
        let source = &self.tenant.source;
        let report = source.read(&reading, &mut sink, self.cancel).await?;
        self.report.read(&report);
        Ok(report)
    }

    /// People whom the section names and the mirror has: one who did not come with it may be gone (integration-side S15).
    fn named_and_known(&self, gathered: &Gathered) -> BTreeSet<(Kind, ObjectId)> {
        let mut known = BTreeSet::new();
        for (kind, relation) in [
            (Kind::Student, Relation::SectionStudents),
            (Kind::Employee, Relation::SectionTeachers),
        ] {
            let table = self.before.snapshot.table(kind);
            let named = gathered.named(relation).into_iter();
            known.extend(
                named
                    .filter(|id| table.find(id).is_some())
                    .map(|id| (kind, id)),
            );
        }
        known
    }

    /// Records that were the school's and did not come with it, where the list they belong to was read to its end.
    fn of_school(&self, school: ObjectId, report: &Report) -> BTreeSet<(Kind, ObjectId)> {
        let snapshot = &self.before.snapshot;
        let Some(row) = snapshot.table(Kind::School).find(&school) else {
            return BTreeSet::new();
        };
        let complete =
            coverage::complete(report, self.tenant.source.version(), &self.tenant.policy);
        let lists = [
            (Kind::Section, Relation::SectionSchool),
            (Kind::Student, Relation::StudentSchools),
            (Kind::Employee, Relation::TeacherSchools),
            (Kind::Employee, Relation::StaffSchools),
        ];
        let mut found = BTreeSet::new();
        for (kind, relation) in lists
            .into_iter()
            .filter(|(kind, _)| complete.contains(kind))
        {
            let rows = snapshot.back(relation).get(row);
            found.extend(rows.iter().map(|row| (kind, snapshot.table(kind).id(*row))));
        }
        found
    }

    /// Asks for records whose SIS id came under another id: where less than the district was read, nothing else says that the
    /// earlier id is gone, and the account would be made a second time.
    pub(crate) async fn look_up_earlier(
        &mut self,
        mirror: &Mirror,
        mode: &str,
    ) -> Result<Option<Gathered>, SyncError> {
        if mode != TARGETED {
            return Ok(None);
        }
        let earlier = earlier_ids(&self.before.snapshot, &mirror.snapshot);
        if earlier.is_empty() {
            return Ok(None);
        }
        let mut found = self.gathered()?;
        self.look_up(earlier, &mut found).await?;
        Ok(Some(found))
    }

    /// Asks for those of some records that did not come.
    async fn missing(
        &mut self,
        records: BTreeSet<(Kind, ObjectId)>,
        gathered: &mut Gathered,
    ) -> Result<(), SyncError> {
        let came: BTreeSet<_> = Kind::ALL
            .into_iter()
            .flat_map(|kind| gathered.ids(kind).into_iter().map(move |id| (kind, id)))
            .collect();
        let missing: BTreeSet<_> = records.difference(&came).copied().collect();
        self.look_up(missing, gathered).await?;
        Ok(())
    }
}

/// Records of before whose SIS id stands on a record that is new.
fn earlier_ids(before: &Snapshot, mirror: &Snapshot) -> BTreeSet<(Kind, ObjectId)> {
    let mut found = BTreeSet::new();
    for (kind, field) in [
        (Kind::Student, fields::student::SIS_ID),
        (Kind::Employee, fields::employee::TEACHER_SIS_ID),
        (Kind::Employee, fields::employee::STAFF_ID),
        (Kind::Section, fields::section::SIS_ID),
    ] {
        let (table, known) = (mirror.table(kind), before.table(kind));
        let rows = || (0..table.len()).map(|row| (table.id(row), table.row(row).text(field)));
        let is_new = |id: &ObjectId| known.find(id).is_none();
        let new = rows().filter(|(id, sis_id)| !sis_id.is_empty() && is_new(id));
        let new: HashSet<_> = new.map(|(_, sis_id)| sis_id).collect();
        if !new.is_empty() {
            let earlier = rows().filter(|(id, sis_id)| new.contains(sis_id) && !is_new(id));
            found.extend(earlier.map(|(id, _)| (kind, id)));
        }
    }
    found
}

/// Takes records as what happened last.
struct Following<'a> {
    gathered: &'a mut Gathered,
    before: &'a Mirror,
}

impl Sink for Following<'_> {
    fn take(&mut self, record: Record) -> ControlFlow<()> {
        self.gathered.follow(record, self.before)
    }
}
