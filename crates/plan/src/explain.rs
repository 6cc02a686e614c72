//! "Why?": the way of one record from the source to the screen, ending in one sentence (integration-side A4.11).

mod way;
mod words;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Relation;

use crate::action::Op;
use crate::asked::Asked;
use crate::input::Input;
use crate::known::{Decision, Known, Link, Local};
use crate::plan::Plan;
use crate::planner::PlanError;
use crate::policy::Policy;
use crate::values::leads_to;
use way::Way;

/// The way of a record: each station with what it said, and the sentence that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The stations, in order.
    pub steps: Vec<Verdict>,
    /// What it comes to.
    pub sentence: String,
}

/// What one station said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The station: `read`, `filter`, `validate`, `match`, `plan`, `hold`.
    pub station: &'static str,
    /// What it said.
    pub said: String,
}

impl Plan {
    /// Why a record is as it is in the app. `plan` must be of the same input, roster and policy.
    pub fn explain(
        &self,
        input: &Input<'_>,
        known: &dyn Known,
        policy: &Policy,
        (kind, source): (Kind, ObjectId),
    ) -> Result<Explanation, PlanError> {
        let way = self.way(input, known, policy, (kind, source))?;
        Ok(Explanation {
            steps: way.steps(),
            sentence: way.sentence(),
        })
    }

