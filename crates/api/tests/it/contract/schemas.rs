//! What each path's answers are checked against: our own field table, and the published definitions where they are there.

use std::collections::BTreeMap;

use homeroom_testkit::Published;
use homeroom_wire::{Route, Version, answer_schema};
use jsonschema::Validator;
use serde_json::Value;

/// Validators by path.
pub(crate) struct Schemas(BTreeMap<&'static str, Vec<(&'static str, Validator)>>);

impl Schemas {
    pub(crate) fn of(version: &'static Version) -> Self {
        let published = Published::read(version);
        let of = |route: &'static Route| {
            let own = ("the field table", answer_schema(version, route));
            let theirs = published
                .as_ref()
                .map(|published| ("the contract", published.answer(route)));
            let compiled = |(what, schema): (&'static str, Value)| {
                let validator = jsonschema::validator_for(&schema);
                (
                    what,
                    validator.unwrap_or_else(|error| panic!("{what}, {}: {error}", route.path)),
                )
            };
            (
                route.path,
                [own].into_iter().chain(theirs).map(compiled).collect(),
            )
        };
        Self(Route::of_version(version).map(of).collect())
    }

    /// The answer must be valid by all.
    pub(crate) fn check(&self, route: &Route, answer: &Value, address: &str) {
        for (what, validator) in &self.0[route.path] {
            if validator.is_valid(answer) {
                continue;
            }
            let errors = validator.iter_errors(answer).take(5);
            let errors: Vec<_> = errors
                .map(|error| format!("{error} at {}", error.instance_path()))
                .collect();
            panic!("{address} is not what {what} says: {errors:#?}");
        }
    }
}
