//! Making a plan: kind by kind, so that what belongs to somebody comes after them.

mod taken;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Hash;
use roaring::RoaringBitmap;

use crate::action::{Action, Adjusted, Adjustment, Ground, Op};
use crate::asked::Answers;
use crate::input::Input;
use crate::join::{self, Joined};
use crate::known::{Known, KnownError, Link, Local};
use crate::made::is_made;
use crate::offers::Offered;
use crate::one_class::Chosen;
use crate::plan::Plan;
use crate::policy::{Owner, Policy};
use crate::quality::{self, Judged};
use crate::reason::Reason;
use crate::seatable::Seatable;
use crate::staging::Sections;
use crate::unshared;
use crate::values::{Digest, Field};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The roster could not be read.
    #[error(transparent)]
    Known(#[from] KnownError),
}

/// Plans what the app's roster has to change. The policy may hold all or part of it back; see [`Plan::is_held`].
pub fn plan(input: &Input<'_>, known: &dyn Known, policy: &Policy) -> Result<Plan, PlanError> {
    let mut planner = Planner::new(input, known, policy)?;
    for kind in ORDER {
        if policy.wants(kind) {
            planner.records(kind)?;
        }
    }
    planner.copies()?;
    planner.generated()?;
    planner.powers()?;
    planner.tell_people()?;
    planner.carry_over()?;
    planner.take_notes()?;
    planner.finish()
}

/// The order in which kinds are looked at: whoever is named by others first.
const ORDER: [Kind; 8] = [
    Kind::School,
    Kind::Term,
    Kind::Course,
    Kind::Student,
    Kind::Employee,
    Kind::Contact,
    Kind::ContactLink,
    Kind::Section,
];

/// A plan in the making.
pub(crate) struct Planner<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) known: &'a dyn Known,
    pub(crate) policy: &'a Policy,
    pub(crate) plan: Plan,
    /// Fields that stopped coming, or came back.
    pub(crate) fields: unshared::Fields,
    /// Whom a source id stands for after the plan: `None` for somebody the plan creates.
    pub(crate) people: BTreeMap<ObjectId, Option<Local>>,
    /// Which people classes may list; worked out once all people are planned.
    pub(crate) seatable: Seatable,
    /// New ids of people and contacts, by the ids they had.
    pub(crate) rekeyed: BTreeMap<ObjectId, ObjectId>,
    /// Sections that are taken.
    pub(crate) sections: RoaringBitmap,
    /// Schools, terms and courses of the mirror that the app does not take yet: nothing can lead to them.
    pub(crate) absent: BTreeSet<ObjectId>,
    /// Links of what the source never named, by kind.
    pub(crate) made: BTreeMap<Kind, Vec<Link>>,
    /// What is wrong with courses.
    pub(crate) courses: Option<Judged>,
    /// Who is in which class where only one is allowed.
    pub(crate) chosen: Chosen,
    /// Courses of the source that were offered beside the app's own.
    pub(crate) offered: Offered,
    /// Profiles of known people that begin with this plan.
    pub(crate) opened: BTreeSet<(ObjectId, Ground)>,
    /// Links of sections, and the rows of new ones: for carrying over.
    pub(crate) archived: Vec<Link>,
    pub(crate) created_sections: Vec<u32>,
    /// Links of terms that go, and the rows of new ones.
    pub(crate) gone_terms: Vec<Link>,
    pub(crate) created_terms: Vec<u32>,
    /// What people were asked and said.
    pub(crate) answers: Answers,
    /// Accounts that become part of others with this plan.
    pub(crate) merged: BTreeMap<Local, Local>,
    /// Accounts of several records that leave with this plan, and those that come back.
    pub(crate) left: BTreeSet<Local>,
    pub(crate) back: BTreeSet<Local>,
    /// Rows of sections whose people are looked at whatever their digests say.
    pub(crate) unsettled: RoaringBitmap,
    /// Records that wait for a pick.
    pub(crate) staged: BTreeSet<(Kind, ObjectId)>,
    /// Questions whose answers were taken back.
    pub(crate) refused: BTreeSet<i64>,
}

