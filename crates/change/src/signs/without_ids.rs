//! Records that may have no id in the SIS: contacts and courses.

use homeroom_model::Kind;
use homeroom_segment::{Evidence, Row, fields};

use super::{Finder, Place};
use crate::counts::Served;
use crate::pairs::{Fingerprint, Pairs};

impl Finder<'_> {
    /// Contacts by name and email, else by name and telephone: all of them change their keys when a district begins to send
    /// ids for them (district-side 5.2).
    pub(super) fn contacts(&mut self) {
        use fields::contact as f;
        let kind = Kind::Contact;
        let place = Place {
            kind,
            role: 0,
            key: f::SIS_ID,
            person: None,
        };
        let (gone, come) = (self.gone(place), self.come(place));
        if gone.is_empty() || come.is_empty() {
            return;
        }
        let by = |field: usize| {
            let print = |row: Row<'_>| Fingerprint::of_two(row.text(f::NAME), row.text(field));
            let old = gone
                .iter()
                .map(|row| (*row, print(self.old_row(kind, *row))));
            let new = come
                .iter()
                .map(|row| (*row, print(self.new_row(kind, *row))));
            Pairs::find(old, new)
        };
        let found = [
            (Evidence::NameAndEmail, by(f::EMAIL)),
            (Evidence::NameAndPhone, by(f::PHONE)),
        ];
        let before = self.signs.rekeyed.len();
        self.note(kind, 0, found);
        let same = self.signs.rekeyed.len() - before;
        self.signs.of_mut(Served::Contacts).same = same as u64;
    }

    /// Courses by name: they were given other numbers.
    pub(super) fn courses(&mut self) {
        let place = Place {
            kind: Kind::Course,
            role: 0,
            key: fields::course::NUMBER,
            person: None,
        };
        let (gone, come) = (self.gone(place), self.come(place));
        if gone.is_empty() || come.is_empty() {
            return;
        }
        let print = |row: Row<'_>| Fingerprint::without_case(row.text(fields::course::NAME));
        let old = gone
            .iter()
            .map(|row| (*row, print(self.old_row(place.kind, *row))));
        let new = come
            .iter()
            .map(|row| (*row, print(self.new_row(place.kind, *row))));
        let pairs = Pairs::find(old, new);
        self.signs.of_mut(Served::Courses).same = pairs.len() as u64;
        self.note(Kind::Course, 0, [(Evidence::CourseName, pairs)]);
    }
}
