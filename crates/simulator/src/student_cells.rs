//! A student's own columns of `students.csv`.

use crate::census::Census;
use crate::demography;
use crate::district::District;
use crate::draw::Topic;
use crate::facts::Facts;
use crate::grade::Grade;
use crate::household::Household;
use crate::pen::Pen;
use crate::quirk::Quirk;
use crate::school::School;
use crate::seat::Student;
use crate::table::Cells;

/// The student's own columns; the contact columns follow.
pub(crate) const HEADER: [&str; 36] = [
    "School_id",
    "Student_id",
    "Student_number",
    "State_id",
    "Last_name",
    "Middle_name",
    "First_name",
    "Preferred_first_name",
    "Preferred_middle_name",
    "Preferred_last_name",
    "Grade",
    "Gender",
    "Graduation_year",
    "DOB",
    "Race",
    "Hispanic_Latino",
    "Home_language",
    "Ell_status",
    "Frl_status",
    "Iep_status",
    "Section_504_status",
    "Gifted_status",
    "Disability_status",
    "Disability_type",
    "Disability_code",
    "Student_street",
    "Student_city",
    "Student_state",
    "Student_zip",
    "Student_email",
    "Username",
    "Password",
    "Unweighted_gpa",
    "Weighted_gpa",
    "ext.bus_route",
    "ext.locker",
];

/// Whose cells are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) seat: u64,
    pub(crate) unique: u64,
    pub(crate) school_id: &'a str,
    pub(crate) student_id: &'a str,
    /// Whether the school teaches older students.
    pub(crate) secondary: bool,
}

impl District {
    /// Writes the own columns of a student of this district.
    pub(crate) fn own_cells(
        &self,
        student: &Student,
        home: &Household,
        facts: &Facts,
        cells: &mut Cells,
        census: &mut Census,
    ) {
        let school = self.plan.school(student.school);
        let (student_id, quirk) = self.student_id(student.seat, student.unique);
        if let Some(quirk) = quirk {
            census.mark(quirk);
        }
        let range = school.and_then(School::grade_range);
        let who = Who {
            seat: student.seat,
            unique: student.unique,
            school_id: school.map_or("", |school| &school.sis_id),
            student_id: &student_id,
            secondary: range.is_some_and(|(low, _)| low.years() > 5),
        };
        self.student_cells(&who, home, facts, cells, census);
    }

    /// Writes a student's own columns as the SIS of the district would.
    pub(crate) fn student_cells(
        &self,
        who: &Who<'_>,
        home: &Household,
        facts: &Facts,
        cells: &mut Cells,
        census: &mut Census,
    ) {
        let mut pen = Pen {
            placed: &self.placed,
            record: who.seat,
            cells,
            census,
            style: self.keys.draw(Topic::Spelling, who.unique),
        };
        let pen = &mut pen;
        self.student_ids(who, pen);
        names(facts, pen);
        grade_and_sex(who, facts, pen);
        demography::graduation(facts, pen);
        demography::birth(facts, pen);
        demography::race(facts, pen);
        demography::language(&self.data, facts, pen);
        demography::programs(facts, pen);
        demography::disability(facts, pen);
        self.student_address(facts, pen);
        self.accounts(home, facts, pen);
        grades_and_extensions(facts, pen);
    }

    /// The id of a student. Ids never change, so they depend on the seat and its occupant only.
    pub(crate) fn student_id(&self, seat: u64, unique: u64) -> (String, Option<Quirk>) {
        let numbers = self.student_numbers;
        let first = unique == seat;
        let has = |quirk| first && self.placed.has(quirk, seat);
        if has(Quirk::StudentLeadingZeroId) {
            return (numbers.zero_led(unique), Some(Quirk::StudentLeadingZeroId));
        }
        if has(Quirk::StudentIdSpreadsheet) {
            let id = match seat % 2 {
                0 => format!("{}.0", numbers.id(unique)),
                _ => format!("1.{}E+11", numbers.tail(unique)),
            };
            return (id, Some(Quirk::StudentIdSpreadsheet));
        }
        let beside = seat.wrapping_sub(1);
        let plain = |quirk| !self.placed.has(quirk, beside);
        if has(Quirk::StudentIdTwin)
            && seat > 0
            && plain(Quirk::StudentLeadingZeroId)
            && plain(Quirk::StudentIdSpreadsheet)
        {
            return (
                format!("00{}", numbers.id(beside)),
                Some(Quirk::StudentIdTwin),
            );
        }
        (numbers.id(unique).to_string(), None)
    }

    fn student_ids(&self, who: &Who<'_>, pen: &mut Pen<'_>) {
        pen.text(who.school_id);
        pen.text(who.student_id);
        if pen.has(Quirk::StudentNumberBlank) {
            pen.cells.blank();
        } else {
            pen.cells.number(self.student_numbers.tail(who.unique));
        }
        if pen.has(Quirk::StateIdBlank) {
            pen.cells.blank();
        } else {
            pen.cells.number(self.state_numbers.id(who.unique));
        }
    }

    fn student_address(&self, facts: &Facts, pen: &mut Pen<'_>) {
        let mut street = facts.address.street.clone();
        if pen.has(Quirk::CellLineBreak) {
            street.push_str("\nc/o front desk");
        }
        if pen.has(Quirk::BadCharacter) {
            street.push('\u{7}');
        }
        pen.text(&street);
        pen.text(facts.address.city);
        pen.text(self.state);
        pen.text(facts.address.zip);
    }

