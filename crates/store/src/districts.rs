//! Districts: the document apps see, and the district pointer.

use async_trait::async_trait;
use homeroom_model::{Date, District, DistrictContact, ObjectId, Timestamp};

use crate::{StoreError, limits};

/// How many districts one page of [`Districts::all_districts`] asks for.
const PAGE: u32 = 1000;

/// A district as the control store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistrictRecord {
    /// The newest document. What an app sees is the copy in its connection's view pointer.
    pub document: District,
    /// When the district was added.
    pub created: Timestamp,
    /// Counts the changes of the document, from 0.
    pub revision: u64,
    /// The district pointer: number of the newest snapshot, `None` before the first publish.
    pub snapshot: Option<u64>,
}

/// What to do with one field of a document.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Edit<T> {
    /// Leave it.
    #[default]
    Keep,
    /// Give it this value.
    To(T),
}

impl<T> From<Option<T>> for Edit<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::To)
    }
}

impl<T> Edit<T> {
    fn apply(self, field: &mut T) {
        if let Self::To(value) = self {
            *field = value;
        }
    }
}

/// A change of a district document, field by field, so that two people editing different fields do not meet.
/// Write `DistrictChange { state: Edit::To("success".into()), ..Default::default() }`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields of `District`, explained there")]
pub struct DistrictChange {
    pub name: Edit<String>,
    pub mdr_number: Edit<String>,
    pub nces_id: Edit<String>,
    pub launch_date: Edit<Date>,
    pub portal_url: Edit<String>,
    pub sis_type: Edit<String>,
    pub login_methods: Edit<Vec<String>>,
    pub error: Edit<String>,
    pub state: Edit<String>,
    pub last_sync: Edit<Option<Timestamp>>,
    pub last_attendance_sync: Edit<Option<Timestamp>>,
    pub pause_start: Edit<Option<Date>>,
    pub pause_end: Edit<Option<Date>>,
    pub contact: Edit<Option<DistrictContact>>,
}

impl DistrictChange {
    /// The document after the change.
    pub fn apply(self, document: &District) -> District {
        let mut after = document.clone();
        self.name.apply(&mut after.name);
        self.mdr_number.apply(&mut after.mdr_number);
        self.nces_id.apply(&mut after.nces_id);
        self.launch_date.apply(&mut after.launch_date);
        self.portal_url.apply(&mut after.portal_url);
        self.sis_type.apply(&mut after.sis_type);
        self.login_methods.apply(&mut after.login_methods);
        self.error.apply(&mut after.error);
        self.state.apply(&mut after.state);
        self.last_sync.apply(&mut after.last_sync);
        self.last_attendance_sync
            .apply(&mut after.last_attendance_sync);
        self.pause_start.apply(&mut after.pause_start);
        self.pause_end.apply(&mut after.pause_end);
        self.contact.apply(&mut after.contact);
        after
    }
}

impl DistrictRecord {
    /// The record of a district just added. Refused as `Invalid` over the limits.
    pub fn new(document: District, created: Timestamp) -> Result<Self, StoreError> {
        check_document(&document)?;
        Ok(Self {
            document,
            created,
            revision: 0,
            snapshot: None,
        })
    }

    /// Changes the document and counts the revision, unless the document stays the same: a change that changes nothing
    /// must not look like one to an app. Refused as `Invalid` over the limits.
    pub fn change(&mut self, change: DistrictChange) -> Result<(), StoreError> {
        let after = change.apply(&self.document);
        if after != self.document {
            check_document(&after)?;
            self.document = after;
            self.revision += 1;
        }
        Ok(())
    }
}

/// Districts, each the unit of everything else.
#[async_trait]
pub trait Districts: Send + Sync {
    /// Adds a district. Refused: `Invalid` over the limits, `Exists` if the id is taken.
    async fn add_district(
        &self,
        document: District,
        created: Timestamp,
    ) -> Result<DistrictRecord, StoreError>;

    /// A district by id.
    async fn district(&self, district: ObjectId) -> Result<Option<DistrictRecord>, StoreError>;

    /// At most `limit` districts with an id above `after`, ascending by id.
    async fn districts(
        &self,
        after: Option<ObjectId>,
        limit: u32,
    ) -> Result<Vec<DistrictRecord>, StoreError>;

    /// Changes the document and returns the record as it is then; `None` if there is no such district.
    /// The revision rises by one if the document differs. Refused: `Invalid` over the limits.
    async fn change_district(
        &self,
        district: ObjectId,
        change: DistrictChange,
    ) -> Result<Option<DistrictRecord>, StoreError>;

    /// Every district, ascending by id, read page by page: not one moment's list if districts are being added.
    async fn all_districts(&self) -> Result<Vec<DistrictRecord>, StoreError> {
        let mut all: Vec<DistrictRecord> = Vec::new();
        loop {
            let after = all.last().map(|record| record.document.id);
            let page = self.districts(after, PAGE).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }
}

/// Refuses a district document over the limits.
pub(crate) fn check_document(document: &District) -> Result<(), StoreError> {
    for (what, text) in [
        ("the name of a district", &document.name),
        ("mdr_number", &document.mdr_number),
        ("nces_id", &document.nces_id),
        ("portal_url", &document.portal_url),
        ("sis_type", &document.sis_type),
        ("the error text of a district", &document.error),
        ("the state of a district", &document.state),
    ] {
        limits::text(what, text)?;
    }
    limits::list("login_methods", &document.login_methods)?;
    document.contact.iter().try_for_each(|contact| {
        limits::text("the contact's first name", &contact.first)?;
        limits::text("the contact's last name", &contact.last)?;
        limits::text("the contact's email", &contact.email)?;
        limits::text("the contact's title", &contact.title)
    })
}
