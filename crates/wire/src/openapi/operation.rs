use homeroom_model::Role;
use serde_json::{Value, json};

use super::{operation_id, parameters, responses, tag};
use crate::routes::{Items, Object, Route, Shape};
use crate::version::Version;

/// A path's operation.
pub(super) fn operation(version: &Version, route: &Route) -> Value {
    json!({
        "operationId": operation_id(route),
        "tags": [tag(route.of)],
        "summary": summary(route),
        "parameters": parameters::of(version, route),
        "responses": responses::of(route),
    })
}

fn summary(route: &Route) -> String {
    let (of, gives) = (words(route.of), words(route.gives));
    if route.items == Items::Grades {
        return "The grades of a teacher's sections, each once".to_owned();
    }
    match (route.shape, route.relation()) {
        (Shape::List, None) if route.of == Object::District => {
            "The district of the token, as a list of one".to_owned()
        }
        (Shape::List, None) => format!("All {of}s, ascending by id"),
        (Shape::List, Some(_)) if route.gives == Object::Status => {
            "How the district's data is doing, as a list of one".to_owned()
        }
        (Shape::List, Some(_)) => match route.only {
            Some(Role::Student) => {
                "The students of a teacher's sections, or those tied to a contact".to_owned()
            }
            Some(Role::Teacher) => "The teachers of a student's sections".to_owned(),
            Some(_) => "The contacts of a student".to_owned(),
            None => format!("The {gives}s of a {of}"),
        },
        (Shape::One, _) => format!("One {of}"),
        (Shape::Through, _) => format!("The {gives} of a {of}"),
    }
}

/// What an object is called in a sentence.
fn words(object: Object) -> String {
    match object {
        Object::SchoolAdmin => "school admin".to_owned(),
        Object::DistrictAdmin => "district admin".to_owned(),
        Object::StudentContact => "contact".to_owned(),
        _ => object.name().to_lowercase(),
    }
}
