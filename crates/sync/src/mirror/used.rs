//! What the app uses of a record: the rest is dropped before it is written anywhere (integration-side B15).

use homeroom_model::Kind;
use homeroom_plan::Policy;
use homeroom_segment::fields::FieldKind;
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

    /// The packed row with what is used of it. Texts lose their control characters (integration-side A2.6); says whether there
    /// were any. The document beside the row keeps them.
    pub(super) fn trim(
        &self,
        kind: Kind,
        packed: &[u8],
        builder: &mut RowBuilder,
        out: &mut Vec<u8>,
    ) -> bool {
        let row = Row::new(packed);
        let mut cleaned = false;
        let fields = fields_of(kind).iter().zip(self.of_kind(kind));
        for (number, (field, kept)) in fields.enumerate() {
            let bytes = if *kept { row.bytes(number) } else { &[] };
            match plain(bytes).filter(|_| field.kind == FieldKind::Text) {
                Some(text) => {
                    cleaned = true;
                    builder.raw(text.as_bytes());
                }
                None => {
                    builder.raw(bytes);
                }
            }
        }
        builder.finish(out);
        cleaned
    }

    fn of_kind(&self, kind: Kind) -> &[bool] {
        let found = self.kinds.iter().find(|(of, _)| *of == kind);
        found.map_or(&[], |(_, fields)| fields)
    }
}

/// A text without its control characters, blanks in the place of those that part words; nothing for a text that has none.
fn plain(bytes: &[u8]) -> Option<String> {
    let may_have = |byte: &u8| *byte < b' ' || *byte == 0x7f || *byte == 0xc2;
    if !bytes.iter().any(may_have) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.contains(char::is_control) {
        return None;
    }
    let kept = text.chars().filter_map(|sign| match sign {
        sign if !sign.is_control() => Some(sign),
        sign if sign.is_whitespace() => Some(' '),
        _ => None,
    });
    Some(kept.collect())
}

/// What no roster can do without, whatever the policy says.
fn is_needed(name: &str) -> bool {
    name == "roles"
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn texts_lose_what_nobody_can_see() {
        let said = |text: &str| plain(text.as_bytes());
        assert_eq!(
            said("Zo\u{eb} O\u{2019}Brien \u{1f469}\u{200d}\u{1f52c}"),
            None
        );
        assert_eq!(
            said("A\u{a0}B"),
            None,
            "a blank that does not break is no control"
        );
        assert_eq!(said("Ana\nLi\u{7}").as_deref(), Some("Ana Li"));
        assert_eq!(said("a\0b\u{7f}c\u{85}d").as_deref(), Some("abc d"));
    }
}
