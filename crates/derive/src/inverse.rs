//! Lists the other way round: which rows of one kind name a row of another.

use homeroom_segment::CandidateLists;

/// The value at a row number, or the default past the end.
#[inline]
pub(crate) fn at<T: Copy + Default>(values: &[T], row: u32) -> T {
    values.get(row as usize).copied().unwrap_or_default()
}

/// For each target the owners whose lists hold it, ascending. Four bytes per pair and per target.
pub(crate) struct Inverse {
    ends: Vec<u32>,
    owners: Vec<u32>,
}

impl Inverse {
    /// Turns the lists of `owners` round; `counts` tells whether an owner counts at all.
    pub(crate) fn new(
        lists: &CandidateLists,
        owners: u32,
        targets: u32,
        counts: impl Fn(u32) -> bool,
    ) -> Self {
        let mut ends = vec![0_u32; targets as usize];
        let pairs = || {
            let owners = (0..owners).filter(|owner| counts(*owner));
            owners.flat_map(|owner| lists.get(owner).iter().map(move |target| (owner, *target)))
        };
        for (_, target) in pairs() {
            if let Some(count) = ends.get_mut(target as usize) {
                *count += 1;
            }
        }
        // Each target's end holds its start until its owners are placed, which moves it to the end.
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut owners = vec![0; total as usize];
        for (owner, target) in pairs() {
            if let Some(end) = ends.get_mut(target as usize) {
                if let Some(slot) = owners.get_mut(*end as usize) {
                    *slot = owner;
                }
                *end += 1;
            }
        }
        Self { ends, owners }
    }

    /// The owners of a target.
    pub(crate) fn get(&self, target: u32) -> &[u32] {
        let start = target
            .checked_sub(1)
            .map_or(0, |before| at(&self.ends, before));
        let end = at(&self.ends, target);
        let range = start as usize..end as usize;
        self.owners.get(range).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_of_a_target_ascend() {
        let mut lists = CandidateLists::default();
        for list in [vec![2, 0], vec![], vec![0], vec![0, 1]] {
            lists.push(list);
        }
        let all = Inverse::new(&lists, 4, 4, |_| true);
        let owners: Vec<_> = (0..5).map(|target| all.get(target).to_vec()).collect();
        assert_eq!(owners, [vec![0, 2, 3], vec![3], vec![0], vec![], vec![]]);
        let some = Inverse::new(&lists, 4, 3, |owner| owner != 0);
        assert_eq!(some.get(0), [2, 3]);
        assert_eq!(some.get(2), [0; 0]);
    }
}
