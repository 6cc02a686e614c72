//! A loss of power before the n-th operation on the disk: of an import, and of every command that makes something.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homeroom_testkit::{
    At, Edition, Files, IdBook, Installation, Keep, Loss, Ran, Shim, Walk, district_of, get, seed,
    soak,
};

use crate::site::{Content, Left, Site, binary, content_of};

const STUDENTS: u64 = 50;

/// Takes the power from a command at many moments, each time in a fresh place, and has what is left checked: the checks
/// are told whether the command had ended well before.
fn lose_everywhere<T>(
    seed: u64,
    share: usize,
    fresh: impl Fn() -> T,
    prepare: impl Fn(&T) -> (Command, &Path),
    mut check: impl FnMut(&T, bool),
) {
    let shim = Shim::build();
    let place = fresh();
    let (mut command, root) = prepare(&place);
    shim.preload(&mut command, root, Loss::NONE);
    Ran::of(&mut command).ok();
    let operations = Shim::trace(root);
    drop(place);
    let (mut cut_short, mut ended_well) = (0, 0);
    for at in moments(&operations, share) {
        for loss in losses(at, seed) {
            let place = fresh();
            let (mut command, root) = prepare(&place);
            shim.preload(&mut command, root, loss);
            let ran = Ran::of(&mut command);
            let ended = ran.code == Some(0);
            assert!(
                ended || (ran.code.is_none() && at != At::Exit),
                "{loss:?}: {ran:?}"
            );
            let _account = Account {
                loss,
                root: root.to_owned(),
            };
            check(&place, ended);
            *(if ended {
                &mut ended_well
            } else {
                &mut cut_short
            }) += 1;
        }
    }
    let count = operations.len();
    eprintln!(
        "seed {seed}: {count} operations; {cut_short} times cut short, {ended_well} times ended before"
    );
}

/// Where to cut a program of which these are the operations: before every one in a soak, else before about so many, evenly
/// spread (the many folders of a new depot are made alike and not counted); and at the end of the program.
fn moments(operations: &[String], share: usize) -> Vec<At> {
    assert!(
        !operations.is_empty(),
        "the program did nothing that could be lost"
    );
    // One more than were counted: what runs beside an import may do an operation more or less.
    let all = (1..).zip(operations.iter().map(String::as_str).chain([""]));
    let telling = all.filter(|(_, line)| soak() || !line.contains(" mkdir "));
    let numbers: Vec<u64> = telling.map(|(number, _)| number).collect();
    let step = if soak() {
        1
    } else {
        numbers.len().div_ceil(share)
    };
    let moments = numbers.into_iter().step_by(step).map(At::Operation);
    moments.chain([At::Exit]).collect()
}

/// The ways to lose at one moment: all of them in a soak, else turn by turn. What a program said is done must be on the
/// disk whatever the disk forgets.
fn losses(at: At, seed: u64) -> Vec<Loss> {
    let At::Operation(number) = at else {
        return vec![Loss::new(at, Keep::Nothing)];
    };
    let ways = [Keep::Nothing, Keep::Some(seed ^ number), Keep::Everything];
    let all = ways.map(|keep| Loss::new(at, keep));
    if soak() {
        all.to_vec()
    } else {
        vec![all[usize::from(number % 2 == 1)]]
    }
}

/// Tells, when a check fails, what was lost and what had been done before.
struct Account {
    loss: Loss,
    root: std::path::PathBuf,
}

impl Drop for Account {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let trace = Shim::trace(&self.root);
            let last = trace[trace.len().saturating_sub(12)..].join("\n");
            eprintln!("{:?}; the last operations:\n{last}", self.loss);
        }
    }
}

/// Imports of the same files over the same site.
fn lose_imports(seed: u64, share: usize, site: &Site, files: &Files) -> [u32; 2] {
    let content = content_of(files);
    let old = site.walk();
    let upload = site.upload(files);
    let mut lefts = [0; 2];
    lose_everywhere(
        seed,
        share,
        || site.copy(),
        |copy| {
            (
                copy.installation.import_command(&upload, &copy.district),
                copy.installation.place(),
            )
        },
        |copy, ended| {
            let left = recovers(copy, &old, files, &content);
            assert!(
                !ended || left == Left::New,
                "it ended well and was not published"
            );
            lefts[left as usize] += 1;
        },
    );
    eprintln!(
        "seed {seed}: {} losses left the old state, {} the new one",
        lefts[0], lefts[1]
    );
    lefts
}

/// Checks a site that lost its power while it imported: what it serves, and that it goes on.
fn recovers(site: &Site, old: &Walk, files: &Files, content: &Content) -> Left {
    let mut book = IdBook::new();
    book.enter(old).unwrap();
    let left = site.left(old, content, &mut book);
    site.import_ok(files);
    let after = site.walk();
    after.same_content(content).unwrap();
    book.enter(&after).unwrap();
    site.sweep();
    left
}

#[test]
fn an_import_that_loses_its_power_leaves_the_old_or_the_new_snapshot() {
    let seed = seed(21);
    let site = Site::with(&district_of(STUDENTS, Edition(0)));
    let [olds, news] = lose_imports(seed, 14, &site, &district_of(STUDENTS, Edition(1)));
    assert!(olds > 0 && news > 0);
}

