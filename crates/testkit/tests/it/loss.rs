//! What a loss of power leaves of files and names.

use homeroom_testkit::{At, Keep, Loss, Shim};

use crate::actor::Stage;

/// What is left, as `name=text` in one line, after the actor did the lines and the power went right after the last one.
fn left(stage: &Stage, lines: &[&str]) -> String {
    stage.reset();
    let ran = stage.act(lines, Loss::new(At::Exit, Keep::Nothing));
    assert!(ran.stdout.contains("acted"), "{ran:?}");
    text(stage)
}

fn text(stage: &Stage) -> String {
    let found = stage.found().into_iter();
    let found: Vec<_> = found
        .map(|(name, text)| {
            if name.ends_with('/') {
                name
            } else {
                format!("{name}={text}")
            }
        })
        .collect();
    found.join(" ")
}

#[test]
fn only_what_was_synced_stays() {
    let stage = Stage::new();
    for (lines, expected) in [
        // Bytes.
        (&["write old 0 AFTER"][..], "old=before"),
        (&["write old 0 AFTER", "sync old"], "old=AFTERe"),
        (&["write old 0 AFTER", "data old"], "old=AFTERe"),
        (
            &["write old 0 AF", "sync old", "write old 2 TER"],
            "old=AFfore",
        ),
        (&["append old !", "sync old", "cut old 2"], "old=before!"),
        (&["cut old 2", "sync old"], "old=be"),
        (&["make old new"], "old=before"),
        (&["make old new", "sync old"], "old=new"),
        // Names.
        (&["make a 1"], "old=before"),
        (&["make a 1", "sync a"], "old=before"),
        (&["make a 1", "names"], "a= old=before"),
        (&["make a 1", "sync a", "names"], "a=1 old=before"),
        (&["unlink old"], "old=before"),
        (&["unlink old", "names"], ""),
        (&["move old new"], "old=before"),
        (&["move old new", "names"], "new=before"),
        (&["make a 1", "sync a", "move a old"], "old=before"),
        (&["make a 1", "sync a", "move a old", "names"], "old=1"),
        (&["make a 1", "move a old", "names"], "old="),
        (&["link old b"], "old=before"),
        (&["link old b", "names"], "b=before old=before"),
        (&["copy old b", "names"], "b= old=before"),
        (&["copy old b", "sync b", "names"], "b=before old=before"),
        // Folders.
        (&["mkdir d"], "old=before"),
        (
            &["mkdir d", "make d/a 1", "sync d/a", "names d"],
            "old=before",
        ),
        (
            &["mkdir d", "names", "make d/a 1", "sync d/a"],
            "d/ old=before",
        ),
        (
            &["mkdir d", "names", "make d/a 1", "sync d/a", "names d"],
            "d/ d/a=1 old=before",
        ),
        (&["mkdir d", "names", "rmdir d"], "d/ old=before"),
        (
            &["mkdir d", "names", "move old d/old", "names"],
            "d/ old=before",
        ),
        (
            &["mkdir d", "names", "move old d/old", "names", "names d"],
            "d/ d/old=before",
        ),
        // The same name several times.
        (&["unlink old", "make old x", "sync old"], "old=before"),
        (&["unlink old", "make old x", "sync old", "names"], "old=x"),
        (
            &["make a 1", "sync a", "move a b", "move b c", "move c old"],
            "old=before",
        ),
    ] {
        assert_eq!(left(&stage, lines), expected, "{lines:?}");
    }
}

#[test]
fn the_power_goes_before_the_operation_that_was_asked_for() {
    let stage = Stage::new();
    let lines = ["make a 1", "sync a", "names", "unlink old", "names"];
    stage.act(&lines, Loss::NONE);
    let trace = Shim::trace(&stage.folder);
    assert_eq!(
        trace,
        [
            "1 create /a",
            "2 write /a",
            "3 sync /a",
            "4 sync ",
            "5 unlink /old",
            "6 sync "
        ]
    );
    assert_eq!(Shim::tally(&stage.folder).unwrap().operations, 6);
    for (at, expected) in [
        (1, "old=before"),
        (4, "old=before"),
        (5, "a=1 old=before"),
        (6, "a=1 old=before"),
    ] {
        stage.reset();
        let ran = stage.act(&lines, Loss::new(At::Operation(at), Keep::Nothing));
        assert_eq!(ran.code, None, "killed at {at}: {ran:?}");
        assert_eq!(Shim::tally(&stage.folder), None);
        assert_eq!(text(&stage), expected, "before operation {at}");
    }
    stage.reset();
    let ran = stage.act(&lines, Loss::new(At::Operation(7), Keep::Nothing));
    assert_eq!((ran.code, text(&stage).as_str()), (Some(0), "a=1"));
}

#[test]
fn a_kill_keeps_everything() {
    let stage = Stage::new();
    let ran = stage.act(
        &["make a 1", "write old 0 AFTER", "names"],
        Loss::new(At::Operation(4), Keep::Everything),
    );
    assert_eq!((ran.code, text(&stage).as_str()), (None, "a=1 old=AFTERe"));
}

#[test]
fn dice_keep_some_writes_and_the_first_names() {
    let stage = Stage::new();
    let lines = [
        "make a 1",
        "make b 2",
        "make c 3",
        "write old 0 X",
        "write old 2 Y",
        "write old 5 Z",
    ];
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..60 {
        stage.reset();
        stage.act(&lines, Loss::new(At::Exit, Keep::Some(seed)));
        let found = stage.found();
        let names: String = found.iter().map(|(name, _)| name.as_str()).collect();
        assert!(
            ["old", "aold", "abold", "abcold"].contains(&names.as_str()),
            "{names}"
        );
        for (name, text) in &found {
            let choices: [&[&str]; 6] = [
                &["b", "X"],
                &["e"],
                &["f", "Y"],
                &["o"],
                &["r"],
                &["e", "Z"],
            ];
            let fits = if name == "old" {
                let letters: Vec<_> = text.split("").filter(|letter| !letter.is_empty()).collect();
                letters.len() == 6
                    && letters
                        .iter()
                        .zip(choices)
                        .all(|(letter, choices)| choices.contains(letter))
            } else {
                text.is_empty() || text.len() == 1
            };
            assert!(fits, "{name}={text}");
        }
        seen.insert(found);
    }
    assert!(seen.len() > 20, "{} different states", seen.len());
}

#[test]
fn a_large_write_is_torn_at_sectors() {
    let stage = Stage::new();
    let mut torn = 0;
    for seed in 0..40 {
        stage.reset();
        stage.act(
            &["make a 1", "names", "grow a 4096"],
            Loss::new(At::Exit, Keep::Some(seed)),
        );
        let found = std::fs::read(stage.folder.join("a")).unwrap();
        assert!(
            found.len() <= 1 || found.len().is_multiple_of(512),
            "{}",
            found.len()
        );
        let sectors: Vec<_> = found
            .chunks(512)
            .map(|sector| sector.split(|byte| *byte == b'x').count() - 1)
            .collect();
        assert!(
            found.len() <= 1 || sectors.iter().all(|count| [0, 511, 512].contains(count)),
            "{sectors:?}"
        );
        torn += usize::from(
            sectors.contains(&0) && sectors.contains(&512)
                || (found.len() > 1 && found.len() < 4096),
        );
    }
    assert!(torn > 0, "no write was torn");
}
