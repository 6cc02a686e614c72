//! Contacts of a household, as they are and as a SIS writes them (district-side 2.3, 3.7).

use crate::data::Word;
use crate::district::District;
use crate::draw::{Draw, Topic};
use crate::household::Household;
use crate::identity::{fold, phone};
use crate::quirk::Quirk;

/// The word lists that contacts use.
#[cfg(test)]
pub(crate) const LISTS: [&str; 18] = [
    "relation_mother",
    "relation_father",
    "relation_grandmother",
    "relation_grandfather",
    "relation_aunt",
    "relation_uncle",
    "relation_sibling",
    "relation_other",
    "relation_self",
    "type_parent",
    "type_second",
    "type_emergency",
    "type_other",
    "type_relation",
    "phone_cell",
    "phone_home",
    "phone_work",
    "phone_odd",
];
/// The most contacts a household ever has.
const MOST: u64 = 7;

/// A contact of a student.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) relation: Word,
    pub(crate) kind: Word,
    /// Ten digits, or 0 for none.
    pub(crate) phone: u64,
    pub(crate) phone_kind: Word,
    pub(crate) email: String,
    pub(crate) sis_id: String,
}

/// What has happened to a household's contacts by a day.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ContactStory {
    /// Contacts that day.
    pub(crate) count: u64,
    pub(crate) changed: u64,
    pub(crate) added: u64,
    pub(crate) removed: u64,
    /// Changes per contact: phone, email, name.
    versions: [[u64; 3]; 8],
}

impl District {
    pub(crate) fn contact_story(&self, home: &Household, day: u32) -> ContactStory {
        let mut story = ContactStory {
            count: home.contacts,
            ..ContactStory::default()
        };
        let chain = &self.chains.contact_edit;
        for mut event in chain.events(&self.keys, home.id, 0, day) {
            let at = event.draw.below(10);
            let contact = event.draw.below(story.count.max(1));
            if at == 0 && story.count < MOST {
                story.count += 1;
                story.added += 1;
            } else if at == 1 && story.count > 0 {
                story.count -= 1;
                story.removed += 1;
            } else if at > 1 && story.count > 0 {
                let part = match at {
                    2..=5 => 0,
                    6..=8 => 1,
                    _ => 2,
                };
                let versions = story.versions.get_mut(crate::draw::index(contact));
                if let Some(version) = versions.and_then(|versions| versions.get_mut(part)) {
                    *version += 1;
                    story.changed += 1;
                }
            }
        }
        story
    }

    /// The household's contact number `at`, as a child of it has it.
    pub(crate) fn contact(
        &self,
        home: &Household,
        story: &ContactStory,
        at: u64,
        sibling: u64,
    ) -> Contact {
        let mut draw = self.keys.draw2(Topic::Contact, home.id, at);
        let role = role(at, &mut draw);
        let (list, female) = role;
        let versions = story.versions.get(crate::draw::index(at));
        let [phones, emails, names] = versions.copied().unwrap_or_default();
        let first = self.data.given(home.group, female, &mut draw);
        let family = self.family_of(list, home, at, names, &mut draw);
        let mut relation = self.data.words(list).pick(&mut draw);
        if sibling > 0 && at == 0 && self.placed.has(Quirk::ContactTwoRelations, home.id) {
            relation = self.data.words("relation_aunt").pick(&mut draw);
        }
        let kinds = match at {
            0 => "type_parent",
            1 => "type_second",
            2 => "type_emergency",
            _ => "type_other",
        };
        let mut kind = self.data.words(kinds).pick(&mut draw);
        if at == 0 && self.placed.has(Quirk::ContactTypeIsRelation, home.id) {
            kind = self.data.words("type_relation").pick(&mut draw);
            relation = Word::default();
        }
        let phone_kinds = draw.one_of(
            &[
                "phone_cell",
                "phone_cell",
                "phone_cell",
                "phone_home",
                "phone_work",
                "phone_odd",
            ],
            "phone_cell",
        );
        let has_phone = draw.chance(940_000);
        let mut numbers = self
            .keys
            .draw2(Topic::ContactVersion, home.id, at * 1_000 + phones);
        let has_email = draw.chance(640_000) || emails > 0;
        Contact {
            name: format!("{first} {family}"),
            relation,
            kind,
            phone: if has_phone { phone(numbers.next()) } else { 0 },
            phone_kind: if has_phone {
                self.data.words(phone_kinds).pick(&mut draw)
            } else {
                Word::default()
            },
            email: if has_email {
                self.contact_email(home, at, first, family, emails)
            } else {
                String::new()
            },
            sis_id: if home.sis_ids {
                format!("P{:07}{at}", home.id)
            } else {
                String::new()
            },
        }
    }

    fn family_of(
        &self,
        list: &str,
        home: &Household,
        at: u64,
        names: u64,
        draw: &mut Draw,
    ) -> &'static str {
        let own = match list {
            "relation_mother" | "relation_father" if at > 0 => home.second,
            "relation_mother" | "relation_father" | "relation_sibling" => home.family,
            _ => self.data.family(home.group, draw),
        };
        (0..names).fold(own, |_, _| self.data.family(home.group, draw))
    }

    fn contact_email(
        &self,
        home: &Household,
        at: u64,
        first: &str,
        family: &str,
        version: u64,
    ) -> String {
        if at == 0 && version == 0 && self.placed.has(Quirk::ContactIsEmployee, home.id) {
            let post = crate::draw::mix(home.id) % self.plan.posts.max(1);
            return self.first_teacher_email(post);
        }
        let (first, family) = (fold(first), fold(family));
        let mark = match version {
            0 => String::new(),
            _ => format!(".{version}"),
        };
        format!("{first}.{family}.{}{at}{mark}@mail.example", home.id)
    }
}

/// The word list of a contact's relationship, and whether it is a woman.
fn role(at: u64, draw: &mut Draw) -> (&'static str, bool) {
    let choices: &[(&str, bool)] = match at {
        0 => &[
            ("relation_mother", true),
            ("relation_mother", true),
            ("relation_mother", true),
            ("relation_mother", true),
            ("relation_father", false),
            ("relation_grandmother", true),
        ],
        1 => &[
            ("relation_father", false),
            ("relation_father", false),
            ("relation_father", false),
            ("relation_mother", true),
            ("relation_grandfather", false),
        ],
        2 => &[
            ("relation_grandmother", true),
            ("relation_grandfather", false),
            ("relation_aunt", true),
            ("relation_uncle", false),
            ("relation_sibling", true),
            ("relation_other", false),
        ],
        _ => &[
            ("relation_aunt", true),
            ("relation_uncle", false),
            ("relation_other", true),
            ("relation_other", false),
            ("relation_self", false),
        ],
    };
    draw.one_of(choices, ("relation_other", true))
}
