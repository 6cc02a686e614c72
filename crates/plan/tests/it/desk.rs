//! An app's roster in memory: answers what planning asks, and does what plans say.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::Season;
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{
    Account, Action, Cell, Consent, Decision, Entity, Gone, Input, Key, Known, KnownError, Link,
    LinkState, Local, Member, Op, Order, Origin, Part, Picks, Plan, Policy, Powers, Profile, Reach,
    Recent, Standing, plan,
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
    pub(crate) decisions: BTreeMap<(ObjectId, Local), Decision>,
    /// The mirror that was applied last.
    base: Snapshot,
    next: i64,
    pub(crate) season: Season,
    pub(crate) reach: Reach,
    pub(crate) gone: BTreeMap<ObjectId, Gone>,
    pub(crate) crosswalk: BTreeMap<ObjectId, ObjectId>,
    pub(crate) recent: Recent,
    pub(crate) picks: Picks,
    pub(crate) orders: Vec<Order>,
    pub(crate) deep: bool,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) powers: Powers,
    /// Courses that people here gave to sections.
    pub(crate) own_courses: BTreeMap<Local, Local>,
}

impl Desk {
    pub(crate) fn new(policy: &str) -> Self {
        Self {
            policy: Policy::read(policy).unwrap(),
            things: BTreeMap::new(),
            links: BTreeMap::new(),
            members: BTreeMap::new(),
            decisions: BTreeMap::new(),
            base: Snapshot::empty(),
            next: 0,
            season: Season::SchoolYear,
            reach: Reach::everything(),
            gone: BTreeMap::new(),
            crosswalk: BTreeMap::new(),
            recent: Recent::default(),
            picks: Picks::new(),
            orders: Vec::new(),
            deep: false,
            profiles: Vec::new(),
            powers: Powers::default(),
            own_courses: BTreeMap::new(),
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
            base: &self.base,
            mirror,
            reach: &self.reach,
            gone: &self.gone,
            crosswalk: &self.crosswalk,
            season: self.season,
            first_sync: self.links.is_empty(),
            recent: &self.recent,
            picks: &self.picks,
            orders: &self.orders,
            deep: self.deep,
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
        self.base = mirror;
        plan
    }

    /// Plans and applies what is not held.
    pub(crate) fn sync_unapproved(&mut self, district: &District) -> Plan {
        let mirror = district.mirror();
        let plan = self.plan_mirror(&mirror);
        self.apply(&plan, &mirror, &Consent::Unasked);
        if !plan.is_held() && plan.actions().iter().all(|action| !action.held) {
            self.base = mirror;
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
        for (number, action) in (1..).zip(plan.actions()) {
            if consent.covers(plan, number) {
                self.act(action, mirror, &mut torn);
            } else if !matches!(action.op, Op::Deactivate | Op::Archive | Op::Create { .. }) {
                torn.insert((action.kind, action.source.unwrap()));
            }
        }
        for record in torn {
            if let Some(link) = self.links.get_mut(&record) {
                link.touched = true;
            }
        }
    }

    fn act(&mut self, action: &Action, mirror: &Snapshot, torn: &mut BTreeSet<(Kind, ObjectId)>) {
        if self.act_on_places(action, mirror) {
            return;
        }
        let kind = action.kind;
        let key = || (kind, action.source.unwrap());
        match &action.op {
            Op::Create { row, adjusted, .. } => {
                let local = self.fresh();
                let values = self.policy.first_values(mirror, (kind, *row), adjusted);
                let cells = values
                    .into_iter()
                    .map(|(field, value, origin)| (field.to_owned(), (value, origin)));
                let thing = Thing {
                    cells: cells.collect(),
                    ..Thing::default()
                };
                self.things.insert((kind, local), thing);
                self.bind(action, local);
            }
            Op::Link { row, adjusted, .. } => {
                let local = action.local.unwrap();
                let values = self.policy.first_values(mirror, (kind, *row), adjusted);
                let thing = self.things.get_mut(&(kind, local)).unwrap();
                for (field, value, origin) in values {
                    thing.cells.insert(field.to_owned(), (value, origin));
                }
                self.bind(action, local);
            }
            Op::Rekey { from } => {
                let mut link = self.links[&(kind, *from)];
                self.links.get_mut(&(kind, *from)).unwrap().state = LinkState::Alias;
                link.source = action.source.unwrap();
                self.links.insert(key(), link);
            }
            Op::Update { changes } => {
                let thing = self.things.get_mut(&(kind, action.local.unwrap())).unwrap();
                for change in changes {
                    let old = thing.cells.insert(
                        change.field.to_owned(),
                        (change.after.clone(), change.origin),
                    );
                    assert_eq!(
                        old.unwrap_or((String::new(), Origin::Source)).0,
                        change.before,
                        "{action:?}"
                    );
                }
                self.note(action);
            }
            Op::Refresh => self.note(action),
            Op::GrantRole { role } => self.role(action, *role, true),
            Op::RevokeRole { role } => self.role(action, *role, false),
            Op::Deactivate | Op::Archive => self.stand(action, Standing::Gone),
            Op::Reactivate | Op::Restore | Op::Release => self.stand(action, Standing::Present),
            Op::Quarantine => self.stand(action, Standing::Quarantined),
            Op::Enrol { members } => {
                let section = self.links[&key()].local;
                for place in members {
                    let kind = if place.role == Role::Student {
                        Kind::Student
                    } else {
                        Kind::Employee
                    };
                    let Some(link) = self.links.get(&(kind, place.source)) else {
                        torn.insert(key());
                        continue;
                    };
                    let person = link.local;
                    let member = Member {
                        person,
                        role: place.role,
                        position: place.position,
                        source: true,
                    };
                    self.members
                        .entry(section)
                        .or_default()
                        .insert((person, place.role), member);
                }
                self.links.get_mut(&key()).unwrap().members = action.applied;
            }
            Op::Unenrol { members } => {
                for seat in members {
                    let there = self.members.get_mut(&action.local.unwrap()).unwrap();
                    assert!(there.remove(&(seat.person, seat.role)).is_some());
                }
                self.links.get_mut(&key()).unwrap().members = action.applied;
            }
            Op::RefreshMembers => self.links.get_mut(&key()).unwrap().members = action.applied,
            _ => self.ask(action),
        }
    }

    /// Notes a question.
    fn ask(&mut self, action: &Action) {
        let source = action.source.unwrap();
        let accounts = match &action.op {
            Op::Suggest { to: accounts, .. }
            | Op::Conflict {
                between: accounts, ..
            } => accounts.clone(),
            Op::ProposeMerge { into: account } | Op::Offer { from: account } => vec![*account],
            Op::Review => vec![action.local.unwrap()],
            op => panic!("nobody does {}", op.text()),
        };
        for account in accounts {
            self.decisions.insert((source, account), Decision::Pending);
        }
    }

    fn bind(&mut self, action: &Action, local: Local) {
        let source = action.source.unwrap();
        let link = Link {
            source,
            local,
            state: LinkState::Active,
            standing: Standing::Present,
            joined: false,
            touched: false,
            applied: action.applied,
            members: [0; 16],
        };
        let before = self.links.insert((action.kind, source), link);
        assert!(before.is_none(), "{source:?} is linked twice");
    }

    fn note(&mut self, action: &Action) {
        let link = self
            .links
            .get_mut(&(action.kind, action.source.unwrap()))
            .unwrap();
        link.applied = action.applied;
        link.touched = false;
    }

    fn role(&mut self, action: &Action, role: Role, granted: bool) {
        let thing = self
            .things
            .get_mut(&(action.kind, action.local.unwrap()))
            .unwrap();
        let (roles, _) = thing.cells.get_mut("roles").unwrap();
        let mut set: BTreeSet<_> = roles.split('\u{1f}').filter_map(Role::from_text).collect();
        if granted {
            set.insert(role);
        } else {
            set.remove(&role);
        }
        let order = [Role::Teacher, Role::Staff, Role::DistrictAdmin];
        let texts: Vec<_> = order
            .into_iter()
            .filter(|role| set.contains(role))
            .map(Role::text)
            .collect();
        *roles = texts.join("\u{1f}");
    }

    fn stand(&mut self, action: &Action, standing: Standing) {
        self.links
            .get_mut(&(action.kind, action.source.unwrap()))
            .unwrap()
            .standing = standing;
        let thing = self
            .things
            .get_mut(&(action.kind, action.local.unwrap()))
            .unwrap();
        thing.blocked = standing == Standing::Gone;
    }
}

impl Known for Desk {
    fn links(&self, kind: Kind) -> Result<Vec<Link>, KnownError> {
        let of = self.links.iter().filter(|((of, _), _)| *of == kind);
        Ok(of.map(|(_, link)| *link).collect())
    }

    fn entity(&self, kind: Kind, local: Local) -> Result<Entity, KnownError> {
        let cells = self.things[&(kind, local)].cells.iter();
        let cells = cells.map(|(field, (value, origin))| Cell {
            field: field.clone(),
            value: value.clone(),
            base: String::new(),
            origin: *origin,
        });
        Ok(Entity {
            cells: cells.collect(),
        })
    }

    fn has_unlinked(&self, _: Kind) -> Result<bool, KnownError> {
        Ok(true)
    }

    fn accounts(&self, kind: Kind, key: Key, value: &str) -> Result<Vec<Account>, KnownError> {
        let fields: &[&str] = match key {
            Key::SisId => &["sis_id", "teacher_sis_id", "staff_sis_id"],
            Key::Email => &["email", "teacher_email", "staff_email", "admin_email"],
            Key::Number => &["student_number", "teacher_number"],
            _ => &[],
        };
        let of = self.things.iter().filter(|((of, _), thing)| {
            *of == kind
                && fields.iter().any(|field| {
                    let cell = thing.cells.get(*field);
                    cell.is_some_and(|(cell, _)| key.normal(cell) == value)
                })
        });
        let account = |((_, local), thing): (&(Kind, Local), &Thing)| Account {
            local: *local,
            linked: self
                .active_id(kind, *local)
                .filter(|source| self.links[&(kind, *source)].is_present()),
            privileged: thing.privileged,
            suspended: thing.suspended,
            verified: true,
        };
        Ok(of.map(account).collect())
    }

    fn profiles(&self) -> Result<Vec<Profile>, KnownError> {
        Ok(self.profiles.clone())
    }

    fn seats(&self) -> Result<Vec<(Local, Member)>, KnownError> {
        let all = self.members.iter();
        let seats =
            all.flat_map(|(section, people)| people.values().map(|member| (*section, *member)));
        Ok(seats.collect())
    }

    fn own_course(&self, section: Local) -> Result<Option<Local>, KnownError> {
        Ok(self.own_courses.get(&section).copied())
    }

    fn powers(&self) -> Result<Powers, KnownError> {
        Ok(self.powers)
    }

    fn members(&self, section: Local) -> Result<Vec<Member>, KnownError> {
        let members = self
            .members
            .get(&section)
            .into_iter()
            .flat_map(BTreeMap::values);
        Ok(members.copied().collect())
    }

    fn decision(&self, source: ObjectId, local: Local) -> Result<Decision, KnownError> {
        Ok(self
            .decisions
            .get(&(source, local))
            .copied()
            .unwrap_or(Decision::Unasked))
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
