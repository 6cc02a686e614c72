//! People kept by hand: district admins and staff that no file brings (issue 2, CLI `admin` and `staff`).

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{StoreError, limits};

/// What a person kept by hand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonKind {
    /// A district administrator.
    DistrictAdmin,
    /// A member of staff.
    Staff,
}

impl PersonKind {
    /// The name the API and the stored form use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DistrictAdmin => "district_admin",
            Self::Staff => "staff",
        }
    }

    /// The kind of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::DistrictAdmin, Self::Staff]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// A person kept by hand. Merges by email like every other employee record, and no import removes it
/// (district-side 2.7). Personal data: `Debug` shows ids only.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Identifies the record in the district; the natural key of the role it becomes.
    pub id: ObjectId,
    /// The district.
    pub district: ObjectId,
    /// What the person is.
    pub kind: PersonKind,
    /// Email, as entered.
    pub email: String,
    /// Given name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Title, may be empty.
    pub title: String,
    /// Department, may be empty.
    pub department: String,
    /// SIS ids of the person's schools, in the order entered.
    pub schools: Vec<String>,
    /// Names of dashboard permissions, in the order entered.
    pub roles: Vec<String>,
    /// The staff id, may be empty.
    pub staff_id: String,
    /// When the person was added.
    pub created: Timestamp,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .field("district", &self.district)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Person {
    /// Checks that every adapter makes before it writes a person.
    pub fn check(&self) -> Result<(), StoreError> {
        for (what, text) in [
            ("email", &self.email),
            ("the first name", &self.first),
            ("the last name", &self.last),
            ("the title", &self.title),
            ("the department", &self.department),
            ("the staff id", &self.staff_id),
        ] {
            limits::text(what, text)?;
        }
        limits::list("the list of schools", &self.schools)?;
        limits::list("the list of roles", &self.roles)
    }
}

/// People kept by hand.
#[async_trait]
pub trait People: Send + Sync {
    /// Adds a person. Refused: `Invalid` over the limits, `Gone` if there is no such district, `Exists` if the id is
    /// taken in the district.
    async fn add_person(&self, person: Person) -> Result<(), StoreError>;

    /// The people of a district in the order in which they were added (`created`, then id): the first district admin
    /// is the district's contact (issue 2, settled).
    async fn people(&self, district: ObjectId) -> Result<Vec<Person>, StoreError>;

    /// Removes a person; `false` if there was none.
    async fn remove_person(&self, district: ObjectId, person: ObjectId)
    -> Result<bool, StoreError>;
}
