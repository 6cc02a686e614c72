//! What a source shares and what an app shows of it, as lines that can be compared: the lines of the source are made from its
//! documents by rules of the test's own, those of the app by SQL on its views.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::ObjectId;
use homeroom_testkit::ToyDistrict;
use homeroom_wire::{Family, Object};
use serde_json::Value;

use super::look::{Look, text};

/// Lines, each beginning with what it is about.
pub(crate) type Lines = BTreeSet<String>;

/// What a source shares.
pub(crate) struct Shared {
    pub(crate) lines: Lines,
    /// Ids of people and sections that are there.
    pub(crate) ids: BTreeSet<String>,
    /// People of whom no address is shared.
    pub(crate) without_email: BTreeSet<String>,
    /// Who is in which class.
    pub(crate) seats: BTreeSet<(String, String)>,
}

/// What an app with the preset's policy has to show of a district.
pub(crate) fn shared(river: &ToyDistrict, contacts: bool) -> Shared {
    let family = river.toy().version().family;
    let documents = |object: Object| {
        let ids = river.ids(object).into_iter();
        ids.map(|id| river.document(id)).collect::<Vec<_>>()
    };
    let mut shared = Shared {
        lines: Lines::new(),
        ids: BTreeSet::new(),
        without_email: BTreeSet::new(),
        seats: BTreeSet::new(),
    };
    let mut names = BTreeMap::new();
    for (object, word) in [
        (Object::School, "school"),
        (Object::Term, "term"),
        (Object::Course, "course"),
    ] {
        for document in documents(object) {
            let line = format!(
                "{word} {} {}",
                text(&document["id"]),
                text(&document["name"])
            );
            shared.lines.insert(line);
            names.insert(text(&document["id"]), text(&document["name"]));
        }
    }
    let mut students = BTreeSet::new();
    let mut adults = BTreeSet::new();
    for person in people(&documents, family) {
        let id = text(&person.document["id"]);
        if person.roles.contains_key("contact") {
            continue;
        }
        if person.roles.contains_key("student") {
            students.insert(id.clone());
        } else {
            adults.insert(id.clone());
        }
        if person.document["email"].is_null() {
            shared.without_email.insert(id.clone());
        }
        shared.ids.insert(id);
        shared.lines.extend(person.lines(&names));
    }
    for section in documents(Object::Section) {
        let id = text(&section["id"]);
        shared.ids.insert(id.clone());
        let (term, course) = match family {
            Family::One => (
                text(&section["term"]["name"]),
                text(&section["course_name"]),
            ),
            _ => (
                names
                    .get(&text(&section["term_id"]))
                    .cloned()
                    .unwrap_or_else(|| "-".to_owned()),
                names
                    .get(&text(&section["course"]))
                    .cloned()
                    .unwrap_or_else(|| "-".to_owned()),
            ),
        };
        let school = text(&section["school"]);
        let school = if names.contains_key(&school) {
            school
        } else {
            "-".to_owned()
        };
        shared.lines.insert(format!(
            "section {id} {} {} {school} {term} {course}",
            text(&section["name"]),
            text(&section["period"]),
        ));
        let mut seat = |person: String, role: String| {
            shared.lines.insert(format!("seat {id} {person} {role}"));
            shared.seats.insert((id.clone(), person));
        };
        for student in list(&section["students"]) {
            if students.contains(&student) {
                seat(student, "student".to_owned());
            }
        }
        let teachers = list(&section["teachers"]).into_iter();
        let there = teachers.filter(|teacher| adults.contains(teacher));
        for teacher in there {
            seat(teacher, "teacher".to_owned());
        }
    }
    if contacts {
        for person in people(&documents, family) {
            for line in person.ties(&students) {
                shared.lines.insert(line);
            }
        }
    }
    shared
}

/// A person of the source with the fields of each role.
struct Person {
    document: Value,
    roles: BTreeMap<&'static str, Value>,
}

fn people(documents: &impl Fn(Object) -> Vec<Value>, family: Family) -> Vec<Person> {
    const ROLES: [&str; 5] = ["student", "teacher", "staff", "district_admin", "contact"];
    if family == Family::Three {
        let users = documents(Object::User).into_iter();
        return users
            .map(|document| {
                let roles = ROLES.into_iter();
                let roles =
                    roles.filter_map(|role| Some((role, document["roles"].get(role)?.clone())));
                Person {
                    roles: roles.collect(),
                    document,
                }
            })
            .collect();
    }
    let kinds = [
        (Object::Student, "student"),
        (Object::Teacher, "teacher"),
        (Object::SchoolAdmin, "staff"),
        (Object::DistrictAdmin, "district_admin"),
        (Object::Contact, "contact"),
        (Object::StudentContact, "contact"),
    ];
    let all = kinds.into_iter().flat_map(|(object, role)| {
        let documents = documents(object).into_iter();
        documents.map(move |document| Person {
            roles: [(role, document.clone())].into(),
            document,
        })
    });
    all.collect()
}

