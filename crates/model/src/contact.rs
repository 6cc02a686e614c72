//! Contacts of students, and the links between the two.

use crate::{ContactType, Listed, PhoneType, Relationship, Text};

/// A guardian or other contact (clever-api 3.8 and 3.9, district-side 2.3). Contacts never merge with other people.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Contact<'a> {
    /// The contact's id in the SIS; often missing, and then any edit may make a new contact.
    pub sis_id: Text<'a>,
    /// The whole name.
    pub name: Text<'a>,
    /// Email, as sent.
    pub email: Text<'a>,
    /// Telephone, digits only.
    pub phone: Text<'a>,
    /// Kind of the telephone.
    pub phone_type: Listed<'a, PhoneType>,
}

/// What ties one contact to one student. The link has an id of its own: versions 1.x serve one contact per student.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ContactLink<'a> {
    /// How the contact is related to the student.
    pub relationship: Listed<'a, Relationship>,
    /// What the contact is to be called for.
    pub kind: Listed<'a, ContactType>,
}

crate::name::redacted!(Contact<'_>);

impl Contact<'_> {
    /// What identifies the contact inside the district: the SIS id, else name and email, else name and phone, else name,
    /// link and phone type (district-side 5.2). Fields are parted by U+001F, which no cell can hold.
    pub fn key(&self, link: &ContactLink<'_>) -> String {
        const PART: char = '\u{1f}';
        if !self.sis_id.is_empty() {
            format!("id{PART}{}", self.sis_id)
        } else if !self.email.is_empty() {
            format!("email{PART}{}{PART}{}", self.name, self.email)
        } else if !self.phone.is_empty() {
            format!("phone{PART}{}{PART}{}", self.name, self.phone)
        } else {
            format!(
                "name{PART}{}{PART}{}{PART}{}{PART}{}",
                self.name,
                link.kind.text(),
                link.relationship.text(),
                self.phone_type.text()
            )
        }
    }
}
