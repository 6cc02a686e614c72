//! What became of ids: people who leave and come back, merge and part, and get other keys.

use homeroom_history::{Became, Keyed, Now};
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::fields;
use homeroom_testkit::{Files, small_district};

use crate::installation::Installation;

async fn became(here: &Installation, id: ObjectId) -> Became {
    let told = here.history().became(here.district, id).await.unwrap();
    told.unwrap_or_else(|| panic!("{id} was never given"))
}

/// The id of the record with a natural key, as it is published.
async fn id_of(here: &Installation, kind: Kind, field: usize, key: &str) -> ObjectId {
    let snapshot = here.snapshot().await;
    let table = snapshot.table(kind);
    let row = (0..table.len()).find(|row| table.row(*row).text(field) == key);
    table.id(row.unwrap_or_else(|| panic!("no {key}")))
}

async fn student(here: &Installation, key: &str) -> ObjectId {
    id_of(here, Kind::Student, fields::student::SIS_ID, key).await
}

async fn by_key(here: &Installation, keyed: Keyed, key: &str) -> Vec<Became> {
    here.history()
        .became_of_key(here.district, keyed, key)
        .await
        .unwrap()
}

fn events(became: &Became) -> Vec<String> {
    let history = became.history.iter();
    history
        .map(|happened| format!("{} {}", happened.snapshot, happened.event))
        .collect()
}

/// The small district without its student P6, who is in X3 and X4.
fn without_p6() -> Files {
    small_district()
        .replacing(
            "students.csv",
            "S2,P6,9006,Fox,Remy,11,F,12/12/2008,,Kit Fox,Parent/Guardian,Parent,5550101007,kit@home.example,C6\n",
            "",
        )
        .replacing("enrollments.csv", "S2,X3,P6\n", "")
        .replacing("enrollments.csv", "S2,X4,P6\n", "")
}

#[tokio::test]
async fn who_leaves_keeps_the_id_for_a_while_and_gets_it_back() {
    let here = Installation::new().await;
    here.publish_files(&small_district()).await;
    let id = student(&here, "P6").await;
    let told = became(&here, id).await;
    assert_eq!((told.now, told.present), (Now::Published, Some(id)));
    assert_eq!(
        told.says,
        format!(
            "{id} is the id of a student (P6), given on 2025-10-10 (snapshot 1) by its id in the SIS; it is published now."
        )
    );
    here.publish_files(&without_p6()).await;
    let told = became(&here, id).await;
    assert_eq!((told.now, told.present), (Now::Left, None));
    assert_eq!(
        told.key.as_deref(),
        Some("P6"),
        "its key is known as long as the changes are"
    );
    assert_eq!(events(&told), ["1 given", "2 left"]);
    assert!(
        told.says.ends_with(
            "; it left on 2025-10-11 (snapshot 2) and gets this id back if it returns in time."
        ),
        "{}",
        told.says
    );
    here.publish_files(&small_district()).await;
    assert_eq!(student(&here, "P6").await, id);
    let told = became(&here, id).await;
    assert_eq!(events(&told), ["1 given", "2 left", "3 returned"]);
    let back = ", back on 2025-10-12 (snapshot 3); it is published now.";
    assert!(told.says.ends_with(back), "{}", told.says);
    let runs: Vec<_> = told
        .history
        .iter()
        .map(|happened| happened.run.unwrap())
        .collect();
    assert!(runs[0] != runs[1] && runs[1] != runs[2]);
    assert_eq!(by_key(&here, Keyed::Students, "P6").await, [told]);
    assert_eq!(by_key(&here, Keyed::Students, "p6").await, []);
    let never = here
        .history()
        .became(here.district, ObjectId::new([3; 12]))
        .await;
    assert_eq!(never.unwrap(), None);
}

