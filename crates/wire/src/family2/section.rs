use homeroom_model::{Field, Kind};
use homeroom_segment::Relation;
use homeroom_segment::fields::section as f;

use crate::writer::Writer;

pub(super) fn section(writer: &mut Writer<'_, '_>, row: u32) {
    let data = writer.open(writer.view.snapshot.table(Kind::Section), row);
    writer.points_at(b",\"school\":\"", Relation::SectionSchool, row);
    writer.points_at(b",\"course\":\"", Relation::SectionCourse, row);
    writer.points_at(b",\"term_id\":\"", Relation::SectionTerm, row);
    writer.older_teachers(row);
    writer.enrolled(row);
    writer.section_particulars(data);
    writer.older_subject(data);
    writer.ext(data, f::EXT, Field::SectionExt);
    writer.created_and_modified();
    writer.raw(b"}");
}
