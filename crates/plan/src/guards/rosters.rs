//! Classes that lose their people (integration-side S14, B9). What a roster loses is measured against the roster that the app
//! has, not against what the source said last: what waits for somebody is asked again until somebody says so, or the source takes
//! it back.

use std::collections::BTreeSet;

use homeroom_change::{Season, Share};
use homeroom_model::Kind;
use homeroom_segment::Relation;
use roaring::RoaringBitmap;

use super::Judge;
use crate::action::Op;
use crate::guard::Guard;
use crate::plan::Plan;
use crate::recent::{self, Moves};

impl Judge<'_> {
    /// Too many places in classes that would be lost by people who stay: one roster that shrinks is a matter of that class,
    /// many of them are a matter of the district. Whoever goes to another class loses nothing.
    pub(super) fn enrolments(&mut self, plan: &Plan, taken: &RoaringBitmap) {
        if self.input.season == Season::Rollover {
            return;
        }
        let (limit, earlier) = (self.policy.guards.enrolments, self.input.recent.seats);
        let now = recent::seats(plan, plan.actions.iter());
        let lost = now.and(earlier).lost();
        if now.lost() == 0 || lost < limit.floor {
            return;
        }
        let students = self.input.mirror.lists(Relation::SectionStudents);
        let after: u64 = taken.iter().map(|row| students.get(row).len() as u64).sum();
        let moves = recent::rosters(plan.actions.iter()).into_values();
        let all = moves.fold(earlier, Moves::and);
        if limit.is_passed(lost, all.before(after)) {
            let share = Share::new(lost, all.before(after));
            let allowed = format!("{} %, and always fewer than {}", limit.percent, limit.floor);
            self.trip(Guard::Enrolments, None, None, share, allowed);
        }
    }

    /// Rosters that lose most of their people, or exchange them, outside the rollover window: those sections wait, everything
    /// else goes on.
    pub(super) fn rosters(&mut self, plan: &mut Plan) {
        if self.input.season == Season::Rollover {
            return;
        }
        let bound = self.policy.guards.roster_shrink;
        let mut held = BTreeSet::new();
        let moves = recent::rosters(plan.actions.iter()).into_iter();
        for (section, now) in moves.filter(|(_, moves)| moves.left > 0) {
            let earlier = self.input.recent.rosters.get(&section);
            let earlier = earlier.copied().unwrap_or_default();
            let size = earlier.before(plan.rosters.get(&section).copied().unwrap_or(0));
            let moves = now.and(earlier);
            let Some(guard) = bound.of_roster(moves, size) else {
                continue;
            };
            held.insert(section);
            let allowed = format!("{} %", bound.percent);
            let share = Share::new(moves.left, size);
            self.trip(guard, Some(Kind::Section), Some(section), share, allowed);
        }
        for action in &mut plan.actions {
            let roster = matches!(action.op, Op::Enrol { .. } | Op::Unenrol { .. });
            action.held |= roster && action.source.is_some_and(|section| held.contains(&section));
        }
    }
}
