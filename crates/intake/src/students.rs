//! students.csv: students, and one contact per row (district-side 2.2, 2.3).

use std::io;

use homeroom_model::rows::StudentRow;
use homeroom_model::{
    ClosedList, Code, Contact, ContactLink, Date, Disability, Ext, Grade, Listed, Location, Name,
    PhoneType, Place, Problems, Race, Student, Text, YesNo,
};

use crate::cells::Cells;
use crate::contact_words::{link, phone};
use crate::date::{age, birth_date};
use crate::header::columns;
use crate::race::race;
use crate::read::{Format, Wanted};
use crate::suggest::said_of_order;
use crate::tables::ContactWord;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        SchoolId = "School_id" Value, StudentId = "Student_id" Value, Number = "Student_number" Optional,
        StateId = "State_id" Optional, LastName = "Last_name" Value, MiddleName = "Middle_name" Optional,
        FirstName = "First_name" Value, PreferredFirst = "Preferred_first_name" Optional,
        PreferredMiddle = "Preferred_middle_name" Optional, PreferredLast = "Preferred_last_name" Optional,
        Grade = "Grade" Optional, Gender = "Gender" Optional, GraduationYear = "Graduation_year" Optional,
        Dob = "DOB" Optional, Race = "Race" Optional, Hispanic = "Hispanic_Latino" Optional,
        Language = "Home_language" Optional, Ell = "Ell_status" Optional, Iep = "Iep_status" Optional,
        Frl = "Frl_status" Optional, Section504 = "Section_504_status" Optional, Gifted = "Gifted_status" Optional,
        DisabilityStatus = "Disability_status" Optional, DisabilityType = "Disability_type" Optional,
        DisabilityCode = "Disability_code" Optional, Street = "Student_street" Optional,
        City = "Student_city" Optional, State = "Student_state" Optional, Zip = "Student_zip" Optional,
        Email = "Student_email" Optional, Username = "Username" Optional, Password = "Password" Optional,
        UnweightedGpa = "Unweighted_gpa" Optional, WeightedGpa = "Weighted_gpa" Optional,
        ContactName = "Contact_name" Optional, ContactType = "Contact_type" Optional,
        ContactRelationship = "Contact_relationship" Optional, ContactPhone = "Contact_phone" Optional,
        ContactPhoneType = "Contact_phone_type" Optional, ContactEmail = "Contact_email" Optional,
        ContactSisId = "Contact_sis_id" Optional,
    }
}

struct Students;

impl Format for Students {
    const KEYS: &'static [Column] = &[Column::StudentId];
    const REPEATS: bool = true;
    const WANTED: &'static [Wanted<Column>] = &[
        Wanted::always(Column::Dob, Code::DobMissing),
        Wanted::always(Column::Grade, Code::GradeMissing),
        Wanted::always(Column::Email, Code::EmailMissing),
        Wanted::always(Column::Username, Code::UsernameMissing),
        Wanted {
            column: Column::ContactType,
            code: Code::ContactTypeMapped,
            beside: Some(Column::ContactName),
        },
        Wanted {
            column: Column::ContactSisId,
            code: Code::ContactNoSisId,
            beside: Some(Column::ContactName),
        },
    ];
    type Column = Column;
    type Record<'a> = StudentRow<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> StudentRow<'a> {
        let student = student(cells);
        cells.hush(false);
        StudentRow {
            student,
            contact: contact(cells),
        }
    }
}

/// The password is never looked at.
fn student<'a>(cells: &mut Cells<'a, '_>) -> Student<'a> {
    let tables = &cells.settings().tables;
    let (race, hispanic) = race_and_ethnicity(cells);
    Student {
        sis_id: cells.required_id(Column::StudentId),
        school_sis_id: cells.required_id(Column::SchoolId),
        number: cells.id(Column::Number),
        state_id: cells.id(Column::StateId),
        name: Name {
            first: cells.required(Column::FirstName),
            middle: cells.text(Column::MiddleName),
            last: cells.required(Column::LastName),
        },
        preferred_name: Name {
            first: cells.text(Column::PreferredFirst),
            middle: cells.text(Column::PreferredMiddle),
            last: cells.text(Column::PreferredLast),
        },
        grade: grade(cells),
        gender: cells.gender(Column::Gender),
        graduation_year: graduation_year(cells),
        dob: dob(cells),
        race,
        hispanic,
        home_language: cells.language(Column::Language),
        ell: cells.flag(Column::Ell, &tables.flag),
        iep: cells.flag(Column::Iep, &tables.flag),
        frl: cells.lunch(Column::Frl),
        section_504: cells.flag(Column::Section504, &tables.flag),
        gifted: cells.flag(Column::Gifted, &tables.flag),
        disability_status: cells.flag(Column::DisabilityStatus, &tables.flag),
        disability: disability(cells),
        location: Location {
            address: cells.text(Column::Street),
            city: cells.text(Column::City),
            state: cells.text(Column::State),
            zip: cells.text(Column::Zip),
        },
        email: email(cells),
        username: wanted(cells, Code::UsernameMissing, Column::Username),
        ext: ext(cells),
        custom: false,
    }
}

