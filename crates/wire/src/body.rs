//! Bodies of records that families have in common: schools, courses and terms, and most of districts, sections and
//! students; and the records of people before version 3.

mod course;
mod district;
mod record;
mod school;
mod section;
mod student;
mod term;
