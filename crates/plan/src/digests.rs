//! Digests of a mirror, worked out beforehand: they need nothing but mirror and policy, so they can be made while the roster is
//! read.

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_segment::{Hash, Snapshot};

use crate::policy::{Owner, Policy};
use crate::values::Digest;

/// For every record of a mirror what would tell a plan that nothing changed.
#[derive(Clone, Debug, Default)]
pub struct Digests(BTreeMap<Kind, Vec<Hash>>);

impl Digests {
    /// Of the records that a policy wants. 16 bytes each.
    pub fn new(mirror: &Snapshot, policy: &Policy) -> Self {
        let wanted = Kind::ALL.into_iter().filter(|kind| policy.wants(*kind));
        let of_kind = |kind: Kind| {
            let rows = 0..mirror.table(kind).len();
            let digest = |row: u32| {
                // Islands too, as the planner compares them: beside them is shown what the source says.
                let compared = policy.used(kind).iter();
                let compared =
                    compared.filter(|field| policy.owner(kind, field.name) != Owner::App);
                let values = compared.map(|field| field.text(mirror, kind, row));
                Digest::of_values(values)
            };
            (kind, rows.map(digest).collect())
        };
        Self(wanted.map(of_kind).collect())
    }

    pub(crate) fn of(&self, kind: Kind, row: u32) -> Option<Hash> {
        self.0.get(&kind)?.get(row as usize).copied()
    }
}
