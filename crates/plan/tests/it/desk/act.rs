//! Doing what plans say about accounts, records and who is in which section, and asking what they ask.

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{
    About, Action, Adjusted, Asked, Change, Decision, Dispute, Link, LinkState, Local, Member, Op,
    Origin, Place, Reason, Standing,
};
use homeroom_segment::Snapshot;

use super::{Desk, Thing};

impl Desk {
    /// Does an action; `torn` are records of which something was left out.
    pub(super) fn act(
        &mut self,
        action: &Action,
        mirror: &Snapshot,
        torn: &mut BTreeSet<(Kind, ObjectId)>,
    ) {
        if self.act_on_places(action, mirror) {
            return;
        }
        let kind = action.kind;
        let key = || (kind, action.source.unwrap());
        match &action.op {
            Op::Create { row, adjusted, .. } => self.create(action, mirror, (*row, adjusted)),
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
                self.links.remove(&key());
                self.create(action, mirror, (*row, adjusted));
            }
            Op::CarryOver { from } | Op::Succeed { from } => {
                assert!(self.carried.insert((action.source.unwrap(), *from)));
            }
            Op::Update { changes } => self.update(action, changes),
            Op::Refresh => self.note(action),
            Op::GrantRole { role } => self.role(action, *role, true),
            Op::RevokeRole { role } => self.role(action, *role, false),
            Op::Deactivate | Op::Archive => self.stand(action, Standing::Gone),
            Op::Reactivate | Op::Restore | Op::Release => self.stand(action, Standing::Present),
            Op::Quarantine => self.stand(action, Standing::Quarantined),
            Op::Enrol { members } => self.enrol(action, members, torn),
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

    fn create(&mut self, action: &Action, mirror: &Snapshot, (row, adjusted): (u32, &[Adjusted])) {
        let local = self.fresh();
        let kind = action.kind;
        let values = self.policy.first_values(mirror, (kind, row), adjusted);
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

    fn update(&mut self, action: &Action, changes: &[Change]) {
        let thing = self
            .things
            .get_mut(&(action.kind, action.local.unwrap()))
            .unwrap();
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

    fn enrol(&mut self, action: &Action, members: &[Place], torn: &mut BTreeSet<(Kind, ObjectId)>) {
        let key = (action.kind, action.source.unwrap());
        let section = self.links[&key].local;
        for place in members {
            let kind = if place.role == Role::Student {
                Kind::Student
            } else {
                Kind::Employee
            };
            let Some(link) = self.links.get(&(kind, place.source)) else {
                torn.insert(key);
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
        self.links.get_mut(&key).unwrap().members = action.applied;
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

    pub(super) fn bind(&mut self, action: &Action, local: Local) {
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