/// One kind while it is planned.
pub(crate) struct Batch {
    pub(crate) kind: Kind,
    pub(crate) links: Vec<Link>,
    pub(crate) judged: Judged,
    pub(crate) joined: Joined,
    /// Accounts that a record of this plan already belongs to, or that are in dispute.
    pub(crate) spoken_for: BTreeSet<Local>,
    /// Who has an id in the SIS now, per role; worked out when it is first asked for.
    pub(crate) holders: OnceCell<Holders>,
    /// The places of each account's links; worked out when they are first asked for.
    pub(crate) of: OnceCell<BTreeMap<Local, Vec<usize>>>,
}

type Holders = BTreeMap<(Option<Role>, String), u32>;

impl<'a> Planner<'a> {
    pub(crate) fn new(
        input: &'a Input<'a>,
        known: &'a dyn Known,
        policy: &'a Policy,
    ) -> Result<Self, PlanError> {
        let sections = Sections::of(input, known, policy)?;
        let table = input.mirror.table(Kind::Section);
        let waiting = sections.waiting.iter();
        let fields = unshared::Fields::of(input, policy);
        Ok(Self {
            staged: waiting.map(|row| (Kind::Section, table.id(row))).collect(),
            input,
            known,
            policy,
            plan: Plan::default(),
            fields,
            people: BTreeMap::new(),
            seatable: Seatable::default(),
            rekeyed: BTreeMap::new(),
            sections: sections.taken,
            absent: BTreeSet::new(),
            made: BTreeMap::new(),
            courses: None,
            chosen: Chosen::default(),
            offered: Offered::new(),
            opened: BTreeSet::new(),
            archived: Vec::new(),
            created_sections: Vec::new(),
            gone_terms: Vec::new(),
            created_terms: Vec::new(),
            answers: Answers::read(known)?,
            merged: BTreeMap::new(),
            left: BTreeSet::new(),
            back: BTreeSet::new(),
            unsettled: RoaringBitmap::new(),
            refused: BTreeSet::new(),
        })
    }

    /// Plans one kind of record.
    fn records(&mut self, kind: Kind) -> Result<(), PlanError> {
        let mut taken = self.taken(kind);
        self.leave_dropped(kind, &mut taken);
        let links = self.links(kind)?;
        let table = self.input.mirror.table(kind);
        let holds = |row: u32, field: &str, value: &str| {
            let id = table.id(row);
            let held = links.binary_search_by(|link| link.source.cmp(&id)).ok();
            let Some(link) = held.and_then(|at| links.get(at)) else {
                return Ok(false);
            };
            let entity = self.known.entity(kind, link.local)?;
            Ok(entity.value(field) == value)
        };
        let judged = quality::judge(
            self.policy,
            self.input.mirror,
            kind,
            &taken,
            &holds,
            &mut self.plan.findings,
        )?;
        self.other_schools(kind, &taken);
        self.cannot_infer(kind, &taken);
        self.many_contacts(kind, &taken);
        if kind == Kind::Section {
            self.seatable = Seatable::of(self.input.mirror, &self.people);
            self.choose(&links)?;
            self.profiles(&links)?;
        }
        let joined = join::join(self.input.mirror.table(kind), &taken, &links);
        let present = links.iter().filter(|link| link.is_present());
        self.plan.counts.entry(kind).or_default().before = present.count() as u64;
        let mut batch = Batch {
            kind,
            links,
            judged,
            joined,
            spoken_for: BTreeSet::new(),
            holders: OnceCell::new(),
            of: OnceCell::new(),
        };
        self.identify(&mut batch)?;
        for (row, at) in std::mem::take(&mut batch.joined.linked) {
            if let Some(link) = batch.links.get(at).copied() {
                self.known_record(&batch, row, link)?;
            }
        }
        for row in std::mem::take(&mut batch.joined.new) {
            if matches!(kind, Kind::School | Kind::Term | Kind::Course) {
                self.absent.insert(self.input.mirror.table(kind).id(row));
            }
            self.new_record(&mut batch, row)?;
        }
        for (at, left_out) in std::mem::take(&mut batch.joined.missing) {
            if let Some(link) = batch.links.get(at).copied() {
                self.missing_record(&batch, link, left_out)?;
            }
        }
        if kind == Kind::Course {
            self.courses = Some(batch.judged);
        }
        Ok(())
    }

