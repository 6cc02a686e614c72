use proptest::prelude::*;

use super::*;
use crate::version::{V1_1, V1_2};

fn read(text: &str) -> Result<usize, FilterProblem> {
    let filter = Filter::read(&V1_2, Object::Student, text.as_bytes());
    filter.map(|filter| filter.map_or(0, |filter| filter.conditions.len()))
}

#[test]
fn what_asks_for_nothing_is_no_filter() {
    for nothing in ["", " ", "{}", " { } "] {
        assert_eq!(read(nothing), Ok(0), "{nothing}");
    }
}

#[test]
fn every_operator_is_understood_and_no_other() {
    for (text, conditions) in [
        (r#"{"name.last":"Moss"}"#, 1),
        (r#"{"name.last":null,"grade":5,"sis_id":true}"#, 3),
        (
            r#"{"sis_id":{"$gt":"1","$gte":1,"$lt":"9","$lte":"9","$ne":""}}"#,
            5,
        ),
        (r#"{"grade":{"$in":["4",5]},"id":{"$nin":[]}}"#, 2),
        (
            r#"{"email":{"$exists":true},"schools":{"$size":2},"name.first":{"$regex":"^A"}}"#,
            3,
        ),
        (r#"{"no_such_field":"x"}"#, 1),
    ] {
        assert_eq!(read(text), Ok(conditions), "{text}");
    }
    for (text, problem) in [
        ("{", FilterProblem::NotJson),
        ("{\"a\":1} x", FilterProblem::NotJson),
        ("[]", FilterProblem::NotAnObject),
        ("null", FilterProblem::NotAnObject),
        (r#"{"$or":[{"a":1}]}"#, FilterProblem::UnknownOperator),
        (r#"{"a":{"$where":"1"}}"#, FilterProblem::UnknownOperator),
        (
            r#"{"a":{"$regex":"x","$options":"i"}}"#,
            FilterProblem::UnknownOperator,
        ),
        (r#"{"a":{}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"first":"b"}}"#, FilterProblem::BadOperand),
        (r#"{"a":["b"]}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$in":"b"}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$in":[["b"]]}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$gt":{}}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$exists":1}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$size":-1}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$regex":1}}"#, FilterProblem::BadOperand),
        (r#"{"a":{"$regex":"("}}"#, FilterProblem::BadPattern),
        (
            r#"{"a":{"$regex":"(a{1000}){1000}"}}"#,
            FilterProblem::BadPattern,
        ),
    ] {
        assert_eq!(read(text), Err(problem), "{text}");
    }
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(LONGEST));
    assert_eq!(read(&long), Err(FilterProblem::TooLong));
    let many: Vec<_> = (0..=MOST_CONDITIONS)
        .map(|number| format!("\"f{number}\":1"))
        .collect();
    let many = format!("{{{}}}", many.join(","));
    assert_eq!(read(&many), Err(FilterProblem::TooLong));
    let members = vec!["1"; 1001].join(",");
    let members = format!(r#"{{"a":{{"$in":[{members}]}}}}"#);
    assert_eq!(read(&members), Err(FilterProblem::TooLong));
}

#[test]
fn a_version_has_its_own_fields() {
    for (name, before, since) in [
        ("grade", true, true),
        ("schools", false, true),
        ("graduation_year", false, true),
        ("ext", false, false),
        ("preferred_name.first", false, false),
    ] {
        let known = |version: &Version| source(Object::Student, &version.rules, name).is_some();
        assert_eq!((known(&V1_1), known(&V1_2)), (before, since), "{name}");
    }
}

#[test]
fn operands_are_not_shown() {
    let filter = Filter::read(&V1_1, Object::Student, br#"{"name.last":"Moss"}"#).unwrap();
    assert_eq!(format!("{filter:?}"), "Some(Filter { 1 conditions })");
}

proptest! {
    #[test]
    fn nothing_that_may_be_sent_breaks_it(text in any::<String>(), operand in "[-0-9TZ:./ é]{0,24}") {
        let _ = read(&text);
        let found = read(&serde_json::json!({ "dob": { "$gt": operand } }).to_string());
        prop_assert_eq!(found, Ok(1));
    }
}
