//! An app's roster in memory: answers what planning asks, and does what plans say.

mod act;
mod known;
mod places;

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::Season;
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{
    Asked, Came, Consent, Decision, Digests, Dispute, Found, Gone, Input, Link, LinkState, Local,
    Member, Note, Op, Order, Origin, Part, Picks, Plan, Policy, Powers, Profile, Reach, Recent,
    plan,
};
use homeroom_segment::Snapshot;

use crate::district::{District, id};

/// An entity of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) cells: BTreeMap<String, (String, Origin)>,
    pub(crate) blocked: bool,
    pub(crate) privileged: bool,
    pub(crate) suspended: bool,
}

/// The roster and what the engine keeps beside it.
pub(crate) struct Desk {
    pub(crate) policy: Policy,
    pub(crate) things: BTreeMap<(Kind, Local), Thing>,
    pub(crate) links: BTreeMap<(Kind, ObjectId), Link>,
    pub(crate) members: BTreeMap<Local, BTreeMap<(Local, Role), Member>>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) disputes: Vec<Dispute>,
    pub(crate) findings: BTreeSet<Found>,
    pub(crate) staged: BTreeSet<ObjectId>,
    /// Accounts that became part of others, with the links that they brought in.
    merged: BTreeMap<Local, (Local, Vec<Link>)>,
    /// What was carried over or succeeds what, by the ids of the new.
    pub(crate) carried: BTreeSet<(ObjectId, Local)>,
    /// The mirror that was applied last.
    base: Snapshot,
    next: i64,
    pub(crate) season: Season,
    pub(crate) came: Came,
    pub(crate) reach: Reach,
    pub(crate) gone: BTreeMap<ObjectId, Gone>,
    pub(crate) crosswalk: BTreeMap<ObjectId, ObjectId>,
    pub(crate) recent: Recent,
    pub(crate) picks: Picks,
    pub(crate) orders: Vec<Order>,
    pub(crate) deep: bool,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) powers: Powers,
    pub(crate) school_year: Option<i16>,
    /// Who is told that they have no class.
    pub(crate) told: BTreeSet<Local>,
    /// Courses that people here gave to sections.
    pub(crate) own_courses: BTreeMap<Local, Local>,
    /// Fields that people are told of because nobody shares them.
    pub(crate) unshared: BTreeSet<(Kind, String)>,
}

impl Desk {
    pub(crate) fn new(policy: &str) -> Self {
        Self {
            policy: Policy::read(policy).unwrap(),
            things: BTreeMap::new(),
            links: BTreeMap::new(),
            members: BTreeMap::new(),
            asked: Vec::new(),
            disputes: Vec::new(),
            findings: BTreeSet::new(),
            staged: BTreeSet::new(),
            merged: BTreeMap::new(),
            carried: BTreeSet::new(),
            base: Snapshot::empty(),
            next: 0,
            season: Season::SchoolYear,
            reach: Reach::everything(),
            came: Came::Whole,
            gone: BTreeMap::new(),
            crosswalk: BTreeMap::new(),
            recent: Recent::default(),
            picks: Picks::new(),
            orders: Vec::new(),
            deep: false,
            profiles: Vec::new(),
            powers: Powers::default(),
            school_year: None,
            told: BTreeSet::new(),
            own_courses: BTreeMap::new(),
            unshared: BTreeSet::new(),
        }
    }

    /// A desk under SIS lockdown that a district was synced to.
    pub(crate) fn synced(district: &District) -> Self {
        let mut desk = Self::new(Policy::SIS_LOCKDOWN);
        desk.sync(district);
        desk
    }

    /// The plan for a district.
    pub(crate) fn plan(&self, district: &District) -> Plan {
        self.plan_mirror(&district.mirror())
    }

    fn plan_mirror(&self, mirror: &Snapshot) -> Plan {
        plan(&self.input(mirror), self, &self.policy).unwrap()
    }

