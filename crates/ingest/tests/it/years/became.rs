//! What the ledger says became of ids, against what really did.

use homeroom_history::{Became, Now};
use homeroom_model::ObjectId;
use homeroom_simulator::Noun;

use super::life::Life;

/// So many ids are asked for, of those that stand for records and of those that stand for users.
const ASKED: usize = 150;

impl Life {
    /// Every id is known; what it leads to is the same person, and students who were entered anew are found again.
    pub(super) async fn ask_what_became(&self) {
        let all = self.book.some(1).len();
        let (mut found, mut lost) = (0, 0);
        for (id, thing, published) in self.book.some(all / ASKED) {
            let became = self.became(id).await;
            assert_eq!(became.now == Now::Published, published, "{thing:?}");
            let present = became.present.and_then(|present| self.book.owner(present));
            let is_person = matches!(thing.0, Noun::Student | Noun::Teacher | Noun::Staff);
            if is_person && became.present.is_some() {
                assert_eq!(present, Some(thing), "{id} leads to somebody else");
            }
            if thing.0 == Noun::Student && !published && self.book.id_of(thing).is_some() {
                *(if present.is_some() {
                    &mut found
                } else {
                    &mut lost
                }) += 1;
            }
        }
        let owners = self.people.owners();
        for (id, person) in owners.iter().step_by(owners.len().div_ceil(ASKED)) {
            if let Some(present) = self.became(*id).await.present {
                assert_eq!(owners.get(&present), Some(person), "{id} is somebody else");
            }
        }
        eprintln!("  students under another id: {found} followed by the ledger, {lost} not");
        assert!(found > lost, "the ledger follows hardly any student");
    }

    async fn became(&self, id: ObjectId) -> Became {
        let site = &self.followed.site;
        let became = site.ingest.history().became(site.district, id).await;
        became.unwrap().expect("an id that was given is known")
    }
}
