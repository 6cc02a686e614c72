//! How the accounts of a district are linked.

use homeroom_model::ObjectId;
use homeroom_plan::Link;
use homeroom_roster::LinkState;

/// How an account is linked.
#[derive(Clone, Copy, Default)]
pub(super) struct Linked {
    /// Active links.
    pub(super) links: u32,
    /// The first of them, if its record is there.
    pub(super) present: Option<ObjectId>,
    /// The first of them, if no record is there.
    pub(super) former: Option<ObjectId>,
}

/// Accounts with active links, ascending. Links come in the order of their source ids, in which most accounts were made, so that
/// sorting them costs less than a hash table.
#[derive(Default)]
pub(super) struct Accounts(Vec<(i64, Linked)>);

impl Accounts {
    /// Notes a link, unless it is one of the past. Links come ascending by source id.
    pub(super) fn add(&mut self, link: &Link, state: LinkState, is_there: bool) {
        if matches!(state, LinkState::Active | LinkState::Joint) {
            let linked = Linked {
                links: 1,
                present: is_there.then_some(link.source),
                former: (!is_there).then_some(link.source),
            };
            self.0.push((link.local.0, linked));
        }
    }

    /// Once every link is noted.
    pub(super) fn end(mut self) -> Self {
        self.0.sort_by_key(|(account, _)| *account);
        self.0.dedup_by(|(later, more), (account, linked)| {
            let same = later == account;
            if same {
                linked.links += more.links;
                linked.present = linked.present.or(more.present);
                linked.former = linked.former.or(more.former);
            }
            same
        });
        self
    }

    /// How an account is linked; nothing where it is not.
    pub(super) fn get(&self, account: i64) -> Option<&Linked> {
        let found = self.0.binary_search_by_key(&account, |(id, _)| *id);
        found.ok().and_then(|at| self.0.get(at)).map(|(_, it)| it)
    }

    /// Whether an account has several links.
    pub(super) fn any_shared(&self) -> bool {
        self.0.iter().any(|(_, linked)| linked.links > 1)
    }

    /// Accounts, ascending.
    pub(super) fn ids(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|(account, _)| *account)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
