use homeroom_model::{Kind, Resource, ResourceRole};

use crate::fields::resource as f;
use crate::noun::Noun;
use crate::row::{Row, RowBuilder};

const BITS: [(ResourceRole, u8); 2] = [(ResourceRole::Teacher, 1), (ResourceRole::Student, 2)];

impl<'a> Noun<'a> for Resource<'a> {
    const KIND: Kind = Kind::Resource;

    fn write(&self, row: &mut RowBuilder) {
        let bits = BITS
            .iter()
            .filter(|(role, _)| self.roles.contains(role))
            .fold(0, |bits, (_, bit)| bits | bit);
        row.text(&self.resource_id).text(&self.title).byte(bits);
    }

    fn read(row: Row<'a>) -> Self {
        let bits = row.code(f::ROLES);
        Self {
            resource_id: row.text(f::RESOURCE_ID).into(),
            title: row.text(f::TITLE).into(),
            roles: BITS
                .iter()
                .filter(|(_, bit)| bits & bit != 0)
                .map(|(role, _)| *role)
                .collect(),
        }
    }
}
