//! A course that people of the app gave a class, and one that the source names later: the source's is offered beside it and put
//! in its place once somebody says yes (integration-side A6.8, S20).

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Hash, Relation};

use crate::action::{Action, Adjusted, Adjustment, Change, Op};
use crate::asked::About;
use crate::known::{Decision, Link};
use crate::planner::{PlanError, Planner};
use crate::reason::Reason;
use crate::values::leads_to;

const LINE: &str = "courses.own";

impl Planner<'_> {
    /// Keeps the course that people gave a class. Says whether the source's is withheld.
    pub(crate) fn keep_own_course(
        &mut self,
        link: &Link,
        row: u32,
        changes: &mut Vec<Change>,
    ) -> Result<bool, PlanError> {
        let begins = |change: &Change| {
            change.field == "course" && change.before.is_empty() && !change.after.is_empty()
        };
        let Some(at) = changes.iter().position(begins) else {
            return Ok(false);
        };
        let course = leads_to(self.input.mirror, Relation::SectionCourse, row).next();
        let own = self.known.own_course(link.local)?;
        let (Some(course), Some(own)) = (course, own) else {
            return Ok(false);
        };
        let change = changes.remove(at);
        match self.answers.said(About::Course, (course, own), LINE) {
            Decision::Accepted => {
                self.act(Action {
                    kind: Kind::Section,
                    source: Some(link.source),
                    local: Some(link.local),
                    op: Op::Update {
                        changes: vec![change],
                    },
                    reason: Reason::Accepted,
                    line: LINE,
                    applied: Hash::default(),
                    held: false,
                });
                return Ok(false);
            }
            Decision::Unasked if self.offered.insert((course, own)) => {
                self.act(Action {
                    kind: Kind::Course,
                    source: Some(course),
                    local: None,
                    op: Op::Offer { from: own },
                    reason: Reason::CourseOffered,
                    line: LINE,
                    applied: Hash::default(),
                    held: false,
                });
            }
            Decision::Unasked | Decision::Pending | Decision::Rejected => {}
        }
        Ok(true)
    }

    /// The digest of a class whose course is withheld.
    pub(crate) fn digest_without_course(&self, row: u32, adjusted: &[Adjusted]) -> Hash {
        let mut adjusted = adjusted.to_vec();
        adjusted.push(Adjusted {
            field: "course",
            value: String::new(),
            how: Adjustment::Dropped,
        });
        self.digest(Kind::Section, row, &adjusted)
    }
}

/// Courses of the source and of the app that were offered in a plan.
pub(crate) type Offered = std::collections::BTreeSet<(ObjectId, crate::known::Local)>;
