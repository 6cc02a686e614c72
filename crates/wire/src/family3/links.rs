use homeroom_model::{Kind, Role};
use homeroom_segment::{Relation, View};

use crate::people::employee_roles;
use crate::select::Place;

/// What a record's own address links to beside itself, in the order observed (clever-api 4.4), spelt as published. A link
/// that does not apply is left out: the course of a section without one, people in roles that are not shown.
pub(crate) fn relations(view: View<'_>, place: Place) -> Vec<&'static str> {
    match place {
        Place::District | Place::Status | Place::Role(..) | Place::Row(Kind::ContactLink, _) => {
            Vec::new()
        }
        Place::Row(Kind::School, _) => {
            vec!["district", "sections", "users", "terms", "courses"]
        }
        Place::Row(Kind::Course | Kind::Term, _) => vec!["district", "sections", "schools"],
        Place::Row(Kind::Section, row) => of_section(view, row),
        Place::Row(Kind::Resource, _) => vec!["courses", "sections", "users"],
        Place::Row(Kind::Student, _) => of_person(view, &[Role::Student]),
        Place::Row(Kind::Contact, _) => of_person(view, &[Role::Contact]),
        Place::Row(Kind::Employee, row) => {
            let data = view.snapshot.table(Kind::Employee).row(row);
            let roles: Vec<_> = employee_roles(view, data).collect();
            of_person(view, &roles)
        }
    }
}

fn of_section(view: View<'_>, row: u32) -> Vec<&'static str> {
    let mut relations = vec!["district", "school"];
    for (relation, name) in [
        (Relation::SectionTerm, "term"),
        (Relation::SectionCourse, "course"),
    ] {
        let target = view.snapshot.lists(relation).first(row);
        if target.is_some_and(|target| view.shows(relation.to(), target)) {
            relations.push(name);
        }
    }
    relations.push("users");
    relations
}

/// The links of all roles together, each once.
fn of_person(view: View<'_>, roles: &[Role]) -> Vec<&'static str> {
    let any = |wanted: &[Role]| wanted.iter().any(|role| roles.contains(role));
    let shows = |role| view.mask.shows_role(role);
    let links = [
        ("district", true),
        ("sections", any(&[Role::Student, Role::Teacher])),
        ("myContacts", any(&[Role::Student]) && shows(Role::Contact)),
        ("myTeachers", any(&[Role::Student]) && shows(Role::Teacher)),
        (
            "myStudents",
            any(&[Role::Teacher, Role::Contact]) && shows(Role::Student),
        ),
        ("schools", any(&[Role::Student, Role::Teacher, Role::Staff])),
    ];
    let links = links.into_iter().filter(|(_, applies)| *applies);
    links.map(|(name, _)| name).collect()
}
