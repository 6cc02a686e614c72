//! What is told of contacts before they are taken over (integration-side A6.12): students with very many of them, and types of
//! relationship that are meant for emergencies.

use std::collections::BTreeMap;

use homeroom_model::{ContactLink, Kind};
use homeroom_segment::{Noun as _, Relation};
use roaring::RoaringBitmap;

use crate::plan::Finding;
use crate::planner::Planner;

impl Planner<'_> {
    /// Tells of ties that the policy wants to be told of.
    pub(crate) fn many_contacts(&mut self, kind: Kind, taken: &RoaringBitmap) {
        if kind != Kind::ContactLink {
            return;
        }
        let (mirror, limits) = (self.input.mirror, &self.policy.contacts);
        let (ties, students) = (mirror.table(kind), mirror.table(Kind::Student));
        let mut of: BTreeMap<u32, u32> = BTreeMap::new();
        let mut findings = Vec::new();
        let finding = |kind, source, field, code| Finding {
            kind,
            source,
            field,
            code,
            other: None,
            rejected: false,
            reaction: "warn",
        };
        for row in taken {
            if let Some(student) = mirror.lists(Relation::LinkStudent).first(row) {
                *of.entry(student).or_default() += 1;
            }
            let tie = ContactLink::read(ties.row(row));
            let word = tie.kind.text().to_lowercase();
            if limits.types.iter().any(|told| told.to_lowercase() == word) {
                findings.push(finding(kind, ties.id(row), "type", "contact_type"));
            }
        }
        let many = of
            .into_iter()
            .filter(|(_, count)| limits.many > 0 && *count >= limits.many);
        findings.extend(many.map(|(student, _)| {
            finding(
                Kind::Student,
                students.id(student),
                "contacts",
                "many_contacts",
            )
        }));
        self.plan.findings.extend(findings);
    }
}
