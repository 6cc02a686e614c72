use async_trait::async_trait;
use homeroom_model::ObjectId;
use homeroom_store::{Conflict, People, Person, PersonKind, StoreError};
use rusqlite::{Row, Transaction, params};

use crate::columns::{id, list, moment, to_json};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

#[async_trait]
impl People for SqliteStore {
    async fn add_person(&self, person: Person) -> Result<(), StoreError> {
        person.check()?;
        self.write("adding a person", move |tx| add(tx, &person))
            .await
    }

    async fn people(&self, district: ObjectId) -> Result<Vec<Person>, StoreError> {
        self.read_many("listing people", move |connection| {
            let sql = "SELECT id, district, kind, email, first, last, title, department, schools, \
                       roles, staff_id, created FROM people WHERE district = ?1 \
                       ORDER BY created, id";
            query::all(connection, sql, [district.bytes()], read)
        })
        .await
    }

    async fn remove_person(
        &self,
        district: ObjectId,
        person: ObjectId,
    ) -> Result<bool, StoreError> {
        self.write("removing a person", move |tx| {
            let sql = "DELETE FROM people WHERE district = ?1 AND id = ?2";
            let key = [district.bytes(), person.bytes()];
            Ok(query::change(tx, sql, key)? > 0)
        })
        .await
    }
}

fn add(tx: &Transaction<'_>, person: &Person) -> Answer<()> {
    districts::required(tx, person.district)?;
    let sql = "SELECT 1 FROM people WHERE district = ?1 AND id = ?2";
    if query::any(tx, sql, [person.district.bytes(), person.id.bytes()])? {
        return Err(Fault::refused(
            Conflict::Exists,
            "there is a person with this id already",
        ));
    }
    let sql = "INSERT INTO people (id, district, kind, email, first, last, title, department, \
               schools, roles, staff_id, created) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let row = params![
        person.id.bytes(),
        person.district.bytes(),
        person.kind.as_str(),
        person.email,
        person.first,
        person.last,
        person.title,
        person.department,
        to_json(&person.schools)?,
        to_json(&person.roles)?,
        person.staff_id,
        person.created.millis(),
    ];
    query::change(tx, sql, row).map(drop)
}

fn read(row: &Row<'_>) -> Answer<Person> {
    let kind: String = row.get(2)?;
    Ok(Person {
        id: id(row, 0)?,
        district: id(row, 1)?,
        kind: PersonKind::from_name(&kind).ok_or(Fault::unreadable("a person's kind"))?,
        email: row.get(3)?,
        first: row.get(4)?,
        last: row.get(5)?,
        title: row.get(6)?,
        department: row.get(7)?,
        schools: list(row, 8)?,
        roles: list(row, 9)?,
        staff_id: row.get(10)?,
        created: moment(row, 11)?,
    })
}
