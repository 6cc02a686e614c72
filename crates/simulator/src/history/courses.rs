//! Courses: how sections name what they teach.

use super::truth::{Happening, Noun};
use super::world::{CourseState, Today};
use crate::course::Course;
use crate::draw::mix;

/// One of so many courses has no number.
const WITHOUT_NUMBER: u64 = 6;

/// What identifies a course (district-side 5.2).
pub(super) fn course_key(course: &CourseState) -> String {
    if course.number.is_empty() {
        format!("name|{}", course.name)
    } else {
        format!("number|{}", course.number)
    }
}

impl Today<'_> {
    /// The number of a course of the catalogue.
    pub(super) fn course(&mut self, course: &Course) -> usize {
        let known = self.world.courses.iter();
        if let Some(at) = known.into_iter().position(|one| one.code == course.number) {
            return at;
        }
        let bits = course
            .number
            .bytes()
            .fold(7, |bits: u64, byte| mix(bits.wrapping_add(u64::from(byte))));
        let entity = self.world.entity();
        let mut state = CourseState {
            entity,
            code: course.number.clone(),
            number: String::new(),
            name: course.name.clone(),
            other_name: course.other_name.clone(),
            word: course.word,
        };
        if !bits.is_multiple_of(WITHOUT_NUMBER) {
            state.number = self.number(&state);
        }
        self.identify_course(&mut state);
        self.world.courses.push(state);
        self.world.courses.len() - 1
    }

    /// The number of a course in the present catalogue.
    fn number(&self, course: &CourseState) -> String {
        match self.world.catalogues {
            0 => course.code.clone(),
            more => format!("{}{}", char::from(b'A' + low(more)), course.code),
        }
    }

    fn identify_course(&mut self, course: &mut CourseState) {
        let mut number = 1;
        while !self
            .world
            .claim(Noun::Course, &course_key(course), course.entity)
        {
            number += 1;
            if course.number.is_empty() {
                course.name = format!("{} ({number})", course.name);
            } else {
                course.number = format!("{}.{number}", course.number);
            }
        }
    }

    fn replace_course(&mut self, at: usize, mut course: CourseState) {
        self.identify_course(&mut course);
        if let Some(place) = self.world.courses.get_mut(at) {
            *place = course;
        }
    }

    pub(super) fn rename_course(&mut self, at: usize) {
        if let Some(mut course) = self.world.courses.get(at).cloned() {
            std::mem::swap(&mut course.name, &mut course.other_name);
            self.replace_course(at, course);
            self.happened(Happening::CourseRenamed);
        }
    }

    pub(super) fn renumber_course(&mut self, at: usize) {
        let number = self.draw.between(100, 999);
        let course = self.world.courses.get(at).cloned();
        if let Some(mut course) = course.filter(|course| !course.number.is_empty()) {
            course.number = format!("{}-{number}", course.code);
            self.replace_course(at, course);
            self.happened(Happening::CourseRenumbered);
        }
    }

    /// Every course with a number gets another.
    pub(super) fn renumber_all_courses(&mut self) {
        self.world.catalogues += 1;
        for at in 0..self.world.courses.len() {
            let course = self.world.courses.get(at).cloned();
            if let Some(mut course) = course.filter(|course| !course.number.is_empty()) {
                course.number = self.number(&course);
                self.replace_course(at, course);
                self.happened(Happening::CourseRenumbered);
            }
        }
    }
}

fn low(number: u64) -> u8 {
    u8::try_from(number % 26).unwrap_or_default()
}
