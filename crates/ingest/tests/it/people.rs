//! People kept by hand: they come with the first import, at once after it, and no import removes them.

use std::sync::Arc;

use homeroom_ingest::{ChangeCounts, Outcome, Report};
use homeroom_model::{Employee, Kind, ObjectId, Role};
use homeroom_segment::{Noun as _, Relation, Snapshot};
use homeroom_store::{People as _, Person, PersonKind};
use homeroom_testkit::{Files, small_district};

use crate::contents::contents;
use crate::site::{DAY, Site, request};
use crate::watched::{Before, Watched};

const ADMIN: u8 = 1;
const TECH: u8 = 2;

fn id(number: u8) -> ObjectId {
    ObjectId::new([number; 12])
}

/// A district admin with the email of the teacher T2, in other letters.
fn admin(site: &Site) -> Person {
    Person {
        id: id(ADMIN),
        district: site.district,
        kind: PersonKind::DistrictAdmin,
        email: "Ivan.June@ELM.example".to_owned(),
        first: "Ivan".to_owned(),
        last: "June".to_owned(),
        title: "Superintendent".to_owned(),
        department: String::new(),
        schools: Vec::new(),
        roles: Vec::new(),
        staff_id: String::new(),
        created: site.clock.now(),
    }
}

/// A member of staff whom no file knows, at one school that there is and one that there is not.
fn tech(site: &Site) -> Person {
    Person {
        id: id(TECH),
        kind: PersonKind::Staff,
        email: "kit.pond@elm.example".to_owned(),
        first: "Kit".to_owned(),
        last: "Pond".to_owned(),
        title: "Technician".to_owned(),
        department: "IT".to_owned(),
        schools: vec!["S2".to_owned(), "S9".to_owned()],
        staff_id: "H1".to_owned(),
        ..admin(site)
    }
}

impl Site {
    async fn add(&self, person: Person) {
        self.store.add_person(person).await.unwrap();
    }

    async fn remove(&self, person: u8) {
        assert!(
            self.store
                .remove_person(self.district, id(person))
                .await
                .unwrap()
        );
    }

    async fn people_changed(&self) {
        self.ingest.people_changed(self.district).await.unwrap();
    }
}

/// Id of the person and id of the role of a teacher.
fn teacher(snapshot: &Snapshot, sis_id: &str) -> (ObjectId, ObjectId) {
    let of = |employee: &Employee<'_>| {
        let teacher = employee.teacher.as_ref();
        teacher.is_some_and(|teacher| teacher.sis_id == sis_id)
    };
    ids(snapshot, 0, of).expect("the teacher is there")
}

fn ids(
    snapshot: &Snapshot,
    role: usize,
    wanted: impl Fn(&Employee<'_>) -> bool,
) -> Option<(ObjectId, ObjectId)> {
    let table = snapshot.table(Kind::Employee);
    let row = (0..table.len()).find(|row| wanted(&Employee::read(table.row(*row))))?;
    Some((
        table.id(row),
        table.role_id(row, role).expect("the role has an id"),
    ))
}

fn admin_ids(snapshot: &Snapshot) -> Option<(ObjectId, ObjectId)> {
    ids(snapshot, 2, |employee| employee.admin.is_some())
}

fn tech_ids(snapshot: &Snapshot) -> Option<(ObjectId, ObjectId)> {
    let of = |employee: &Employee<'_>| {
        let staff = employee.staff.as_ref();
        staff.is_some_and(|staff| staff.kept_by_hand && staff.staff_id == "H1")
    };
    ids(snapshot, 1, of)
}

/// The files of another day.
fn next_day() -> Files {
    small_district().replacing("teachers.csv", "Gail,Hart,Teacher", "Gail,Hart,Principal")
}

async fn import(site: &Site, files: &Files) -> Report {
    site.clock.pass(DAY);
    site.import(files).await.unwrap()
}

