use homeroom_model::{Kind, ObjectId, Timestamp};

use super::{Changes, ChangesWriter, Op};
use crate::departed::{Departed, DepartedRecord};
use crate::ipc::BATCH_ROWS;
use crate::parts::Content;
use crate::record::{Record, write_content, write_list};
use crate::relation::Relation;

fn id(number: usize) -> ObjectId {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&(number as u64).to_be_bytes());
    ObjectId::new(bytes)
}

fn record(kind: Kind, number: usize) -> Vec<u8> {
    let content = Content {
        id: id(number),
        role_ids: [id(number + 1), id(number + 2), ObjectId::default()],
        keys: [[1; 16], [2; 16], [0; 16]],
        created: Timestamp::from_millis(5),
        modified: Timestamp::from_millis(-5),
        hash: [3; 16],
        row: b"row",
    };
    let mut bytes = Vec::new();
    write_content(kind, &content, &mut bytes);
    for (count, _) in Relation::of(kind).enumerate() {
        let targets: Vec<_> = (0..count).map(id).collect();
        write_list(targets.into_iter(), &mut bytes);
    }
    bytes
}

fn departed(number: u8) -> DepartedRecord {
    let ids = (id(number.into()), ObjectId::default());
    let at = Timestamp::from_millis(7);
    DepartedRecord::new(Kind::Student, 0, [number; 16], ids, at, at)
}

#[test]
fn a_record_reads_back_and_no_part_of_it_does() {
    for kind in Kind::ALL {
        let bytes = record(kind, 9);
        let read = Record::read(kind, &bytes).unwrap();
        assert_eq!(read.created(), Timestamp::from_millis(5));
        assert_eq!(read.modified(), Timestamp::from_millis(-5));
        assert_eq!(
            (read.hash(), read.row().packed()),
            ([3; 16], b"row".as_slice())
        );
        assert_eq!(read.key(0), Some([1; 16]));
        assert_eq!(read.key(2), None, "zeros are no key");
        let roles = crate::role_id_count(kind);
        assert_eq!(read.role_id(0), (roles > 0).then(|| id(10)));
        assert_eq!(read.role_id(2), None);
        for (count, relation) in Relation::of(kind).enumerate() {
            let targets: Vec<_> = read.targets(relation).collect();
            assert_eq!(targets, (0..count).map(id).collect::<Vec<_>>());
        }
        for other in Relation::ALL
            .into_iter()
            .filter(|other| other.from() != kind)
        {
            assert_eq!(read.targets(other).count(), 0);
        }
        for end in 0..bytes.len() {
            assert!(Record::read(kind, &bytes[..end]).is_none(), "{kind} {end}");
        }
        assert!(Record::read(kind, &[&bytes[..], &[0]].concat()).is_none());
    }
}

#[test]
fn many_changes_are_found_again_over_batches() {
    let many = BATCH_ROWS + 10;
    let mut writer = ChangesWriter::new(Vec::new()).unwrap();
    let (student, section) = (record(Kind::Student, 1), record(Kind::Section, 1));
    for number in 0..many {
        let (before, after) = match number % 3 {
            0 => (&[][..], &student[..]),
            1 => (&student[..], &[][..]),
            _ => (&student[..], &student[..]),
        };
        writer
            .push(Kind::Student, &id(2 * number), before, after)
            .unwrap();
    }
    writer
        .push(Kind::Section, &id(4), &section, &section)
        .unwrap();
    writer.push_departed(&departed(8), false).unwrap();
    writer.push_departed(&departed(3), true).unwrap();
    let changes = Changes::open(writer.finish().unwrap().into()).unwrap();

    assert_eq!(changes.len() as usize, many + 1);
    assert_eq!(changes.of(Kind::Student).count(), many);
    assert_eq!(changes.of(Kind::Section).count(), 1);
    assert_eq!(changes.of(Kind::School).count(), 0);
    assert_eq!(changes.of(Kind::Resource).count(), 0);
    for number in [0, 1, 2, BATCH_ROWS - 1, BATCH_ROWS, many - 1] {
        let change = changes.find(Kind::Student, &id(2 * number)).unwrap();
        let expected = [Op::Created, Op::Deleted, Op::Updated][number % 3];
        assert_eq!((change.id, change.op()), (id(2 * number), expected));
        assert!(changes.find(Kind::Student, &id(2 * number + 1)).is_none());
    }
    assert!(changes.find(Kind::Course, &id(0)).is_none());
    assert_eq!(changes.left(), [departed(8)]);
    assert_eq!(changes.entered(), [departed(3)]);
}

#[test]
fn changes_out_of_order_are_refused() {
    let student = record(Kind::Student, 1);
    let school = record(Kind::School, 1);
    let open = |rows: &[(Kind, usize, &[u8])]| {
        let mut writer = ChangesWriter::new(Vec::new()).unwrap();
        for (kind, number, after) in rows {
            writer.push(*kind, &id(*number), &[], after).unwrap();
        }
        Changes::open(writer.finish().unwrap().into()).map(|changes| changes.len())
    };
    let ascending = open(&[(Kind::School, 5, &school), (Kind::Student, 1, &student)]);
    assert_eq!(ascending.unwrap(), 2);
    for rows in [
        &[
            (Kind::Student, 2, &student[..]),
            (Kind::Student, 1, &student),
        ][..],
        &[(Kind::Student, 2, &student), (Kind::Student, 2, &student)],
        &[(Kind::Student, 1, &student), (Kind::School, 5, &school)],
        &[(Kind::Student, 1, &school)],
        &[(Kind::Student, 1, &[])],
    ] {
        let error = open(rows).unwrap_err().to_string();
        assert!(error.starts_with("changes is damaged: "), "{error}");
    }
}

#[test]
fn sets_of_departed_records_differ_and_are_made_whole_again() {
    let set = |numbers: &[u8]| Departed::new(numbers.iter().copied().map(departed).collect());
    let (before, after) = (set(&[1, 2, 3, 5]), set(&[2, 4, 5, 6]));
    let (left, entered) = before.difference(&after);
    assert_eq!(left, set(&[1, 3]).records());
    assert_eq!(entered, set(&[4, 6]).records());
    assert_eq!(before.apply(&entered, &left), after);
    assert_eq!(after.apply(&left, &entered), before);
}
