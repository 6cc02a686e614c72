//! `homeroom goals report`: each audience, in its language.

use super::*;

#[test]
fn every_audience_has_its_report() {
    let site = site();
    let (place, server) = (&site.installation, site.serve());
    let nia = id_of(&site, &server, "P1");
    report(&site, &server, &[(&nia, 30.0, 3.0)]);
    let tell = |arguments: &[&str]| {
        let told = place.tell(&[&["goals", "report"], arguments].concat());
        assert_eq!(told.code, Some(0), "{told:?}");
        told.stdout
    };
    for (arguments, name, sees_names) in [
        (&["district"][..], "Elm County", false),
        (&["school", "S1"], "Elm Street Elementary", false),
        (&["school", "harbor high"], "Harbor High", false),
        (&["teacher", "T1"], "Gail Hart", true),
        (&["student", "P1"], "Nia Abara", true),
        (&["contact", "C1"], "Chidi Abara", true),
        (&["app", "Reader"], "Reader in Elm County", false),
    ] {
        let shown = tell(arguments);
        assert!(shown.starts_with(&format!("{name}, as of ")), "{shown}");
        assert!(
            shown.lines().all(|line| line.chars().count() <= 100),
            "{shown}"
        );
        assert_eq!(shown.contains("Nia"), sees_names, "{arguments:?}: {shown}");
        let figure = place.run(&[&["goals", "report"], arguments].concat()).ok();
        assert_eq!(figure["audience"], arguments[0]);
        assert_eq!(figure["district"], json!(site.district));
        let csv = place
            .run(&[&["goals", "report"], arguments, &["--csv"]].concat())
            .ok();
        let csv = text(&csv, "csv").to_owned();
        assert!(csv.lines().next().unwrap().contains(','), "{csv}");
        assert_eq!(
            tell(&[arguments, &["--csv"]].concat()).trim_end(),
            csv.trim_end()
        );
    }
    // Those whom it is about are never called what teachers call them (integration-side D6).
    for own in [
        tell(&["student", "P1"]),
        tell(&["contact", "C1", "--language", "es"]),
    ] {
        for word in ["stuck", "inactive", "behind", "slow"] {
            assert!(!own.contains(word), "{own}");
        }
    }
    // What stands between the numbers is in their language too, line by line.
    for own in [["student", "P1"], ["contact", "C1"]] {
        let in_language = |tag| tell(&[&own[..], &["--language", tag]].concat());
        let (english, spanish) = (in_language("en"), in_language("es"));
        assert!(spanish.contains(", año escolar 2"), "{spanish}");
        assert_eq!(english.lines().count(), spanish.lines().count());
        for (english, spanish) in english.lines().zip(spanish.lines()) {
            assert!(english != spanish || english.is_empty(), "{spanish}");
        }
        for word in [
            "week", "minutes", "school", "target", "report", "heard", " in ",
        ] {
            assert!(!spanish.contains(word), "{word} in {spanish}");
        }
    }
    let own = tell(&["student", "P1", "--language", "es"]);
    assert!(own.contains("  este año escolar: 30 minutos, 3 "), "{own}");
    let weeks = tell(&["district", "--weeks"]);
    assert!(weeks.contains("monday"), "{weeks}");

    let plain = |arguments: &[&str]| {
        let mut command = place.command(&[&["goals", "report"], arguments].concat());
        Ran::of(command.env("LC_ALL", "C")).stdout
    };
    assert!(plain(&["app", "Reader"]).is_ascii());

    for (wrong, says) in [
        (&["school"][..], "whose figures"),
        (&["district", "S1"], "--district"),
        (&["teacher", "T99"], "no teacher T99"),
        (&["student", "5f00aa11bb22cc33dd44ee01"], "no student"),
        (&["student", "P1", "--weeks"], "weeks"),
        (&["app", "Nobody"], "no app Nobody"),
        (&["district", "--app", "Nobody"], "no app Nobody"),
    ] {
        let refused = place.run(&[&["goals", "report"], wrong].concat());
        assert_eq!(refused.code, Some(1), "{wrong:?}");
        assert!(refused.said().contains(says), "{refused:?}");
    }
    // Whoever reads figures that tell of single people leaves a trace.
    let read = what_was_read(place);
    assert!(read.contains(&format!("student {nia}")), "{read:?}");
    assert!(read.iter().any(|what| what.starts_with("app ")), "{read:?}");
}
