//! Copies of courses per school, for apps whose courses belong to schools (integration-side A6.8, S21).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Relation;

use crate::action::{Action, Adjusted, Change, Op};
use crate::known::{Link, LinkState, Origin};
use crate::made;
use crate::planner::{PlanError, Planner};
use crate::reason::Reason;
use crate::values::leads_to;

/// Links in use, by id.
pub(crate) fn by_id(links: Vec<Link>) -> BTreeMap<ObjectId, Link> {
    let active = links
        .into_iter()
        .filter(|link| link.state == LinkState::Active);
    active.map(|link| (link.source, link)).collect()
}

const LINE: &str = "courses.per_school";

impl Planner<'_> {
    /// Plans the copies: one for each school in which a section of a course is taken.
    pub(crate) fn copies(&mut self) -> Result<(), PlanError> {
        let links = self.made.remove(&Kind::Course).unwrap_or_default();
        let wanted = self.wanted_copies();
        let mut links: BTreeMap<ObjectId, Link> = by_id(links);
        self.rekey_copies(&wanted, &mut links);
        for (id, (row, school)) in &wanted {
            let rejected = self
                .courses
                .as_ref()
                .is_some_and(|judged| judged.rejected.contains(*row));
            let adjusted = self
                .courses
                .as_ref()
                .map(|judged| judged.adjusted(*row).to_vec());
            let adjusted = adjusted.unwrap_or_default();
            match links.remove(id) {
                // What breaks a rule makes no copy and leaves those that are there as they are.
                _ if rejected => {}
                Some(link) => self.known_copy(link, *row, &adjusted)?,
                None => self.new_copy(*id, (*row, *school), adjusted),
            }
        }
        let unused: Vec<_> = links.into_values().filter(Link::is_present).collect();
        if unused.is_empty() {
            return Ok(());
        }
        let elsewhere = self.used_out_of_sight();
        for link in unused
            .iter()
            .filter(|link| !elsewhere.contains(&link.source))
        {
            self.act_on(Kind::Course, link, Op::Archive, Reason::Unused, LINE);
        }
        Ok(())
    }

    /// The copies there have to be: course row and school, by the copy's id.
    fn wanted_copies(&self) -> BTreeMap<ObjectId, (u32, ObjectId)> {
        let mut wanted = BTreeMap::new();
        if !self.policy.places.courses.per_school {
            return wanted;
        }
        let mirror = self.input.mirror;
        for section in &self.sections {
            let course = mirror.lists(Relation::SectionCourse).first(section);
            let school = leads_to(mirror, Relation::SectionSchool, section).next();
            if let (Some(row), Some(school)) = (course, school) {
                let course = mirror.table(Kind::Course).id(row);
                if self.absent.contains(&course) || self.absent.contains(&school) {
                    continue;
                }
                wanted.insert(made::copy_of_course(&course, &school), (row, school));
            }
        }
        wanted
    }

    /// A course or a school with another id: its copies go on under other ids too.
    fn rekey_copies(
        &mut self,
        wanted: &BTreeMap<ObjectId, (u32, ObjectId)>,
        links: &mut BTreeMap<ObjectId, Link>,
    ) {
        if self.rekeyed.is_empty() {
            return;
        }
        let before: BTreeMap<ObjectId, ObjectId> =
            self.rekeyed.iter().map(|(old, new)| (*new, *old)).collect();
        for (id, (row, school)) in wanted {
            if links.contains_key(id) {
                continue;
            }
            let course = self.input.mirror.table(Kind::Course).id(*row);
            let old = |id: ObjectId| before.get(&id).copied().unwrap_or(id);
            let earlier = made::copy_of_course(&old(course), &old(*school));
            let Some(mut link) = links.remove(&earlier) else {
                continue;
            };
            self.act(Action {
                kind: Kind::Course,
                source: Some(*id),
                local: Some(link.local),
                op: Op::Rekey { from: earlier },
                reason: Reason::Rekeyed,
                line: LINE,
                applied: link.applied,
                held: false,
            });
            link.source = *id;
            links.insert(*id, link);
        }
    }

    fn new_copy(&mut self, id: ObjectId, (row, school): (u32, ObjectId), adjusted: Vec<Adjusted>) {
        let applied = self.digest(Kind::Course, row, &adjusted);
        self.act(Action {
            kind: Kind::Course,
            source: Some(id),
            local: None,
            op: Op::Copy {
                row,
                school,
                adjusted,
            },
            reason: Reason::New,
            line: LINE,
            applied,
            held: false,
        });
    }

    /// A copy shows what its course shows.
    fn known_copy(&mut self, link: Link, row: u32, adjusted: &[Adjusted]) -> Result<(), PlanError> {
        let kind = Kind::Course;
        if !link.is_present() {
            self.act_on(kind, &link, Op::Restore, Reason::Returned, LINE);
        }
        let applied = self.digest(kind, row, adjusted);
        if link.applied == applied && !link.touched {
            return Ok(());
        }
        let shown = self.known.entity(kind, link.local)?;
        let mut changes = Vec::new();
        for field in self.followed(kind) {
            let other = adjusted
                .iter()
                .find(|adjusted| adjusted.field == field.name);
            let (after, origin) = match other {
                Some(adjusted) => (adjusted.value.clone(), adjusted.how.origin()),
                None => (
                    field.text(self.input.mirror, kind, row).into_owned(),
                    Origin::Source,
                ),
            };
            let before = shown.value(field.name);
            if before != after {
                changes.push(Change {
                    field: field.name,
                    before: before.to_owned(),
                    after,
                    origin,
                });
            }
        }
        let op = if changes.is_empty() {
            Op::Refresh
        } else {
            Op::Update { changes }
        };
        self.act(Action {
            kind,
            source: Some(link.source),
            local: Some(link.local),
            op,
            reason: Reason::Changed,
            line: LINE,
            applied,
            held: false,
        });
        Ok(())
    }

    /// Copies of sections that are missing from a read which cannot say that they are gone.
    fn used_out_of_sight(&self) -> BTreeSet<ObjectId> {
        let (base, mirror) = (self.input.base, self.input.mirror);
        let table = base.table(Kind::Section);
        let copies = (0..table.len()).filter_map(|section| {
            let source = table.id(section);
            let course = leads_to(base, Relation::SectionCourse, section).next()?;
            let school = leads_to(base, Relation::SectionSchool, section).next()?;
            let seen = mirror.table(Kind::Section).find(&source).is_some()
                || self.input.gone.contains_key(&source)
                || self.input.reach.contains(Kind::Section, &[school]);
            (!seen).then(|| made::copy_of_course(&course, &school))
        });
        copies.collect()
    }
}
