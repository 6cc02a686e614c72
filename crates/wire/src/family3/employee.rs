use homeroom_model::{Field, Kind, Role};
use homeroom_segment::fields::employee as f;
use homeroom_segment::{Relation, Row};

use crate::people::{employee_roles, primary_school};
use crate::writer::Writer;

/// Where a role keeps what the person has in common with it: email and the parts of the name.
fn person(role: Role) -> [usize; 4] {
    match role {
        Role::Staff => [
            f::STAFF_EMAIL,
            f::STAFF_FIRST,
            f::STAFF_MIDDLE,
            f::STAFF_LAST,
        ],
        Role::DistrictAdmin => [
            f::ADMIN_EMAIL,
            f::ADMIN_FIRST,
            f::ADMIN_MIDDLE,
            f::ADMIN_LAST,
        ],
        _ => [
            f::TEACHER_EMAIL,
            f::TEACHER_FIRST,
            f::TEACHER_MIDDLE,
            f::TEACHER_LAST,
        ],
    }
}

impl Writer<'_, '_> {
    /// Name and email are those of the first role that is shown, in the order teacher, staff, district admin.
    pub(super) fn employee(&mut self, row: u32) {
        let table = self.view.snapshot.table(Kind::Employee);
        let data = self.open(table, row);
        let roles = employee_roles(self.view, data);
        let [email, first, middle, last] = person(roles.clone().next().unwrap_or(Role::Teacher));
        self.text(b",\"name\":{\"first\":\"", data.bytes(first));
        self.text(b",\"middle\":\"", data.bytes(middle));
        self.text(b",\"last\":\"", data.bytes(last));
        self.raw(b"}");
        if self.view.mask.shows(Field::EmployeeEmail) {
            self.optional(b",\"email\":\"", data.bytes(email));
        }
        self.created_and_modified();
        self.raw(b",\"roles\":{");
        let mut separator: &[u8] = b"";
        for role in roles {
            self.raw(separator);
            separator = b",";
            match role {
                Role::Teacher => self.teacher(row, data),
                Role::Staff => self.staff(row, data),
                _ => self.district_admin(row, data),
            }
        }
        self.raw(b"}}");
    }

    fn legacy_id<const N: usize>(&mut self, open: &[u8; N], row: u32, role: usize) {
        let table = self.view.snapshot.table(Kind::Employee);
        self.id_field(open, &table.role_id(row, role).unwrap_or_default());
    }

    fn teacher(&mut self, row: u32, data: Row<'_>) {
        let view = self.view;
        self.legacy_id(b"\"teacher\":{\"legacy_id\":\"", row, 0);
        self.text(b",\"sis_id\":\"", data.bytes(f::TEACHER_SIS_ID));
        if let Some(school) = primary_school(view, Kind::Employee, row) {
            let id = view.snapshot.table(Kind::School).id(school);
            self.id_field(b",\"school\":\"", &id);
        }
        let schools = view.snapshot.lists(Relation::TeacherSchools).get(row);
        self.shown_schools(b",\"schools\":[", schools.iter().copied());
        if view.mask.shows(Field::TeacherNumber) {
            self.optional(b",\"teacher_number\":\"", data.bytes(f::TEACHER_NUMBER));
        }
        if view.mask.shows(Field::TeacherStateId) {
            self.optional(b",\"state_id\":\"", data.bytes(f::TEACHER_STATE_ID));
        }
        if view.mask.shows(Field::TeacherTitle) {
            self.optional(b",\"title\":\"", data.bytes(f::TEACHER_TITLE));
        }
        if view.mask.shows(Field::TeacherCredentials) {
            let username = data.bytes(f::TEACHER_USERNAME);
            self.optional_parts(
                b",\"credentials\":{",
                &[(b"district_username\":\"", username)],
            );
        }
        self.ext(data, f::TEACHER_EXT, Field::TeacherExt);
        self.raw(b"}");
    }

    fn staff(&mut self, row: u32, data: Row<'_>) {
        let view = self.view;
        self.legacy_id(b"\"staff\":{\"legacy_id\":\"", row, 1);
        self.text(b",\"staff_id\":\"", data.bytes(f::STAFF_ID));
        let schools = view.snapshot.lists(Relation::StaffSchools).get(row);
        self.shown_schools(b",\"schools\":[", schools.iter().copied());
        self.texts(b",\"roles\":[", data.list(f::STAFF_ROLES));
        if view.mask.shows(Field::StaffDepartment) {
            self.optional(b",\"department\":\"", data.bytes(f::STAFF_DEPARTMENT));
        }
        if view.mask.shows(Field::StaffTitle) {
            self.optional(b",\"title\":\"", data.bytes(f::STAFF_TITLE));
        }
        if view.mask.shows(Field::StaffCredentials) {
            let username = data.bytes(f::STAFF_USERNAME);
            self.parts(
                b",\"credentials\":{",
                &[(b"district_username\":\"", username)],
            );
        }
        self.ext(data, f::STAFF_EXT, Field::StaffExt);
        self.raw(b"}");
    }

    fn district_admin(&mut self, row: u32, data: Row<'_>) {
        self.legacy_id(b"\"district_admin\":{\"legacy_id\":\"", row, 2);
        self.optional(b",\"title\":\"", data.bytes(f::ADMIN_TITLE));
        self.raw(b"}");
    }
}
