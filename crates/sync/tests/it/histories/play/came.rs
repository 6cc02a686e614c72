//! What came of an order, and whether every invariant holds after it.

use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{Extent, Note, Order, Ran, ReadHow, Until};

use super::Play;
use super::words::{ended, told};
use crate::histories::app::{Came, Death};
use crate::histories::check::{self, State};
use crate::histories::shown;
use crate::histories::story::Story;

impl Play<'_> {
    pub(super) async fn order(&mut self, order: Order, death: Death) -> Option<Box<Ran>> {
        let told = told(&order);
        let tenant = self.app.world.tenant.clone();
        let before = State::of(&self.app.look);
        let events = self.village.river.told();
        let came = self.app.order(&tenant, &order, death).await;
        // What happens behind the last page of events is for the next run.
        let stood_still = self.village.river.told() == events;
        self.after(
            &told,
            before,
            came,
            stood_still
                && order.read == ReadHow::Auto
                && order.extent == Extent::District
                && order.until == Until::Apply,
        )
    }

    pub(super) async fn approve(
        &mut self,
        digest: &str,
        part: Part,
        death: Death,
    ) -> Option<Box<Ran>> {
        let before = State::of(&self.app.look);
        let told = format!("approve {}", part.text());
        self.said = true;
        let came = self.app.approve(digest, part, death).await;
        self.after(&told, before, came, false)
    }

    /// Tells what came of an order, and looks at every invariant that holds at any time.
    fn after(&mut self, told: &str, before: State, came: Came, whole: bool) -> Option<Box<Ran>> {
        self.tally.orders += 1;
        self.noted();
        let after = State::of(&self.app.look);
        let ran = match came {
            Came::Ran(ran) => {
                self.story.tell(format!("  {told}: {}", ended(&ran)));
                if std::env::var_os("HOMEROOM_LINES").is_some() {
                    for line in ran.plan.lines(true) {
                        self.story.tell(format!("      {}", shown::readable(&line)));
                    }
                }
                Some(ran)
            }
            Came::Failed(error) => {
                self.tally.failed += 1;
                self.story.tell(format!("  {told}: failed: {error}"));
                None
            }
            Came::Died(at) => {
                self.tally.deaths += 1;
                self.story.tell(format!(
                    "  {told}: the process died {at}; it is started again"
                ));
                None
            }
        };
        self.always(&before, &after);
        if !self.said && !self.window {
            Story::expect(
                "S14: what is held of rosters waits for a yes",
                &check::b09_rosters_keep_most(&before, &after),
            );
        }
        self.said &= ran.is_none();
        let Some(ran) = ran else {
            if after.changes != before.changes {
                self.last = None;
            }
            return None;
        };
        match ran.state {
            RunState::Applied => self.tally.applied += 1,
            RunState::Held => self.tally.held += 1,
            RunState::Partial => self.tally.partial += 1,
            _ => {}
        }
        Self::of_state(&ran, &before, &after);
        if after.changes != before.changes {
            self.last = (ran.state == RunState::Applied).then_some((ran.run, before));
        }
        let quiet = self.weather.is_empty() && self.heard && self.token;
        // What waits is planned again, and may be free to go by then.
        let waits = ran.plan.actions().iter().any(|action| action.held) && !ran.report.approved;
        let done = matches!(ran.state, RunState::Applied | RunState::NoChange)
            && ran.holds.is_empty()
            && ran.performed.held == 0
            && !waits;
        if whole && quiet && done && !ran.report.notes.contains(&Note::PartialWalk) {
            self.same("after a run by events nothing is held of");
        }
        Some(ran)
    }

    fn always(&self, before: &State, after: &State) {
        let look = &self.app.look;
        Story::expect(
            "the database keeps its own rules",
            &check::nothing_is_broken(&self.app.world),
        );
        Story::expect(
            "B16.1: no sync deletes a learning record",
            &check::b16_01_work_stays(before, after, look),
        );
        Story::expect(
            "B16.2: two present ids share no account",
            &check::b16_02_one_id_one_account(look),
        );
        let other = self.other.as_ref().map(|(_, _, look)| State::of(look));
        Story::expect(
            "B16.3: districts are apart",
            &check::b16_03_districts_apart(look, other.as_ref().map(|state| (state, state))),
        );
        Story::expect(
            "B16.6: who is there stays",
            &check::b16_06_who_is_there_stays(before, after, &self.absences),
        );
        Story::expect(
            "B16.9: what is the app's own stays",
            &check::b16_09_own_and_islands_stay(before, after, look),
        );
        Story::expect(
            "B16.10: groups change by people only",
            &check::b16_10_groups_stay(before, after, look),
        );
        Story::expect(
            "B16.11: members follow from fact and wish",
            &check::b16_11_membership_is_fact_and_wish(look),
        );
        Story::expect(
            "B16.12: every change is audited",
            &check::b16_12_changes_are_audited(before, after, look),
        );
    }

    /// What a run says of itself is so.
    fn of_state(ran: &Ran, before: &State, after: &State) {
        let mut wrong = Vec::new();
        let quiet = matches!(
            ran.state,
            RunState::NoChange | RunState::Planned | RunState::Held | RunState::Failed
        );
        if quiet && before.changes != after.changes {
            wrong.push(format!(
                "{} rows came to the audit",
                after.changes - before.changes
            ));
        }
        // What depends on an action that a guard holds alone does not fit before that is done.
        let waits = ran.plan.actions().iter().any(|action| action.held);
        if !ran.performed.set_aside.is_empty() && !waits {
            wrong.push(format!(
                "actions did not fit: {:?}",
                ran.performed.set_aside
            ));
        }
        Story::expect("a run does what it says", &wrong);
    }

    /// The app shows what the source has.
    pub(super) fn same(&mut self, when: &str) {
        self.tally.compared += 1;
        let wrong = check::b16_04_app_is_source(&self.app.world, &self.app.look, self.contacts);
        Story::expect(
            &format!("B16.4, {when}: the app shows what the source has"),
            &wrong,
        );
        self.absences.settle();
    }
}
