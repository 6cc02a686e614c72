//! Every crate has the house's lints, and pure rooms the clippy settings that ban what a manifest cannot.

use toml::{Table, Value};

use super::{House, finding::Finding, manifest::Manifest, rooms::PURE};

const CHECK: &str = "lints";
/// Rooms that may have `unsafe` (with a SAFETY note each) and therefore a lint table of their own.
const UNSAFE_ROOMS: [&str; 1] = ["depot"];
const CLIPPY: &str = "clippy.toml";

/// Lint tables and clippy settings.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = table(house, "Cargo.toml");
    let lints = root
        .get("workspace")
        .and_then(|workspace| workspace.get("lints"));
    for manifest in &house.manifests {
        // `fuzz` is a workspace of its own.
        if manifest.room != "fuzz" {
            findings.extend(inherits(manifest, lints));
        }
    }
    findings.extend(clippy_settings(house));
    findings
}

fn table(house: &House, path: &str) -> Table {
    let text = house.tree.text(path).unwrap_or_default();
    text.parse().unwrap_or_default()
}

fn inherits(manifest: &Manifest, house_lints: Option<&Value>) -> Option<Finding> {
    let lints = manifest.table.get("lints");
    let inherited = lints.and_then(|lints| lints.get("workspace")) == Some(&Value::Boolean(true));
    let may_differ = UNSAFE_ROOMS.contains(&manifest.room.as_str());
    if inherited || (may_differ && differs_in_unsafe_only(lints, house_lints)) {
        return None;
    }
    let (what, repair) = if may_differ {
        (
            "has neither the house's lints nor the same with unsafe_code = \"deny\"",
            "repeat the root's [workspace.lints] as [lints], with unsafe_code = \"deny\" as the only difference",
        )
    } else {
        (
            "does not have the house's lints",
            "add:  [lints]  workspace = true",
        )
    };
    Some(Finding::new(CHECK, &manifest.path, 0, what, repair))
}

fn differs_in_unsafe_only(own: Option<&Value>, house: Option<&Value>) -> bool {
    let (Some(own), Some(house)) = (own, house) else {
        return false;
    };
    let mut expected = house.clone();
    let rust = expected.get_mut("rust").and_then(Value::as_table_mut);
    if let Some(rust) = rust {
        rust.insert("unsafe_code".to_owned(), Value::String("deny".to_owned()));
    }
    *own == expected
}

fn clippy_settings(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = table(house, CLIPPY);
    let mut model: Option<(String, &str)> = None;
    for manifest in &house.manifests {
        let path = manifest.path.replace("Cargo.toml", CLIPPY);
        let pure = manifest.is_product() && PURE.contains(&manifest.room.as_str());
        let Some(text) = house.tree.text(&path) else {
            findings.extend(pure.then(|| {
                let what =
                    "is missing: a pure room bans what its manifest cannot (files, network, clock)";
                Finding::new(CHECK, &path, 0, what, "copy the one of another pure room")
            }));
            continue;
        };
        findings.extend(shadowed(&root, &table(house, &path), &path));
        if !pure {
            continue;
        }
        let (first, shared) = model.get_or_insert_with(|| (path.clone(), text));
        if *shared != text {
            let what = format!("differs from {first}; pure rooms have one and the same");
            findings.push(Finding::new(
                CHECK,
                &path,
                0,
                what,
                "make the change in all of them",
            ));
        }
    }
    findings
}

/// A room's file replaces the root's instead of adding to it, so it must say the same and more.
fn shadowed(root: &Table, own: &Table, path: &str) -> Option<Finding> {
    let lost = root
        .iter()
        .find(|(key, value)| own.get(*key) != Some(value))?;
    Some(Finding::new(
        CHECK,
        path,
        0,
        format!("hides the root's clippy setting `{}`", lost.0),
        "repeat it as it stands in the root's clippy.toml",
    ))
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    const ROOT: &str =
        "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"warn\"\n";
    const INHERITS: &str = "[lints]\nworkspace = true\n";
    const SETTINGS: &str = "allow-unwrap-in-tests = true\ndisallowed-types = []\n";

    fn check(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![
            ("Cargo.toml", ROOT),
            ("clippy.toml", "allow-unwrap-in-tests = true\n"),
        ];
        all.extend(files);
        lines_of(&super::check(&house_of(&all)))
    }

    #[test]
    fn every_crate_has_the_lints_of_the_house() {
        let found = check(&[
            ("crates/api/Cargo.toml", ""),
            ("crates/store/Cargo.toml", INHERITS),
            ("fuzz/Cargo.toml", ""),
        ]);
        assert_eq!(
            found,
            ["crates/api/Cargo.toml:0 does not have the house's lints"]
        );
    }

    #[test]
    fn the_mapping_room_differs_in_unsafe_only() {
        let own = "[lints.rust]\nunsafe_code = \"deny\"\nmissing_docs = \"warn\"\n";
        assert!(check(&[("crates/depot/Cargo.toml", own)]).is_empty());
        assert_eq!(check(&[("crates/api/Cargo.toml", own)]).len(), 1);
        let less = "[lints.rust]\nunsafe_code = \"deny\"\n";
        assert_eq!(
            check(&[("crates/depot/Cargo.toml", less)]),
            [
                "crates/depot/Cargo.toml:0 has neither the house's lints nor the same with unsafe_code = \"deny\""
            ]
        );
    }

    #[test]
    fn pure_rooms_have_one_and_the_same_clippy_file() {
        let other = format!("{SETTINGS}# more\n");
        let found = check(&[
            ("crates/change/Cargo.toml", INHERITS),
            ("crates/model/Cargo.toml", INHERITS),
            ("crates/model/clippy.toml", SETTINGS),
            ("crates/wire/Cargo.toml", INHERITS),
            ("crates/wire/clippy.toml", &other),
        ]);
        assert_eq!(
            found,
            [
                "crates/change/clippy.toml:0 is missing: a pure room bans what its manifest cannot (files, network, clock)",
                "crates/wire/clippy.toml:0 differs from crates/model/clippy.toml; pure rooms have one and the same",
            ]
        );
    }

    #[test]
    fn a_room_does_not_lose_the_settings_of_the_root() {
        let found = check(&[
            ("crates/api/Cargo.toml", INHERITS),
            ("crates/api/clippy.toml", "disallowed-types = []\n"),
        ]);
        assert_eq!(
            found,
            ["crates/api/clippy.toml:0 hides the root's clippy setting `allow-unwrap-in-tests`"]
        );
    }
}
