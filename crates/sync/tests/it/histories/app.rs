//! An app whose process dies at chosen moments and starts again on what is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homeroom_client::Cancel;
use homeroom_depot::Depot;
use homeroom_plan::{Part, Policy};
use homeroom_segment::MemorySpools;
use homeroom_sync::{
    Engine, EngineParts, EngineSettings, Order, Ran, SyncError, Tenant, Undo, Undoing, Unwatched,
    Yes,
};
use homeroom_testkit::Dice;
use homeroom_wire::Version;
use object_store::memory::InMemory;

use super::look::Look;
use super::mortal::{Fate, Moment, Mortal, MortalStore};
use crate::world::World;

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    Never,
    /// At the nth operation of database or depot.
    Operation(u64, Moment),
    /// While the nth request is answered.
    Request(usize),
}

impl Death {
    /// A death in so many of a hundred cases.
    pub(crate) fn drawn(dice: &mut Dice, of_hundred: u64) -> Self {
        if dice.below(100) >= of_hundred {
            return Self::Never;
        }
        let moment = if dice.below(2) == 0 {
            Moment::Before
        } else {
            Moment::After
        };
        match dice.below(5) {
            0 => Self::Request(1 + usize::try_from(dice.below(25)).unwrap()),
            1 => Self::Operation(1 + dice.below(12), moment),
            2 => Self::Operation(1 + dice.below(200), moment),
            _ => Self::Operation(1 + dice.below(40), moment),
        }
    }
}

/// What came of an order.
pub(crate) enum Came {
    Ran(Box<Ran>),
    Failed(SyncError),
    /// The process died, at what.
    Died(String),
}

/// An app.
pub(crate) struct App {
    pub(crate) world: World,
    pub(crate) mortal: Arc<Mortal>,
    pub(crate) look: Look,
    objects: Arc<InMemory>,
    lives: u32,
}

impl App {
    pub(crate) fn new(version: &'static Version, policy: Arc<Policy>) -> Self {
        let world = World::with(version, policy, EngineSettings::default());
        Self::of(world)
    }

    pub(crate) fn of(world: World) -> Self {
        let mortal = Arc::new(Mortal {
            roster: Arc::clone(&world.roster),
            fate: Fate::default(),
        });
        let look = Look::at(world.roster.path(), world.tenant.district);
        let mut app = Self {
            mortal,
            look,
            objects: Arc::default(),
            lives: 0,
            world,
        };
        app.start();
        app
    }

    /// A new process on what is left.
    fn start(&mut self) {
        self.lives += 1;
        let store = MortalStore {
            store: Arc::clone(&self.objects) as _,
            fate: self.mortal.fate.clone(),
        };
        self.world.engine = Engine::new(EngineParts {
            roster: Arc::clone(&self.mortal) as _,
            depot: Depot::on(Arc::new(store), homeroom_depot::Settings::default()),
            clock: self.world.toy.clock(),
            spools: Arc::new(MemorySpools),
            holder: format!("process {}", self.lives),
            settings: EngineSettings::default(),
        });
    }

    /// Ends the process, waits until nothing of it is left, and starts another one.
    pub(crate) async fn restart(&mut self) -> Option<&'static str> {
        self.world.engine = self.idle();
        // What it was doing on other threads ends by itself: a dead process writes no more, a dropped one what it began.
        let mut looks = 0_u32;
        while Arc::strong_count(&self.mortal) > 1 {
            tokio::task::yield_now().await;
            std::thread::sleep(Duration::from_micros(50));
            looks += 1;
            assert!(looks < 200_000, "the process does not end");
        }
        let died = self.mortal.fate.revived();
        self.start();
        died
    }

    /// An engine that holds nothing of the process.
    fn idle(&self) -> Engine {
        Engine::new(EngineParts {
            roster: Arc::clone(&self.world.roster) as _,
            depot: Depot::on(
                Arc::clone(&self.objects) as _,
                homeroom_depot::Settings::default(),
            ),
            clock: self.world.toy.clock(),
            spools: Arc::new(MemorySpools),
            holder: "nobody".to_owned(),
            settings: EngineSettings::default(),
        })
    }

    pub(crate) async fn order(&mut self, tenant: &Tenant, order: &Order, death: Death) -> Came {
        let engine = self.world.engine.clone();
        let cancel = Cancel::default();
        let work = Box::pin(engine.run(tenant, order, &cancel, &Unwatched));
        let came = self.dying(death, work).await;
        drop(engine);
        self.buried(came.map(|ran| ran.map(Box::new))).await
    }

    pub(crate) async fn approve(&mut self, digest: &str, part: Part, death: Death) -> Came {
        let (engine, tenant) = (self.world.engine.clone(), self.world.tenant.clone());
        let yes = Yes {
            digest,
            part,
            by: "principal",
            note: None,
        };
        let cancel = Cancel::default();
        let work = Box::pin(engine.approve(&tenant, &yes, &cancel, &Unwatched));
        let came = self.dying(death, work).await;
        drop(engine);
        self.buried(came.map(|ran| ran.map(Box::new))).await
    }

    /// Takes a run back, also past the policy's limits.
    pub(crate) async fn undo(&mut self, run: i64, dry: bool) -> Result<Undoing, SyncError> {
        let engine = self.world.engine.clone();
        let undo = Undo {
            run,
            dry,
            by: "principal",
            approved: None,
        };
        let undoing = engine.undo(&self.world.tenant, &undo).await?;
        if dry || undoing.state != homeroom_roster::RunState::Held {
            return Ok(undoing);
        }
        let undo = Undo {
            approved: Some(&undoing.digest),
            ..undo
        };
        engine.undo(&self.world.tenant, &undo).await
    }

    /// Does something until it ends or the process dies; `None` if it was cut short.
    async fn dying<T>(&self, death: Death, work: impl Future<Output = T>) -> Option<T> {
        let end = Arc::new(tokio::sync::Notify::new());
        let armed = Arc::new(AtomicBool::new(true));
        match death {
            Death::Never => {}
            Death::Operation(nth, moment) => self.mortal.fate.sealed(nth, moment),
            Death::Request(nth) => {
                let (end, armed) = (Arc::clone(&end), Arc::clone(&armed));
                self.world.toy.before("", nth, move |_| {
                    if armed.load(Ordering::SeqCst) {
                        end.notify_one();
                    }
                });
            }
        }
        let came = tokio::select! {
            biased;
            () = end.notified() => None,
            came = work => Some(came),
        };
        armed.store(false, Ordering::SeqCst);
        came
    }

    async fn buried(&mut self, came: Option<Result<Box<Ran>, SyncError>>) -> Came {
        let Some(came) = came else {
            self.restart().await;
            return Came::Died("while a request was answered".to_owned());
        };
        if self.mortal.fate.died() {
            let at = self.restart().await.unwrap_or_default();
            return Came::Died(format!("at the operation {at}"));
        }
        self.mortal.fate.revived();
        match came {
            Ok(ran) => Came::Ran(ran),
            Err(error) => Came::Failed(error),
        }
    }
}
