//! What becomes of a district's accounts when it can no longer be read (integration-side B7).

use homeroom_model::Kind;

use crate::action::Op;
use crate::input::Input;
use crate::known::{Known, LinkState};
use crate::plan::Plan;
use crate::planner::{PlanError, Planner};
use crate::policy::Policy;
use crate::reason::Reason;

/// Plans that everybody whose account came from the district is blocked, because its token was revoked and the time that accounts go on is over.
/// Work, groups and classes stay as they are. Such a plan always waits for somebody: nobody is left of a kind.
pub fn cut_off(input: &Input<'_>, known: &dyn Known, policy: &Policy) -> Result<Plan, PlanError> {
    let mut planner = Planner::new(input, known, policy)?;
    for kind in [Kind::Student, Kind::Employee, Kind::Contact] {
        if !policy.wants(kind) {
            continue;
        }
        let links = known.links(kind)?;
        let mut before = 0;
        for link in links
            .iter()
            .filter(|link| link.state == LinkState::Active && link.is_present())
        {
            // An account of several records is blocked once.
            if planner.left.insert(link.local) {
                before += 1;
                planner.act_on(kind, link, Op::Deactivate, Reason::Disconnected, "removal");
            }
        }
        planner.plan.counts.entry(kind).or_default().before = before;
    }
    planner.finish()
}
