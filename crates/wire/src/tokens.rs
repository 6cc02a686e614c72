//! The list of district tokens an application may use: `GET /oauth/tokens?owner_type=district` (clever-api 7.5).

use homeroom_model::{ObjectId, Timestamp};

use crate::json;

/// One token, granted by one district. Holds a secret: `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// Id of the grant.
    pub id: ObjectId,
    /// When it was granted.
    pub created: Timestamp,
    /// The district that granted it.
    pub district: ObjectId,
    /// The token.
    pub access_token: &'a str,
    /// What the token reaches, in the order to show.
    pub scopes: &'a [&'a str],
}

impl std::fmt::Debug for Grant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Grant {{ id: {}, district: {}, .. }}",
            self.id, self.district
        )
    }
}

/// The body of the list, in ascending order of districts. Items are not wrapped and there are no pages. `district` is the
/// value of the request's parameter of that name, which the self link repeats.
pub fn tokens(grants: &[Grant<'_>], district: Option<&ObjectId>) -> Vec<u8> {
    let mut grants: Vec<_> = grants.iter().collect();
    grants.sort_by_key(|grant| (grant.district, grant.id));
    let mut out = b"{\"data\":[".to_vec();
    for (index, grant) in grants.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_grant(&mut out, grant);
    }
    out.extend_from_slice(
        b"],\"links\":[{\"rel\":\"self\",\"uri\":\"/oauth/tokens?owner_type=district",
    );
    if let Some(district) = district {
        out.extend_from_slice(b"&district=");
        json::push_id(&mut out, district);
    }
    out.extend_from_slice(b"\"}]}");
    out
}

fn push_grant(out: &mut Vec<u8>, grant: &Grant<'_>) {
    out.extend_from_slice(b"{\"id\":\"");
    json::push_id(out, &grant.id);
    out.extend_from_slice(b"\",\"created\":\"");
    out.extend_from_slice(&json::instant(grant.created));
    out.extend_from_slice(b"\",\"owner\":{\"type\":\"district\",\"id\":\"");
    json::push_id(out, &grant.district);
    out.extend_from_slice(b"\"},\"access_token\":\"");
    json::push_escaped(out, grant.access_token.as_bytes());
    out.extend_from_slice(b"\",\"scopes\":[");
    for (index, scope) in grant.scopes.iter().enumerate() {
        out.extend_from_slice(if index > 0 { b",\"" } else { b"\"" });
        json::push_escaped(out, scope.as_bytes());
        out.push(b'"');
    }
    out.extend_from_slice(b"]}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ObjectId {
        ObjectId::from_hex(text).unwrap()
    }

    #[test]
    fn tokens_stand_by_district() {
        let first = Grant {
            id: id("6200aa11bb22cc33dd44ee70"),
            created: Timestamp::from_millis(1_719_179_792_335),
            district: id("5f00aa11bb22cc33dd44ee02"),
            access_token: "0123",
            scopes: &["read:user_id", "read:students_basic"],
        };
        let second = Grant {
            district: id("5f00aa11bb22cc33dd44ee00"),
            scopes: &[],
            ..first
        };
        let text = String::from_utf8(tokens(&[first, second], None)).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"data":[{"id":"6200aa11bb22cc33dd44ee70","created":"2024-06-23T21:56:32.335Z","#,
                r#""owner":{"type":"district","id":"5f00aa11bb22cc33dd44ee00"},"access_token":"0123","scopes":[]},"#,
                r#"{"id":"6200aa11bb22cc33dd44ee70","created":"2024-06-23T21:56:32.335Z","#,
                r#""owner":{"type":"district","id":"5f00aa11bb22cc33dd44ee02"},"access_token":"0123","#,
                r#""scopes":["read:user_id","read:students_basic"]}],"#,
                r#""links":[{"rel":"self","uri":"/oauth/tokens?owner_type=district"}]}"#
            )
        );
        assert!(!format!("{first:?}").contains("0123"));
    }

    #[test]
    fn one_district_is_repeated_in_the_link() {
        let text = tokens(&[], Some(&id("5f00aa11bb22cc33dd44ee00")));
        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"{"data":[],"links":[{"rel":"self","uri":"/oauth/tokens?owner_type=district&district=5f00aa11bb22cc33dd44ee00"}]}"#
        );
    }
}
