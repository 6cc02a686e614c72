//! Contacts: merged over students, at most five for one student.

use std::io;

use homeroom_model::{Code, Contact, ContactLink, Kind, Place, Problem, Problems};
use homeroom_segment::{CandidateLists, Noun as _, Row};

use crate::derive::Derive;
use crate::inverse::at;
use crate::keys::Keys;

const NONE: u32 = u32::MAX;

/// The contacts of a district and what ties them to students.
#[derive(Default)]
pub(crate) struct Contacts {
    keys: Keys,
    links: Vec<Link>,
    /// For each student the newest of its links.
    newest: Vec<u32>,
    text: String,
}

/// A row of contact links. The links of one student form a chain, newest first: there are at most five.
#[derive(Clone, Copy)]
struct Link {
    contact: u32,
    student: u32,
    before: u32,
}

impl Contacts {
    /// Makes room for the next student.
    pub(crate) fn student(&mut self) {
        self.newest.push(NONE);
    }

    /// The contacts that a student has, newest first.
    fn of(&self, student: u32) -> impl Iterator<Item = u32> {
        let link = |number: u32| self.links.get(number as usize);
        let newest = self.newest.get(student as usize);
        let newest = newest.and_then(|number| link(*number));
        std::iter::successors(newest, move |before| link(before.before)).map(|link| link.contact)
    }

    /// The two relations of links.
    pub(crate) fn lists(&self) -> [CandidateLists; 2] {
        let (mut contacts, mut students) = (CandidateLists::default(), CandidateLists::default());
        for link in &self.links {
            contacts.push([link.contact]);
            students.push([link.student]);
        }
        [contacts, students]
    }
}

impl Derive {
    /// Takes the contact of a row of students.csv (district-side 2.3): first row of a contact wins, a contact that the
    /// student has already is a repeat, one beyond the limit is left out.
    pub(crate) fn contact(
        &mut self,
        place: Place,
        (student, student_sis_id): (u32, &str),
        (contact, link): (Row<'_>, Row<'_>),
        problems: &mut dyn Problems,
    ) -> io::Result<()> {
        let key = Contact::read(contact).key(&ContactLink::read(link));
        let hash = self.key.hash(key.as_bytes());
        let known = self.contacts.keys.row(&hash);
        if known.is_some_and(|known| self.contacts.of(student).any(|has| has == known)) {
            return Ok(());
        }
        if self.contacts.of(student).count() >= self.settings.contacts_per_student {
            let limit = self.settings.contacts_per_student;
            let problem = Problem::new(Code::ContactLimit, place).key(student_sis_id);
            problems.report(problem.detail(format!("{limit} are kept")));
            return Ok(());
        }
        let row = if let Some(row) = known {
            row
        } else {
            let packed = contact.packed();
            let row = self.builder.push_hashed(Kind::Contact, &[hash], packed)?;
            self.contacts.keys.insert(hash, row);
            row
        };
        let text = &mut self.contacts.text;
        text.clear();
        text.push_str(&key);
        text.push('\u{1e}');
        text.push_str(student_sis_id);
        let hash = self.key.hash(text.as_bytes());
        let number = self
            .builder
            .push_hashed(Kind::ContactLink, &[hash], link.packed())?;
        let before = at(&self.contacts.newest, student);
        self.contacts.links.push(Link {
            contact: row,
            student,
            before,
        });
        if let Some(newest) = self.contacts.newest.get_mut(student as usize) {
            *newest = number;
        }
        Ok(())
    }
}