    fn input<'a>(&'a self, mirror: &'a Snapshot) -> Input<'a> {
        Input {
            reach: &self.reach,
            came: &self.came,
            gone: &self.gone,
            crosswalk: &self.crosswalk,
            season: self.season,
            school_year: self.school_year,
            first_sync: self.links.is_empty(),
            recent: &self.recent,
            picks: &self.picks,
            unshared: &self.unshared,
            orders: &self.orders,
            deep: self.deep,
            ..Input::new(&self.base, mirror)
        }
    }

    /// Why a record is as it is.
    pub(crate) fn why(&self, district: &District, kind: Kind, number: u16) -> String {
        let mirror = district.mirror();
        let input = self.input(&mirror);
        let plan = plan(&input, self, &self.policy).unwrap();
        let record = (kind, id(kind, number));
        plan.explain(&input, self, &self.policy, record)
            .unwrap()
            .sentence
    }

    /// The numbers of the actions in a part of a plan for a district.
    pub(crate) fn part(&self, district: &District, plan: &Plan, part: &Part) -> BTreeSet<usize> {
        plan.part(part, &self.input(&district.mirror()))
    }

    /// Plans and applies everything, approved by somebody.
    pub(crate) fn sync(&mut self, district: &District) -> Plan {
        let mirror = district.mirror();
        let plan = self.plan_mirror(&mirror);
        self.apply(&plan, &mirror, &Consent::All);
        self.applied(&plan, mirror);
        plan
    }

    /// Moves on to a mirror; fields that come again are no longer told of.
    fn applied(&mut self, plan: &Plan, mirror: Snapshot) {
        for (kind, field) in plan.shared_again() {
            self.unshared.remove(&(*kind, (*field).to_owned()));
        }
        self.base = mirror;
    }

    /// The plan for a district, with digests that were made beforehand.
    pub(crate) fn plan_by_digests(&self, district: &District) -> Plan {
        let mirror = district.mirror();
        let digests = Digests::new(&mirror, &self.policy);
        let input = Input {
            digests: Some(&digests),
            ..self.input(&mirror)
        };
        plan(&input, self, &self.policy).unwrap()
    }

    /// Plans and applies what is not held.
    pub(crate) fn sync_unapproved(&mut self, district: &District) -> Plan {
        let mirror = district.mirror();
        let plan = self.plan_mirror(&mirror);
        self.apply(&plan, &mirror, &Consent::Unasked);
        if !plan.is_held() && plan.actions().iter().all(|action| !action.held) {
            self.applied(&plan, mirror);
        }
        plan
    }

    /// Plans and applies a part, approved by somebody.
    pub(crate) fn sync_part(&mut self, district: &District, part: &Part) {
        let mirror = district.mirror();
        let plan = self.plan_mirror(&mirror);
        let numbers = self.part(district, &plan, part);
        self.apply(&plan, &mirror, &Consent::Only(numbers));
    }

    /// Everything that people see, by the ids that accounts go by.
    pub(crate) fn shown(&self) -> BTreeMap<ObjectId, String> {
        let links = self
            .links
            .iter()
            .filter(|(_, link)| link.state == LinkState::Active);
        let shown = links.map(|((kind, source), link)| {
            let thing = &self.things[&(*kind, link.local)];
            let members = self
                .members
                .get(&link.local)
                .filter(|_| *kind == Kind::Section);
            let members = members
                .into_iter()
                .flat_map(BTreeMap::values)
                .map(|member| {
                    let of = if member.role == Role::Student {
                        Kind::Student
                    } else {
                        Kind::Employee
                    };
                    (
                        self.active_id(of, member.person),
                        member.role,
                        member.position,
                    )
                });
            let members: BTreeSet<_> = members.collect();
            (
                *source,
                format!("{thing:?} {members:?} {:?}", link.standing),
            )
        });
        shown.collect()
    }

    /// An account of the app that no sync made.
    pub(crate) fn add(&mut self, kind: Kind, cells: &[(&str, &str)]) -> Local {
        let local = self.fresh();
        let cells = cells
            .iter()
            .map(|(field, value)| ((*field).to_owned(), ((*value).to_owned(), Origin::User)));
        let thing = Thing {
            cells: cells.collect(),
            ..Thing::default()
        };
        self.things.insert((kind, local), thing);
        local
    }

