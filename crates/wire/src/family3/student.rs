use homeroom_model::{
    ClosedList, Disability, Field, Gender, Grade, Kind, Language, Lunch, Race, YesNo,
};
use homeroom_segment::fields::student as f;
use homeroom_segment::{Relation, Row};

use super::{Writer, days};
use crate::json;
use crate::people::primary_school;

impl Writer<'_, '_> {
    pub(super) fn student(&mut self, row: u32) {
        let view = self.view;
        let table = view.snapshot.table(Kind::Student);
        let data = self.open(table, row);
        self.text(b",\"name\":{\"first\":\"", data.bytes(f::FIRST));
        self.text(b",\"middle\":\"", data.bytes(f::MIDDLE));
        self.text(b",\"last\":\"", data.bytes(f::LAST));
        self.raw(b"}");
        if view.mask.shows(Field::StudentEmail) {
            self.optional(b",\"email\":\"", data.bytes(f::EMAIL));
        }
        self.created_and_modified();
        self.id_field(b",\"roles\":{\"student\":{\"legacy_id\":\"", &table.id(row));
        self.text(b",\"sis_id\":\"", data.bytes(f::SIS_ID));
        if let Some(school) = primary_school(view, Kind::Student, row) {
            let id = view.snapshot.table(Kind::School).id(school);
            self.id_field(b",\"school\":\"", &id);
        }
        let schools = view.snapshot.lists(Relation::StudentSchools).get(row);
        self.shown_schools(b",\"schools\":[", schools.iter().copied());
        // No source gives both dates of an enrollment at a school yet, so there is none to show (settled).
        self.raw(b",\"enrollments\":[]");
        self.numbers_and_year(data);
        self.demographics(data);
        self.sensitive(data);
        self.programmes(data);
        self.personal(data);
        self.ext(data, f::EXT, Field::StudentExt);
        self.created_and_modified();
        self.raw(b"}}}");
    }

    fn numbers_and_year(&mut self, data: Row<'_>) {
        let mask = *self.view.mask;
        if mask.shows(Field::StudentNumber) {
            self.optional(b",\"student_number\":\"", data.bytes(f::NUMBER));
        }
        if mask.shows(Field::StudentStateId) {
            self.optional(b",\"state_id\":\"", data.bytes(f::STATE_ID));
        }
        if mask.shows(Field::StudentGrade) {
            self.listed::<Grade, _>(b",\"grade\":\"", data, f::GRADE);
        }
        if mask.shows(Field::StudentGraduationYear) {
            self.optional(b",\"graduation_year\":\"", data.bytes(f::GRADUATION_YEAR));
        }
    }

    fn demographics(&mut self, data: Row<'_>) {
        let mask = *self.view.mask;
        if mask.shows(Field::StudentGender) {
            self.listed::<Gender, _>(b",\"gender\":\"", data, f::GENDER);
        }
        if mask.shows(Field::StudentDob) {
            self.birth_day(data);
        }
        if mask.shows(Field::StudentRace) {
            self.listed::<Race, _>(b",\"race\":\"", data, f::RACE);
        }
        if mask.shows(Field::StudentHispanicEthnicity) {
            self.listed::<YesNo, _>(b",\"hispanic_ethnicity\":\"", data, f::HISPANIC);
        }
    }

    /// `M/D/YYYY`, unpadded (settled).
    fn birth_day(&mut self, data: Row<'_>) {
        if let Some(days) = days(data, f::DOB) {
            let before = self.out.len();
            self.raw(b",\"dob\":\"");
            if json::push_us_date(self.out, days) {
                self.raw(b"\"");
            } else {
                self.out.truncate(before);
            }
        }
    }

