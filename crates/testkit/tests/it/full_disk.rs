//! A disk with little room.

use homeroom_testkit::{Loss, Shim};

use crate::actor::Stage;

#[test]
fn files_grow_until_the_disk_is_full_and_may_still_be_changed() {
    let stage = Stage::new();
    let lines = [
        "make a 1234",
        "grow a 10",
        "grow a 8",
        "grow old 6",
        "grow old 7",
        "cut a 0",
        "grow old 7",
        "sync old",
    ];
    let ran = stage.act(&lines, Loss::full_after(8));
    let grown: Vec<_> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("grow"))
        .collect();
    assert_eq!(
        grown,
        [
            "grow Err(StorageFull)",
            "grow Ok(())",
            "grow Ok(())",
            "grow Err(StorageFull)",
            "grow Err(StorageFull)"
        ]
    );
    assert_eq!(
        stage.found(),
        [
            ("a".to_owned(), String::new()),
            ("old".to_owned(), "xxxxxx".to_owned())
        ]
    );
    assert_eq!(Shim::tally(&stage.folder).unwrap().grown, 8);
}

#[test]
fn growth_is_counted() {
    let stage = Stage::new();
    stage.act(
        &["make a 1234", "append a 56", "grow a 6", "grow old 16"],
        Loss::NONE,
    );
    assert_eq!(Shim::tally(&stage.folder).unwrap().grown, 16);
}
