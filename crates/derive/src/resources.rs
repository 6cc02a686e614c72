//! Resources: several rows of resources.csv fold into one.

use std::io;

use homeroom_model::rows::ResourceRow;
use homeroom_model::{Code, Kind, Place, Problem, Problems};
use homeroom_segment::fields::course;
use homeroom_segment::{CandidateLists, Hash, Relation, Snapshot};

use crate::counts::{File, Kept};
use crate::courses::Numbered;
use crate::derive::Derive;
use crate::keys::{Keys, shown};

/// The resources of a district and the course numbers they name.
#[derive(Default)]
pub(crate) struct Resources {
    keys: Keys,
    attached: Vec<Attached>,
}

struct Attached {
    resource: u32,
    /// Of the course's number.
    course: Hash,
    /// Where it is named, with resource and number; `None` for what is kept from before.
    named: Option<(Place, String, String)>,
}

impl Resources {
    /// Whether no resource is attached to a course.
    pub(crate) fn are_alone(&self) -> bool {
        self.attached.is_empty()
    }

    /// The courses of each of `resources` resources, ascending. A course that there is not is reported where it is named.
    pub(crate) fn lists(
        self,
        resources: u32,
        courses: &Numbered,
        problems: &mut dyn Problems,
    ) -> CandidateLists {
        let mut pairs = Vec::new();
        for attached in self.attached {
            let found = courses.find(&attached.course);
            pairs.extend(found.iter().map(|(_, course)| (attached.resource, *course)));
            if let Some((place, resource, number)) = attached.named.filter(|_| found.is_empty()) {
                let problem = Problem::new(Code::RefCourseUnknown, place).column("Course_number");
                problems.report(problem.key(&resource).value(&number));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut lists = CandidateLists::default();
        let mut rest = pairs.as_slice();
        for resource in 0..resources {
            let end = rest.partition_point(|(owner, _)| *owner <= resource);
            let (own, later) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = later;
            lists.push(own.iter().map(|(_, course)| *course));
        }
        lists
    }
}

impl Derive {
    /// Takes a row of resources.csv (district-side 2.8). Rows of one resource need not stand together: the first one says
    /// what it is, and each attaches it to its course.
    pub fn resource(&mut self, place: Place, row: &ResourceRow<'_>) -> io::Result<Kept> {
        let id = &row.resource.resource_id;
        let hash = self.key.hash(id.as_bytes());
        let resource = if let Some(resource) = self.resources.keys.row(&hash) {
            resource
        } else {
            let packed = self.pack.noun(&row.resource);
            let number = self.builder.push_hashed(Kind::Resource, &[hash], packed)?;
            self.resources.keys.insert(hash, number);
            number
        };
        if !row.course_number.is_empty() {
            let number = &row.course_number;
            self.resources.attached.push(Attached {
                resource,
                course: self.key.hash(number.as_bytes()),
                named: Some((place, shown(id).to_owned(), shown(number).to_owned())),
            });
        }
        Ok(self.count(File::Resources, Kept::Yes))
    }

    /// Takes the resources of a published snapshot again, with the numbers of the courses they are attached to: for an
    /// import without resources.csv of a district that has sent one before (district-side 1.2). A course that there is
    /// not any more is passed over. Resources that came before stay as they are.
    pub fn keep_resources(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        let (table, courses) = (snapshot.table(Kind::Resource), snapshot.table(Kind::Course));
        let attached = snapshot.lists(Relation::ResourceCourses);
        for row in 0..table.len() {
            let Some(hash) = table.key(row, 0) else {
                continue;
            };
            if self.resources.keys.row(&hash).is_some() {
                continue;
            }
            let packed = table.row(row).packed();
            let resource = self.builder.push_hashed(Kind::Resource, &[hash], packed)?;
            self.resources.keys.insert(hash, resource);
            for at in attached.get(row) {
                let number = courses.row(*at).bytes(course::NUMBER);
                if !number.is_empty() {
                    self.resources.attached.push(Attached {
                        resource,
                        course: self.key.hash(number),
                        named: None,
                    });
                }
            }
        }
        Ok(())
    }
}
