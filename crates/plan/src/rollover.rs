//! What a plan in the rollover window comes to (integration-side A4.6, A6.10).

use std::fmt;

use homeroom_change::Season;
use homeroom_model::Kind;

use crate::action::Op;
use crate::input::Input;
use crate::plan::Plan;
use crate::reason::Reason;

/// The change of a school year, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Rollover {
    /// The year in which the school year ends that the district's day is in, if it is known.
    pub school_year: Option<i16>,
    /// Classes that are put away.
    pub classes_ended: u64,
    /// Classes that are new or out again.
    pub classes_begun: u64,
    /// New classes that may go on with what the app keeps of one that is put away.
    pub carried_over: u64,
    /// Enrolments that end and begin.
    pub enrolments: (u64, u64),
    /// Terms that are put away, and those that begin.
    pub terms: (u64, u64),
    /// Students who graduate.
    pub graduates: u64,
    /// Students who leave for another reason.
    pub leavers: u64,
    /// Students who are new or back.
    pub newcomers: u64,
    /// Students who stay, and keep their accounts.
    pub returning: u64,
}

impl Rollover {
    /// Of a plan; `None` outside the window, or if nothing of it is about the school year.
    pub(crate) fn of(plan: &Plan, input: &Input<'_>) -> Option<Self> {
        if input.season != Season::Rollover || input.first_sync {
            return None;
        }
        let mut rollover = Self {
            school_year: input.school_year,
            ..Self::default()
        };
        for action in &plan.actions {
            rollover.count(action.kind, &action.op, action.reason);
        }
        let before = plan
            .counts
            .get(&Kind::Student)
            .map_or(0, |counts| counts.before);
        rollover.returning = before.saturating_sub(rollover.graduates + rollover.leavers);
        let turns = rollover.classes_ended + rollover.classes_begun + rollover.graduates > 0;
        turns.then_some(rollover)
    }

    fn count(&mut self, kind: Kind, op: &Op, reason: Reason) {
        match (kind, op) {
            (Kind::Section, Op::Archive) => self.classes_ended += 1,
            (Kind::Section, Op::Create { .. } | Op::MakeClass { .. } | Op::Restore) => {
                self.classes_begun += 1;
            }
            (Kind::Section, Op::Offer { .. } | Op::CarryOver { .. }) => self.carried_over += 1,
            (_, Op::Unenrol { members }) => self.enrolments.0 += members.len() as u64,
            (_, Op::Enrol { members }) => self.enrolments.1 += members.len() as u64,
            (Kind::Term, Op::Archive) => self.terms.0 += 1,
            (Kind::Term, Op::Create { .. } | Op::Restore) => self.terms.1 += 1,
            (Kind::Student, Op::Deactivate | Op::Review) if reason == Reason::Graduated => {
                self.graduates += 1;
            }
            (Kind::Student, Op::Deactivate | Op::Review) => self.leavers += 1,
            (Kind::Student, Op::Create { .. } | Op::Link { .. } | Op::Reactivate) => {
                self.newcomers += 1;
            }
            _ => {}
        }
    }
}

impl fmt::Display for Rollover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.school_year {
            Some(year) => write!(f, "rollover, school year {}-{:02}: ", year - 1, year % 100)?,
            None => f.write_str("rollover: ")?,
        }
        write!(
            f,
            "classes end {} begin {} (may carry over {}), terms end {} begin {}, enrolments end {} begin {}, students graduate {} \
             leave {} come {} return {}",
            self.classes_ended,
            self.classes_begun,
            self.carried_over,
            self.terms.0,
            self.terms.1,
            self.enrolments.0,
            self.enrolments.1,
            self.graduates,
            self.leavers,
            self.newcomers,
            self.returning
        )
    }
}
