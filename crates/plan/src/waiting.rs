//! People who got an account without a class are told so, until there is one (integration-side A6.2, S26).

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Hash;

use crate::action::{Action, Op};
use crate::known::Local;
use crate::planner::{PlanError, Planner};
use crate::policy::WithoutClass;
use crate::reason::Reason;

impl Planner<'_> {
    /// Tells those who come without a class, and no longer those who have one.
    pub(crate) fn tell_people(&mut self) -> Result<(), PlanError> {
        let told = self.known.told()?;
        let kinds = [Kind::Student, Kind::Employee];
        let wanted = |kind: &Kind| self.without_class(*kind) == WithoutClass::CreateWithNotice;
        if told.is_empty() && !kinds.iter().any(wanted) {
            return Ok(());
        }
        let mut actions = Vec::new();
        for action in &self.plan.actions {
            let Op::Create { row, .. } = action.op else {
                continue;
            };
            if kinds.contains(&action.kind)
                && wanted(&action.kind)
                && !self.has_class(action.kind, row)
            {
                actions.push((action.kind, action.source, None, false));
            }
        }
        let mirror = self.input.mirror;
        let records: BTreeMap<Local, ObjectId> = self
            .people
            .iter()
            .filter_map(|(source, local)| Some(((*local)?, *source)))
            .filter(|_| !told.is_empty())
            .collect();
        for local in told {
            let source = records.get(&local).copied();
            let row = |kind: Kind| Some((kind, mirror.table(kind).find(&source?)?));
            let found = kinds.into_iter().find_map(row);
            let waits =
                found.is_some_and(|(kind, row)| wanted(&kind) && !self.has_class(kind, row));
            if !waits {
                let kind = found.map_or(Kind::Student, |(kind, _)| kind);
                actions.push((kind, source, Some(local), true));
            }
        }
        for (kind, source, local, over) in actions {
            self.act(Action {
                kind,
                source,
                local,
                op: Op::Tell { over },
                reason: Reason::WithoutClass,
                line: "without_classes",
                applied: Hash::default(),
                held: false,
            });
        }
        Ok(())
    }
}
