//! Taking records as they come from the source, until they are a mirror. Memory: about 150 bytes a record and 12 an id that
//! it names; the records themselves go into a spool.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::ops::ControlFlow;

use homeroom_client::{Record, Sink};
use homeroom_model::{
    Contact, ContactLink, Course, Employee, Kind, ObjectId, Section, Student, Term,
};
use homeroom_plan::Policy;
use homeroom_segment::{Noun, Relation, RowBuilder, Spool, Spools};
use homeroom_wire::read::{Document, Head, InRole, Person, SectionRead, Tie};

use super::Mirror;
use super::item::{Item, Leads, MOST_RELATIONS, Piece, place_of};
use super::misread::Misreadings;
use super::raw::{self, Dropped};
use super::used::Used;

/// Records of a source, kind by kind.
pub struct Gathered {
    spool: Option<Box<dyn Spool>>,
    at: u64,
    used: Used,
    pub(super) items: BTreeMap<Kind, Vec<Item>>,
    pub(super) ids: Vec<ObjectId>,
    /// Records that came and cannot be read: what was there of them stays (integration-side A2.4).
    pub(super) stays: BTreeSet<ObjectId>,
    wanted: BTreeSet<Kind>,
    /// Courses and terms that stood inside sections, once each.
    inline: BTreeSet<ObjectId>,
    dropped: Dropped,
    misread: Misreadings,
    cleaned: u64,
    broken: Option<io::Error>,
    builder: RowBuilder,
    scratch: Vec<u8>,
}

