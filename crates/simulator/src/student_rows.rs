//! The rows of `students.csv`: one per student and contact.

use std::io;

use crate::census::{Census, FileCount};
use crate::contact::ContactStory;
use crate::district::District;
use crate::household::Household;
use crate::quirk::Quirk;
use crate::seat::Student;
use crate::sink::Sink;
use crate::table::{Cells, Table};
use crate::{contact_cells, student_cells};

/// The most contacts of one student that are kept (district-side 2.3).
const KEPT: u64 = 5;

/// One student's rows before they are put together.
#[derive(Debug, Default)]
pub(crate) struct StudentRows {
    pub(crate) own: Cells,
    /// One per row; a student without contacts has one row with empty contact cells.
    pub(crate) contacts: Vec<Cells>,
    /// The own cells of the second row, where they disagree.
    second: Option<Cells>,
}

impl District {
    pub(crate) fn write_students(
        &self,
        day: u32,
        sink: &mut dyn Sink,
        census: &mut Census,
    ) -> io::Result<()> {
        let header: Vec<&str> = student_cells::HEADER
            .into_iter()
            .chain(contact_cells::HEADER)
            .collect();
        let mut table = Table::new(sink.begin("students.csv")?, &header)?;
        let mut count = FileCount::default();
        for seat in 0..self.plan.seats {
            let story = self.story(seat, day);
            census.add(Quirk::StudentArrived, story.arrivals);
            census.add(Quirk::StudentWithdrew, story.leaves);
            if let Some(student) = self.student_of(seat, &story, day) {
                let rows = self.student_rows(&student, day, census);
                self.put(&student, &rows, &mut table, census)?;
                count.kept += 1;
            }
            count.rejected += self.ghost_students(seat, &mut table, census)?;
        }
        count.rows = table.finish()?;
        census.students = count;
        Ok(())
    }

    /// Everything a student's rows say.
    pub(crate) fn student_rows(
        &self,
        student: &Student,
        day: u32,
        census: &mut Census,
    ) -> StudentRows {
        let mut rows = StudentRows::default();
        let home = self.household(student.household, student.zone);
        let (facts, edited) = self.facts(student, &home, day);
        self.own_cells(student, &home, &facts, &mut rows.own, census);
        census.mark_if(Quirk::StudentEdited, edited);
        census.mark_if(Quirk::StudentReturned, student.returned);
        census.add(Quirk::StudentMoved, student.moves);
        let moved = self.house_moves(student.household, day) > 0;
        census.mark_if(Quirk::HouseholdMoved, moved);
        let story = self.contact_story(&home, day);
        self.contact_rows(student, &home, &story, &mut rows, census);
        let disagree = self.placed.has(Quirk::StudentRowsDisagree, student.seat);
        if disagree && rows.contacts.len() > 1 {
            census.mark(Quirk::StudentRowsDisagree);
            let mut other = facts.clone();
            other.address = self.address(home.id, home.zone, 1_000);
            let mut cells = Cells::default();
            self.own_cells(student, &home, &other, &mut cells, &mut Census::new());
            rows.second = Some(cells);
        }
        rows
    }

    fn contact_rows(
        &self,
        student: &Student,
        home: &Household,
        story: &ContactStory,
        rows: &mut StudentRows,
        census: &mut Census,
    ) {
        let count = story.count;
        census.mark_if(Quirk::ContactNone, count == 0);
        census.mark_if(Quirk::ContactFive, count == KEPT);
        census.add(Quirk::ContactSix, count.saturating_sub(KEPT));
        census.mark_if(Quirk::ContactShared, student.sibling > 0 && count > 0);
        census.add(Quirk::ContactAdded, story.added);
        census.add(Quirk::ContactRemoved, story.removed);
        let changed = if home.sis_ids {
            Quirk::ContactChangedWithSisId
        } else {
            Quirk::ContactChangedWithoutSisId
        };
        census.add(changed, story.changed);
        let two = student.sibling > 0 && self.placed.has(Quirk::ContactTwoRelations, home.id);
        census.mark_if(Quirk::ContactTwoRelations, two && count > 0);
        for at in 0..count {
            let contact = self.contact(home, story, at, student.sibling);
            let mut cells = Cells::default();
            self.contact_cells(home, &contact, at, &mut cells, census);
            rows.contacts.push(cells);
        }
        let nameless = count > 0 && self.placed.has(Quirk::ContactNameMissing, home.id);
        census.contacts += count.min(KEPT) - u64::from(nameless);
        if count == 0 {
            let mut none = Cells::default();
            none.blanks(contact_cells::HEADER.len());
            rows.contacts.push(none);
        } else if count < KEPT && self.placed.has(Quirk::ContactRowRepeated, student.seat) {
            census.mark(Quirk::ContactRowRepeated);
            rows.contacts.extend(rows.contacts.first().cloned());
        }
    }

    /// Writes the rows.
    fn put(
        &self,
        student: &Student,
        rows: &StudentRows,
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<()> {
        let has = |quirk| self.placed.has(quirk, student.seat);
        for (at, contact) in rows.contacts.iter().enumerate() {
            let own = match &rows.second {
                Some(second) if at == 1 => second,
                _ => &rows.own,
            };
            if at == 0 && has(Quirk::RowCutShort) {
                let cut = [own.bytes(), contact.bytes()].join(&b',');
                let end = cut
                    .iter()
                    .rposition(|&byte| byte != b',')
                    .map_or(0, |at| at + 1);
                census.mark_if(Quirk::RowCutShort, end < cut.len());
                table.line(&[cut.get(..end).unwrap_or(&cut)])?;
            } else if at == 0 && has(Quirk::RowPadded) {
                census.mark(Quirk::RowPadded);
                table.line(&[own.bytes(), contact.bytes(), b"", b""])?;
            } else {
                table.line(&[own.bytes(), contact.bytes()])?;
            }
        }
        Ok(())
    }
}
