//! What the app is told to do.

use homeroom_model::ObjectId;
use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{Extent, Order, Ran, ReadHow, Trigger, Until};
use homeroom_testkit::toy;
use homeroom_wire::Object;

use super::Play;
use crate::histories::app::Death;
use crate::histories::check::{self, State};
use crate::histories::local;
use crate::histories::story::Story;

impl Play<'_> {
    /// One order of any sort.
    pub(super) async fn act(&mut self) {
        let death = Death::drawn(&mut self.dice, 25);
        let order = Order::new(if self.chance(50) {
            Trigger::Schedule
        } else {
            Trigger::Demand
        });
        match self.dice.below(20) {
            at @ 0..10 => {
                self.moving_source();
                let order = Order {
                    read: if at < 7 { order.read } else { ReadHow::Full },
                    ..order
                };
                let ran = self.order(order, death).await;
                self.follow_up(ran).await;
            }
            at @ 10..17 => {
                if let Some(order) = self.special(at, order) {
                    self.order(order, death).await;
                }
            }
            17 => {
                local::decide(&self.app, &mut self.dice, self.story);
                self.last = None;
            }
            18 if self.undoes => self.undo().await,
            _ => {
                self.app.restart().await;
                self.story.tell("  the process is started anew");
            }
        }
    }

    /// An order of a rarer sort, unless there is nobody for it.
    fn special(&mut self, sort: u64, order: Order) -> Option<Order> {
        let of = |extent| Order {
            extent,
            ..order.clone()
        };
        Some(match sort {
            10 => Order {
                read: ReadHow::Full,
                deep: true,
                ..order
            },
            11 => Order {
                read: ReadHow::Kept,
                ..order
            },
            12 => Order {
                until: Until::Plan,
                ..order
            },
            13 | 14 => of(Extent::School(toy::school(1 + self.dice.below(4)))),
            15 => of(Extent::Section(self.any(&self.village.sections())?)),
            _ => of(Extent::Person(self.any(&self.village.students())?)),
        })
    }

    pub(super) fn any(&mut self, all: &[ObjectId]) -> Option<ObjectId> {
        if all.is_empty() {
            return None;
        }
        let at = self.dice.below(all.len() as u64);
        all.get(usize::try_from(at).unwrap()).copied()
    }

    /// A plan that is held is approved, in whole or in part, discarded, or left alone.
    async fn follow_up(&mut self, ran: Option<Box<Ran>>) {
        let Some(ran) = ran.filter(|ran| ran.state == RunState::Held || !ran.holds.is_empty())
        else {
            return;
        };
        let digest = self.app.look.waiting().unwrap_or(ran.digest);
        let death = Death::drawn(&mut self.dice, 25);
        match self.dice.below(6) {
            0 | 1 => {
                self.approve(&digest, Part::All, death).await;
            }
            2 => {
                self.approve(&digest, Part::Harmless, death).await;
            }
            3 => {
                if let Some(section) = self.any(&self.village.river.ids(Object::Section)) {
                    self.approve(&digest, Part::Section(section), death).await;
                }
            }
            4 => {
                let engine = self.app.world.engine.clone();
                let discarded = engine
                    .discard(&self.app.world.tenant, &digest, "principal")
                    .await;
                self.story.tell(format!(
                    "  the plan is discarded: {:?}",
                    discarded.err().map(|error| error.to_string())
                ));
            }
            _ => {}
        }
    }

    /// Takes the last run back, and looks whether everything is as it was.
    async fn undo(&mut self) {
        let Some((run, before)) = self.last.take() else {
            return;
        };
        let came = self.app.undo(run, self.dice.below(4) == 0).await;
        let Ok(undoing) = came else {
            self.story
                .tell(format!("  run {run} is not undone: {}", came.unwrap_err()));
            return;
        };
        self.story.tell(format!(
            "  run {run} is undone: {:?}, {} rows taken back, {} kept, {} switched off",
            undoing.state, undoing.taken_back, undoing.all_kept, undoing.switched_off
        ));
        if undoing.state != RunState::Applied {
            return;
        }
        self.tally.undone += 1;
        self.heard = false;
        let after = State::of(&self.app.look);
        let wrong = check::b16_08_undo_restores(&before, &after);
        Story::expect(
            "B16.8: after an undo everything that nobody touched is as it was",
            &wrong,
        );
    }
}
