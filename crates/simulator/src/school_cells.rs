//! The rows of `schools.csv`.

use crate::census::Census;
use crate::district::District;
use crate::draw::Topic;
use crate::grade::Grade;
use crate::identity::phone;
use crate::kind::Kind;
use crate::pen::Pen;
use crate::quirk::Quirk;
use crate::school::School;
use crate::table::Cells;

/// The columns of `schools.csv`.
pub(crate) const HEADER: [&str; 17] = [
    "School_id",
    "School_name",
    "School_number",
    "State_id",
    "Nces_id",
    "Mdr_number",
    "Low_grade",
    "High_grade",
    "Principal",
    "Principal_email",
    "School_address",
    "School_city",
    "School_state",
    "School_zip",
    "School_phone",
    "ext.charter_school",
    "ext.calendar",
];

impl District {
    /// Writes a school's row.
    pub(crate) fn school_cells(
        &self,
        school: &School,
        day: u32,
        cells: &mut Cells,
        census: &mut Census,
    ) {
        let mut pen = Pen {
            placed: &self.placed,
            record: school.index,
            cells,
            census,
            style: self.keys.draw(Topic::SchoolFact, school.index),
        };
        let pen = &mut pen;
        let chain = &self.chains.school_edit;
        let edits = chain.events(&self.keys, school.index, 0, day).count() as u64;
        pen.mark_if(Quirk::SchoolEdited, edits > 0);
        pen.mark_if(Quirk::SchoolWithoutStudents, school.kind == Kind::Office);
        pen.has(Quirk::SchoolLeadingZeroId);
        if !pen.placed.has(Quirk::SchoolLeadingZeroId, school.index) {
            pen.has(Quirk::SchoolWordId);
        }
        pen.text(&school.sis_id);
        pen.text(&school.name);
        if pen.has(Quirk::SchoolNumberBlank) {
            pen.cells.blank();
        } else {
            pen.cells.number(100 + school.index);
        }
        pen.text(&format!("{}-{:04}", self.state, 10 + school.index * 3));
        if pen.has(Quirk::SchoolNcesBlank) {
            pen.cells.blank();
        } else {
            pen.cells
                .number(80_310_000_000 + school.index + 100_000_000_000);
        }
        pen.cells.blank();
        grades(school, pen);
        self.principal(school, day, pen);
        let address = self.address(u64::MAX - school.index, school.zone, edits / 2);
        pen.text(&address.street);
        pen.text(address.city);
        pen.text(self.state);
        pen.text(address.zip);
        let mut line = phone(pen.style.next().wrapping_add(edits.div_ceil(2) * 4)).to_string();
        if line.len() == 10 {
            line = format!("({}) {}-{}", &line[..3], &line[3..6], &line[6..]);
        }
        let extension = pen.style.between(10, 9_999);
        if pen.has(Quirk::SchoolPhoneExtension) {
            line = format!("{line} x{extension}");
        }
        pen.text(&line);
        let charter = pen.placed.has(Quirk::SchoolWordId, school.index);
        pen.text(if charter { "yes" } else { "no" });
        pen.text(if school.zone.is_multiple_of(2) {
            "traditional"
        } else {
            "late"
        });
    }

    fn principal(&self, school: &School, day: u32, pen: &mut Pen<'_>) {
        let blank = pen.placed.has(Quirk::SchoolPrincipalBlank, school.index);
        let principal = self
            .staff_member(school.first_staff, day)
            .filter(|_| !blank);
        if let Some(principal) = principal {
            pen.text(&format!("{} {}", principal.first, principal.last));
            pen.text(&principal.email);
        } else {
            pen.mark(Quirk::SchoolPrincipalBlank);
            pen.cells.blanks(2);
        }
    }
}

fn grades(school: &School, pen: &mut Pen<'_>) {
    let way = pen.way(3);
    // An office serves nobody and still has to say something.
    let all = (Grade::Kindergarten, Grade::Number(12));
    let (mut low, mut high) = school.grade_range().unwrap_or(all);
    if low != high && pen.has(Quirk::SchoolGradesInverted) {
        (low, high) = (high, low);
    }
    if pen.has(Quirk::SchoolGradeSpelling) {
        pen.text(low.odd(way));
        pen.text(high.odd(way));
    } else {
        pen.text(low.name());
        pen.text(high.name());
    }
}
