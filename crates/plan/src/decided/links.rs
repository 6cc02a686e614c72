//! The links of a kind while a plan is made: found, changed, and given from one account to another.

use homeroom_model::ObjectId;

use crate::join;
use crate::known::{Link, LinkState, Local};
use crate::planner::Batch;

impl Batch {
    /// The place of an id's link.
    pub(super) fn at(&self, source: &ObjectId) -> Option<usize> {
        let found = self.links.binary_search_by_key(source, |link| link.source);
        found.ok()
    }

    /// The link by which an account is known.
    pub(crate) fn lead(&self, local: Local) -> Option<(usize, Link)> {
        let live = self.live(local);
        let active = live
            .iter()
            .find(|(_, link)| link.state == LinkState::Active);
        active.or_else(|| live.first()).copied()
    }

    /// An account's links with ids that the source uses now, ascending.
    pub(crate) fn live(&self, local: Local) -> Vec<(usize, Link)> {
        let of = self.of.get_or_init(|| join::places(&self.links));
        let places = of.get(&local).into_iter().flatten();
        let links = places.filter_map(|at| Some((*at, *self.links.get(*at)?)));
        links.filter(|(_, link)| link.state.is_live()).collect()
    }

    /// Changes a link, but not whose it is.
    pub(super) fn set(&mut self, at: usize, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.links.get_mut(at) {
            change(link);
        }
    }

    /// Gives an account's links to another; their places.
    pub(super) fn give(&mut self, from: Local, into: Local) -> Vec<usize> {
        self.of.get_or_init(|| join::places(&self.links));
        let Some(of) = self.of.get_mut() else {
            return Vec::new();
        };
        let places = of.remove(&from).unwrap_or_default();
        of.entry(into).or_default().extend(&places);
        places
    }

    /// What an account had of another's record is compared with what its own says.
    pub(super) fn stand_alone(&mut self, local: Local) {
        let live = self.live(local);
        let joined = live.len() > 1;
        for (at, _) in live {
            self.set(at, |link| {
                link.joined = joined;
                link.touched = true;
            });
        }
    }
}
