//! Answers that are a number.

use axum::http::HeaderMap;
use homeroom_wire::Object;
use serde_json::{Value, json};

use super::Telling;
use crate::address::{as_sent, at_source, set_link, without_count};
use crate::fault::Fault;
use crate::source::Unreadable;
use crate::world::World;

impl Telling<'_> {
    /// A number of records: the source's, unless some are hidden or split.
    pub(super) async fn tell_count(&self, world: &World) -> Result<(Value, HeaderMap), Unreadable> {
        let id = self.real_id(world).await?;
        let address = at_source(self.asked, id, self.asked.cursor, None);
        let (mut body, headers) = self.source.get(&address).await?.data()?;
        set_link(&mut body, "self", as_sent(self.asked));
        let gives = self.asked.route.gives;
        let people = matches!(
            gives,
            Object::User | Object::Student | Object::StudentContact
        );
        if people && (self.has(Fault::EmailSplit) || self.hiding().next().is_some()) {
            let list = without_count(self.asked, id);
            let lens = self.lens(world);
            let shown = self.source.all_at(list).await?;
            let shown = shown.iter().flat_map(|document| lens.show(gives, document));
            let count = shown.filter(|shown| self.wants(&shown.document)).count();
            if let Some(told) = body.get_mut("count") {
                *told = json!(count);
            }
        }
        Ok((body, headers))
    }
}
