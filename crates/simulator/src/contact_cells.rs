//! The contact columns of `students.csv`.

use crate::census::Census;
use crate::contact::Contact;
use crate::data::Word;
use crate::district::District;
use crate::draw::{Draw, Topic};
use crate::household::Household;
use crate::quirk::Quirk;
use crate::table::Cells;

/// The contact columns, which follow the student's own.
pub(crate) const HEADER: [&str; 7] = [
    "Contact_relationship",
    "Contact_type",
    "Contact_name",
    "Contact_phone",
    "Contact_phone_type",
    "Contact_email",
    "Contact_sis_id",
];

impl District {
    /// Writes a contact as a SIS would. `at` is its number in the household.
    pub(crate) fn contact_cells(
        &self,
        home: &Household,
        contact: &Contact,
        at: u64,
        cells: &mut Cells,
        census: &mut Census,
    ) {
        let mut has = |quirk: Quirk| {
            let has = at == 0 && self.placed.has(quirk, home.id);
            census.mark_if(quirk, has);
            has
        };
        let nameless = has(Quirk::ContactNameMissing);
        let typeless = has(Quirk::ContactTypeBlank);
        let relation_as_type = has(Quirk::ContactTypeIsRelation);
        has(Quirk::ContactIsEmployee);
        let mut style = self.keys.draw2(Topic::Spelling, home.id, at);
        cells.text(contact.relation.text);
        cells.text(if typeless { "" } else { contact.kind.text });
        cells.text(if nameless { "" } else { &contact.name });
        cells.text(&self.spell_phone(home, contact.phone, &mut style, census));
        cells.text(contact.phone_kind.text);
        cells.text(&contact.email);
        cells.text(&contact.sis_id);
        let free = |word: Word| !word.official && !word.text.is_empty();
        census.mark_if(Quirk::ContactRelationWord, free(contact.relation));
        let odd_kind = free(contact.kind) && !typeless && !relation_as_type;
        census.mark_if(Quirk::ContactTypeWord, odd_kind);
        census.mark_if(Quirk::ContactPhoneTypeWord, free(contact.phone_kind));
        census.mark_if(Quirk::ContactEmailBlank, contact.email.is_empty());
        census.mark(key(contact));
        census.mark_if(Quirk::ContactWithoutSisId, contact.sis_id.is_empty());
    }

    fn spell_phone(
        &self,
        home: &Household,
        number: u64,
        style: &mut Draw,
        census: &mut Census,
    ) -> String {
        if number == 0 {
            return String::new();
        }
        let mut has = |quirk: Quirk| {
            let has = self.placed.has(quirk, home.id);
            census.mark_if(quirk, has);
            has
        };
        let (area, exchange, line) = (
            number / 10_000_000,
            number / 10_000 % 1_000,
            number % 10_000,
        );
        if has(Quirk::ContactPhoneShort) {
            return format!("{exchange}{line:04}");
        }
        let mut text = if has(Quirk::ContactPhonePunctuated) {
            match style.below(3) {
                0 => format!("({area}) {exchange}-{line:04}"),
                1 => format!("{area}.{exchange}.{line:04}"),
                _ => format!("{area}-{exchange}-{line:04}"),
            }
        } else {
            number.to_string()
        };
        if has(Quirk::ContactPhoneCountry) {
            text = format!("1{text}");
        }
        if has(Quirk::ContactPhoneExtension) {
            let word = style.one_of(&["x", " x", " ext "], "x");
            text = format!("{text}{word}{}", style.between(10, 9_999));
        }
        text
    }
}

/// What makes the contact the same one tomorrow (district-side 5.2).
fn key(contact: &Contact) -> Quirk {
    if !contact.sis_id.is_empty() {
        Quirk::ContactSisId
    } else if !contact.email.is_empty() {
        Quirk::ContactKeyEmail
    } else if contact.phone > 0 {
        Quirk::ContactKeyPhone
    } else {
        Quirk::ContactKeyWords
    }
}