/// Reports an empty cell, if the file has the column: else it is said once for the file.
fn missing(cells: &mut Cells<'_, '_>, code: Code, column: Column) {
    if cells.has(column) {
        cells.report(code, column);
    }
}

/// A text that somebody will miss if it is empty.
fn wanted<'a>(cells: &mut Cells<'a, '_>, code: Code, column: Column) -> Text<'a> {
    let text = cells.text(column);
    if text.is_empty() {
        missing(cells, code, column);
    }
    text
}

fn grade<'a>(cells: &mut Cells<'a, '_>) -> Listed<'a, Grade> {
    let (grade, _) = cells.grade(Column::Grade);
    if grade == Listed::Blank {
        missing(cells, Code::GradeMissing, Column::Grade);
    }
    grade
}

fn email<'a>(cells: &mut Cells<'a, '_>) -> Text<'a> {
    let email = wanted(cells, Code::EmailMissing, Column::Email);
    cells.checked_email(Column::Email, email)
}

fn race_and_ethnicity<'a>(cells: &mut Cells<'a, '_>) -> (Listed<'a, Race>, Listed<'a, YesNo>) {
    let tables = &cells.settings().tables;
    let mut hispanic = cells.flag(Column::Hispanic, &tables.hispanic);
    let text = cells.text(Column::Race);
    if text.is_empty() {
        return (Listed::Blank, hispanic);
    }
    let said = race(tables, &text, cells.has(Column::Hispanic));
    if said.race.is_none() {
        cells.report(Code::RaceInvalid, Column::Race);
    }
    if said.hispanic && cells.is_empty(Column::Hispanic) {
        hispanic = Listed::Known(YesNo::Yes);
    }
    (Listed::Known(said.race.unwrap_or(Race::Unknown)), hispanic)
}

/// Four digits of a year in which somebody who is alive may finish school.
fn graduation_year<'a>(cells: &mut Cells<'a, '_>) -> Text<'a> {
    let text = cells.text(Column::GraduationYear);
    if text.is_empty() {
        return text;
    }
    let this_year = cells.settings().today.year();
    let year = text.strip_suffix(".0").unwrap_or(&text);
    let is_number = year.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && year.len() == 4 {
        // Far years are served as they came; they may be right (district-side 8).
        let plausible = |year: i16| (this_year - 1..=this_year + 20).contains(&year);
        if !year.parse().is_ok_and(plausible) {
            cells.report_value(
                Code::GraduationYearInvalid,
                Column::GraduationYear,
                year,
                "",
            );
        }
        return match text {
            Text::Borrowed(text) => Text::Borrowed(text.get(..4).unwrap_or(text)),
            Text::Owned(text) => Text::Owned(text.chars().take(4).collect()),
        };
    }
    let full = if is_number && year.len() == 2 {
        format!("20{year}")
    } else {
        String::new()
    };
    cells.report_value(
        Code::GraduationYearInvalid,
        Column::GraduationYear,
        &text,
        &full,
    );
    Text::Borrowed("")
}

fn dob(cells: &mut Cells<'_, '_>) -> Option<Date> {
    let text = cells.text(Column::Dob);
    if text.is_empty() {
        missing(cells, Code::DobMissing, Column::Dob);
        return None;
    }
    let settings = cells.settings();
    let dob = birth_date(&text, settings.day_first, settings.today);
    match dob.and_then(|dob| age(dob, settings.today)) {
        None => {
            let other = birth_date(&text, !settings.day_first, settings.today);
            let said = other.map_or("", |_| said_of_order(settings.day_first));
            cells.report_detail(Code::DobInvalid, Column::Dob, &text, said);
        }
        Some(2..=23) => {}
        Some(_) => cells.report_value(Code::DobImplausible, Column::Dob, &text, ""),
    }
    dob
}