    fn accounts(&self, home: &Household, facts: &Facts, pen: &mut Pen<'_>) {
        let next = pen.record + 1;
        let email = if pen.has(Quirk::EmailShared) {
            format!("family.{}@mail.example", pen.record)
        } else if pen.placed.has(Quirk::EmailShared, next) {
            format!("family.{next}@mail.example")
        } else if pen.has(Quirk::EmailBlank) {
            String::new()
        } else if pen.has(Quirk::EmailWithoutAt) {
            facts.email.replace('@', ".")
        } else if pen.has(Quirk::EmailUpperCase) {
            facts.email.to_uppercase()
        } else if pen.has(Quirk::EmailAccent) {
            format!("é{}", facts.email)
        } else {
            facts.email.clone()
        };
        pen.text(&email);
        let username = if pen.has(Quirk::UsernameShared) {
            format!("lab{}", pen.record)
        } else if pen.placed.has(Quirk::UsernameShared, next) {
            format!("lab{next}")
        } else if pen.has(Quirk::UsernameBlank) {
            String::new()
        } else {
            facts.username.clone()
        };
        pen.text(&username);
        let bits = pen.style.next();
        if pen.has(Quirk::PasswordPresent) {
            let street = self.data.streets.get(crate::draw::index(home.id % 100));
            let word = crate::identity::fold(street.copied().unwrap_or("otter"));
            pen.text(&format!("{word}-{:04}", bits % 10_000));
        } else {
            pen.cells.blank();
        }
    }
}

fn names(facts: &Facts, pen: &mut Pen<'_>) {
    let mut last = facts.last.clone();
    let mut first = facts.first.to_owned();
    if pen.has(Quirk::NameComma) {
        last.push_str(", Jr.");
    }
    if pen.has(Quirk::NameVeryLong) {
        let copies = 256 / last.chars().count().max(1) + 1;
        last = vec![last; copies].join("-");
    }
    if pen.has(Quirk::NameQuote) {
        first = format!("{first} \"{}\"", facts.middle.get(..1).unwrap_or("J"));
    }
    if pen.has(Quirk::NameUpperCase) {
        last = last.to_uppercase();
        first = first.to_uppercase();
    }
    pen.mark_name(&first, &last);
    if pen.has(Quirk::NamePadded) {
        last = format!(" {last}\u{a0}");
        first.push(' ');
    }
    pen.text(&last);
    let way = pen.way(3);
    if pen.has(Quirk::MiddleNameNullWord) {
        pen.text(if way == 0 { "N/A" } else { "NULL" });
    } else {
        pen.text(facts.middle);
    }
    pen.text(&first);
    let mut preferred = facts.preferred;
    if preferred.is_empty() && pen.placed.has(Quirk::PreferredName, pen.record) {
        preferred = if facts.middle.is_empty() {
            "Sky"
        } else {
            facts.middle
        };
    }
    pen.mark_if(Quirk::PreferredName, !preferred.is_empty());
    pen.text(preferred);
    pen.cells.blanks(2);
}

fn grades_and_extensions(facts: &Facts, pen: &mut Pen<'_>) {
    match facts.gpa {
        Some(gpa) => {
            pen.text(&format!("{}.{:02}", gpa / 100, gpa % 100));
            let weighted = gpa + gpa / 12;
            pen.text(&format!("{}.{:02}", weighted / 100, weighted % 100));
        }
        None => pen.cells.blanks(2),
    }
    let locker = 100 + pen.way(1_900);
    if facts.bus_route > 0 {
        pen.mark(Quirk::ExtensionField);
        pen.text(&format!("R{:02}", facts.bus_route));
    } else {
        pen.cells.blank();
    }
    if facts.grade.years() >= 6 {
        pen.cells.number(locker);
    } else {
        pen.cells.blank();
    }
}

fn grade_and_sex(who: &Who<'_>, facts: &Facts, pen: &mut Pen<'_>) {
    let mut grade = facts.grade;
    if pen.placed.has(Quirk::GradeOther, pen.record) {
        grade = Grade::Other;
    }
    let spelled = if pen.has(Quirk::GradeBlank) {
        ""
    } else if pen.has(Quirk::GradeInvalid) {
        "Level Blue"
    } else if pen.has(Quirk::GradeList) {
        "9-12"
    } else {
        if pen.has(Quirk::GradeOutsideSchool) {
            grade = Grade::Number(if who.secondary { 2 } else { 11 });
        }
        if let Some(quirk) = grade.quirk() {
            pen.mark(quirk);
        }
        let way = pen.way(3);
        if pen.has(Quirk::GradeSpelling) {
            grade.odd(way)
        } else {
            grade.name()
        }
    };
    pen.text(spelled);
    let way = pen.way(4);
    let sex = if pen.has(Quirk::GenderX) {
        if way == 0 { "Nonbinary" } else { "X" }
    } else if pen.has(Quirk::GenderBlank) {
        ""
    } else if pen.has(Quirk::GenderInvalid) {
        "?"
    } else if pen.has(Quirk::GenderWord) {
        match (facts.female, way) {
            (true, 0) => "girl",
            (true, 1) => "FEMALE",
            (true, _) => "Female",
            (false, 0) => "boy",
            (false, 1) => "MALE",
            (false, _) => "Male",
        }
    } else if facts.female {
        "F"
    } else {
        "M"
    };
    pen.text(sex);
}