impl Gathered {
    /// Nothing so far. Only what `policy` uses of each record will be kept.
    pub fn new(policy: &Policy, spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            spool: Some(spools.spool()?),
            at: 0,
            used: Used::of(policy),
            wanted: Kind::ALL
                .into_iter()
                .filter(|kind| policy.wants(*kind))
                .collect(),
            items: BTreeMap::new(),
            ids: Vec::new(),
            stays: BTreeSet::new(),
            inline: BTreeSet::new(),
            dropped: Dropped::new(),
            misread: Misreadings::default(),
            cleaned: 0,
            broken: None,
            builder: RowBuilder::default(),
            scratch: Vec::new(),
        })
    }

    /// Notes that the source said a record is gone, whatever it was before. What comes of it later counts again.
    pub fn remove(&mut self, kind: Kind, id: ObjectId) {
        self.items.entry(kind).or_default().push(Item::gone(id));
    }

    /// Takes a record that happened after everything taken so far, as events tell: a person who was of another kind before is so no longer, and a
    /// contact has no ties but those that it names. `before` is the mirror that will be built upon.
    pub fn follow(&mut self, record: Record, before: &Mirror) -> ControlFlow<()> {
        if let (Ok(Document::Person(head, _)), true) = (&record.read, record.id.is_some()) {
            self.remove_person(head.id, before);
        }
        self.take(record)
    }

    /// Notes that a person is gone, as whatever it was known, with the ties of a contact.
    pub fn remove_person(&mut self, id: ObjectId, before: &Mirror) {
        for kind in [Kind::Student, Kind::Employee] {
            self.remove(kind, id);
        }
        let snapshot = &before.snapshot;
        if let Some(row) = snapshot.table(Kind::Contact).find(&id) {
            let ties = snapshot.back(Relation::LinkContact).get(row);
            let ids: Vec<_> = ties
                .iter()
                .map(|tie| snapshot.table(Kind::ContactLink).id(*tie))
                .collect();
            for tie in ids {
                self.remove(Kind::ContactLink, tie);
            }
        }
        self.remove(Kind::Contact, id);
    }

    /// Notes that what was there of some records stays, although they did not come: nobody could say that they are gone.
    pub fn stay(&mut self, ids: impl IntoIterator<Item = ObjectId>) {
        self.stays.extend(ids);
    }

    /// The ids that came of a kind, each once, ascending.
    pub fn ids(&self, kind: Kind) -> Vec<ObjectId> {
        let items = self.items.get(&kind).map_or(&[][..], Vec::as_slice);
        ascending(&items.iter().map(|item| item.id).collect::<Vec<_>>())
    }

    /// The ids that records name by a relation, each once, ascending.
    pub(crate) fn named(&self, relation: Relation) -> Vec<ObjectId> {
        let items = self.items.get(&relation.from());
        let items = items.map_or(&[][..], Vec::as_slice).iter();
        let leads = items.filter_map(|item| item.leads.get(place_of(relation)));
        ascending(
            &leads
                .flat_map(|leads| leads.of(&self.ids).to_vec())
                .collect::<Vec<_>>(),
        )
    }

    /// How many records of a kind came.
    pub fn count(&self, kind: Kind) -> u64 {
        self.items.get(&kind).map_or(0, |items| items.len() as u64)
    }

    /// Members that the app does not use, by name, with how often each was dropped.
    pub fn dropped(&self) -> &Dropped {
        &self.dropped
    }

    /// What could not be read.
    pub fn misread(&self) -> &Misreadings {
        &self.misread
    }

    /// Records whose texts had control characters, which were left out.
    pub fn cleaned(&self) -> u64 {
        self.cleaned
    }

    /// Ends gathering: the spool's bytes, or why they could not be written.
    pub(super) fn seal(&mut self) -> io::Result<bytes::Bytes> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        match self.spool.take() {
            Some(spool) => spool.seal(),
            None => Ok(bytes::Bytes::new()),
        }
    }

    fn gather(&mut self, record: &Record) -> io::Result<()> {
        let document = match &record.read {
            Ok(document) => document,
            Err(error) => {
                self.stays.extend(record.id);
                self.misread.record(record, *error);
                return Ok(());
            }
        };
        self.misread.values(record);
        let raw = &record.raw[..];
        match document {
            Document::District(_) => Ok(()),
            Document::School(head, school) => self.keep(head.id, raw, &[], &**school, &[]),
            Document::Course(head, course) => self.keep(head.id, raw, &[], course, &[]),
            Document::Term(head, term) => self.keep(head.id, raw, &[], term, &[]),
            Document::Resource(head, resource) => self.keep(head.id, raw, &[], resource, &[]),
            Document::Section(head, section) => self.section(head, raw, section),
            Document::Person(head, person) => self.person(head, raw, person),
        }
    }

    /// A section; course and term that stand inside it become records of their own.
    fn section(&mut self, head: &Head, raw: &[u8], read: &SectionRead) -> io::Result<()> {
        let mut course = read.course;
        if let Some(inline) = &read.inline_course {
            course = Some(self.inline(inline, &Course::key(inline))?);
        }
        let mut term = read.term;
        if let Some(inline) = &read.inline_term {
            term = Some(self.inline(inline, &Term::key(inline))?);
        }
        let students = ascending(&read.students);
        let leads: [(Relation, &[ObjectId]); 5] = [
            (Relation::SectionSchool, read.school.as_slice()),
            (Relation::SectionCourse, course.as_slice()),
            (Relation::SectionTerm, term.as_slice()),
            (Relation::SectionTeachers, &read.teachers),
            (Relation::SectionStudents, &students),
        ];
        let section: &Section<'_> = &read.section;
        self.keep(head.id, raw, &[], section, &leads)
    }

    /// A course or term without an id of its own: what it says gives it one.
    fn inline<'a, N: Noun<'a>>(&mut self, noun: &N, key: &str) -> io::Result<ObjectId> {
        let id = derived(N::KIND.table(), key.as_bytes());
        if self.inline.insert(id) {
            self.keep(id, b"", &[], noun, &[])?;
        }
        Ok(id)
    }

    fn person(&mut self, head: &Head, raw: &[u8], person: &Person) -> io::Result<()> {
        if let Some(student) = &person.student {
            let schools = ascending(&student.schools);
            let leads: [(Relation, &[ObjectId]); 2] = [
                (Relation::StudentSchool, student.school.as_slice()),
                (Relation::StudentSchools, &schools),
            ];
            let noun: &Student<'_> = &student.value;
            self.keep(head.id, raw, &[], noun, &leads)?;
        }
        if person.teacher.is_some() || person.staff.is_some() || person.admin.is_some() {
            self.employee(head, raw, person)?;
        }
        match &person.contact {
            Some((contact, ties)) => self.contact(head, raw, contact, ties),
            None => Ok(()),
        }
    }

    fn employee(&mut self, head: &Head, raw: &[u8], person: &Person) -> io::Result<()> {
        let role_ids = [
            person.teacher.as_ref().map(|role| role.id),
            person.staff.as_ref().map(|role| role.id),
            person.admin.as_ref().map(|role| role.id),
        ];
        let noun = Employee {
            teacher: person.teacher.as_ref().map(|role| role.value.clone()),
            staff: person.staff.as_ref().map(|role| role.value.clone()),
            admin: person.admin.as_ref().map(|role| role.value.clone()),
        };
        let taught = person.teacher.as_ref();
        let primary = taught.and_then(|role| role.school);
        let teaches = taught
            .map(|role| ascending(&role.schools))
            .unwrap_or_default();
        let works = person
            .staff
            .as_ref()
            .map(|role| ascending(&role.schools))
            .unwrap_or_default();
        let leads: [(Relation, &[ObjectId]); 3] = [
            (Relation::TeacherSchool, primary.as_slice()),
            (Relation::TeacherSchools, &teaches),
            (Relation::StaffSchools, &works),
        ];
        self.keep(
            head.id,
            raw,
            &role_ids.map(Option::unwrap_or_default),
            &noun,
            &leads,
        )
    }

    /// A contact and its ties, each of which gets an id from the two it ties.
    fn contact(
        &mut self,
        head: &Head,
        raw: &[u8],
        contact: &InRole<Contact<'static>>,
        ties: &[Tie],
    ) -> io::Result<()> {
        self.keep(head.id, raw, &[contact.id], &contact.value, &[])?;
        for tie in ties {
            let leads: [(Relation, &[ObjectId]); 2] = [
                (Relation::LinkContact, &[head.id]),
                (Relation::LinkStudent, &[tie.student]),
            ];
            let noun: &ContactLink<'_> = &tie.link;
            self.keep(tie_id(&head.id, &tie.student), b"", &[], noun, &leads)?;
        }
        Ok(())
    }

    fn keep<'a, N: Noun<'a>>(
        &mut self,
        id: ObjectId,
        raw: &[u8],
        role_ids: &[ObjectId],
        noun: &N,
        leads: &[(Relation, &[ObjectId])],
    ) -> io::Result<()> {
        let kind = N::KIND;
        if !self.wanted.contains(&kind) {
            return Ok(());
        }
        let mut item = Item {
            id,
            role_ids: [ObjectId::default(); 3],
            row: Piece::default(),
            document: Piece::default(),
            leads: [Leads::default(); MOST_RELATIONS],
            gone: false,
        };
        for (to, from) in item.role_ids.iter_mut().zip(role_ids) {
            *to = *from;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let packed = noun.packed();
        let cleaned = self
            .used
            .trim(kind, &packed, &mut self.builder, &mut scratch);
        self.cleaned += u64::from(cleaned);
        item.row = self.spool(&scratch)?;
        if !raw.is_empty() {
            scratch.clear();
            raw::trim(&[kind], raw, &self.used, &mut self.dropped, &mut scratch);
            item.document = self.spool(&scratch)?;
        }
        self.scratch = scratch;
        for (relation, ids) in leads {
            let named = Leads {
                at: u32::try_from(self.ids.len()).map_err(|_| too_many())?,
                length: u32::try_from(ids.len()).map_err(|_| too_many())?,
            };
            self.ids.extend_from_slice(ids);
            if let Some(place) = item.leads.get_mut(place_of(*relation)) {
                *place = named;
            }
        }
        self.items.entry(kind).or_default().push(item);
        Ok(())
    }

    fn spool(&mut self, bytes: &[u8]) -> io::Result<Piece> {
        let Some(spool) = &mut self.spool else {
            return Err(io::Error::other("the mirror is built already"));
        };
        spool.write_all(bytes)?;
        let piece = Piece {
            at: self.at,
            length: u32::try_from(bytes.len()).map_err(|_| too_many())?,
        };
        self.at += u64::from(piece.length);
        Ok(piece)
    }
}

/// Takes records as the client reads them. What cannot be written ends the reading; building the mirror says why.
impl Sink for Gathered {
    fn take(&mut self, record: Record) -> ControlFlow<()> {
        match self.gather(&record) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.broken = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

fn too_many() -> io::Error {
    io::Error::other("a mirror holds at most 2^32 names and 4 GiB in one record")
}

fn ascending(ids: &[ObjectId]) -> Vec<ObjectId> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The id of the tie of a contact and a student.
pub(crate) fn tie_id(contact: &ObjectId, student: &ObjectId) -> ObjectId {
    derived("tie", [*contact.bytes(), *student.bytes()].as_flattened())
}

/// An id for what has none, from what it is: the same every time.
fn derived(space: &str, what: &[u8]) -> ObjectId {
    let mut hasher =
        blake3::Hasher::new_derive_key("homeroom mirror 2026-11 id of a record that has none");
    hasher.update(space.as_bytes());
    hasher.update(&[0]);
    hasher.update(what);
    let hash = hasher.finalize();
    let head = hash.as_bytes().get(..ObjectId::LEN).unwrap_or(&[]);
    ObjectId::from_slice(head).unwrap_or_default()
}
