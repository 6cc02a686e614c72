//! Which tests are properties: they draw their cases from a seed, which `cargo xtask soak properties` gives them anew in
//! each round. They are found in the sources, so that there is no list to forget; what cannot be found there, or would
//! draw the same cases in every round, is a finding.

use std::ops::Range;

use super::{
    House,
    finding::Finding,
    manifest::Manifest,
    rust_file::{Kind, RustFile},
};

const CHECK: &str = "properties";

/// A test that draws its cases.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Property {
    /// The package that it is a test of.
    pub(crate) package: String,
    /// The function's name, without modules.
    pub(crate) name: String,
}

/// A function marked `#[test]`, with its tokens.
struct Test {
    name: String,
    tokens: Range<usize>,
}

/// Where cases are drawn: the tokens of the macro with its arguments, or of the call.
struct Draw {
    line: usize,
    tokens: Range<usize>,
}

/// Every property of the product, in the order of packages and names.
pub(crate) fn all(house: &House) -> Vec<Property> {
    let mut found = Vec::new();
    for (file, package) in files(house) {
        let tests = tests(file);
        for draw in draws(file) {
            found.extend(drawn_by(&draw, &tests).map(|test| Property {
                package: package.to_owned(),
                name: test.name.clone(),
            }));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Draws that stand in no test, seeds that are fixed, and rooms that could draw but have no property.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = rooms_without(house);
    for (file, _) in files(house) {
        let tests = tests(file);
        let lost = draws(file).into_iter();
        let lost = lost.filter(|draw| drawn_by(draw, &tests).next().is_none());
        findings.extend(lost.map(|draw| {
            Finding::new(
                CHECK,
                &file.path,
                draw.line,
                "draws cases outside a function marked `#[test]`: `cargo xtask soak properties` cannot find it",
                "call `proptest!` or `TestRunner::new` in the test itself",
            )
        }));
        let fixed = file.tokens.iter().filter(|token| token.is("rng_seed"));
        findings.extend(fixed.map(|token| {
            Finding::new(
                CHECK,
                &file.path,
                token.line,
                "fixes the seed of a property: it would draw the same cases in every round of a soak",
                "leave it out; `.cargo/config.toml` gives every test its seed",
            )
        }));
    }
    findings
}

fn rooms_without(house: &House) -> Vec<Finding> {
    let properties = all(house);
    let mut findings = Vec::new();
    for manifest in house
        .manifests
        .iter()
        .filter(|manifest| manifest.is_product())
    {
        let dependencies = manifest.dependencies();
        let proptest = dependencies
            .iter()
            .find(|found| found.package == "proptest");
        let package = package(manifest).unwrap_or_default();
        let none = !properties.iter().any(|found| found.package == package);
        findings.extend(proptest.filter(|_| none).map(|proptest| {
            Finding::new(
                CHECK,
                &manifest.path,
                proptest.line,
                "takes proptest, but no test of the room draws with `proptest!` or `TestRunner::new`",
                "draw so that `cargo xtask soak properties` finds it, or leave the dependency out",
            )
        }));
    }
    findings
}

fn package(manifest: &Manifest) -> Option<&str> {
    manifest.table.get("package")?.get("name")?.as_str()
}

/// The product's files with the packages they belong to.
fn files(house: &House) -> impl Iterator<Item = (&RustFile, &str)> {
    house.rust.iter().filter_map(|file| {
        let room = file.room()?;
        let mut manifests = house.manifests.iter();
        let own = manifests.find(|manifest| manifest.is_product() && manifest.room == room)?;
        Some((file, package(own)?))
    })
}

/// The tests that draw there: those inside the macro, or the one around macro or call.
fn drawn_by<'a>(draw: &'a Draw, tests: &'a [Test]) -> impl Iterator<Item = &'a Test> {
    let within = |outer: &Range<usize>, inner: &Range<usize>| {
        outer.start <= inner.start && inner.end <= outer.end
    };
    tests.iter().filter(move |test| {
        within(&draw.tokens, &test.tokens) || within(&test.tokens, &draw.tokens)
    })
}

/// `proptest! {…}`, `proptest!(…)`, and runners that take their seed from the configuration.
fn draws(file: &RustFile) -> Vec<Draw> {
    let is = |at: usize, name: &str| file.tokens.get(at).is_some_and(|token| token.is(name));
    let mark = |at: usize| file.tokens.get(at).map(|token| token.kind);
    let mut found = Vec::new();
    for (at, token) in file.tokens.iter().enumerate() {
        let end = if is(at, "proptest") && mark(at + 1) == Some(Kind::Punct('!')) {
            file.tokens.get(at + 2).map(|open| open.close)
        } else if is(at, "TestRunner") && (is(at + 3, "new") || is(at + 3, "default")) {
            Some(at + 3)
        } else {
            None
        };
        found.extend(end.map(|end| Draw {
            line: token.line,
            tokens: at..end,
        }));
    }
    found
}

fn tests(file: &RustFile) -> Vec<Test> {
    let mut found = Vec::new();
    for (at, token) in file.tokens.iter().enumerate() {
        if !token.is("fn") || token.attribute || !is_marked(file, at) {
            continue;
        }
        let Some(name) = file.tokens.get(at + 1) else {
            continue;
        };
        found.extend(file.body_close(at + 2).map(|end| Test {
            name: name.text.clone(),
            tokens: at..end,
        }));
    }
    found
}

/// Whether one of the attributes in front of the word `fn` at `at` is `#[test]`.
fn is_marked(file: &RustFile, mut at: usize) -> bool {
    while let Some(before) = at.checked_sub(1)
        && let Some(token) = file.tokens.get(before)
    {
        match token.kind {
            // `async`, `pub`
            Kind::Ident if !token.attribute => at = before,
            Kind::Close(']') if token.attribute => {
                let open = file.tokens.iter().position(|open| open.close == before);
                let Some(open) = open else { return false };
                let alone = open + 2 == before;
                if alone
                    && file
                        .tokens
                        .get(open + 1)
                        .is_some_and(|name| name.is("test"))
                {
                    return true;
                }
                // The hash in front of the bracket.
                at = open.saturating_sub(1);
            }
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    const MANIFEST: (&str, &str) = (
        "crates/goals/Cargo.toml",
        "[package]\nname = \"homeroom-goals\"\n",
    );

    fn named(code: &str) -> Vec<String> {
        let found = super::all(&house_of(&[MANIFEST, ("crates/goals/src/curve.rs", code)]));
        let shown = found
            .into_iter()
            .map(|found| format!("{} {}", found.package, found.name));
        shown.collect()
    }

    fn check(code: &str) -> Vec<String> {
        lines_of(&super::check(&house_of(&[
            MANIFEST,
            ("crates/goals/tests/it/a.rs", code),
        ])))
    }

    #[test]
    fn properties_are_found_by_macro_and_by_runner() {
        let code = "
            #[test] fn a_table() { f() }
            proptest! {
                #![proptest_config(ProptestConfig::with_cases(9))]
                /// Words.
                #[test]
                fn a_sum_is_its_parts(a in 0..9, b in any::<u8>()) { nested(|| proptest!(a)) }
                #[ignore] #[test] fn another() {}
            }
            #[cfg(test)] mod tests {
                #[test] #[should_panic] fn in_a_closure() { let c = f(); proptest!(c, |(seed: u64)| { g(seed) }); }
                #[test] fn by_runner() { let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() }); }
            }
            fn sample() { TestRunner::new_with_rng(Config::default(), rng) }
        ";
        let expected = ["a_sum_is_its_parts", "another", "by_runner", "in_a_closure"];
        assert_eq!(
            named(code),
            expected.map(|name| format!("homeroom-goals {name}"))
        );
        assert!(check(code).is_empty());
    }

    #[test]
    fn what_a_soak_would_miss_is_found() {
        let code = "fn run() {\n let runner = TestRunner::new(config()); }\nfn f() { proptest!(|(a in 0..9)| {}); }\n\
            fn config() -> Config {\n Config { rng_seed: RngSeed::Fixed(1), ..Config::default() } }\n";
        let outside = "draws cases outside a function marked `#[test]`: `cargo xtask soak properties` cannot find it";
        assert_eq!(
            check(code),
            [
                format!("crates/goals/tests/it/a.rs:2 {outside}"),
                format!("crates/goals/tests/it/a.rs:3 {outside}"),
                "crates/goals/tests/it/a.rs:5 fixes the seed of a property: it would draw the same cases in every round \
                 of a soak"
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn a_room_that_draws_in_a_way_of_its_own_is_found() {
        let manifest =
            "[package]\nname = \"homeroom-goals\"\n[dev-dependencies]\nproptest.workspace = true\n";
        let found = |code| {
            let files = [
                ("crates/goals/Cargo.toml", manifest),
                ("crates/goals/src/lib.rs", code),
            ];
            lines_of(&super::check(&house_of(&files)))
        };
        assert!(found("proptest! { #[test] fn a() {} }").is_empty());
        assert_eq!(
            found("#[test] fn a() { my_own_runner() }"),
            [
                "crates/goals/Cargo.toml:4 takes proptest, but no test of the room draws with `proptest!` or `TestRunner::new`"
            ]
        );
    }
}