impl Person {
    fn lines(&self, schools: &BTreeMap<String, String>) -> Vec<String> {
        let school = |fields: &Value| {
            // The primary one, or where that is not shared another one.
            let primary = text(&fields["school"]);
            let others = list(&fields["schools"]).into_iter();
            let mut all = [primary].into_iter().chain(others);
            let there = all.find(|id| schools.contains_key(id));
            there.unwrap_or_else(|| "-".to_owned())
        };
        let id = text(&self.document["id"]);
        let name = &self.document["name"];
        let roles: Vec<_> = self.roles.keys().copied().collect();
        let mut lines = vec![format!(
            "person {id} {} {} {}",
            text(&name["first"]),
            text(&name["last"]),
            roles.join(",")
        )];
        // What is not shared any more stays as it was (integration-side A2.8).
        if let Some(email) = self.document["email"].as_str() {
            let email = if email.contains('@') { email } else { "-" };
            lines.push(format!("email {id} {email}"));
        }
        if let Some(student) = self.roles.get("student") {
            lines.push(format!(
                "student {id} {} {} {}",
                text(&student["sis_id"]),
                text(&student["grade"]),
                school(student)
            ));
        }
        if let Some(teacher) = self.roles.get("teacher") {
            lines.push(format!(
                "teacher {id} {} {}",
                text(&teacher["sis_id"]),
                school(teacher)
            ));
        }
        lines
    }

    /// Ties of a contact to students who are there.
    fn ties(&self, students: &BTreeSet<String>) -> Vec<String> {
        let Some(contact) = self.roles.get("contact") else {
            return Vec::new();
        };
        let id = text(&self.document["id"]);
        let mut named: Vec<String> = list(&contact["students"]);
        named.extend(contact["student"].as_str().map(ToOwned::to_owned));
        let ties = contact["student_relationships"]
            .as_array()
            .into_iter()
            .flatten();
        named.extend(ties.map(|tie| text(&tie["student"])));
        let named = named
            .into_iter()
            .filter(|student| students.contains(student));
        named.map(|student| format!("tie {id} {student}")).collect()
    }
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

/// What an app shows of a district: what is present and active, under the source's ids.
pub(crate) fn shows(look: &Look, contacts: bool, courses: bool) -> Lines {
    let district = look.district;
    let mut lines = Lines::new();
    let mut add = |sql: &str| lines.extend(look.rows(sql));
    let here = format!("BETWEEN {district}000000000 AND {district}999999999");
    add(&format!(
        "SELECT 'school', source_id, name FROM schools WHERE active AND source_id IS NOT NULL AND id {here}"
    ));
    if courses {
        for kind in ["term", "course"] {
            add(&format!(
                "SELECT '{kind}', l.source_id, t.name FROM {kind} AS t JOIN link AS l ON l.entity = t.id AND l.state = 'active'
                 WHERE t.state = 'active' AND t.id {here}"
            ));
        }
    }
    add(&format!(
        "SELECT 'person', source_id, first_name, last_name, roles FROM people
         WHERE source_state = 'present' AND merged_into IS NULL AND source_id IS NOT NULL AND roles NOT LIKE '%contact%' AND id {here}"
    ));
    add(&format!(
        "SELECT 'email', source_id, email FROM people
         WHERE source_state = 'present' AND merged_into IS NULL AND source_id IS NOT NULL AND roles NOT LIKE '%contact%' AND id {here}"
    ));
    for role in ["student", "teacher"] {
        let grade = if role == "student" { "v.grade, " } else { "" };
        add(&format!(
            "SELECT '{role}', v.source_id, v.sis_id, {grade}l.source_id FROM {role}s AS v
             JOIN people AS p ON p.id = v.id AND p.source_state = 'present'
             LEFT JOIN link AS l ON l.entity = v.school AND l.state = 'active' WHERE v.source_id IS NOT NULL AND v.id {here}"
        ));
    }
    add(&format!(
        "SELECT 'section', c.source_id, c.source_name, c.period, s.source_id, iif(t.state = 'active', c.term_name, NULL),
             iif(u.state = 'active', c.course_name, NULL)
         FROM classes AS c LEFT JOIN schools AS s ON s.id = c.school AND s.active
             LEFT JOIN term AS t ON t.id = c.term LEFT JOIN course AS u ON u.id = c.course
         WHERE c.active AND c.source_id IS NOT NULL AND c.id {here}"
    ));
    add(&format!(
        "SELECT 'seat', s.source_id, p.source_id, iif(m.is_teacher, 'teacher', 'student') FROM membership AS m
         JOIN classes AS s ON s.id = m.section AND s.active JOIN people AS p ON p.id = m.person
         WHERE m.source = 1 AND m.section {here} AND p.source_id IS NOT NULL"
    ));
    if contacts {
        add(&format!(
            "SELECT 'tie', c.source_id, s.source_id FROM contacts AS c JOIN people AS o ON o.id = c.id
             JOIN people AS s ON s.id = c.student
             WHERE o.source_state = 'present' AND s.source_state = 'present' AND c.id {here}"
        ));
    }
    lines
}

/// A line under the ids that accounts go by: a second living id of an account is shown as its first.
pub(crate) fn canonical(lines: &Lines, joint: &BTreeMap<String, String>) -> Lines {
    let renamed = |line: &String| {
        let mut line = line.clone();
        for (second, first) in joint {
            line = line.replace(second, first);
        }
        line
    };
    lines.iter().map(renamed).collect()
}

/// Both, minus each other: what lacks and what is too much.
pub(crate) fn difference(
    expected: &Lines,
    found: &Lines,
    left_out: &BTreeSet<String>,
) -> Vec<String> {
    let counts = |line: &&String| {
        !line
            .split(' ')
            .skip(1)
            .take(2)
            .any(|id| left_out.contains(id))
    };
    let lacks = expected.difference(found).filter(counts);
    let extra = found.difference(expected).filter(counts);
    let lacks = lacks.map(|line| format!("lacks {}", readable(line)));
    lacks
        .chain(extra.map(|line| format!("shows {}", readable(line))))
        .collect()
}

/// Ids as a person recognises them.
pub(crate) fn readable(line: &str) -> String {
    let words = line.split(' ').map(|word| match ObjectId::from_hex(word) {
        Some(id) => format!("<{}>", super::village::short(id)),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
