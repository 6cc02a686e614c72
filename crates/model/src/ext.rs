//! Extension fields: columns a district adds under `ext.` (district-side 2.9, clever-api 3.11).

use crate::Text;

/// Extension fields of one record: names without the `ext.` prefix, in ascending order, each once.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Ext<'a>(Vec<(Text<'a>, Text<'a>)>);

crate::name::redacted!(Ext<'_>);

impl<'a> Ext<'a> {
    /// Adds a field or replaces its value.
    pub fn set(&mut self, name: impl Into<Text<'a>>, value: impl Into<Text<'a>>) {
        let (name, value) = (name.into(), value.into());
        match self.0.binary_search_by(|(other, _)| other.cmp(&name)) {
            Ok(at) => {
                if let Some(slot) = self.0.get_mut(at) {
                    slot.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// The fields in ascending order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// Whether the record has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_order_and_once() {
        let mut ext = Ext::default();
        for (name, value) in [("b", "1"), ("a", "2"), ("b", "3")] {
            ext.set(name, value);
        }
        assert_eq!(ext.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
        assert_eq!(format!("{ext:?}"), "Ext<'_> { .. }");
    }
}
