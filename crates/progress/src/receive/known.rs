//! Which students an app may report about: those that its view shows, in schools where Goals are on.

use std::sync::Arc;

use homeroom_model::{Kind, ObjectId, Scope};
use homeroom_segment::{Relation, Snapshot};

use crate::feed::FeedSettings;

/// Knows the students that an app may report about.
pub trait Known: Send + Sync {
    /// Whether the app may report about a student. Whatever the reason is that it may not, the answer is the same.
    fn knows(&self, student: &ObjectId, feed: &FeedSettings) -> bool;
}

impl<F: Fn(&ObjectId) -> bool + Send + Sync> Known for F {
    fn knows(&self, student: &ObjectId, _: &FeedSettings) -> bool {
        self(student)
    }
}

/// The students of a snapshot that are shared with an app.
pub struct SharedStudents {
    snapshot: Arc<Snapshot>,
    scope: Scope,
}

impl SharedStudents {
    /// The students that a scope has of a snapshot.
    pub fn new(snapshot: Arc<Snapshot>, scope: Scope) -> Self {
        Self { snapshot, scope }
    }
}

impl std::fmt::Debug for SharedStudents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SharedStudents({})", self.snapshot.number())
    }
}

impl Known for SharedStudents {
    fn knows(&self, student: &ObjectId, feed: &FeedSettings) -> bool {
        knows(&self.snapshot, &self.scope, student, feed)
    }
}

/// Whether a student is shared, and in a school where the feed is on.
pub fn knows(snapshot: &Snapshot, scope: &Scope, student: &ObjectId, feed: &FeedSettings) -> bool {
    let Some(row) = snapshot.table(Kind::Student).find(student) else {
        return false;
    };
    if !scope.contains(Kind::Student, row) {
        return false;
    }
    let schools = snapshot.lists(Relation::StudentSchools).get(row).iter();
    feed.takes(schools.map(|school| snapshot.table(Kind::School).id(*school)))
}
