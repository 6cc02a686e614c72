//! Ids that a reader of a failed test recognises: `5f50…0417` is student 417.

use homeroom_model::ObjectId;

/// Two digits for the kind, the number in decimal.
fn id(kind: &str, number: u64) -> ObjectId {
    ObjectId::from_hex(&format!("5f{kind}{number:020}")).unwrap()
}

/// The id of a district.
pub fn district(number: u64) -> ObjectId {
    id("d0", number)
}

/// The id of a school.
pub fn school(number: u64) -> ObjectId {
    id("5c", number)
}

/// The id of a term.
pub fn term(number: u64) -> ObjectId {
    id("7e", number)
}

/// The id of a course.
pub fn course(number: u64) -> ObjectId {
    id("c0", number)
}

/// The id of a section.
pub fn section(number: u64) -> ObjectId {
    id("5e", number)
}

/// The id of a student.
pub fn student(number: u64) -> ObjectId {
    id("50", number)
}

/// The id of a teacher.
pub fn teacher(number: u64) -> ObjectId {
    id("7a", number)
}

/// The id of a member of the staff; before version 3 of a school admin.
pub fn staff(number: u64) -> ObjectId {
    id("5a", number)
}

/// The id of a district admin.
pub fn admin(number: u64) -> ObjectId {
    id("ad", number)
}

/// The id of a contact.
pub fn contact(number: u64) -> ObjectId {
    id("ca", number)
}

/// The id of a resource.
pub fn resource(number: u64) -> ObjectId {
    id("5d", number)
}
