//! "Why?": the way of one record from the source to the screen, ending in one sentence (integration-side A4.11).

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Relation;

use crate::action::{Action, Op};
use crate::input::Input;
use crate::known::{Known, Link, LinkState, Local};
use crate::plan::{Finding, Plan};
use crate::planner::PlanError;
use crate::policy::Policy;
use crate::values::leads_to;

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
        let mirror = input.mirror;
        let row = mirror.table(kind).find(&source);
        let left_out = |row: u32| kind == Kind::Section && !policy.filter.takes(mirror, row);
        let actions = self.actions.iter();
        let way = Way {
            row,
            before: input.base.table(kind).find(&source).is_some(),
            filtered: row.is_some_and(left_out),
            findings: self
                .findings
                .iter()
                .filter(|finding| finding.source == source)
                .collect(),
            link: link_of(known, kind, source)?,
            actions: actions
                .filter(|action| action.source == Some(source) && action.kind == kind)
                .collect(),
            plan: self,
        };
        Ok(Explanation {
            steps: way.steps(kind),
            sentence: way.sentence(),
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
        let relation = if kind == Kind::Student {
            Relation::SectionStudents
        } else {
            Relation::SectionTeachers
        };
        let table = input.mirror.table(Kind::Section);
        let Some(row) = table
            .find(&section)
            .filter(|row| policy.filter.takes(input.mirror, *row))
        else {
            return self.explain(input, known, policy, (Kind::Section, section));
        };
        let listed = leads_to(input.mirror, relation, row).any(|id| id == person);
        let held = self.actions.iter().find(|action| {
            action.source == Some(section)
                && action.held
                && matches!(action.op, Op::Enrol { .. } | Op::Unenrol { .. })
        });
        let mut about = self.explain(input, known, policy, (kind, person))?;
        let role = if kind == Kind::Student {
            Role::Student
        } else {
            Role::Teacher
        };
        let said = if listed { "lists" } else { "does not list" };
        about.steps.push(Verdict {
            station: "read",
            said: format!("the section {said} this {}", role.text()),
        });
        if !listed {
            about.sentence = format!(
                "The district does not list this {} in the section.",
                role.text()
            );
        } else if held.is_some() {
            "The section's roster changed so much that somebody has to approve it first."
                .clone_into(&mut about.sentence);
        } else if let Some(why) = policy.places.may_leave_out(role)
            && !self.seats(known, (kind, person), section)?
            && known_account(known, kind, person)?.is_some()
        {
            about.steps.push(Verdict {
                station: "plan",
                said: "the policy leaves this class out for them".to_owned(),
            });
            why.clone_into(&mut about.sentence);
        }
        Ok(about)
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

fn known_account(
    known: &dyn Known,
    kind: Kind,
    source: ObjectId,
) -> Result<Option<Local>, PlanError> {
    Ok(link_of(known, kind, source)?.map(|link| link.local))
}

/// What every station knows of a record.
struct Way<'a> {
    row: Option<u32>,
    /// Whether the mirror that was applied last had it.
    before: bool,
    filtered: bool,
    findings: Vec<&'a Finding>,
    link: Option<Link>,
    actions: Vec<&'a Action>,
    plan: &'a Plan,
}

impl Way<'_> {
    fn steps(&self, kind: Kind) -> Vec<Verdict> {
        let mut steps = Vec::new();
        let mut say = |station: &'static str, said: String| steps.push(Verdict { station, said });
        let read = match (self.row, self.before) {
            (Some(_), _) => "the source shares it",
            (None, true) => "the source shared it before and does not now",
            (None, false) => "the source does not share it",
        };
        say("read", read.to_owned());
        if kind == Kind::Section && self.row.is_some() {
            let takes = if self.filtered {
                "leaves it out"
            } else {
                "takes it"
            };
            say("filter", format!("the app's filter {takes}"));
        }
        for finding in &self.findings {
            let effect = if finding.rejected {
                "is left out"
            } else {
                "goes on"
            };
            say(
                "validate",
                format!("{} in {}: the record {effect}", finding.code, finding.field),
            );
        }
        let matched = match self.link {
            Some(link) if link.state == LinkState::Alias => "an id that its account had before",
            Some(link) if link.is_present() => "known by its id",
            Some(_) => "known by its id, and gone when the district was last applied",
            None => "nobody has this id",
        };
        say("match", matched.to_owned());
        for action in &self.actions {
            say(
                "plan",
                format!("{} because {}", action.op.text(), action.reason),
            );
        }
        if self.is_held() {
            let reasons: Vec<_> = self.plan.verdicts.iter().map(ToString::to_string).collect();
            say(
                "hold",
                format!("waits for approval: {}", reasons.join("; ")),
            );
        }
        steps
    }

    fn is_held(&self) -> bool {
        let alone = self.actions.iter().any(|action| action.held);
        alone || (self.plan.held && !self.actions.is_empty())
    }

    fn sentence(&self) -> String {
        let present = self.link.is_some_and(|link| link.is_present());
        let question = self.actions.iter().find(|action| is_question(&action.op));
        let mut rejecting = self.findings.iter().filter(|finding| finding.rejected);
        if self
            .findings
            .iter()
            .any(|finding| finding.code == "without_class" && finding.rejected)
        {
            "It waits for a class, as the policy says.".to_owned()
        } else if let Some(finding) = rejecting.next() {
            format!(
                "It is left out because of {} in {}.",
                finding.code, finding.field
            )
        } else if self.filtered {
            "It is left out by the app's own filter, not by the district.".to_owned()
        } else if let Some(action) = question {
            let (word, reason) = (action.op.text(), action.reason);
            format!("It waits for somebody's answer: {word} because {reason}.")
        } else if let Some(action) = self.actions.first() {
            let when = if self.is_held() {
                "once the plan is approved"
            } else {
                "with this plan"
            };
            let (word, reason) = (action.op.text(), action.reason);
            format!("It will be changed {when}: {word} because {reason}.")
        } else if self.row.is_none() && present {
            "It stays as it is: this read cannot say that it is gone.".to_owned()
        } else if self.row.is_none() {
            "The district does not share it.".to_owned()
        } else if self.link.is_none() {
            "It waits for a class, as the policy says.".to_owned()
        } else {
            "It is in the app as the district says.".to_owned()
        }
    }
}

fn is_question(op: &Op) -> bool {
    matches!(
        op,
        Op::Suggest { .. } | Op::Conflict { .. } | Op::Review | Op::ProposeMerge { .. }
    )
}

fn link_of(known: &dyn Known, kind: Kind, source: ObjectId) -> Result<Option<Link>, PlanError> {
    let links = known.links(kind)?;
    let found = links.binary_search_by_key(&source, |link| link.source);
    Ok(found.ok().and_then(|at| links.get(at).copied()))
}
