//! Records of the mirror beside the links of the roster.

use std::collections::BTreeMap;

use homeroom_segment::Table;
use roaring::RoaringBitmap;

use crate::known::{Link, LinkState, Local};

/// Who is who among the records of one kind.
#[derive(Default)]
pub(crate) struct Joined {
    /// Rows whose id is an active link's, with the place of the link.
    pub(crate) linked: Vec<(u32, usize)>,
    /// Rows whose id is an alias, with the place of the alias.
    pub(crate) returned: Vec<(u32, usize)>,
    /// Rows whose id nobody knows.
    pub(crate) new: RoaringBitmap,
    /// Active links of present entities whose id no taken row has, with the row that the filter leaves out, if there is one.
    pub(crate) missing: BTreeMap<usize, Option<u32>>,
}

/// Joins rows and links, both ascending by source id. Rows that are not taken only say that their records are not gone.
pub(crate) fn join(table: &Table, taken: &RoaringBitmap, links: &[Link]) -> Joined {
    let mut joined = Joined::default();
    let (mut row, mut at) = (0, 0);
    loop {
        let link = links.get(at);
        let id = (row < table.len()).then(|| table.id(row));
        match (id, link) {
            (None, None) => return joined,
            (Some(id), Some(link)) if id == link.source => {
                joined.both((row, at), taken.contains(row), link);
                row += 1;
                at += 1;
            }
            (Some(id), link) if link.is_none_or(|link| id < link.source) => {
                if taken.contains(row) {
                    joined.new.insert(row);
                }
                row += 1;
            }
            (_, Some(link)) => {
                if link.state.is_live() && link.is_present() {
                    joined.missing.insert(at, None);
                }
                at += 1;
            }
            (Some(_), None) => row += 1,
        }
    }
}

impl Joined {
    fn both(&mut self, (row, at): (u32, usize), taken: bool, link: &Link) {
        match (link.state, taken) {
            (LinkState::Active | LinkState::Joint, true) => self.linked.push((row, at)),
            (LinkState::Active | LinkState::Joint, false) if link.is_present() => {
                self.missing.insert(at, Some(row));
            }
            (LinkState::Alias, true) => self.returned.push((row, at)),
            (_, false) => {}
        }
    }
}

/// The places of each entity's links.
pub(crate) fn places(links: &[Link]) -> BTreeMap<Local, Vec<usize>> {
    let mut of: BTreeMap<Local, Vec<usize>> = BTreeMap::new();
    for (at, link) in (0..).zip(links) {
        of.entry(link.local).or_default().push(at);
    }
    of
}