#[tokio::test]
async fn added_before_the_first_import_they_come_with_it_and_merge_by_email() {
    let site = Site::new().await;
    site.add(admin(&site)).await;
    site.add(tech(&site)).await;
    site.people_changed().await;
    assert_eq!(
        site.number().await,
        0,
        "without files there is nothing to publish"
    );

    let report = site.publish(&small_district()).await;
    assert_eq!(report.changes["district_admins"].created, 1);
    assert_eq!(report.changes["staff"].created, 3);
    // T1; T2 with the admin; T3 with A1; A2; the technician.
    assert_eq!(site.published().await.table(Kind::Employee).len(), 5);
    let snapshot = site.published().await;
    let (person, role) = admin_ids(&snapshot).unwrap();
    assert_eq!(teacher(&snapshot, "T2").0, person, "one email, one person");
    assert_ne!(
        teacher(&snapshot, "T2").1,
        role,
        "each role has an id of its own"
    );
    let contact = site.document().await.contact.unwrap();
    assert_eq!(
        (contact.id, contact.first.as_str(), contact.title.as_str()),
        (person, "Ivan", "Superintendent")
    );
    // The one school of the technician that there is.
    let (person, _) = tech_ids(&snapshot).unwrap();
    let row = snapshot.table(Kind::Employee).find(&person).unwrap();
    let schools = snapshot.lists(Relation::StaffSchools).get(row).iter();
    let table = snapshot.table(Kind::School);
    let names = schools.map(|school| homeroom_model::School::read(table.row(*school)).sis_id);
    assert_eq!(names.collect::<Vec<_>>(), ["S2"]);
    // They are published: there is nothing more to do.
    site.people_changed().await;
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.number().await, 1);
}

#[tokio::test]
async fn added_after_it_they_are_published_at_once_and_no_import_removes_them() {
    let site = Site::new().await;
    let first = site.publish(&small_district()).await;
    let alone = teacher(&site.published().await, "T2");
    assert_eq!(site.document().await.contact, None);

    site.clock.pass(DAY);
    site.add(admin(&site)).await;
    site.add(tech(&site)).await;
    site.people_changed().await;
    assert_eq!(
        (site.number().await, site.view().await.snapshot),
        (2, Some(2))
    );
    let snapshot = site.published().await;
    let (admin_there, tech_there) = (admin_ids(&snapshot), tech_ids(&snapshot));
    assert_eq!(
        teacher(&snapshot, "T2"),
        alone,
        "the older role keeps the person's id"
    );
    assert_eq!(admin_there.unwrap().0, alone.0);
    assert_eq!(site.document().await.contact.unwrap().id, alone.0);

    // The same files are no change, and are told of as they were; the same records in other bytes change nothing either.
    let again = import(&site, &small_district()).await;
    assert_eq!((again.state, again.snapshot), (Outcome::NoChange, Some(2)));
    assert_eq!(
        (again.counts, again.problems),
        (first.counts, first.problems)
    );
    let other_bytes = small_district().appending("schools.csv", "\n");
    let again = import(&site, &other_bytes).await;
    assert_eq!((again.state, again.snapshot), (Outcome::NoChange, Some(2)));

    let report = import(&site, &next_day()).await;
    assert_eq!(report.snapshot, Some(3));
    let admins = ChangeCounts {
        unchanged: 1,
        after: 1,
        ..ChangeCounts::default()
    };
    assert_eq!(report.changes["district_admins"], admins);
    let snapshot = site.published().await;
    assert_eq!(
        (admin_ids(&snapshot), tech_ids(&snapshot)),
        (admin_there, tech_there)
    );
}

#[tokio::test]
async fn removed_they_are_gone_and_the_others_stay_who_they_were() {
    let site = Site::new().await;
    site.publish(&small_district()).await;
    let before = site.published().await;
    site.add(admin(&site)).await;
    site.add(tech(&site)).await;
    site.people_changed().await;
    let (with_admin, with_tech) = {
        let snapshot = site.published().await;
        (admin_ids(&snapshot), tech_ids(&snapshot))
    };

    site.clock.pass(DAY);
    site.remove(ADMIN).await;
    site.remove(TECH).await;
    site.people_changed().await;
    let snapshot = site.published().await;
    assert_eq!((admin_ids(&snapshot), tech_ids(&snapshot)), (None, None));
    assert_eq!(teacher(&snapshot, "T2"), teacher(&before, "T2"));
    assert!(contents(&snapshot) == contents(&before), "all is as it was");
    assert_eq!(site.document().await.contact, None);

    // Who is added again is who it was; so it is after an import too.
    site.clock.pass(DAY);
    site.add(admin(&site)).await;
    site.add(tech(&site)).await;
    let report = import(&site, &next_day()).await;
    assert_eq!(report.changes["staff"].created, 1);
    let snapshot = site.published().await;
    assert_eq!(
        (admin_ids(&snapshot), tech_ids(&snapshot)),
        (with_admin, with_tech)
    );
}

