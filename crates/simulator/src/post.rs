//! Posts of teachers and staff: who holds one on a given day.

use crate::chain::Chain;
use crate::draw::Keys;

/// Who holds a post, or held it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) post: u64,
    /// 0 for the holder of day 0; each successor is one more.
    pub(crate) generation: u64,
    /// The day the holder came.
    pub(crate) since: u32,
    /// Whether the post is held; if not, this is the last holder.
    pub(crate) present: bool,
    /// Holders who have left, and those who came after day 0.
    pub(crate) leaves: u64,
    pub(crate) hires: u64,
}

/// The holder of a post on a day. Both chains run per post.
pub(crate) fn holder(keys: &Keys, leave: &Chain, hire: &Chain, post: u64, day: u32) -> Holder {
    let mut holder = Holder {
        post,
        generation: 0,
        since: 0,
        present: true,
        leaves: 0,
        hires: 0,
    };
    loop {
        let Some(left) = leave.next(keys, post, holder.generation, holder.since, day) else {
            return holder;
        };
        holder.leaves += 1;
        let Some(hired) = hire.next(keys, post, holder.generation, left.day, day) else {
            holder.present = false;
            return holder;
        };
        holder.hires += 1;
        holder.generation += 1;
        holder.since = hired.day;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Topic;

    #[test]
    fn a_post_is_held_by_one_after_the_other() {
        let keys = Keys::new(4);
        let leave = Chain::new(Topic::TeacherLeave, 50_000);
        let hire = Chain::new(Topic::TeacherVacancy, 200_000);
        let mut generations = 0;
        for post in 0..50 {
            let mut last = holder(&keys, &leave, &hire, post, 0);
            assert!(last.present && last.generation == 0);
            for day in 1..120 {
                let now = holder(&keys, &leave, &hire, post, day);
                assert!(now.generation == last.generation || now.generation == last.generation + 1);
                assert!(now.generation == last.generation || !last.present);
                last = now;
            }
            generations += last.generation;
        }
        assert!(generations > 50);
    }
}
