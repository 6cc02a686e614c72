use homeroom_model::{Kind, Location, Name, Student};

use crate::fields::student as f;
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

impl<'a> Noun<'a> for Student<'a> {
    const KIND: Kind = Kind::Student;

    fn write(&self, row: &mut RowBuilder) {
        row.text(&self.sis_id)
            .text(&self.school_sis_id)
            .text(&self.number)
            .text(&self.state_id);
        row.text(&self.name.first)
            .text(&self.name.middle)
            .text(&self.name.last);
        row.text(&self.preferred_name.first)
            .text(&self.preferred_name.middle)
            .text(&self.preferred_name.last);
        row.listed(&self.grade)
            .listed(&self.gender)
            .text(&self.graduation_year)
            .date(self.dob);
        row.listed(&self.race)
            .listed(&self.hispanic)
            .listed(&self.home_language)
            .listed(&self.ell);
        row.listed(&self.iep)
            .listed(&self.frl)
            .listed(&self.section_504)
            .listed(&self.gifted);
        row.listed(&self.disability_status)
            .listed(&self.disability)
            .text(&self.location.address);
        row.text(&self.location.city)
            .text(&self.location.state)
            .text(&self.location.zip);
        row.text(&self.email)
            .text(&self.username)
            .ext(&self.ext)
            .byte(u8::from(self.custom));
    }

    fn read(row: Row<'a>) -> Self {
        Self {
            sis_id: row.text(f::SIS_ID).into(),
            school_sis_id: row.text(f::SCHOOL_SIS_ID).into(),
            number: row.text(f::NUMBER).into(),
            state_id: row.text(f::STATE_ID).into(),
            name: name(row, [f::FIRST, f::MIDDLE, f::LAST]),
            preferred_name: name(
                row,
                [f::PREFERRED_FIRST, f::PREFERRED_MIDDLE, f::PREFERRED_LAST],
            ),
            grade: row.listed(f::GRADE),
            gender: row.listed(f::GENDER),
            graduation_year: row.text(f::GRADUATION_YEAR).into(),
            dob: row.date(f::DOB),
            race: row.listed(f::RACE),
            hispanic: row.listed(f::HISPANIC),
            home_language: row.listed(f::HOME_LANGUAGE),
            ell: row.listed(f::ELL),
            iep: row.listed(f::IEP),
            frl: row.listed(f::FRL),
            section_504: row.listed(f::SECTION_504),
            gifted: row.listed(f::GIFTED),
            disability_status: row.listed(f::DISABILITY_STATUS),
            disability: row.listed(f::DISABILITY),
            location: Location {
                address: row.text(f::ADDRESS).into(),
                city: row.text(f::CITY).into(),
                state: row.text(f::STATE).into(),
                zip: row.text(f::ZIP).into(),
            },
            email: row.text(f::EMAIL).into(),
            username: row.text(f::USERNAME).into(),
            ext: row.ext(f::EXT),
            custom: row.code(f::CUSTOM) != 0,
        }
    }
}

/// A name from its three fields.
pub(super) fn name(row: Row<'_>, [first, middle, last]: [usize; 3]) -> Name<'_> {
    Name {
        first: row.text(first).into(),
        middle: row.text(middle).into(),
        last: row.text(last).into(),
    }
}