#[tokio::test]
async fn a_person_may_be_all_three_and_part_again() {
    let site = Site::new().await;
    site.publish(&small_district()).await;
    // T3 and A1 are one by their email; now an admin joins, then another email parts them.
    let kay = Person {
        email: "kay.lima@elm.example".to_owned(),
        ..admin(&site)
    };
    site.add(kay).await;
    site.people_changed().await;
    let snapshot = site.published().await;
    let all = teacher(&snapshot, "T3").0;
    assert_eq!(admin_ids(&snapshot).unwrap().0, all);
    let row = snapshot.table(Kind::Employee).find(&all).unwrap();
    for role in [Role::Teacher, Role::Staff, Role::DistrictAdmin] {
        assert!(snapshot.employees_with(role).contains(row), "{role:?}");
    }
    let apart = small_district().replacing("teachers.csv", "kay.lima@", "kay@");
    let report = import(&site, &apart).await;
    assert_eq!(report.state, Outcome::Published, "{:?}", report.held);
    let snapshot = site.published().await;
    assert_eq!(
        teacher(&snapshot, "T3").0,
        all,
        "the oldest role keeps the id"
    );
    assert_ne!(admin_ids(&snapshot).unwrap().0, all);
}

#[tokio::test]
async fn added_while_an_import_runs_they_are_caught_up_with_after_it() {
    for call in ["people", "publish", "finish_run"] {
        let site = Arc::new(Site::new().await);
        site.publish(&small_district()).await;
        let here = Arc::clone(&site);
        let meanwhile = move || async move {
            here.add(admin(&here)).await;
            // Somebody else's import runs, so this leaves it to whoever looks next.
            let command = here.process("command");
            command.people_changed(here.district).await.unwrap();
        };
        let store = Watched::new(&site.store, Before::new(call, meanwhile));
        let importing = site.process_over("importing", store);
        site.clock.pass(DAY);
        let report = importing.import(request(site.district, &next_day())).await;
        assert_eq!(report.unwrap().snapshot, Some(2));
        let there = admin_ids(&site.published().await).is_some();
        assert_eq!(
            there,
            call == "people",
            "{call}: it sees who was there when it looked"
        );

        site.ingest.catch_up().await.unwrap();
        let number = if there { 2 } else { 3 };
        assert_eq!(
            (site.number().await, site.view().await.snapshot),
            (number, Some(number))
        );
        assert!(admin_ids(&site.published().await).is_some());
        site.ingest.catch_up().await.unwrap();
        assert_eq!(site.number().await, number, "{call}: once is enough");
    }
}

#[tokio::test]
async fn an_import_of_the_same_files_brings_who_was_added() {
    let site = Site::new().await;
    site.publish(&small_district()).await;
    site.add(admin(&site)).await;
    let report = import(&site, &small_district()).await;
    assert_eq!(
        (report.state, report.snapshot),
        (Outcome::NoChange, Some(2))
    );
    assert!(admin_ids(&site.published().await).is_some());
    assert_eq!(site.view().await.snapshot, Some(2));
}

/// What the last upload was found to be is about files: somebody added by hand does not make it better, and is no sync.
#[tokio::test]
async fn a_person_added_by_hand_leaves_the_state_of_the_files_alone() {
    let site = Site::new().await;
    import(&site, &small_district()).await;
    site.clock.pass(DAY);
    let broken = import(&site, &small_district().without("teachers.csv")).await;
    assert_eq!(broken.state, Outcome::Error);
    let before = site.document().await;
    assert_eq!(before.state, "error");
    site.clock.pass(DAY);
    site.add(admin(&site)).await;
    site.ingest.people_changed(site.district).await.unwrap();
    let after = site.document().await;
    assert_eq!(
        (after.state, after.error, after.last_sync),
        (before.state, before.error, before.last_sync)
    );
    assert_eq!(site.number().await, 2, "but the person is published");
    assert!(after.contact.is_some());
}
