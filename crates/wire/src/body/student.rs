use homeroom_model::{ClosedList, Disability, Field, Gender, Language, Lunch, Race, YesNo};
use homeroom_segment::Row;
use homeroom_segment::fields::student as f;

use crate::json;
use crate::older;
use crate::writer::{Writer, days};

/// What is known of a student beside names, schools and dates: the same in a student's own document and in the student
/// role of a user.
impl Writer<'_, '_> {
    pub(crate) fn numbers_and_year(&mut self, data: Row<'_>) {
        let mask = *self.view.mask;
        if mask.shows(Field::StudentNumber) {
            self.optional(b",\"student_number\":\"", data.bytes(f::NUMBER));
        }
        if mask.shows(Field::StudentStateId) {
            self.optional(b",\"state_id\":\"", data.bytes(f::STATE_ID));
        }
        if mask.shows(Field::StudentGrade) {
            self.grade(b",\"grade\":\"", data, f::GRADE);
        }
        if self.rules.graduation_year && mask.shows(Field::StudentGraduationYear) {
            self.optional(b",\"graduation_year\":\"", data.bytes(f::GRADUATION_YEAR));
        }
    }

    pub(crate) fn demographics(&mut self, data: Row<'_>) {
        let mask = *self.view.mask;
        if mask.shows(Field::StudentGender) {
            let gender = data.known::<Gender>(f::GENDER);
            let gender = gender.filter(|gender| self.rules.gender_x || older::has_gender(*gender));
            self.raw(b",\"gender\":\"");
            self.raw(gender.map_or("", Gender::text).as_bytes());
            self.raw(b"\"");
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
    pub(crate) fn sensitive(&mut self, data: Row<'_>) {
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

    /// The long list has a code beside each name; the short list lacks some languages, which are then left out
    /// (clever-api 12, item 9). Only 2.1 and 3.0 write it blank.
    fn home_language(&mut self, language: Option<Language>) {
        let long = self.rules.long_language_list;
        let name = match language {
            Some(language) if long || language.in_short_list() => language.text(),
            None if self.rules.language_blank => "",
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

    pub(crate) fn programmes(&mut self, data: Row<'_>) {
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

    pub(crate) fn personal(&mut self, data: Row<'_>) {
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
