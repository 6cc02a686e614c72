//! How each noun is packed: one file per kind, writing and reading side by side so that they cannot drift apart.

mod contact;
mod course;
mod employee;
mod resource;
mod school;
mod section;
mod student;
#[cfg(test)]
mod tests;