    /// Fields that both sides must switch on. Where the version's schema lacks one, the mask must say so explicitly.
    fn sensitive(&mut self, data: Row<'_>) {
        let mask = *self.view.mask;
        let in_schema = self.rules.sensitive_in_schema;
        let appears = |field| mask.shows(field) && (in_schema || mask.opted_in.contains(field));
        if mask.shows(Field::StudentEllStatus) {
            self.listed::<YesNo, _>(b",\"ell_status\":\"", data, f::ELL);
        }
        if appears(Field::StudentFrlStatus) {
            let lunch = data.known::<Lunch>(f::FRL);
            let lunch = lunch.filter(|lunch| self.rules.lunch_other || *lunch != Lunch::Other);
            self.raw(b",\"frl_status\":\"");
            self.raw(lunch.map_or("", Lunch::text).as_bytes());
            self.raw(b"\"");
        }
        if appears(Field::StudentIepStatus) {
            let iep = data.known::<YesNo>(f::IEP).map_or("", YesNo::text);
            self.optional(b",\"iep_status\":\"", iep.as_bytes());
        }
        if appears(Field::StudentHomeLanguage) {
            self.home_language(data.known(f::HOME_LANGUAGE));
        }
    }

    /// The long list has no empty text and a code beside each name; the short list has an empty text and lacks some
    /// languages, which are then left out (clever-api 12, item 9).
    fn home_language(&mut self, language: Option<Language>) {
        let long = self.rules.long_language_list;
        let name = match language {
            Some(language) if long || language.in_short_list() => language.text(),
            None if !long => "",
            _ => return,
        };
        self.raw(b",\"home_language\":\"");
        self.raw(name.as_bytes());
        self.raw(b"\"");
        if let Some(language) = language.filter(|_| long) {
            self.raw(b",\"home_language_code\":\"");
            self.raw(language.code_text().as_bytes());
            self.raw(b"\"");
        }
    }

    fn programmes(&mut self, data: Row<'_>) {
        if !self.rules.student_programmes {
            return;
        }
        let mask = *self.view.mask;
        if mask.shows(Field::StudentSection504Status) {
            self.listed::<YesNo, _>(b",\"section_504_status\":\"", data, f::SECTION_504);
        }
        if mask.shows(Field::StudentGiftedStatus) {
            self.listed::<YesNo, _>(b",\"gifted_status\":\"", data, f::GIFTED);
        }
        if mask.shows(Field::StudentDisability) {
            let status = data.known::<YesNo>(f::DISABILITY_STATUS);
            let kind = data.known::<Disability>(f::DISABILITY);
            let parts: [(&[u8], &str); 3] = [
                (b"disability_status\":\"", status.map_or("", YesNo::text)),
                (b"disability_type\":\"", kind.map_or("", Disability::text)),
                (
                    b"disability_code\":\"",
                    kind.map_or("", Disability::code_text),
                ),
            ];
            self.parts(
                b",\"disability\":{",
                &parts.map(|(key, value)| (key, value.as_bytes())),
            );
        }
    }

    fn personal(&mut self, data: Row<'_>) {
        let mask = *self.view.mask;
        if self.rules.preferred_name && mask.shows(Field::StudentPreferredName) {
            self.parts(
                b",\"preferred_name\":{",
                &[
                    (b"first\":\"", data.bytes(f::PREFERRED_FIRST)),
                    (b"middle\":\"", data.bytes(f::PREFERRED_MIDDLE)),
                    (b"last\":\"", data.bytes(f::PREFERRED_LAST)),
                ],
            );
        }
        if mask.shows(Field::StudentLocation) {
            self.optional_parts(
                b",\"location\":{",
                &[
                    (b"address\":\"", data.bytes(f::ADDRESS)),
                    (b"city\":\"", data.bytes(f::CITY)),
                    (b"state\":\"", data.bytes(f::STATE)),
                    (b"zip\":\"", data.bytes(f::ZIP)),
                ],
            );
        }
        if mask.shows(Field::StudentCredentials) {
            let username = data.bytes(f::USERNAME);
            self.parts(
                b",\"credentials\":{",
                &[(b"district_username\":\"", username)],
            );
        }
    }
}