    /// The links of a kind; those of what the source never named are set apart.
    fn links(&mut self, kind: Kind) -> Result<Vec<Link>, PlanError> {
        let links = self.known.links(kind)?;
        if !matches!(kind, Kind::Course | Kind::Section) {
            return Ok(links);
        }
        let (made, links) = links.into_iter().partition(|link| is_made(&link.source));
        self.made.insert(kind, made);
        Ok(links)
    }

    /// What people with several roles may do is the policy's to say, and changes with a plan that somebody sees.
    fn powers(&mut self) -> Result<(), PlanError> {
        let (from, to) = (self.known.powers()?, self.policy.places.roles.powers);
        if from != to {
            self.act(Action {
                kind: Kind::Employee,
                source: None,
                local: None,
                op: Op::Powers { from, to },
                reason: Reason::Policy,
                line: "many_roles.powers",
                applied: Hash::default(),
                held: false,
            });
        }
        Ok(())
    }

    /// The fields of a kind that follow the source.
    pub(crate) fn followed(&self, kind: Kind) -> impl Iterator<Item = Field> + use<'a> {
        followed(self.policy, kind)
    }

    /// The fields of a kind whose values in the source are looked at: those that follow it, and islands, beside which they are shown.
    pub(crate) fn compared(&self, kind: Kind) -> impl Iterator<Item = Field> + use<'a> {
        let policy = self.policy;
        let used = policy.used(kind).iter().copied();
        used.filter(move |field| policy.owner(kind, field.name) != Owner::App)
    }

    /// Digest of what a row of the mirror would leave in the app.
    pub(crate) fn digest(&self, kind: Kind, row: u32, adjusted: &[Adjusted]) -> Hash {
        let known = self
            .input
            .digests
            .filter(|_| adjusted.is_empty() && self.absent.is_empty());
        if let Some(digest) = known.and_then(|digests| digests.of(kind, row)) {
            return digest;
        }
        let values = self.compared(kind).map(|field| {
            // What was inferred once is no word of the source: the next plan does not infer it again.
            let said = |adjusted: &&Adjusted| adjusted.how != Adjustment::Inferred;
            let other = adjusted
                .iter()
                .filter(said)
                .find(|adjusted| adjusted.field == field.name);
            match other {
                Some(adjusted) => adjusted.value.as_str().into(),
                None => self.text(&field, kind, row),
            }
        });
        Digest::of_values(values)
    }

    /// What a field says, but for what the app does not take.
    pub(crate) fn text(&self, field: &Field, kind: Kind, row: u32) -> Cow<'a, str> {
        field.text_without(self.input.mirror, (kind, row), &self.absent)
    }

    /// Adds an action.
    pub(crate) fn act(&mut self, action: Action) {
        self.plan.actions.push(action);
    }

    /// Adds an action about a record that the app knows.
    pub(crate) fn act_on(
        &mut self,
        kind: Kind,
        link: &Link,
        op: Op,
        reason: Reason,
        allowed_by: &'static str,
    ) {
        self.act(Action {
            kind,
            source: Some(link.source),
            local: Some(link.local),
            op,
            reason,
            line: allowed_by,
            applied: Hash::default(),
            held: false,
        });
    }

    pub(crate) fn finish(self) -> Result<Plan, PlanError> {
        let Self {
            input,
            known,
            policy,
            mut plan,
            fields,
            sections,
            ..
        } = self;
        plan.stopped = fields.stopped();
        plan.shared_again = fields.back();
        crate::guards::judge(&mut plan, input, policy, &sections);
        crate::patterns::name(&mut plan, input);
        plan.rollover = crate::rollover::Rollover::of(&plan, input);
        crate::guards::undone::hold(&mut plan, known)?;
        crate::guards::dependants::hold(&mut plan, input.mirror);
        plan.seal(policy);
        Ok(plan)
    }
}

/// The fields of a kind that follow the source under a policy.
pub(crate) fn followed(policy: &Policy, kind: Kind) -> impl Iterator<Item = Field> {
    let used = policy.used(kind).iter().copied();
    used.filter(move |field| policy.owner(kind, field.name) == Owner::Source)
}