    fn way(
        &self,
        input: &Input<'_>,
        known: &dyn Known,
        policy: &Policy,
        (kind, source): (Kind, ObjectId),
    ) -> Result<Way<'_>, PlanError> {
        let mirror = input.mirror;
        let row = mirror.table(kind).find(&source);
        let left_out = |row: u32| kind == Kind::Section && !policy.filter.takes(mirror, row);
        let mut asked = known.asked()?;
        asked.retain(|asked| asked.source == source && is_open(asked));
        asked.sort_by_key(|asked| asked.number);
        let mut disputes = known.disputes()?;
        disputes.retain(|dispute| dispute.source == source && !dispute.settled);
        disputes.sort_by_key(|dispute| dispute.number);
        Ok(Way {
            kind,
            row,
            before: input.base.table(kind).find(&source).is_some(),
            pick: input.pick(kind, source),
            waits: self.waiting.contains(&(kind, source)),
            filtered: row.is_some_and(left_out),
            findings: self
                .findings
                .iter()
                .filter(|finding| finding.source == source && finding.kind == kind)
                .collect(),
            link: link_of(known, kind, source)?,
            asked,
            disputes,
            actions: self
                .actions
                .iter()
                .filter(|action| action.source == Some(source) && action.kind == kind)
                .collect(),
            plan: self,
        })
    }

    /// Why somebody is, or is not, in a section.
    pub fn explain_member(
        &self,
        input: &Input<'_>,
        known: &dyn Known,
        policy: &Policy,
        (person, kind): (ObjectId, Kind),
        section: ObjectId,
    ) -> Result<Explanation, PlanError> {
        let (relation, role) = if kind == Kind::Student {
            (Relation::SectionStudents, Role::Student)
        } else {
            (Relation::SectionTeachers, Role::Teacher)
        };
        let mut about = self.explain(input, known, policy, (kind, person))?;
        let class = self.way(input, known, policy, (Kind::Section, section))?;
        let mut said = |station: &'static str, said: String| {
            about.steps.push(Verdict { station, said });
        };
        let row = input.mirror.table(Kind::Section).find(&section);
        let listed =
            row.is_some_and(|row| leads_to(input.mirror, relation, row).any(|id| id == person));
        let role_name = role.text();
        let lists = if listed { "lists" } else { "does not list" };
        said("read", format!("the section {lists} this {role_name}"));
        let seated = self.seats(known, (kind, person), section)?;
        let leaves = self.leaves(known, (kind, person), section)?;
        let account = known_account(known, kind, person)?;
        let comes = account.is_some() || self.creates(kind, person);
        let held = class.is_held();
        let sentence = if !class.is_taken() {
            format!("It is about the class: {}", lower(&class.sentence()))
        } else if !listed && leaves && held {
            format!(
                "The district no longer lists this {role_name} in the section; that waits until somebody approves it."
            )
        } else if !listed && leaves {
            format!(
                "The district no longer lists this {role_name} in the section: they leave it with this plan."
            )
        } else if !listed {
            format!("The district does not list this {role_name} in the section.")
        } else if held && class.changes_roster() {
            "The section's roster changed so much that somebody has to approve it first.".to_owned()
        } else if let Some(why) = policy.places.may_leave_out(role)
            && !seated
            && account.is_some()
        {
            said(
                "plan",
                "the policy leaves this class out for them".to_owned(),
            );
            why.to_owned()
        } else if !comes {
            format!(
                "The section lists them, but there is no account: {}",
                lower(&about.sentence)
            )
        } else if is_seated(known, (kind, person), section)? {
            format!("They are in the section as the district says: it lists this {role_name}.")
        } else if class.is_held() || self.held {
            "They come into the section once the plan is approved.".to_owned()
        } else {
            "They come into the section with this plan.".to_owned()
        };
        about.sentence = sentence;
        Ok(about)
    }

    fn creates(&self, kind: Kind, person: ObjectId) -> bool {
        let mut actions = self.actions.iter();
        actions.any(|action| {
            let comes = matches!(
                action.op,
                Op::Create { .. } | Op::Link { .. } | Op::Rekey { .. } | Op::Split { .. }
            );
            comes && action.kind == kind && action.source == Some(person)
        })
    }

    /// Whether somebody leaves a section with the plan.
    fn leaves(
        &self,
        known: &dyn Known,
        (kind, person): (Kind, ObjectId),
        section: ObjectId,
    ) -> Result<bool, PlanError> {
        let Some(account) = known_account(known, kind, person)? else {
            return Ok(false);
        };
        Ok(self.actions.iter().any(|action| match &action.op {
            Op::Unenrol { members } => {
                let mut members = members.iter();
                action.source == Some(section) && members.any(|seat| seat.person == account)
            }
            _ => false,
        }))
    }

    /// Whether somebody is in a section now, or comes into it with the plan.
    fn seats(
        &self,
        known: &dyn Known,
        (kind, person): (Kind, ObjectId),
        section: ObjectId,
    ) -> Result<bool, PlanError> {
        let comes = self.actions.iter().any(|action| match &action.op {
            Op::Enrol { members } => {
                let mut members = members.iter();
                action.source == Some(section) && members.any(|place| place.source == person)
            }
            _ => false,
        });
        let section = known_account(known, Kind::Section, section)?;
        let account = known_account(known, kind, person)?;
        let (Some(section), Some(account)) = (section, account) else {
            return Ok(comes);
        };
        let mut members = known.members(section)?.into_iter();
        Ok(comes || members.any(|member| member.person == account && member.source))
    }
}

/// Whether somebody is in a section now.
fn is_seated(
    known: &dyn Known,
    (kind, person): (Kind, ObjectId),
    section: ObjectId,
) -> Result<bool, PlanError> {
    let section = known_account(known, Kind::Section, section)?;
    let account = known_account(known, kind, person)?;
    let (Some(section), Some(account)) = (section, account) else {
        return Ok(false);
    };
    let mut members = known.members(section)?.into_iter();
    Ok(members.any(|member| member.person == account))
}

fn known_account(
    known: &dyn Known,
    kind: Kind,
    source: ObjectId,
) -> Result<Option<Local>, PlanError> {
    Ok(link_of(known, kind, source)?.map(|link| link.local))
}

fn is_open(asked: &Asked) -> bool {
    asked.decision == Decision::Pending
}

/// A sentence in the middle of another.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn link_of(known: &dyn Known, kind: Kind, source: ObjectId) -> Result<Option<Link>, PlanError> {
    let links = known.links(kind)?;
    let found = links.binary_search_by_key(&source, |link| link.source);
    Ok(found.ok().and_then(|at| links.get(at).copied()))
}
