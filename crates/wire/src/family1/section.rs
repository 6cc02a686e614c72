use homeroom_model::Kind;
use homeroom_segment::fields::{course, section as f, term};
use homeroom_segment::{Relation, Row, View};

use crate::json;
use crate::writer::{Writer, days};

/// A section with its course and its term inside (clever-api 3.3).
pub(super) fn section(writer: &mut Writer<'_, '_>, row: u32) {
    let view = writer.view;
    let data = writer.open(view.snapshot.table(Kind::Section), row);
    writer.points_at(b",\"school\":\"", Relation::SectionSchool, row);
    writer.older_teachers(row);
    writer.enrolled(row);
    writer.section_particulars(data);
    writer.older_subject(data);
    let description = data.bytes(f::COURSE_DESCRIPTION);
    writer.optional(b",\"course_description\":\"", description);
    let own_escape = writer.escape;
    if let Some(named) = course_of(view, row) {
        writer.escape = named.needs_escape();
        writer.optional(b",\"course_name\":\"", named.bytes(course::NAME));
        writer.optional(b",\"course_number\":\"", named.bytes(course::NUMBER));
    }
    writer.escape = own_escape;
    term_inside(writer, data, row);
    writer.created_and_modified();
    writer.raw(b"}");
}

/// The course of a section, if the view shows it.
pub(crate) fn course_of(view: View<'_>, section: u32) -> Option<Row<'_>> {
    named(view, Relation::SectionCourse, section)
}

/// The term of a section, if the view shows it.
pub(crate) fn term_of(view: View<'_>, section: u32) -> Option<Row<'_>> {
    named(view, Relation::SectionTerm, section)
}

fn named(view: View<'_>, relation: Relation, section: u32) -> Option<Row<'_>> {
    let row = target(view, relation, section)?;
    Some(view.snapshot.table(relation.to()).row(row))
}

fn target(view: View<'_>, relation: Relation, section: u32) -> Option<u32> {
    let row = view.snapshot.lists(relation).first(section)?;
    view.shows(relation.to(), row).then_some(row)
}

/// A term inside a section, as it was last written. Most sections of a district have the term of the one before.
#[derive(Default)]
pub(crate) struct InlineTerm<'v> {
    /// The term's row, its dates as sent with the section, and whether texts of the section are escaped.
    of: Option<(u32, &'v [u8], &'v [u8], bool)>,
    text: Vec<u8>,
}

/// The section's term, if the view shows it.
fn term_inside<'v>(writer: &mut Writer<'_, 'v>, section: Row<'v>, row: u32) {
    let Some(term) = target(writer.view, Relation::SectionTerm, row) else {
        return;
    };
    let start = section.bytes(f::TERM_START_AS_SENT);
    let end = section.bytes(f::TERM_END_AS_SENT);
    let of = Some((term, start, end, writer.escape));
    if writer.term.of == of {
        let Writer { out, term, .. } = writer;
        return out.extend_from_slice(&term.text);
    }
    let (begun, escape) = (writer.out.len(), writer.escape);
    let named = writer.view.snapshot.table(Kind::Term).row(term);
    writer.escape |= named.needs_escape();
    inline_term(writer, section, named);
    writer.escape = escape;
    let Writer { out, term, .. } = writer;
    term.text.clear();
    term.text
        .extend_from_slice(out.get(begun..).unwrap_or_default());
    term.of = of;
}

/// The term's dates stand as the source spelt them; where it is not known how, as `YYYY-MM-DD` (clever-api 12, item 18).
fn inline_term(writer: &mut Writer<'_, '_>, section: Row<'_>, named: Row<'_>) {
    writer.raw(b",\"term\":");
    let empty = writer.out.len();
    writer.optional(b",\"name\":\"", named.bytes(term::NAME));
    let start = section.bytes(f::TERM_START_AS_SENT);
    date(
        writer,
        b",\"start_date\":\"",
        start,
        days(named, term::START),
    );
    let end = section.bytes(f::TERM_END_AS_SENT);
    date(writer, b",\"end_date\":\"", end, days(named, term::END));
    // In front of the first member stands the brace and no comma.
    match writer.out.get_mut(empty) {
        Some(comma) => *comma = b'{',
        None => writer.raw(b"{"),
    }
    writer.raw(b"}");
}

fn date(writer: &mut Writer<'_, '_>, key: &[u8], as_sent: &[u8], day: Option<i32>) {
    let before = writer.out.len();
    if !as_sent.is_empty() {
        writer.raw(key);
        writer.value(as_sent);
    } else if let Some(day) = day {
        writer.raw(key);
        if json::push_iso_date(writer.out, day) {
            writer.raw(b"\"");
        } else {
            writer.out.truncate(before);
        }
    }
}