    fn fresh(&mut self) -> Local {
        self.next += 1;
        Local(self.next)
    }

    pub(crate) fn local(&self, kind: Kind, number: u16) -> Local {
        self.links[&(kind, id(kind, number))].local
    }

    pub(crate) fn thing(&self, kind: Kind, number: u16) -> &Thing {
        &self.things[&(kind, self.local(kind, number))]
    }

    /// The numbers of the students in a section, by the ids their accounts go by.
    pub(crate) fn students_in(&self, section: u16) -> BTreeSet<ObjectId> {
        let section = self.local(Kind::Section, section);
        let members = self
            .members
            .get(&section)
            .into_iter()
            .flat_map(BTreeMap::values);
        let students = members.filter(|member| member.role == Role::Student);
        students
            .filter_map(|member| self.active_id(Kind::Student, member.person))
            .collect()
    }

    pub(crate) fn active_id(&self, kind: Kind, local: Local) -> Option<ObjectId> {
        let mut links = self.links.values();
        let of = |link: &&Link| link.local == local && link.state == LinkState::Active;
        links
            .find(|link| of(link) && self.links.contains_key(&(kind, link.source)))
            .map(|link| link.source)
    }

    fn apply(&mut self, plan: &Plan, mirror: &Snapshot, consent: &Consent) {
        let mut torn = BTreeSet::new();
        let stopped = plan.stopped().iter();
        self.unshared
            .extend(stopped.map(|stopped| (stopped.kind, stopped.field.to_owned())));
        for (number, action) in (1..).zip(plan.actions()) {
            if consent.covers(plan, number) {
                self.act(action, mirror, &mut torn);
            } else if !matches!(action.op, Op::Deactivate | Op::Archive | Op::Create { .. }) {
                torn.insert((action.kind, action.source.unwrap()));
            }
        }
        for note in plan.notes() {
            self.take_note(note);
        }
        for record in torn {
            if let Some(link) = self.links.get_mut(&record) {
                link.touched = true;
            }
        }
    }

    /// Somebody answers the questions about a record.
    pub(crate) fn answer(&mut self, source: ObjectId, decision: Decision) {
        let mut of = self
            .asked
            .iter_mut()
            .filter(|asked| asked.source == source)
            .peekable();
        assert!(of.peek().is_some(), "nobody was asked");
        of.for_each(|asked| asked.decision = decision);
    }

    fn take_note(&mut self, note: &Note) {
        match note {
            Note::Find(finding) => {
                let found = Found {
                    kind: finding.kind,
                    source: finding.source,
                    field: finding.field.to_owned(),
                    code: finding.code.to_owned(),
                };
                assert!(self.findings.insert(found), "found twice");
            }
            Note::Close(found) => assert!(self.findings.remove(found)),
            Note::Withdraw(number) => self.asked.retain(|asked| asked.number != *number),
            Note::Refuse(number) => {
                let mut asked = self.asked.iter_mut();
                let asked = asked.find(|asked| asked.number == *number).unwrap();
                asked.decision = Decision::Rejected;
            }
            Note::Stage(_, source) => assert!(self.staged.insert(*source), "staged twice"),
            Note::Unstage(source) => {
                self.staged.remove(source);
                self.picks.retain(|(_, id), _| id != source);
            }
            Note::Dissolve(number) => self.disputes.retain(|dispute| dispute.number != *number),
        }
    }

    fn links_of(&self, kind: Kind, local: Local) -> Vec<Link> {
        let of = self
            .links
            .iter()
            .filter(|((of, _), link)| *of == kind && link.local == local);
        of.map(|(_, link)| *link).collect()
    }
}

/// The words of a plan's actions, with how often each is there.
pub(crate) fn words(plan: &Plan) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for action in plan.actions().iter().filter(|action| !action.op.is_noop()) {
        *words
            .entry(format!("{} {}", action.kind, action.op.text()))
            .or_default() += 1;
    }
    words
}
