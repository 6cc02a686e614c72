use async_trait::async_trait;
use homeroom_model::ObjectId;

use super::refuse;
use crate::{Conflict, MemoryStore, People, Person, StoreError};

#[async_trait]
impl People for MemoryStore {
    async fn add_person(&self, person: Person) -> Result<(), StoreError> {
        person.check()?;
        let mut state = self.state();
        state.district(person.district)?;
        let key = (person.district, person.id);
        if state.people.contains_key(&key) {
            return Err(refuse(Conflict::Exists, "there is a person with this id"));
        }
        state.people.insert(key, person);
        Ok(())
    }

    async fn people(&self, district: ObjectId) -> Result<Vec<Person>, StoreError> {
        let state = self.state();
        let people = state.people.values();
        let mut people: Vec<_> = people
            .filter(|person| person.district == district)
            .cloned()
            .collect();
        people.sort_by_key(|person| (person.created, person.id));
        Ok(people)
    }

    async fn remove_person(
        &self,
        district: ObjectId,
        person: ObjectId,
    ) -> Result<bool, StoreError> {
        Ok(self.state().people.remove(&(district, person)).is_some())
    }
}