#[tokio::test]
async fn another_key_for_the_same_person_is_another_id_that_the_first_one_leads_to() {
    let here = Installation::new().await;
    here.publish_files(&small_district()).await;
    let before = student(&here, "P6").await;
    let rekeyed = small_district()
        .replacing("students.csv", "S2,P6,", "S2,Q6,")
        .replacing("enrollments.csv", "X3,P6", "X3,Q6")
        .replacing("enrollments.csv", "X4,P6", "X4,Q6");
    here.publish_files(&rekeyed).await;
    let after = student(&here, "Q6").await;
    assert_ne!(before, after);
    let told = became(&here, before).await;
    assert_eq!(
        (told.now, told.present),
        (Now::Rekeyed, Some(after)),
        "{told:?}"
    );
    assert_eq!(told.key.as_deref(), Some("P6"));
    assert_eq!(told.others[0].id, after);
    assert_eq!(told.others[0].key.as_deref(), Some("Q6"));
    assert_eq!(
        told.says,
        format!(
            "{before} is the id of a student (P6), given on 2025-10-10 (snapshot 1) by its id in the SIS; it left on \
             2025-10-11 (snapshot 2) and is probably {after} since then by name and dob, which is published now."
        )
    );
    let told = became(&here, after).await;
    assert_eq!((told.now, told.others[0].id), (Now::Published, before));
    assert_eq!(told.others[0].now, Now::Rekeyed);
    assert_eq!(by_key(&here, Keyed::Students, "P6").await[0].id, before);
}

#[tokio::test]
async fn people_part_and_merge_and_their_roles_keep_their_ids() {
    let here = Installation::new().await;
    here.publish_files(&small_district()).await;
    let teacher = fields::employee::TEACHER_SIS_ID;
    let person = id_of(&here, Kind::Employee, teacher, "T3").await;
    let role = by_key(&here, Keyed::Staff, "A1").await[0].id;
    assert_eq!(
        became(&here, person).await.key.as_deref(),
        Some("teacher:T3 staff:A1")
    );
    let parted = small_district().replacing("staff.csv", "kay.lima@elm", "kay.other@elm");
    here.publish_files(&parted).await;
    let other = id_of(&here, Kind::Employee, fields::employee::STAFF_ID, "A1").await;
    assert_ne!(other, person);
    let told = became(&here, other).await;
    assert_eq!(told.now, Now::Published);
    assert_eq!(events(&told), ["2 given", "2 split_from"]);
    assert_eq!(told.others[0].id, person);
    here.publish_files(&small_district()).await;
    let told = became(&here, other).await;
    assert_eq!(
        (told.now, told.present),
        (Now::Merged, Some(person)),
        "{told:?}"
    );
    assert!(
        told.says
            .contains(&format!(" into {person}, which is published now.")),
        "{}",
        told.says
    );
    let told = became(&here, role).await;
    assert_eq!(
        (told.what, told.now, told.key.as_deref()),
        ("staff", Now::Published, Some("A1"))
    );
    assert_eq!(events(&told), ["1 given", "2 moved_to", "3 moved_to"]);
    let others: Vec<_> = told
        .others
        .iter()
        .map(|other| (other.id, other.now))
        .collect();
    assert_eq!(others, [(person, Now::Published), (other, Now::Merged)]);
    assert_eq!(by_key(&here, Keyed::Staff, "A1").await, [told]);
}

#[tokio::test]
async fn keys_of_every_kind_are_found_and_no_name_is_shown() {
    let here = Installation::new().await;
    here.publish_files(&small_district()).await;
    for (keyed, key, what) in [
        (Keyed::Schools, "S1", "school"),
        (Keyed::Students, "P1", "student"),
        (Keyed::Teachers, "T1", "teacher"),
        (Keyed::Staff, "A2", "staff"),
        (Keyed::Contacts, "C1", "contact"),
        (Keyed::Sections, "X3", "section"),
        (Keyed::Courses, "B1", "course"),
        (Keyed::Resources, "L1", "resource"),
    ] {
        let told = by_key(&here, keyed, key).await;
        assert_eq!(told.len(), 1, "{key}");
        assert_eq!((told[0].what, told[0].key.as_deref()), (what, Some(key)));
        assert_eq!(told[0].now, Now::Published);
        for name in ["Nia", "Hart", "Nash", "Chidi", "elm.example"] {
            assert!(!told[0].says.contains(name), "{}", told[0].says);
        }
        assert_eq!(Keyed::from_text(keyed.text()), Some(keyed));
    }
    let snapshot = here.snapshot().await;
    let table = snapshot.table(Kind::Term);
    for row in 0..table.len() {
        let told = became(&here, table.id(row)).await;
        assert!(told.key.unwrap().contains("2024-08-20"));
    }
}
