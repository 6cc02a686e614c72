//! Resources: several rows of resources.csv fold into one.

use std::io;

use homeroom_model::rows::ResourceRow;
use homeroom_model::{Code, Course, Kind, Place, Problem, Problems};
use homeroom_segment::{CandidateLists, Hash};

use crate::counts::{File, Kept};
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
    course: Hash,
    place: Place,
    detail: String,
}

impl Resources {
    /// The courses of each of `resources` resources, ascending. A course that there is not is reported where it is named.
    pub(crate) fn lists(
        self,
        resources: u32,
        course_of: impl Fn(&Hash) -> Option<u32>,
        problems: &mut dyn Problems,
    ) -> CandidateLists {
        let mut pairs = Vec::new();
        for attached in self.attached {
            if let Some(course) = course_of(&attached.course) {
                pairs.push((attached.resource, course));
            } else {
                let problem = Problem::new(Code::RefCourseUnknown, attached.place);
                problems.report(problem.column("Course_number").detail(attached.detail));
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
            let course = Course {
                name: "".into(),
                number: row.course_number.as_ref().into(),
            };
            self.resources.attached.push(Attached {
                resource,
                course: self.key.hash(course.key().as_bytes()),
                place,
                detail: format!("{}, course {}", shown(id), shown(&row.course_number)),
            });
        }
        Ok(self.counts.of_mut(File::Resources).add(Kept::Yes))
    }
}
