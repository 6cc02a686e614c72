//! resources.csv (district-side 2.8).

use std::io;

use homeroom_model::rows::ResourceRow;
use homeroom_model::{ClosedList, Code, Place, Problems, Resource, ResourceRole};

use crate::cells::Cells;
use crate::header::columns;
use crate::hint::nearest;
use crate::read::Format;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        ResourceId = "resource_id" Value, Title = "title" Value, Roles = "roles" Optional,
        CourseNumber = "course_number" Optional,
    }
}

struct Resources;

impl Format for Resources {
    const KEYS: &'static [Column] = &[Column::ResourceId];
    const REPEATS: bool = true;
    type Column = Column;
    type Record<'a> = ResourceRow<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> ResourceRow<'a> {
        let resource = Resource {
            resource_id: cells.required_id(Column::ResourceId),
            title: cells.required(Column::Title),
            roles: roles(cells),
        };
        // The course is what differs between rows of a resource.
        cells.hush(false);
        ResourceRow {
            resource,
            course_number: cells.id(Column::CourseNumber),
        }
    }
}

fn roles(cells: &mut Cells<'_, '_>) -> Vec<ResourceRole> {
    let text = cells.text(Column::Roles);
    let mut roles = Vec::new();
    for word in text
        .split(';')
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        if let Some(role) = ResourceRole::from_text(&word.to_ascii_lowercase()) {
            roles.push(role);
            continue;
        }
        let known: Vec<&str> = ResourceRole::ALL.iter().map(|role| role.text()).collect();
        let meant = nearest(word, &known).unwrap_or_default();
        cells.report_value(Code::ResourceRoleUnknown, Column::Roles, word, meant);
    }
    roles.sort_unstable();
    roles.dedup();
    roles
}

impl Intake<'_> {
    /// Reads resources.csv: one resource, attached to one course or to none, per row.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn resources(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, ResourceRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Resources>(Stem::Resources, problems, each)
    }
}
