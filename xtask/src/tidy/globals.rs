//! Time, randomness and the environment are arguments (invariant 6), and pure rooms do not reach outside (invariant 1).

use super::{
    House,
    finding::Finding,
    rooms::PURE,
    rust_file::{NamePath, RustFile},
};

const CHECK: &str = "globals";

/// A group of calls, where it is forbidden and what to do instead.
struct Ban {
    paths: &'static [&'static [&'static str]],
    applies: fn(room: &str, test: bool) -> bool,
    why: &'static str,
    repair: &'static str,
}

const BANS: [Ban; 3] = [
    Ban {
        paths: &[
            &["SystemTime", "now"],
            &["Instant", "now"],
            &["Timestamp", "now"],
            &["Zoned", "now"],
            &["rand", "rng"],
            &["rand", "random"],
            &["thread_rng"],
            &["from_os_rng"],
            &["OsRng"],
            &["SysRng"],
            &["getrandom"],
            &["SystemRandom"],
            &["aws_lc_rs", "rand"],
        ],
        // In tests too: a test that asks the clock or the dice cannot be repeated.
        applies: |room, _| room != "cli",
        why: "only `cli` may ask the clock or the dice",
        repair: "take the time, the id or a seeded generator as an argument",
    },
    Ban {
        paths: &[
            &["env", "var"],
            &["env", "var_os"],
            &["env", "vars"],
            &["env", "vars_os"],
            &["env", "args"],
            &["env", "current_dir"],
        ],
        applies: |room, test| !test && !["cli", "testkit"].contains(&room),
        why: "only `cli` may read the environment",
        repair: "take the setting as an argument; `cli/src/config` reads it",
    },
    Ban {
        paths: &[
            &["std", "fs"],
            &["std", "net"],
            &["std", "process"],
            &["std", "env"],
            &["thread", "spawn"],
        ],
        applies: |room, test| !test && PURE.contains(&room),
        why: "this is a pure room",
        repair: "take bytes or a reader from the caller, and return bytes or values",
    },
];

/// Every forbidden path in the product.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &house.rust {
        let Some(room) = file.room() else { continue };
        for path in file.name_paths() {
            findings.extend(forbidden(file, room, &path));
        }
    }
    findings
}

fn forbidden(file: &RustFile, room: &str, path: &NamePath) -> Option<Finding> {
    BANS.iter()
        .filter(|ban| (ban.applies)(room, path.test))
        .find_map(|ban| {
            let names = ban.paths.iter().find(|names| path.holds(names))?;
            let item = names.join("::");
            let what = format!("uses `{item}`: {}", ban.why);
            Some(Finding::new(CHECK, &file.path, path.line, what, ban.repair).about(&item))
        })
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    fn check(path: &str, code: &str) -> Vec<String> {
        lines_of(&super::check(&house_of(&[(path, code)])))
    }

    #[test]
    fn clock_and_dice_are_forbidden_everywhere_but_in_the_binary() {
        let code = "use std::time::{Instant, SystemTime};\nfn f() { Instant::now(); jiff::Timestamp::now(); rand::rng(); }\n";
        assert_eq!(
            check("crates/store/src/lib.rs", code),
            [
                "crates/store/src/lib.rs:2 uses `Instant::now`: only `cli` may ask the clock or the dice",
                "crates/store/src/lib.rs:2 uses `Timestamp::now`: only `cli` may ask the clock or the dice",
                "crates/store/src/lib.rs:2 uses `rand::rng`: only `cli` may ask the clock or the dice",
            ]
        );
        assert_eq!(check("crates/store/tests/it/main.rs", code).len(), 3);
        assert!(check("crates/cli/src/main.rs", code).is_empty());
        assert!(check("benches/src/main.rs", code).is_empty());
    }

    #[test]
    fn imports_do_not_hide_a_generator() {
        let found = check(
            "crates/ingest/src/ids.rs",
            "use rand::{rngs::OsRng, RngCore};\n",
        );
        assert_eq!(
            found,
            ["crates/ingest/src/ids.rs:1 uses `OsRng`: only `cli` may ask the clock or the dice"]
        );
    }

    #[test]
    fn the_environment_is_read_by_the_binary_and_by_tests() {
        let code = "fn f() { std::env::var(\"HOME\"); }\n";
        assert_eq!(
            check("crates/api/src/lib.rs", code),
            ["crates/api/src/lib.rs:1 uses `env::var`: only `cli` may read the environment"]
        );
        for path in [
            "crates/api/tests/it/main.rs",
            "crates/testkit/src/lib.rs",
            "crates/cli/src/main.rs",
        ] {
            assert!(check(path, code).is_empty(), "{path}");
        }
    }

    #[test]
    fn pure_rooms_do_not_reach_outside() {
        let code = "use std::{io, fs::File};\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        assert_eq!(
            check("crates/intake/src/lib.rs", code),
            ["crates/intake/src/lib.rs:1 uses `std::fs`: this is a pure room"]
        );
        assert!(check("crates/depot/src/lib.rs", code).is_empty());
    }
}
