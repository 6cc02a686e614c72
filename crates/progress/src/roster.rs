//! The published roster of a district as figures read it: who is where now.

use std::sync::Arc;

use homeroom_goals::target::SchoolType;
use homeroom_history::{History, HistoryError};
use homeroom_model::{ClosedList, Grade, Kind, ObjectId, Role, School, Scope};
use homeroom_segment::fields::{contact, employee, school, section, student};
use homeroom_segment::{Lists, Noun, Relation, Row, Snapshot, Table};

/// An opened snapshot with what is shared of it. Rows mean something inside one snapshot only.
pub(crate) struct Roster {
    snapshot: Arc<Snapshot>,
    scope: Scope,
    /// Of each school, its type by its grades.
    types: Vec<Option<SchoolType>>,
}

impl Roster {
    /// Opens a snapshot of a district; `None` is the time before its first publish.
    pub(crate) async fn open(
        history: &History,
        district: ObjectId,
        number: Option<u64>,
    ) -> Result<Arc<Self>, HistoryError> {
        let snapshot = match number {
            Some(number) => Arc::clone(&history.snapshot(district, number).await?.snapshot),
            None => Arc::new(Snapshot::empty()),
        };
        Ok(Arc::new(Self::new(snapshot)))
    }

    fn new(snapshot: Arc<Snapshot>) -> Self {
        let (scope, _) = homeroom_sharing::everything(&snapshot);
        let schools = snapshot.table(Kind::School);
        let types = (0..schools.len())
            .map(|row| SchoolType::of(&School::read(schools.row(row))))
            .collect();
        Self {
            snapshot,
            scope,
            types,
        }
    }

    /// The number of the snapshot; 0 before the first publish.
    pub(crate) fn number(&self) -> u64 {
        self.snapshot.number()
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table {
        self.snapshot.table(kind)
    }

    fn lists(&self, relation: Relation) -> &Lists {
        self.snapshot.lists(relation)
    }

    /// The row of an id that is shown.
    pub(crate) fn find(&self, kind: Kind, id: &ObjectId) -> Option<u32> {
        let row = self.table(kind).find(id)?;
        self.scope.contains(kind, row).then_some(row)
    }

    pub(crate) fn id(&self, kind: Kind, row: u32) -> ObjectId {
        self.table(kind).id(row)
    }

    fn row(&self, kind: Kind, row: u32) -> Row<'_> {
        self.table(kind).row(row)
    }

    pub(crate) fn students(&self) -> u32 {
        self.table(Kind::Student).len()
    }

    pub(crate) fn schools(&self) -> u32 {
        self.table(Kind::School).len()
    }

    /// Whether a student is published and shared.
    pub(crate) fn shows_student(&self, row: u32) -> bool {
        row < self.students() && self.scope.contains(Kind::Student, row)
    }

    /// A student's primary school.
    pub(crate) fn school_of(&self, student: u32) -> Option<u32> {
        self.lists(Relation::StudentSchool).first(student)
    }

    /// All schools of a student.
    pub(crate) fn schools_of(&self, student: u32) -> &[u32] {
        self.lists(Relation::StudentSchools).get(student)
    }

    pub(crate) fn grade_of(&self, student: u32) -> Option<Grade> {
        self.row(Kind::Student, student).known(student::GRADE)
    }

    /// The type of a school by its grades.
    pub(crate) fn type_of(&self, school: u32) -> Option<SchoolType> {
        self.types.get(school as usize).copied().flatten()
    }

    /// A student's sections, ascending.
    pub(crate) fn sections_of(&self, student: u32) -> &[u32] {
        self.snapshot.back(Relation::SectionStudents).get(student)
    }

    /// A section's students, ascending.
    pub(crate) fn students_of(&self, section: u32) -> &[u32] {
        self.lists(Relation::SectionStudents).get(section)
    }

    /// A section's teachers, the primary teacher first.
    pub(crate) fn teachers_of(&self, section: u32) -> &[u32] {
        self.lists(Relation::SectionTeachers).get(section)
    }

