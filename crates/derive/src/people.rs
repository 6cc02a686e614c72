//! Records of employees, one per role, until it is known who is one person.

use std::collections::BTreeSet;
use std::io;

use bytes::Bytes;
use homeroom_model::{DistrictAdmin, Employee, Place, Staff, Teacher};
use homeroom_segment::fields::employee as f;
use homeroom_segment::{Hash, HashKey, Row, Spool, Spools};

use crate::by_hand::ByHand;
use crate::email::comparable;
use crate::keys::Keys;
use crate::nearby::Nearby;
use crate::pack::Pack;
use crate::schools::Schools;

/// A role of an employee, numbered as the keys of an employee are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Teacher,
    Staff,
    Admin,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Teacher, Self::Staff, Self::Admin];
}

/// One record of one role; its packed row, which is an employee with that role only, lies in a spool.
pub(crate) struct Record {
    start: u64,
    end: u64,
    /// Keyed hash of the role's natural key.
    pub(crate) key: Hash,
    /// Keyed hash of the email for comparison, if it can merge.
    pub(crate) email: Option<Hash>,
    pub(crate) place: Place,
    /// Kept by a person beside the files.
    custom: bool,
}

/// The records of all employees, in a spool.
pub(crate) struct People {
    key: HashKey,
    spool: Box<dyn Spool>,
    written: u64,
    pack: Pack,
    records: [Vec<Record>; 3],
    keys: [Keys; 3],
    nearby: Nearby,
    /// For each teacher the school the SIS names.
    pub(crate) teacher_schools: Vec<u32>,
    /// Staff members with their schools.
    staff_schools: BTreeSet<(u32, u32)>,
}

/// The same, readable.
pub(crate) struct Sealed {
    bytes: Bytes,
    records: [Vec<Record>; 3],
    pub(crate) teacher_schools: Vec<u32>,
    staff_schools: BTreeSet<(u32, u32)>,
}