/// Were these syncs not made, the tests above would notice: a published import would be gone with the power.
#[test]
fn an_import_that_does_not_sync_is_noticed() {
    let site = Site::with(&district_of(STUDENTS, Edition(0)));
    let old = site.walk();
    let upload = site.upload(&district_of(STUDENTS, Edition(1)));
    let shim = Shim::build();
    // The control store's log and the file it is merged into when the command ends.
    for (deaf, status) in [("/depot/objects", 503), ("/control.db", 200)] {
        let copy = site.copy();
        let mut command = copy.installation.import_command(&upload, &copy.district);
        let loss = Loss {
            deaf: Some(deaf),
            ..Loss::new(At::Exit, Keep::Nothing)
        };
        shim.preload(&mut command, copy.installation.place(), loss);
        assert_eq!(Ran::of(&mut command).ok()["state"], "published");
        let answer = copy.serve().get("/v3.1/users", &copy.token);
        assert_eq!(answer.status, status, "{deaf}: {}", answer.text());
        if status == 200 {
            copy.walk().same(&old).unwrap();
        }
    }
}

#[test]
fn a_first_import_that_loses_its_power_leaves_nothing_or_all() {
    let seed = seed(22);
    let site = Site::new();
    assert!(site.walk().documents("users").is_empty());
    let [olds, news] = lose_imports(seed, 6, &site, &district_of(STUDENTS, Edition(0)));
    assert!(olds > 0 && news > 0);
}

#[test]
fn a_new_installation_that_loses_its_power_can_be_made_again() {
    let seed = seed(23);
    let folder = homeroom_testkit::folder();
    let fresh = || {
        let place = folder.path().join("fresh");
        let _ = std::fs::remove_dir_all(&place);
        Installation::new(&binary(), &place)
    };
    let add = ["district", "add", "Elm County"];
    let check = |installation: &Installation, ended: bool| {
        let second = installation.add_district("Birch County");
        let listed = installation.run(&["district", "list"]).ok();
        let rows = listed["districts"].as_array().unwrap().iter();
        let mut names: Vec<_> = rows.map(|row| row["name"].as_str().unwrap()).collect();
        // Made in the same second, their ids are in any order.
        names.sort_unstable();
        let both = names == ["Birch County", "Elm County"];
        assert!(both || (names == ["Birch County"] && !ended), "{names:?}");
        let app = installation.add_app("Reader");
        installation.connect(&app, &second);
    };
    lose_everywhere(
        seed,
        14,
        fresh,
        |installation| (installation.json_command(&add), installation.place()),
        check,
    );
}

#[test]
fn an_app_that_loses_its_power_is_there_or_can_be_added_again() {
    let seed = seed(24);
    let folder = homeroom_testkit::folder();
    let template = Installation::new(&binary(), &folder.path().join("template"));
    template.add_district("Elm County");
    let fresh = || template.copy(&folder.path().join("copy"));
    let add = ["app", "add", "Reader"];
    let check = |installation: &Installation, ended: bool| {
        let listed = installation.run(&["app", "list"]).ok();
        let count = listed["apps"].as_array().unwrap().len();
        assert!(count == 1 || (count == 0 && !ended), "{listed}");
        installation.add_app("Another");
    };
    lose_everywhere(
        seed,
        8,
        fresh,
        |installation| (installation.json_command(&add), installation.place()),
        check,
    );
}

#[test]
fn a_connection_that_loses_its_power_is_there_or_can_be_made_again() {
    let seed = seed(25);
    let folder = homeroom_testkit::folder();
    let template = Installation::new(&binary(), &folder.path().join("template"));
    let district = template.add_district("Elm County");
    let added = template.run(&["app", "add", "Reader"]).ok();
    let [client, secret] = ["client_id", "client_secret"].map(|key| added[key].as_str().unwrap());
    let fresh = || template.copy(&folder.path().join("copy"));
    let connect = ["connect", client, &district];
    let check = |installation: &Installation, ended: bool| {
        let mut tokens = tokens(installation, client, secret);
        assert!(
            tokens.len() == 1 || (tokens.is_empty() && !ended),
            "{tokens:?}"
        );
        if tokens.is_empty() {
            tokens.push(installation.connect(client, &district));
        }
        let districts = installation.serve().get("/v3.1/districts", &tokens[0]);
        assert_eq!(districts.status, 200, "{}", districts.text());
    };
    lose_everywhere(
        seed,
        12,
        fresh,
        |installation| (installation.json_command(&connect), installation.place()),
        check,
    );
}

/// The tokens that an app finds: they are sealed with the master key, which must be there still.
fn tokens(installation: &Installation, client: &str, secret: &str) -> Vec<String> {
    let basic = format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")));
    let server = installation.serve();
    let path = "/oauth/tokens?owner_type=district";
    let answer = get(&server.url, path, &[("Authorization", &basic)]).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let listed = answer.json();
    let grants = listed["data"].as_array().unwrap().iter();
    grants
        .map(|grant| grant["access_token"].as_str().unwrap().to_owned())
        .collect()
}
