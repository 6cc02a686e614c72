//! Who is in which section: what the source says against who is there (integration-side B6 under SIS lockdown).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Hash, Relation, Snapshot};

use crate::action::{Action, Op, Place, Seat};
use crate::asked::About;
use crate::known::{Decision, Fate, Link, Local, Member};
use crate::one_class::side;
use crate::planner::{PlanError, Planner};
use crate::reason::Reason;
use crate::records;
use crate::values::{Digest, leads_to};

impl Planner<'_> {
    /// Plans the people of a section that the app has.
    pub(crate) fn members(
        &mut self,
        link: &Link,
        local: Option<Local>,
        row: u32,
    ) -> Result<(), PlanError> {
        if let Some(local) = local {
            self.reseat(link, local, row)?;
        }
        let digest = self.digest_of_places(row);
        // Whose seats go to another account is looked at whatever the digest says.
        let link = &Link {
            touched: link.touched || self.input.deep || self.unsettled.contains(row),
            ..*link
        };
        if link.members == digest && !link.touched {
            return Ok(());
        }
        let places = self.places(row);
        let left_out = self.left_out(row, &places);
        self.members_of(link, local, (places, digest), &left_out)
    }

    /// The same, for places from wherever. `still_listed` are those whom only the policy leaves out.
    pub(crate) fn members_of(
        &mut self,
        link: &Link,
        local: Option<Local>,
        (places, digest): (Vec<Place>, Hash),
        still_listed: &BTreeSet<(Local, Role)>,
    ) -> Result<(), PlanError> {
        if link.members == digest && !link.touched {
            return Ok(());
        }
        let current = self.seated_now(local)?;
        let (wanted, mut arriving) = self.wanted(places);
        let leaving: Vec<_> = current
            .iter()
            .filter(|member| member.source && !wanted.contains_key(&(member.person, member.role)))
            .map(|member| Seat {
                person: member.person,
                role: member.role,
            })
            .collect();
        let as_it_is = |place: &Place, person: Local| {
            current.contains(&Member {
                person,
                role: place.role,
                position: place.position,
                source: true,
            })
        };
        if !leaving.is_empty() {
            let students = current
                .iter()
                .filter(|member| member.source && member.role == Role::Student);
            let students = students.count() as u64;
            self.plan.rosters.insert(link.source, students);
        }
        let stays = |((person, _), place): &(&(Local, Role), &Place)| as_it_is(place, *person);
        let changed = wanted.iter().filter(|entry| !stays(entry));
        arriving.extend(changed.map(|(_, place)| *place));
        arriving.sort_unstable_by_key(order);
        for (op, reason) in self.seatings(arriving, leaving, still_listed) {
            self.act(Action {
                kind: Kind::Section,
                source: Some(link.source),
                local,
                op,
                reason,
                line: "fields",
                applied: digest,
                held: false,
            });
        }
        Ok(())
    }

    /// Who is in a section of the app, by the accounts that go on.
    fn seated_now(&self, local: Option<Local>) -> Result<Vec<Member>, PlanError> {
        let mut current = match local {
            Some(local) => self.known.members(local)?,
            None => Vec::new(),
        };
        if !self.merged.is_empty() {
            for member in &mut current {
                member.person = self.heir(member.person);
            }
            current.sort_unstable();
            current.dedup_by_key(|member| (member.person, member.role));
        }
        Ok(current)
    }

    /// The places of accounts that are there, and those of accounts that are still to come.
    fn wanted(&self, places: Vec<Place>) -> (BTreeMap<(Local, Role), Place>, Vec<Place>) {
        let mut wanted = BTreeMap::new();
        let mut arriving = Vec::new();
        for place in places {
            match self.people.get(&place.source).copied().flatten() {
                // Two records of one account: the first place counts.
                Some(person) => {
                    wanted.entry((person, place.role)).or_insert(place);
                }
                None => arriving.push(place),
            }
        }
        (wanted, arriving)
    }

    /// What brings those who arrive and takes those who leave; without any it is only noted that somebody looked.
    fn seatings(
        &self,
        arriving: Vec<Place>,
        leaving: Vec<Seat>,
        still_listed: &BTreeSet<(Local, Role)>,
    ) -> Vec<(Op, Reason)> {
        let mut ops = Vec::new();
        let (moved, arriving): (Vec<_>, Vec<_>) = arriving
            .into_iter()
            .partition(|place| self.chosen.moved.contains(&place.source));
        let (narrowed, leaving): (Vec<_>, Vec<_>) = leaving
            .into_iter()
            .partition(|seat| still_listed.contains(&(seat.person, seat.role)));
        for (members, reason) in [(arriving, Reason::Changed), (moved, Reason::DefaultLost)] {
            if !members.is_empty() {
                ops.push((Op::Enrol { members }, reason));
            }
        }
        for (members, reason) in [(leaving, Reason::Changed), (narrowed, Reason::LeftOut)] {
            if !members.is_empty() {
                ops.push((Op::Unenrol { members }, reason));
            }
        }
        if ops.is_empty() {
            ops.push((Op::RefreshMembers, Reason::Changed));
        }
        ops
    }

    /// Whom the source lists in a section while the policy leaves them out.
    fn left_out(&self, row: u32, places: &[Place]) -> BTreeSet<(Local, Role)> {
        if self.policy.places.is_plain() {
            return BTreeSet::new();
        }
        let listed = [Role::Teacher, Role::Student].into_iter().flat_map(|role| {
            let ids = leads_to(self.input.mirror, side(role).1, row);
            ids.map(move |id| (id, role))
        });
        let out = listed.filter(|(id, role)| {
            !places
                .iter()
                .any(|place| place.source == *id && place.role == *role)
        });
        out.filter_map(|(id, role)| Some((self.people.get(&id).copied().flatten()?, role)))
            .collect()
    }

    /// The people of a section that is created.
    pub(crate) fn new_members(&mut self, source: ObjectId, row: u32) {
        let mut members = self.places(row);
        let applied = digest(&members);
        members.sort_unstable_by_key(order);
        self.act(Action {
            kind: Kind::Section,
            source: Some(source),
            local: None,
            op: Op::Enrol { members },
            reason: Reason::New,
            line: "fields",
            applied,
            held: false,
        });
    }

    /// The places that people of the app take, now or with this plan; others have no account.
    pub(crate) fn places(&self, row: u32) -> Vec<Place> {
        let mirror = self.input.mirror;
        if !self.policy.places.is_plain() {
            let of = |role: Role| {
                let people = self.seated(role, row).into_iter();
                people.filter(|id| self.people.contains_key(id))
            };
            let teachers = (0..)
                .zip(of(Role::Teacher))
                .map(|(position, source)| Place {
                    source,
                    role: Role::Teacher,
                    position,
                });
            let students = of(Role::Student).map(|source| Place {
                source,
                role: Role::Student,
                position: 0,
            });
            return teachers.chain(students).collect();
        }
        let listed = |relation: Relation| self.seatable.listed(mirror, relation, row);
        let teachers = (0..)
            .zip(listed(Relation::SectionTeachers))
            .map(|(position, source)| Place {
                source,
                role: Role::Teacher,
                position,
            });
        let students = listed(Relation::SectionStudents).map(|source| Place {
            source,
            role: Role::Student,
            position: 0,
        });
        teachers.chain(students).collect()
    }

    /// The digest of those places: most classes are as they were, and no more than this is asked of them.
    fn digest_of_places(&self, row: u32) -> Hash {
        if !self.policy.places.is_plain() {
            return digest(&self.places(row));
        }
        let listed = |relation: Relation| self.seatable.listed(self.input.mirror, relation, row);
        Digest::of_members(
            listed(Relation::SectionTeachers),
            listed(Relation::SectionStudents),
        )
    }

    /// Offers what the app keeps of an archived class to a new one that looks like it: same school and course, period or
    /// teacher, and at least half of the smaller roster (integration-side A5.14, B8).
    pub(crate) fn carry_over(&mut self) -> Result<(), PlanError> {
        if self.policy.wants(Kind::Employee) {
            self.same_person();
        }
        let (archived, created) = (
            std::mem::take(&mut self.archived),
            std::mem::take(&mut self.created_sections),
        );
        let (base, mirror) = (self.input.base, self.input.mirror);
        let mut by_school: BTreeMap<Option<ObjectId>, Vec<(u32, Local)>> = BTreeMap::new();
        for link in &archived {
            if let Some(row) = base.table(Kind::Section).find(&link.source) {
                let school = records::schools(base, Kind::Section, row).first().copied();
                by_school.entry(school).or_default().push((row, link.local));
            }
        }
        for row in created {
            let school = records::schools(mirror, Kind::Section, row)
                .first()
                .copied();
            for (old, local) in by_school.get(&school).into_iter().flatten() {
                if self.is_like(*old, row) {
                    let source = mirror.table(Kind::Section).id(row);
                    self.offer((Kind::Section, source), *local, Reason::CarryOver);
                }
            }
        }
        self.successors();
        self.carried_over()
    }

    /// A new term with the name and the dates of one that goes is offered as its successor (integration-side A6.6).
    fn successors(&mut self) {
        let (gone, created) = (
            std::mem::take(&mut self.gone_terms),
            std::mem::take(&mut self.created_terms),
        );
        let (base, mirror) = (self.input.base, self.input.mirror);
        let likeness = |snapshot: &Snapshot, row: u32| {
            use homeroom_segment::fields::term;
            let row = snapshot.table(Kind::Term).row(row);
            let name = row.text(term::NAME).to_owned();
            (name, row.date(term::START), row.date(term::END))
        };
        for link in gone {
            let Some(old) = base.table(Kind::Term).find(&link.source) else {
                continue;
            };
            let old = likeness(base, old);
            for row in created.iter().filter(|row| likeness(mirror, **row) == old) {
                let source = mirror.table(Kind::Term).id(*row);
                self.offer((Kind::Term, source), link.local, Reason::Successor);
            }
        }
    }

    /// Offers something of the app to a record, once.
    fn offer(&mut self, (kind, source): (Kind, ObjectId), from: Local, reason: Reason) {
        let (about, line) = match reason {
            Reason::Successor => (About::Successor, "matching.successor"),
            _ => (About::CarryOver, "matching.carry_over"),
        };
        if self.answers.said(about, (source, from), "") != Decision::Unasked {
            return;
        }
        self.act(Action {
            kind,
            source: Some(source),
            local: None,
            op: Op::Offer { from },
            reason,
            line,
            applied: Hash::default(),
            held: false,
        });
    }

    /// Offers that somebody took.
    fn carried_over(&mut self) -> Result<(), PlanError> {
        for asked in self.answers.accepted() {
            let from = asked.local;
            let (kind, op, line) = match asked.about {
                About::CarryOver => (Kind::Section, Op::CarryOver { from }, "matching.carry_over"),
                About::Successor => (Kind::Term, Op::Succeed { from }, "matching.successor"),
                _ => continue,
            };
            let there = self.input.mirror.table(kind).find(&asked.source).is_some();
            if there && self.known.fate(kind, from)? == Fate::There {
                self.plan
                    .answered
                    .insert((kind, asked.source), asked.number);
                self.act(Action {
                    kind,
                    source: Some(asked.source),
                    local: None,
                    op,
                    reason: Reason::Accepted,
                    line,
                    applied: Hash::default(),
                    held: false,
                });
            }
        }
        Ok(())
    }

    fn is_like(&self, old: u32, new: u32) -> bool {
        use homeroom_segment::fields::{course, section};
        let (base, mirror) = (self.input.base, self.input.mirror);
        let course = |snapshot: &Snapshot, row: u32| {
            let course = snapshot.lists(Relation::SectionCourse).first(row)?;
            let row = snapshot.table(Kind::Course).row(course);
            Some((
                row.text(course::NUMBER).to_owned(),
                row.text(course::NAME).to_owned(),
            ))
        };
        let period = |snapshot: &Snapshot, row: u32| {
            let row = snapshot.table(Kind::Section).row(row);
            row.text(section::PERIOD).to_owned()
        };
        let teacher = |snapshot: &Snapshot, row: u32| {
            leads_to(snapshot, Relation::SectionTeachers, row).next()
        };
        let alike = course(base, old) == course(mirror, new)
            && period(base, old) == period(mirror, new)
            && teacher(base, old) == teacher(mirror, new);
        let students = |snapshot: &Snapshot, row: u32| {
            leads_to(snapshot, Relation::SectionStudents, row)
                .collect::<std::collections::BTreeSet<_>>()
        };
        let (before, after) = (students(base, old), students(mirror, new));
        let both = before.intersection(&after).count();
        let smaller = before.len().min(after.len());
        alike && smaller > 0 && both * 2 >= smaller
    }
}

/// Teachers in their order, then students by id.
fn order(place: &Place) -> (bool, u16, ObjectId) {
    (place.role == Role::Student, place.position, place.source)
}

fn digest(places: &[Place]) -> Hash {
    let of = |role: Role| places.iter().filter(move |place| place.role == role);
    Digest::of_members(
        of(Role::Teacher).map(|place| &place.source),
        of(Role::Student).map(|place| &place.source),
    )
}
