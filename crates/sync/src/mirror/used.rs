//! What the app uses of a record: the rest is dropped before it is written anywhere (integration-side B15).

use homeroom_model::Kind;
use homeroom_plan::Policy;
use homeroom_segment::{Row, RowBuilder, fields_of};

/// Which stored fields of each kind are kept.
pub(super) struct Used {
    kinds: Vec<(Kind, Vec<bool>)>,
}

impl Used {
    pub(super) fn of(policy: &Policy) -> Self {
        let kinds = Kind::ALL.into_iter().map(|kind| {
            let fields = fields_of(kind).iter();
            let kept = fields.map(|field| policy.uses(kind, field.name) || is_needed(field.name));
            (kind, kept.collect())
        });
        Self {
            kinds: kinds.collect(),
        }
    }

    /// Whether a field is kept.
    pub(super) fn keeps(&self, kind: Kind, name: &str) -> bool {
        let place = fields_of(kind).iter().position(|field| field.name == name);
        place.is_some_and(|place| self.of_kind(kind).get(place).copied().unwrap_or(false))
    }

    /// The packed row with what is used of it.
    pub(super) fn trim(
        &self,
        kind: Kind,
        packed: &[u8],
        builder: &mut RowBuilder,
        out: &mut Vec<u8>,
    ) {
        let row = Row::new(packed);
        for (field, kept) in self.of_kind(kind).iter().enumerate() {
            builder.raw(if *kept { row.bytes(field) } else { &[] });
        }
        builder.finish(out);
    }

    fn of_kind(&self, kind: Kind) -> &[bool] {
        let found = self.kinds.iter().find(|(of, _)| *of == kind);
        found.map_or(&[], |(_, fields)| fields)
    }
}

/// What no roster can do without, whatever the policy says.
fn is_needed(name: &str) -> bool {
    name == "roles"
}
