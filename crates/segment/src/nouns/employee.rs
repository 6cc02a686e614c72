use homeroom_model::{DistrictAdmin, Employee, Kind, Name, Staff, Teacher};

use super::student::name;
use crate::fields::employee as f;
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

const TEACHER: u8 = 1;
const STAFF: u8 = 2;
const ADMIN: u8 = 4;

impl<'a> Noun<'a> for Employee<'a> {
    const KIND: Kind = Kind::Employee;

    fn write(&self, row: &mut RowBuilder) {
        let bit = |there: bool, bit: u8| if there { bit } else { 0 };
        row.byte(
            bit(self.teacher.is_some(), TEACHER)
                | bit(self.staff.is_some(), STAFF)
                | bit(self.admin.is_some(), ADMIN),
        );
        write_teacher(self.teacher.as_ref().unwrap_or(&Teacher::default()), row);
        write_staff(self.staff.as_ref().unwrap_or(&Staff::default()), row);
        write_admin(
            self.admin.as_ref().unwrap_or(&DistrictAdmin::default()),
            row,
        );
    }

    fn read(row: Row<'a>) -> Self {
        let roles = row.code(f::ROLES);
        Self {
            teacher: (roles & TEACHER != 0).then(|| read_teacher(row)),
            staff: (roles & STAFF != 0).then(|| read_staff(row)),
            admin: (roles & ADMIN != 0).then(|| DistrictAdmin {
                key: row.text(f::ADMIN_KEY).into(),
                email: row.text(f::ADMIN_EMAIL).into(),
                name: name(row, [f::ADMIN_FIRST, f::ADMIN_MIDDLE, f::ADMIN_LAST]),
                title: row.text(f::ADMIN_TITLE).into(),
            }),
        }
    }
}

fn write_name(name: &Name<'_>, row: &mut RowBuilder) {
    row.text(&name.first).text(&name.middle).text(&name.last);
}

fn write_teacher(teacher: &Teacher<'_>, row: &mut RowBuilder) {
    row.text(&teacher.sis_id)
        .text(&teacher.school_sis_id)
        .text(&teacher.number)
        .text(&teacher.state_id);
    row.text(&teacher.email);
    write_name(&teacher.name, row);
    row.text(&teacher.title)
        .text(&teacher.username)
        .ext(&teacher.ext)
        .byte(u8::from(teacher.custom));
}

fn write_staff(staff: &Staff<'_>, row: &mut RowBuilder) {
    row.text(&staff.staff_id).text(&staff.email);
    write_name(&staff.name, row);
    row.text(&staff.department)
        .text(&staff.title)
        .text(&staff.username);
    row.list(staff.roles.iter().map(AsRef::as_ref))
        .ext(&staff.ext)
        .byte(u8::from(staff.kept_by_hand))
        .byte(u8::from(staff.custom));
}

fn write_admin(admin: &DistrictAdmin<'_>, row: &mut RowBuilder) {
    row.text(&admin.key).text(&admin.email);
    write_name(&admin.name, row);
    row.text(&admin.title);
}

fn read_teacher(row: Row<'_>) -> Teacher<'_> {
    Teacher {
        sis_id: row.text(f::TEACHER_SIS_ID).into(),
        school_sis_id: row.text(f::TEACHER_SCHOOL_SIS_ID).into(),
        number: row.text(f::TEACHER_NUMBER).into(),
        state_id: row.text(f::TEACHER_STATE_ID).into(),
        email: row.text(f::TEACHER_EMAIL).into(),
        name: name(row, [f::TEACHER_FIRST, f::TEACHER_MIDDLE, f::TEACHER_LAST]),
        title: row.text(f::TEACHER_TITLE).into(),
        username: row.text(f::TEACHER_USERNAME).into(),
        ext: row.ext(f::TEACHER_EXT),
        custom: row.code(f::TEACHER_CUSTOM) != 0,
    }
}

fn read_staff(row: Row<'_>) -> Staff<'_> {
    Staff {
        staff_id: row.text(f::STAFF_ID).into(),
        email: row.text(f::STAFF_EMAIL).into(),
        name: name(row, [f::STAFF_FIRST, f::STAFF_MIDDLE, f::STAFF_LAST]),
        department: row.text(f::STAFF_DEPARTMENT).into(),
        title: row.text(f::STAFF_TITLE).into(),
        username: row.text(f::STAFF_USERNAME).into(),
        roles: row
            .list(f::STAFF_ROLES)
            .map(|role| std::str::from_utf8(role).unwrap_or("").into())
            .collect(),
        ext: row.ext(f::STAFF_EXT),
        kept_by_hand: row.code(f::STAFF_BY_HAND) != 0,
        custom: row.code(f::STAFF_CUSTOM) != 0,
    }
}