    /// The sections of a teacher that have students, ascending.
    pub(crate) fn taught_by(&self, teacher: u32) -> impl Iterator<Item = u32> + '_ {
        let sections = self.snapshot.back(Relation::SectionTeachers).get(teacher);
        sections
            .iter()
            .copied()
            .filter(|row| self.scope.contains(Kind::Section, *row))
    }

    /// The sections of a school that have students, ascending.
    pub(crate) fn sections_at(&self, school: u32) -> impl Iterator<Item = u32> + '_ {
        let sections = self.snapshot.back(Relation::SectionSchool).get(school);
        sections
            .iter()
            .copied()
            .filter(|row| self.scope.contains(Kind::Section, *row))
    }

    /// The students whose primary school it is, ascending.
    pub(crate) fn students_at(&self, school: u32) -> &[u32] {
        self.snapshot.back(Relation::StudentSchool).get(school)
    }

    /// A teacher, by the id of the person or of the role.
    pub(crate) fn teacher(&self, id: &ObjectId) -> Option<u32> {
        let teachers = self.snapshot.employees_with(Role::Teacher);
        let by_person = self.find(Kind::Employee, id);
        by_person
            .filter(|row| teachers.contains(*row))
            .or_else(|| self.by_role_id(Role::Teacher, id))
    }

    /// A contact, by the id of the person or by the one of versions before 3.
    pub(crate) fn contact(&self, id: &ObjectId) -> Option<u32> {
        self.find(Kind::Contact, id)
            .or_else(|| self.by_role_id(Role::Contact, id))
    }

    fn by_role_id(&self, role: Role, id: &ObjectId) -> Option<u32> {
        let kind = match role {
            Role::Contact => Kind::Contact,
            _ => Kind::Employee,
        };
        let (table, order) = (self.table(kind), self.snapshot.by_role_id(role));
        let place = order.partition_point(|row| table.role_id(*row, 0) < Some(*id));
        let row = order.get(place).copied()?;
        (table.role_id(row, 0) == Some(*id)).then_some(row)
    }

    /// The students a contact is tied to now, ascending.
    pub(crate) fn children_of(&self, contact: u32) -> Vec<u32> {
        let links = self.snapshot.back(Relation::LinkContact).get(contact);
        let students = self.lists(Relation::LinkStudent);
        let mut children: Vec<u32> = links
            .iter()
            .filter_map(|link| students.first(*link))
            .filter(|row| self.shows_student(*row))
            .collect();
        children.sort_unstable();
        children.dedup();
        children
    }

    pub(crate) fn student_name(&self, row: u32) -> String {
        let row = self.row(Kind::Student, row);
        let first = match row.text(student::PREFERRED_FIRST) {
            "" => row.text(student::FIRST),
            preferred => preferred,
        };
        joined(first, row.text(student::LAST))
    }

    pub(crate) fn teacher_name(&self, row: u32) -> String {
        let row = self.row(Kind::Employee, row);
        joined(
            row.text(employee::TEACHER_FIRST),
            row.text(employee::TEACHER_LAST),
        )
    }

    pub(crate) fn contact_name(&self, row: u32) -> String {
        self.row(Kind::Contact, row).text(contact::NAME).to_owned()
    }

    pub(crate) fn school_name(&self, row: u32) -> String {
        self.row(Kind::School, row).text(school::NAME).to_owned()
    }

    pub(crate) fn section_name(&self, row: u32) -> String {
        self.row(Kind::Section, row).text(section::NAME).to_owned()
    }

    /// The code of a closed-list field of a student: 0 where it is blank.
    pub(crate) fn code_of(&self, student: u32, field: usize) -> u8 {
        self.row(Kind::Student, student).code(field)
    }

    /// The stored code of a student's grade: 0 where it is not known.
    pub(crate) fn grade_code(&self, student: u32) -> u8 {
        self.grade_of(student).map_or(0, Grade::code)
    }
}

fn joined(first: &str, last: &str) -> String {
    match (first, last) {
        ("", last) => last.to_owned(),
        (first, "") => first.to_owned(),
        (first, last) => format!("{first} {last}"),
    }
}

impl std::fmt::Debug for Roster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Roster(snapshot {})", self.number())
    }
}