/// Type and code say the same; either is enough, and the type counts where both are known.
fn disability<'a>(cells: &mut Cells<'a, '_>) -> Listed<'a, Disability> {
    let words = &cells.settings().tables.disability;
    let mut found: Option<Disability> = None;
    let mut sent = false;
    for column in [Column::DisabilityType, Column::DisabilityCode] {
        let text = cells.text(column);
        if text.is_empty() {
            continue;
        }
        sent = true;
        let meaning = words.get(&text);
        if meaning.is_none() {
            cells.report(Code::DisabilityInvalid, column);
        }
        if found.is_some() && meaning.is_some() && found != meaning {
            cells.report(Code::DisabilityDisagrees, column);
        }
        found = found.or(meaning);
    }
    found.or(sent.then_some(Disability::Other)).into()
}

fn ext<'a>(cells: &mut Cells<'a, '_>) -> Ext<'a> {
    let mut ext = Ext::default();
    for (column, name) in [
        (Column::UnweightedGpa, "unweighted_gpa"),
        (Column::WeightedGpa, "weighted_gpa"),
    ] {
        let value = cells.text(column);
        if !value.is_empty() {
            ext.set(name, value);
        }
    }
    cells.ext_into(&mut ext);
    ext
}

/// The contact of a row; `None` if all its cells are empty or it has no name.
fn contact<'a>(cells: &mut Cells<'a, '_>) -> Option<(Contact<'a>, ContactLink<'a>)> {
    let name = cells.text(Column::ContactName);
    let kind = cells.text(Column::ContactType);
    let relationship = cells.text(Column::ContactRelationship);
    let number = cells.text(Column::ContactPhone);
    let phone_type = cells.text(Column::ContactPhoneType);
    let email = cells.text(Column::ContactEmail);
    let sis_id = cells.text(Column::ContactSisId);
    let others = [&kind, &relationship, &number, &phone_type, &email, &sis_id];
    if name.is_empty() {
        if others.iter().any(|text| !text.is_empty()) {
            cells.report(Code::ContactNameMissing, Column::ContactName);
        }
        return None;
    }
    let tables = &cells.settings().tables;
    let said = link(tables, &kind, &relationship);
    if said.kind_defaulted {
        let word = |word: ContactWord| word.kind.text();
        let words = &tables.contact_type;
        let code = Code::ContactTypeMapped;
        if kind.is_empty() {
            missing(cells, code, Column::ContactType);
        } else {
            cells.report_unknown(code, Column::ContactType, &kind, words, word);
        }
    }
    if said.relationship_defaulted {
        let (code, words) = (Code::ContactTypeMapped, &tables.relationship);
        let column = Column::ContactRelationship;
        cells.report_unknown(code, column, &relationship, words, ClosedList::text);
    }
    if sis_id.is_empty() {
        missing(cells, Code::ContactNoSisId, Column::ContactSisId);
    }
    let contact = Contact {
        sis_id: cells.checked_id(Column::ContactSisId, sis_id),
        name,
        email: cells.checked_email(Column::ContactEmail, email),
        phone: contact_phone(cells, number),
        phone_type: contact_phone_type(cells, &phone_type),
    };
    let link = ContactLink {
        relationship: said.relationship.into(),
        kind: Listed::Known(said.kind),
    };
    Some((contact, link))
}

fn contact_phone_type<'a>(cells: &mut Cells<'a, '_>, text: &str) -> Listed<'a, PhoneType> {
    if text.is_empty() {
        return Listed::Blank;
    }
    let words = &cells.settings().tables.phone_type;
    let known = words.get(text);
    if known.is_none() {
        let (code, column) = (Code::ContactPhoneTypeMapped, Column::ContactPhoneType);
        cells.report_unknown(code, column, text, words, ClosedList::text);
    }
    Listed::Known(known.unwrap_or(PhoneType::Other))
}

fn contact_phone<'a>(cells: &mut Cells<'a, '_>, text: Text<'a>) -> Text<'a> {
    if text.is_empty() {
        return text;
    }
    let as_sent = text.clone();
    let (digits, short) = match text {
        Text::Borrowed(text) => {
            let phone = phone(text);
            (phone.digits, phone.short)
        }
        Text::Owned(text) => {
            let phone = phone(&text);
            (Text::Owned(phone.digits.into_owned()), phone.short)
        }
    };
    if short {
        cells.report_value(
            Code::ContactPhoneInvalid,
            Column::ContactPhone,
            &as_sent,
            "",
        );
    }
    digits
}

impl Intake<'_> {
    /// Reads students.csv: one student with at most one contact per row. What is wrong with a student is said once
    /// where the student's rows follow each other.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn students(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, StudentRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Students>(Stem::Students, problems, each)
    }
}
