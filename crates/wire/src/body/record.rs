//! Records of people before version 3, one per role, under the role's own id (clever-api 3.5 to 3.7).

use homeroom_model::{Field, Kind, Role};
use homeroom_segment::fields::{employee as e, student as s};
use homeroom_segment::{Relation, Row};

use crate::people::{primary_school, role_id};
use crate::writer::Writer;

impl<'v> Writer<'_, 'v> {
    /// A student's record.
    pub(crate) fn student_record(&mut self, row: u32) {
        let view = self.view;
        let data = self.open(view.snapshot.table(Kind::Student), row);
        self.text(b",\"sis_id\":\"", data.bytes(s::SIS_ID));
        self.whole_name([s::FIRST, s::MIDDLE, s::LAST].map(|part| data.bytes(part)));
        if view.mask.shows(Field::StudentEmail) {
            self.optional(b",\"email\":\"", data.bytes(s::EMAIL));
        }
        self.belongs_to(Kind::Student, Relation::StudentSchools, row);
        if self.rules.enrollments {
            // No source gives both dates of an enrollment at a school yet, so there is none to show (settled).
            self.raw(b",\"enrollments\":[]");
        }
        self.numbers_and_year(data);
        self.demographics(data);
        self.sensitive(data);
        self.personal(data);
        self.ext(data, s::EXT, Field::StudentExt);
        self.created_and_modified();
        self.raw(b"}");
    }

    /// A teacher's record.
    pub(crate) fn teacher_record(&mut self, row: u32) {
        let mask = *self.view.mask;
        let data = self.open_role(Role::Teacher, row);
        self.text(b",\"sis_id\":\"", data.bytes(e::TEACHER_SIS_ID));
        let name = [e::TEACHER_FIRST, e::TEACHER_MIDDLE, e::TEACHER_LAST];
        self.whole_name(name.map(|part| data.bytes(part)));
        if mask.shows(Field::EmployeeEmail) {
            self.optional(b",\"email\":\"", data.bytes(e::TEACHER_EMAIL));
        }
        self.belongs_to(Kind::Employee, Relation::TeacherSchools, row);
        if mask.shows(Field::TeacherNumber) {
            self.optional(b",\"teacher_number\":\"", data.bytes(e::TEACHER_NUMBER));
        }
        if mask.shows(Field::TeacherStateId) {
            self.optional(b",\"state_id\":\"", data.bytes(e::TEACHER_STATE_ID));
        }
        if mask.shows(Field::TeacherTitle) {
            self.optional(b",\"title\":\"", data.bytes(e::TEACHER_TITLE));
        }
        if mask.shows(Field::TeacherCredentials) {
            let username = data.bytes(e::TEACHER_USERNAME);
            self.optional_parts(
                b",\"credentials\":{",
                &[(b"district_username\":\"", username)],
            );
        }
        self.ext(data, e::TEACHER_EXT, Field::TeacherExt);
        self.created_and_modified();
        self.raw(b"}");
    }

    /// A school admin's record; `middle` says whether names have middle parts in this family.
    pub(crate) fn school_admin_record(&mut self, row: u32, middle: bool) {
        let view = self.view;
        let data = self.open_role(Role::Staff, row);
        self.text(b",\"staff_id\":\"", data.bytes(e::STAFF_ID));
        let name = [e::STAFF_FIRST, e::STAFF_MIDDLE, e::STAFF_LAST];
        self.admin_name(name.map(|part| data.bytes(part)), middle);
        if view.mask.shows(Field::EmployeeEmail) {
            self.text(b",\"email\":\"", data.bytes(e::STAFF_EMAIL));
        }
        if !self.schools_included {
            let schools = view.snapshot.lists(Relation::StaffSchools).get(row);
            self.shown_schools(b",\"schools\":[", schools.iter().copied());
        }
        if self.rules.department && view.mask.shows(Field::StaffDepartment) {
            self.optional(b",\"department\":\"", data.bytes(e::STAFF_DEPARTMENT));
        }
        if view.mask.shows(Field::StaffTitle) {
            self.optional(b",\"title\":\"", data.bytes(e::STAFF_TITLE));
        }
        if view.mask.shows(Field::StaffCredentials) {
            let username = data.bytes(e::STAFF_USERNAME);
            self.parts(
                b",\"credentials\":{",
                &[(b"district_username\":\"", username)],
            );
        }
        self.ext(data, e::STAFF_EXT, Field::StaffExt);
        self.raw(b"}");
    }

    /// A district admin's record; `middle` says whether names have middle parts in this family.
    pub(crate) fn district_admin_record(&mut self, row: u32, middle: bool) {
        let data = self.open_role(Role::DistrictAdmin, row);
        let name = [e::ADMIN_FIRST, e::ADMIN_MIDDLE, e::ADMIN_LAST];
        self.admin_name(name.map(|part| data.bytes(part)), middle);
        if self.view.mask.shows(Field::EmployeeEmail) {
            self.text(b",\"email\":\"", data.bytes(e::ADMIN_EMAIL));
        }
        self.optional(b",\"title\":\"", data.bytes(e::ADMIN_TITLE));
        self.raw(b"}");
    }

    /// Opens the record of an employee's role.
    fn open_role(&mut self, role: Role, row: u32) -> Row<'v> {
        let id = role_id(self.view, role, row).unwrap_or_default();
        self.open_as(self.view.snapshot.table(Kind::Employee), row, &id)
    }

    fn whole_name(&mut self, [first, middle, last]: [&[u8]; 3]) {
        self.text(b",\"name\":{\"first\":\"", first);
        self.text(b",\"middle\":\"", middle);
        self.text(b",\"last\":\"", last);
        self.raw(b"}");
    }

    fn admin_name(&mut self, [first, middle, last]: [&[u8]; 3], with_middle: bool) {
        if with_middle {
            return self.whole_name([first, middle, last]);
        }
        self.text(b",\"name\":{\"first\":\"", first);
        self.text(b",\"last\":\"", last);
        self.raw(b"}");
    }

    /// `school` and, where the version has it, `schools` of a student or teacher.
    fn belongs_to(&mut self, kind: Kind, all: Relation, row: u32) {
        let view = self.view;
        if let Some(school) = primary_school(view, kind, row) {
            let id = view.snapshot.table(Kind::School).id(school);
            self.id_field(b",\"school\":\"", &id);
        }
        if self.rules.schools_of_people {
            let schools = view.snapshot.lists(all).get(row);
            self.shown_schools(b",\"schools\":[", schools.iter().copied());
        }
    }
}
