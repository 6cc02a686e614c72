//! Teacher slots of a section (district-side 2.5).

use homeroom_model::rows::SectionRow;
use homeroom_model::{Code, Place, Problem, Problems};

use crate::derive::Derive;
use crate::people::Part;

impl Derive {
    /// The teachers of a section, as numbers of their records, the primary teacher first: blank slots and repeats are
    /// passed over, a slot whose teacher is unknown is reported, each by itself even if it repeats one.
    pub(crate) fn teachers_of(
        &mut self,
        place: Place,
        row: &SectionRow<'_>,
        teachers: &mut Vec<u32>,
        problems: &mut dyn Problems,
    ) {
        teachers.clear();
        let section = &row.section.sis_id;
        let mut primary = None;
        for (slot, sis_id) in row.teachers.iter().enumerate() {
            if sis_id.is_empty() {
                continue;
            }
            let keys = self.people.keys(Part::Teacher);
            let teacher = self.slots.row(keys, &self.key, sis_id);
            let Some(teacher) = teacher else {
                let column = if slot == 0 {
                    "Teacher_id".to_owned()
                } else {
                    format!("Teacher_{}_id", slot + 1)
                };
                let problem = Problem::new(Code::RefTeacherUnknown, place).column(column);
                let suggestion = self.people.nearby_teacher(sis_id).unwrap_or_default();
                problems.report(problem.key(section).value(sis_id).suggestion(&suggestion));
                continue;
            };
            if slot == 0 {
                primary = Some(teacher);
            }
            if !teachers.contains(&teacher) {
                teachers.push(teacher);
            }
        }
        let code = match teachers.first() {
            None => Code::SectionNoTeacher,
            Some(_) if primary.is_none() => Code::PrimaryTeacherPromoted,
            Some(_) => return,
        };
        problems.report(Problem::new(code, place).column("Teacher_id").key(section));
    }
}
