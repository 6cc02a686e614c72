use super::*;

fn day(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

fn id(last: u8) -> ObjectId {
    ObjectId::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last])
}

fn target(level: Level, per_week: Option<u32>) -> Target {
    Target {
        level,
        audience: Audience::Everyone,
        metric: Metric::Minutes,
        per_week: per_week.map(Amount::whole),
        from: day("2026-07-01"),
        by: "".into(),
        at: Timestamp::from_millis(0),
    }
}

const SECTIONS: [ObjectId; 2] = [ObjectId::new([7; 12]), ObjectId::new([8; 12])];

fn learner() -> Learner<'static> {
    Learner {
        student: id(1),
        grade: Some(Grade::Fifth),
        school: Some(id(2)),
        school_type: Some(SchoolType::Elementary),
        sections: &SECTIONS,
    }
}

fn weekly(targets: Vec<Target>) -> Vec<(String, String)> {
    let targets = Targets::new(targets);
    let stretches = targets.of(&learner(), Metric::Minutes);
    stretches
        .iter()
        .map(|stretch| (stretch.from.to_string(), stretch.per_week().to_string()))
        .collect()
}

fn one(amount: &str) -> Vec<(String, String)> {
    vec![("2026-07-01".to_owned(), amount.to_owned())]
}

#[test]
fn the_nearest_level_wins() {
    let mut targets = Vec::new();
    for (level, amount) in [
        (Level::App, 10),
        (Level::District, 20),
        (Level::School(id(2)), 30),
        (Level::Section(SECTIONS[0]), 40),
        (Level::Student(id(1)), 50),
    ] {
        targets.push(target(level, Some(amount)));
        targets.push(target(Level::School(id(9)), Some(99)));
        targets.push(target(Level::Student(id(9)), Some(99)));
        assert_eq!(weekly(targets.clone()), one(&amount.to_string()));
        targets.reverse();
        assert_eq!(
            weekly(targets.clone()),
            one(&amount.to_string()),
            "in any order"
        );
    }
    assert!(
        weekly(vec![Target {
            metric: Metric::Progress,
            ..target(Level::App, Some(1))
        }])
        .is_empty()
    );
}

#[test]
fn within_a_level_grade_beats_type_beats_everyone() {
    let narrow = |audience, amount| Target {
        audience,
        ..target(Level::App, Some(amount))
    };
    let mut targets = vec![
        narrow(Audience::Grade(Grade::Fourth), 1),
        narrow(Audience::Type(SchoolType::High), 2),
    ];
    for (audience, amount) in [
        (Audience::Everyone, 10),
        (Audience::Type(SchoolType::Elementary), 20),
        (Audience::Grade(Grade::Fifth), 30),
    ] {
        targets.push(narrow(audience, amount));
        assert_eq!(weekly(targets.clone()), one(&amount.to_string()));
    }
    targets.push(target(Level::District, Some(5)));
    assert_eq!(
        weekly(targets),
        one("5"),
        "a nearer level beats any audience"
    );
}

#[test]
fn of_two_sections_the_one_set_last_counts() {
    let section = |place: usize, amount, at| Target {
        at: Timestamp::from_millis(at),
        ..target(Level::Section(SECTIONS[place]), Some(amount))
    };
    assert_eq!(
        weekly(vec![section(0, 10, 5), section(1, 20, 4)]),
        one("10")
    );
    assert_eq!(
        weekly(vec![section(0, 10, 5), section(1, 20, 5)]),
        one("20")
    );
}

#[test]
fn a_change_counts_from_its_day_on_and_can_be_taken_back() {
    let later = |from: &str, per_week, at| Target {
        from: day(from),
        at: Timestamp::from_millis(at),
        ..target(Level::School(id(2)), per_week)
    };
    let targets = vec![
        target(Level::App, Some(10)),
        later("2026-09-01", Some(60), 1),
        later("2026-09-01", Some(30), 2),
        later("2026-10-01", None, 3),
        later("2026-11-01", Some(0), 4),
    ];
    let expected = [
        ("2026-07-01", "10"),
        ("2026-09-01", "30"),
        ("2026-10-01", "10"),
        ("2026-11-01", "0"),
    ];
    let expected: Vec<_> = expected
        .map(|(from, amount)| (from.to_owned(), amount.to_owned()))
        .into();
    assert_eq!(weekly(targets), expected);
}

#[test]
fn school_types_come_from_low_and_high_grade() {
    use Grade::{
        Eighth, Fifth, First, Fourth, Kindergarten, Ninth, PreKindergarten, Seventh, Sixth,
        Twelfth, Ungraded,
    };
    for (low, high, expected) in [
        (Kindergarten, Fifth, Some(SchoolType::Elementary)),
        (
            PreKindergarten,
            PreKindergarten,
            Some(SchoolType::Elementary),
        ),
        (Fourth, Sixth, Some(SchoolType::Elementary)),
        (Kindergarten, Eighth, Some(SchoolType::Elementary)),
        (Sixth, Sixth, Some(SchoolType::Middle)),
        (Sixth, Eighth, Some(SchoolType::Middle)),
        (Fifth, Eighth, Some(SchoolType::Middle)),
        (Seventh, Ninth, Some(SchoolType::Middle)),
        (Ninth, Ninth, Some(SchoolType::High)),
        (Ninth, Twelfth, Some(SchoolType::High)),
        (Seventh, Twelfth, Some(SchoolType::High)),
        (Kindergarten, Twelfth, None),
        (First, Ninth, None),
        (Twelfth, First, None),
        (Ungraded, Fifth, None),
    ] {
        assert_eq!(
            SchoolType::spanning(low, high),
            expected,
            "{low:?} to {high:?}"
        );
    }
    let spanning = Learner {
        school_type: None,
        ..learner()
    };
    let middle = |kind| Target {
        audience: Audience::Type(kind),
        ..target(Level::App, Some(1))
    };
    assert!(
        middle(SchoolType::Elementary).is_for(&spanning),
        "by the student's grade"
    );
    assert!(!middle(SchoolType::High).is_for(&spanning));
}
