//! The query part of an address: names and values, decoded only where they must be.

use std::borrow::Cow;

/// One `name=value` of a query. `raw` is what the request said; links repeat it untouched.
pub(crate) struct Parameter<'q> {
    pub(crate) raw: &'q str,
    pub(crate) name: Cow<'q, [u8]>,
    pub(crate) value: Cow<'q, [u8]>,
}

/// The parameters of a query in their order. Empty ones (`a=1&&b=2`) are nothing; one without `=` has an empty value.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = Parameter<'_>> {
    query.split('&').filter(|raw| !raw.is_empty()).map(|raw| {
        let (name, value) = raw.split_once('=').unwrap_or((raw, ""));
        Parameter {
            raw,
            name: decoded(name),
            value: decoded(value),
        }
    })
}

/// Resolves `%41` and `+` (a space). A `%` that no two hexadecimal digits follow stands for itself, as browsers have it.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'+', _) => plain.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    plain.push(high << 4 | low);
                    rest = after;
                }
                _ => plain.push(b'%'),
            },
            _ => plain.push(byte),
        }
    }
    Cow::Owned(plain)
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_split_and_decoded() {
        let read: Vec<_> =
            parameters("limit=5&&role=district%5Fadmin&count&x=a+b%2B%zz%4&%6cimit=7")
                .map(|parameter| {
                    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    (text(&parameter.name), text(&parameter.value))
                })
                .collect();
        let expected = [
            ("limit", "5"),
            ("role", "district_admin"),
            ("count", ""),
            ("x", "a b+%zz%4"),
            ("limit", "7"),
        ];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.into(), value.into()))
        );
        assert_eq!(parameters("").count(), 0);
    }
}
