//! `sync init` and `sync token`: what is asked, checked and written.

use std::fs;
use std::path::Path;

use homeroom_testkit::Ran;

use super::Follower;
use crate::site::{Site, binary};

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_folder_is_made_once_and_keeps_its_token_sealed() {
    let follower = Follower::new();
    let token = follower.site.token.clone();
    for path in files(&follower.folder) {
        let bytes = fs::read(&path).unwrap();
        let shows = bytes
            .windows(token.len())
            .any(|part| part == token.as_bytes());
        assert!(!shows, "{} shows the token", path.display());
    }
    assert!(follower.site.folder().join("app.key").is_file());
    assert!(!follower.folder.join("app.key").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&follower.folder), 0o700);
        for file in ["sync.toml", "policy.toml", "secrets.json", "app.db"] {
            assert_eq!(mode(&follower.folder.join(file)), 0o600, "{file}");
        }
        assert_eq!(mode(&follower.site.folder().join("app.key")), 0o600);
    }
    // Once more it adds districts, and there is none to add.
    let again = follower.init(&["--yes", "--token", &token]).ok();
    assert_eq!(again["districts"][0]["number"], 1);
    let settings = fs::read_to_string(follower.folder.join("sync.toml")).unwrap();
    assert_eq!(settings.matches("[[district]]").count(), 1, "{settings}");
    let elsewhere = follower.init(&["--yes", "--token", &token, "--server", "http://127.0.0.1:9"]);
    assert!(elsewhere.said().contains("follows"), "{elsewhere:?}");
    // A lost key is told with the remedy.
    fs::remove_file(follower.site.folder().join("app.key")).unwrap();
    let lost = follower.run(&["status"]);
    assert_eq!(lost.code, Some(1));
    assert!(lost.said().contains("homeroom sync token"), "{lost:?}");
    let kept = Ran::of(
        follower
            .command(&["--folder", "app", "--json", "token"])
            .env("HOMEROOM_SYNC_TOKEN", &token),
    )
    .ok();
    assert_eq!(kept["kept"][0], "Elm County");
    assert_ne!(follower.run(&["status"]).code, Some(1));
}

#[test]
fn questions_say_what_choices_give_and_cost_and_answers_make_the_policy() {
    let site = Site::with(&homeroom_testkit::small_district());
    let server = site.serve();
    let folder = site.folder().join("app");
    let follower = Follower {
        site,
        server,
        folder,
    };
    let answers = format!(
        "{}\n\ntoken\n{}\n\nperhaps\nyes\nreview\n3\nstage\nask\nAmerica/Chicago\n",
        follower.server.url, follower.site.token
    );
    let made = follower.answer(&["init", "app"], &answers);
    assert_eq!(made.code, Some(0), "{made:?}");
    for part in [
        "gives:",
        "costs:",
        "Please answer no or yes.",
        "The server says: Elm County",
        "(not shown)",
    ] {
        assert!(made.stderr.contains(part), "{part}: {}", made.stderr);
    }
    assert!(!made.said().contains(&follower.site.token));
    assert!(
        made.stdout.contains("homeroom sync --folder app plan"),
        "{}",
        made.stdout
    );
    let policy = fs::read_to_string(follower.folder.join("policy.toml")).unwrap();
    for line in [
        "\ncontacts = [\"sis_id\"",
        "students = \"queue_for_review\"",
        "students = \"skip\"",
        "sis_id = \"suggest\"",
        "default = \"stage\"",
        "time_zone = \"America/Chicago\"",
    ] {
        assert!(policy.contains(line), "{line}\n{policy}");
    }
    // Nobody answers, and nobody said --yes.
    let silent = follower.answer(&["init", "other"], "");
    assert_eq!(silent.code, Some(1));
    assert!(silent.said().contains("--yes") && !follower.site.folder().join("other").exists());
}

#[test]
fn slips_are_told_before_anything_is_written() {
    let site = Site::with(&homeroom_testkit::small_district());
    let server = site.serve();
    let folder = site.folder().join("app");
    let follower = Follower {
        site,
        server,
        folder,
    };
    let url = follower.server.url.clone();
    for (arguments, code, said) in [
        (
            vec!["--server", &url, "--token", "nonsense"],
            7,
            "refused the token",
        ),
        (
            vec!["--server", "http://127.0.0.1:9", "--token", "t"],
            7,
            "nobody answers",
        ),
        (
            vec!["--server", "somewhere", "--token", "t"],
            1,
            "not the address",
        ),
        (vec!["--server", &url], 1, "--client-id"),
        (vec!["--token", "t"], 1, "--server"),
        (
            vec!["--server", &url, "--token", "t", "--api", "v9"],
            1,
            "there is no version v9",
        ),
        (
            vec![
                "--server",
                &url,
                "--client-id",
                "nobody",
                "--client-secret",
                "x",
            ],
            7,
            "refused the client id",
        ),
        (
            vec![
                "--server",
                &url,
                "--token",
                &follower.site.token,
                "--leaving",
                "never",
            ],
            1,
            "--leaving is deactivate",
        ),
    ] {
        let mut command = binary().command(follower.site.folder());
        let ran = Ran::of(
            command
                .args(["sync", "init", "app", "--yes"])
                .args(&arguments),
        );
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.said().contains(said), "{arguments:?}: {ran:?}");
        assert!(!follower.folder.exists(), "{arguments:?}");
    }
    let none = follower.run(&["plan"]);
    assert_eq!(none.code, Some(1));
    assert!(none.said().contains("homeroom sync init app"), "{none:?}");
}

#[test]
fn an_app_finds_its_districts_and_their_tokens() {
    let site = Site::with(&homeroom_testkit::small_district());
    let place = &site.installation;
    let app = place.run(&["app", "add", "Other Reader"]).ok();
    let text = |key: &str| app[key].as_str().unwrap().to_owned();
    let second = place.add_district("Oak County");
    for district in [&site.district, &second] {
        place.connect(&text("app"), district);
    }
    let upload = site.upload(&homeroom_testkit::small_district());
    place.import_ok(&upload, &second);
    let server = site.serve();
    let folder = site.folder().join("app");
    let follower = Follower {
        site,
        server,
        folder,
    };
    let access = [
        "--client-id",
        &text("client_id"),
        "--client-secret",
        &text("client_secret"),
    ];
    let made = follower
        .init(&[&["--yes", "--district", "oak county"][..], &access].concat())
        .ok();
    assert_eq!(made["districts"].as_array().unwrap().len(), 1);
    assert_eq!(made["districts"][0]["district"], second.as_str());
    let more = follower.init(&[&["--yes"][..], &access].concat()).ok();
    assert_eq!(more["districts"].as_array().unwrap().len(), 2);
    // Both are followed, each by itself; what is about one wants to know which.
    let planned = follower.run(&["plan"]).json();
    assert_eq!(planned["districts"].as_array().unwrap().len(), 2);
    let one = follower.run(&["plan", "--district", "Elm County"]).json();
    assert_eq!(one["districts"][0]["name"], "Elm County");
    let which = follower.run(&["now", "--person", "P1"]);
    assert!(which.said().contains("--district"), "{which:?}");
    let nobody = follower.run(&["plan", "--district", "Ash County"]);
    assert!(
        nobody.said().contains("Elm County, Oak County")
            || nobody.said().contains("Oak County, Elm County")
    );
}