impl People {
    pub(crate) fn new(key: HashKey, spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            key,
            spool: spools.spool()?,
            written: 0,
            pack: Pack::default(),
            records: Default::default(),
            keys: Default::default(),
            nearby: Nearby::default(),
            teacher_schools: Vec::new(),
            staff_schools: BTreeSet::new(),
        })
    }

    /// The keys of a role: rows are numbers of records.
    pub(crate) fn keys(&mut self, part: Part) -> &mut Keys {
        let [teachers, staff, admins] = &mut self.keys;
        match part {
            Part::Teacher => teachers,
            Part::Staff => staff,
            Part::Admin => admins,
        }
    }

    /// Keeps a teacher; its key was not seen before.
    pub(crate) fn teacher(
        &mut self,
        place: Place,
        key: Hash,
        teacher: Teacher<'_>,
        school: u32,
    ) -> io::Result<u32> {
        let (email, custom) = (teacher.email.clone(), teacher.custom);
        let employee = Employee {
            teacher: Some(teacher),
            ..Employee::default()
        };
        self.teacher_schools.push(school);
        self.keep((Part::Teacher, custom), place, key, &email, &employee)
    }

    /// Keeps a staff member; its key was not seen before.
    pub(crate) fn staff(&mut self, place: Place, key: Hash, staff: Staff<'_>) -> io::Result<u32> {
        let (email, custom) = (staff.email.clone(), staff.custom);
        let employee = Employee {
            staff: Some(staff),
            ..Employee::default()
        };
        self.keep((Part::Staff, custom), place, key, &email, &employee)
    }

    /// Whether a record is one that a person keeps beside the files.
    pub(crate) fn is_custom(&mut self, part: Part, number: u32) -> bool {
        let record = of_mut(&mut self.records, part).get(number as usize);
        record.is_some_and(|record| record.custom)
    }

    /// A kept teacher's id that is almost this one.
    pub(crate) fn nearby_teacher(&mut self, sis_id: &str) -> Option<String> {
        let [teachers, ..] = &self.keys;
        self.nearby.find(teachers, &self.key, sis_id)
    }

    /// Adds a school to a staff member; whether it is new.
    pub(crate) fn staff_school(&mut self, staff: u32, school: u32) -> bool {
        self.staff_schools.insert((staff, school))
    }

    /// Keeps a person that no file brings, unless the key was seen before.
    pub(crate) fn by_hand(&mut self, person: &ByHand<'_>, schools: &mut Schools) -> io::Result<()> {
        match person {
            ByHand::Admin(admin) => self.admin(admin),
            ByHand::Staff {
                staff,
                schools: sis_ids,
            } => {
                // No cell can hold U+001F, so no staff_id of a file makes the same key.
                let key = format!("hand\u{1f}{}", staff.staff_id);
                let key = self.key.hash(key.as_bytes());
                if self.keys(Part::Staff).seen(&key).is_some() {
                    return Ok(());
                }
                let staff = Staff {
                    kept_by_hand: true,
                    ..staff.clone()
                };
                let number = self.staff(Place::default(), key, staff)?;
                for sis_id in sis_ids {
                    if let Some(school) = schools.row(&self.key, sis_id) {
                        self.staff_school(number, school);
                    }
                }
                Ok(())
            }
        }
    }

    fn admin(&mut self, admin: &DistrictAdmin<'_>) -> io::Result<()> {
        let key = self.key.hash(admin.key.as_bytes());
        if self.keys(Part::Admin).seen(&key).is_some() {
            return Ok(());
        }
        let employee = Employee {
            admin: Some(admin.clone()),
            ..Employee::default()
        };
        let part = (Part::Admin, false);
        self.keep(part, Place::default(), key, &admin.email, &employee)?;
        Ok(())
    }

    fn keep(
        &mut self,
        (part, custom): (Part, bool),
        place: Place,
        key: Hash,
        email: &str,
        employee: &Employee<'_>,
    ) -> io::Result<u32> {
        let packed = self.pack.noun(employee);
        self.spool.write_all(packed)?;
        let start = self.written;
        self.written += packed.len() as u64;
        let record = Record {
            start,
            end: self.written,
            key,
            email: comparable(email).map(|email| self.key.hash(email.as_bytes())),
            place,
            custom,
        };
        let records = of_mut(&mut self.records, part);
        let number = u32::try_from(records.len()).unwrap_or(u32::MAX);
        records.push(record);
        self.keys(part).insert(key, number);
        Ok(number)
    }

    /// Makes the records readable.
    pub(crate) fn seal(self) -> io::Result<Sealed> {
        Ok(Sealed {
            bytes: self.spool.seal()?,
            records: self.records,
            teacher_schools: self.teacher_schools,
            staff_schools: self.staff_schools,
        })
    }
}

impl Sealed {
    /// The records of a role, in the order in which they came.
    pub(crate) fn records(&self, part: Part) -> &[Record] {
        let [teachers, staff, admins] = &self.records;
        match part {
            Part::Teacher => teachers,
            Part::Staff => staff,
            Part::Admin => admins,
        }
    }

    /// The packed row of a record: an employee with one role.
    pub(crate) fn row(&self, part: Part, number: u32) -> Row<'_> {
        let record = self.records(part).get(number as usize);
        let bytes = record.and_then(|record| {
            let start = usize::try_from(record.start).ok()?;
            self.bytes.get(start..usize::try_from(record.end).ok()?)
        });
        Row::new(bytes.unwrap_or(&[]))
    }

    /// The SIS id of a record; district admins have none to show.
    pub(crate) fn id(&self, part: Part, number: u32) -> &str {
        let row = self.row(part, number);
        match part {
            Part::Teacher => row.text(f::TEACHER_SIS_ID),
            Part::Staff => row.text(f::STAFF_ID),
            Part::Admin => "",
        }
    }

    /// Where a record stands.
    pub(crate) fn place(&self, part: Part, number: u32) -> Place {
        let record = self.records(part).get(number as usize);
        record.map(|record| record.place).unwrap_or_default()
    }

    /// Rows of the schools of a staff member, ascending.
    pub(crate) fn staff_schools(&self, staff: u32) -> impl Iterator<Item = u32> {
        let all = (staff, 0)..=(staff, u32::MAX);
        self.staff_schools.range(all).map(|(_, school)| *school)
    }
}

fn of_mut(records: &mut [Vec<Record>; 3], part: Part) -> &mut Vec<Record> {
    let [teachers, staff, admins] = records;
    match part {
        Part::Teacher => teachers,
        Part::Staff => staff,
        Part::Admin => admins,
    }
}
