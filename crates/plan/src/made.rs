//! Ids of what the app has and the source never named: a school's copy of a course, a class that the engine makes. They come
//! from what the thing is, so that it is the same in every plan, and begin with bytes that no id of a source has (the first four
//! of those are a moment, and this one lies in the year 2106).

use homeroom_model::ObjectId;

const HEAD: [u8; 5] = [0xff; 5];

/// Whether an id is one of these.
pub fn is_made(id: &ObjectId) -> bool {
    id.bytes().starts_with(&HEAD)
}

/// The id of a school's copy of a course.
pub(crate) fn copy_of_course(course: &ObjectId, school: &ObjectId) -> ObjectId {
    made("copy of course", &[course.bytes(), school.bytes()])
}

/// The id of the class of everybody of a grade in a school.
pub(crate) fn class_of(school: &ObjectId, grade: &str) -> ObjectId {
    made("class", &[school.bytes(), grade.as_bytes()])
}

fn made(space: &str, parts: &[&[u8]]) -> ObjectId {
    let mut hasher =
        blake3::Hasher::new_derive_key("homeroom plan 2026-11 id of what the app makes");
    hasher.update(space.as_bytes());
    for part in parts {
        hasher.update(&[0]);
        hasher.update(part);
    }
    let hash = hasher.finalize();
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().zip(HEAD.iter().chain(hash.as_bytes())) {
        *to = *from;
    }
    ObjectId::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_are_known_as_such_and_differ() {
        let (one, two) = (ObjectId::new([1; 12]), ObjectId::new([2; 12]));
        assert!(!is_made(&one));
        let ids = [
            copy_of_course(&one, &two),
            copy_of_course(&two, &one),
            class_of(&one, "9"),
            class_of(&one, "10"),
        ];
        for (at, id) in ids.iter().enumerate() {
            assert!(is_made(id));
            assert!(ids.iter().skip(at + 1).all(|other| other != id));
        }
    }
}
