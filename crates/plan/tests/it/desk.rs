//! An app's roster in memory: answers what planning asks, and does what plans say.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::Season;
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{
    About, Account, Action, Asked, Cell, Consent, Decision, Digests, Dispute, Entity, Fate, Found,
    Gone, Input, Key, Known, KnownError, Link, LinkState, Local, Member, Note, Op, Order, Origin,
    Part, Picks, Plan, Policy, Powers, Profile, Reach, Reason, Recent, Standing, is_shared, plan,
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
        self.applied(mirror);
        plan
    }

    /// Moves on to a mirror; fields that come again are no longer told of.
    fn applied(&mut self, mirror: Snapshot) {
        self.unshared
            .retain(|(kind, field)| !is_shared(&mirror, *kind, field));
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
            self.applied(mirror);
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
                if matches!(kind, Kind::Student | Kind::Employee | Kind::Contact) {
                    link.standing = Standing::Present;
                    self.things.get_mut(&(kind, link.local)).unwrap().blocked = false;
                }
                self.links.insert(key(), link);
            }
            Op::Merge { from, joint } => self.merge(kind, (*from, action.local.unwrap()), *joint),
            Op::Unmerge { from } => self.unmerge(kind, *from),
            Op::Split { row, adjusted } => {
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
                self.links.remove(&key());
                self.bind(action, local);
            }
            Op::CarryOver { from } | Op::Succeed { from } => {
                assert!(self.carried.insert((action.source.unwrap(), *from)));
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
        let (about, accounts, evidence) = match &action.op {
            Op::Suggest {
                about,
                to,
                evidence,
                ..
            } => (*about, to.clone(), evidence.clone()),
            Op::Conflict { between, field, .. } => {
                self.disputes
                    .retain(|dispute| (dispute.source, &*dispute.field) != (source, field));
                self.disputes.push(Dispute {
                    number: 1 + i64::try_from(self.disputes.len()).unwrap(),
                    reason: action.reason,
                    source,
                    field: (*field).to_owned(),
                    between: between.clone(),
                    settled: false,
                });
                return;
            }
            Op::ProposeMerge {
                into,
                beside,
                joint,
                evidence,
            } => {
                let known = || self.links[&(action.kind, beside.unwrap())].local;
                let into = into.unwrap_or_else(known);
                let about = if *joint { About::Join } else { About::Merge };
                (about, vec![into], evidence.clone())
            }
            Op::Offer { from } => {
                let about = match action.reason {
                    Reason::Successor => About::Successor,
                    Reason::CourseOffered => About::Course,
                    _ => About::CarryOver,
                };
                (about, vec![*from], String::new())
            }
            Op::Review => (About::Review, vec![action.local.unwrap()], String::new()),
            op => panic!("nobody does {}", op.text()),
        };
        for local in accounts {
            let same =
                |asked: &Asked| (asked.about, asked.source, asked.local) == (about, source, local);
            self.asked.retain(|asked| !same(asked));
            self.asked.push(Asked {
                number: self
                    .asked
                    .iter()
                    .map(|asked| asked.number)
                    .max()
                    .unwrap_or(0)
                    + 1,
                about,
                source,
                local,
                evidence: evidence.clone(),
                decision: Decision::Pending,
            });
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

    fn merge(&mut self, kind: Kind, (from, into): (Local, Local), joint: bool) {
        let there = self.links_of(kind, into);
        let active = there.iter().any(|link| link.state == LinkState::Active);
        let brought = self.links_of(kind, from);
        for link in &brought {
            let link = self.links.get_mut(&(kind, link.source)).unwrap();
            link.local = into;
            // An account says whether its record is there, not an id.
            link.standing = there.first().map_or(Standing::Gone, |there| there.standing);
            link.state = match (link.state.is_live() && active, joint) {
                (false, _) => link.state,
                (true, true) => LinkState::Joint,
                (true, false) => LinkState::Alias,
            };
        }
        self.merged.insert(from, (into, brought));
        for members in self.members.values_mut() {
            for role in [Role::Teacher, Role::Student] {
                if let Some(member) = members.remove(&(from, role)) {
                    let moved = Member {
                        person: into,
                        ..member
                    };
                    members.entry((into, role)).or_insert(moved);
                }
            }
        }
        let given = self.things[&(kind, from)].cells.clone();
        let cells = &mut self.things.get_mut(&(kind, into)).unwrap().cells;
        // Roles go over whole, with their fields; what the account has stays.
        let held = cells
            .get("roles")
            .map_or(String::new(), |(held, _)| held.clone());
        for (field, cell) in given {
            let prefix = field.split('_').next().unwrap_or_default();
            let role = if prefix == "admin" {
                "district_admin"
            } else {
                prefix
            };
            let of_role = ["teacher", "staff", "admin"].contains(&prefix) && !held.contains(role);
            if field == "roles" {
                let both = joined(&held, &cell.0);
                cells.insert(field, (both, cell.1));
            } else if of_role {
                cells.insert(field, cell);
            }
        }
    }

    fn unmerge(&mut self, kind: Kind, from: Local) {
        let (_, brought) = self.merged.remove(&from).unwrap();
        for link in brought {
            self.links.insert((kind, link.source), link);
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
        // What is said of the role goes with the role.
        let own = match role {
            Role::Teacher => "teacher_",
            Role::Staff => "staff_",
            _ => "admin_",
        };
        for (name, (value, _)) in &mut thing.cells {
            if !granted && name.starts_with(own) {
                value.clear();
            }
        }
    }

    fn stand(&mut self, action: &Action, standing: Standing) {
        for link in self.links_of(action.kind, action.local.unwrap()) {
            self.links
                .get_mut(&(action.kind, link.source))
                .unwrap()
                .standing = standing;
        }
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
        let joined = |link: &Link| {
            let mut others = self.links_of(kind, link.local).into_iter();
            others.any(|other| other.state == LinkState::Joint)
        };
        Ok(of
            .map(|(_, link)| Link {
                joined: joined(link),
                ..*link
            })
            .collect())
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
        let of = self.things.iter().filter(|((of, local), thing)| {
            *of == kind
                && !self.merged.contains_key(local)
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
            former: self
                .active_id(kind, *local)
                .filter(|source| !self.links[&(kind, *source)].is_present()),
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

    fn told(&self) -> Result<Vec<Local>, KnownError> {
        Ok(self.told.iter().copied().collect())
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

    fn asked(&self) -> Result<Vec<Asked>, KnownError> {
        let open = self.asked.iter();
        let done = |asked: &&Asked| self.carried.contains(&(asked.source, asked.local));
        Ok(open.filter(|asked| !done(asked)).cloned().collect())
    }

    fn disputes(&self) -> Result<Vec<Dispute>, KnownError> {
        Ok(self.disputes.clone())
    }

    fn findings(&self) -> Result<Vec<Found>, KnownError> {
        Ok(self.findings.iter().cloned().collect())
    }

    fn staged(&self) -> Result<BTreeSet<ObjectId>, KnownError> {
        let picked = |source: &&ObjectId| self.picks.keys().any(|(_, id)| id == *source);
        let waiting = self.staged.iter();
        Ok(waiting.filter(|source| !picked(source)).copied().collect())
    }

    fn fate(&self, _: Kind, local: Local) -> Result<Fate, KnownError> {
        let there = self.things.keys().any(|(_, thing)| *thing == local);
        Ok(match self.merged.get(&local) {
            Some((into, _)) => Fate::MergedInto(*into),
            None if there => Fate::There,
            None => Fate::Missing,
        })
    }

    fn brought_into(&self, _: Kind, into: Local) -> Result<Vec<(Local, Vec<Link>)>, KnownError> {
        let of = self
            .merged
            .iter()
            .filter(|(_, (account, _))| *account == into);
        Ok(of
            .map(|(from, (_, links))| (*from, links.clone()))
            .collect())
    }
}

/// Roles in their order, from two lists.
fn joined(one: &str, other: &str) -> String {
    let held: BTreeSet<_> = one.split('\u{1f}').chain(other.split('\u{1f}')).collect();
    let order = [Role::Teacher, Role::Staff, Role::DistrictAdmin].map(Role::text);
    let held: Vec<_> = order
        .into_iter()
        .filter(|role| held.contains(role))
        .collect();
    held.join("\u{1f}")
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
