//! students.csv: students, and one contact per row (district-side 2.2, 2.3).

use std::io;

use homeroom_model::rows::StudentRow;
use homeroom_model::{
    Code, Contact, ContactLink, Date, Disability, Ext, Listed, Location, Name, Place, Problems,
    Race, Student, Text, YesNo,
};

use crate::cells::Cells;
use crate::contact_words::{link, phone};
use crate::date::{age, birth_date};
use crate::header::columns;
use crate::race::race;
use crate::read::Format;
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
    const STEM: Stem = Stem::Students;
    const EXT: bool = true;
    const KEYS: &'static [Column] = &[Column::StudentId];
    const REPEATS: bool = true;
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
        grade: cells.grade(Column::Grade).0,
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
        email: cells.email(Column::Email),
        username: cells.text(Column::Username),
        ext: ext(cells),
        custom: false,
    }
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
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let plausible = |year: i16| (this_year - 110..=this_year + 30).contains(&year);
    if is_year && year.parse().is_ok_and(plausible) {
        return match text {
            Text::Borrowed(text) => Text::Borrowed(text.get(..4).unwrap_or(text)),
            Text::Owned(text) => Text::Owned(text.chars().take(4).collect()),
        };
    }
    cells.report(Code::GraduationYearInvalid, Column::GraduationYear);
    Text::Borrowed("")
}

fn dob(cells: &mut Cells<'_, '_>) -> Option<Date> {
    let text = cells.text(Column::Dob);
    if text.is_empty() {
        cells.report(Code::DobMissing, Column::Dob);
        return None;
    }
    let settings = cells.settings();
    let dob = birth_date(&text, settings.day_first, settings.today);
    match dob.and_then(|dob| age(dob, settings.today)) {
        None => cells.report(Code::DobInvalid, Column::Dob),
        Some(2..=23) => {}
        Some(_) => cells.report(Code::DobImplausible, Column::Dob),
    }
    dob
}

/// Type and code say the same; either is enough, and the type counts where both are known.
fn disability<'a>(cells: &mut Cells<'a, '_>) -> Listed<'a, Disability> {
    let words = &cells.settings().tables.disability;
    let mut found = None;
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
        cells.report(Code::ContactTypeMapped, Column::ContactType);
    }
    if said.relationship_defaulted {
        cells.report(Code::ContactTypeMapped, Column::ContactRelationship);
    }
    let contact = Contact {
        sis_id: cells.checked_id(Column::ContactSisId, sis_id),
        name,
        email: cells.checked_email(Column::ContactEmail, email),
        phone: contact_phone(cells, number),
        phone_type: if phone_type.is_empty() {
            Listed::Blank
        } else {
            let known = tables.phone_type.get(&phone_type);
            Listed::Known(known.unwrap_or(homeroom_model::PhoneType::Other))
        },
    };
    let link = ContactLink {
        relationship: said.relationship.into(),
        kind: Listed::Known(said.kind),
    };
    Some((contact, link))
}

fn contact_phone<'a>(cells: &mut Cells<'a, '_>, text: Text<'a>) -> Text<'a> {
    if text.is_empty() {
        return text;
    }
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
        cells.report(Code::ContactPhoneInvalid, Column::ContactPhone);
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
        self.read::<Students>(problems, each)
    }
}
