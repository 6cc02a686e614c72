use homeroom_model::{Kind, ResourceRole};

use super::*;

fn text(snapshot: &Snapshot, table: ExportTable) -> String {
    let (bytes, rows) = table.write_csv(snapshot, Vec::new()).unwrap();
    assert_eq!(rows, table.rows(snapshot));
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_type_has_its_spelling() {
    let mut roster = Roster::default();
    roster.add(&Term {
        name: "Fall, \"early\"\nterm".into(),
        start: Date::new(2026, 8, 2),
        end: None,
    });
    roster.add(&Course::default());
    roster.add(&Course::default());
    roster.add(&Resource {
        resource_id: "007".into(),
        title: " Atlas; =1+1".into(),
        roles: vec![ResourceRole::Teacher, ResourceRole::Student],
    });
    roster.add(&Resource::default());
    roster.relate(Relation::ResourceCourses, &[&[0, 1]]);
    let snapshot = roster.snapshot();
    let (term, resource) = (hex(Kind::Term, 0), |row| hex(Kind::Resource, row));
    assert_eq!(
        text(&snapshot, ExportTable::Records(Kind::Term)),
        format!(
            "id,name,start_date,end_date,created,last_modified\n\
             {term},\"Fall, \"\"early\"\"\nterm\",2026-08-02,,2023-04-01T09:00:00.042Z,2023-04-01T09:00:00.042Z\n"
        )
    );
    assert_eq!(
        text(&snapshot, ExportTable::Records(Kind::Resource)),
        format!(
            "id,course_ids,resource_id,title,roles,created,last_modified\n\
             {},{};{},007, Atlas; =1+1,teacher;student,2023-04-01T09:00:00.042Z,2023-04-01T09:00:00.042Z\n\
             {},,,,,2023-04-01T09:00:00.042Z,2023-04-01T09:00:00.043Z\n",
            resource(0),
            hex(Kind::Course, 0),
            hex(Kind::Course, 1),
            resource(1)
        )
    );
}

#[test]
fn flags_and_positions_are_spelt() {
    let staff = Staff {
        kept_by_hand: true,
        ..Staff::default()
    };
    let mut roster = sections();
    roster.add(&Employee {
        staff: Some(staff),
        ..Employee::default()
    });
    let snapshot = roster.snapshot();
    let employees = text(&snapshot, ExportTable::Records(Kind::Employee));
    let mut lines = employees
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let at = header
        .iter()
        .position(|name| *name == "staff_kept_by_hand")
        .unwrap();
    let flags: Vec<_> = lines.map(|line| line[at]).collect();
    assert_eq!(flags, ["false", "false", "true"]);

    let (section, employee) = (
        |row| hex(Kind::Section, row),
        |row| hex(Kind::Employee, row),
    );
    assert_eq!(
        text(&snapshot, ExportTable::SectionTeachers),
        format!(
            "section_id,employee_id,position\n{},{},1\n{},{},2\n{},{},1\n",
            section(0),
            employee(1),
            section(0),
            employee(0),
            section(2),
            employee(0)
        )
    );
}

#[test]
fn another_reader_finds_the_same_cells() {
    let mut roster = Roster::default();
    let odd = [
        "",
        " ",
        "a,b",
        "\"",
        "\"\"",
        "x\ny",
        "x\r\ny",
        "tab\there",
        "é 学校",
        "#no comment",
        "=SUM(A1)",
    ];
    for text in odd {
        roster.add(&Course {
            name: text.into(),
            number: "1".into(),
        });
    }
    let (bytes, _) = ExportTable::Records(Kind::Course)
        .write_csv(&roster.snapshot(), Vec::new())
        .unwrap();
    let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
    let names: Vec<_> = reader
        .records()
        .map(|record| record.unwrap()[1].to_owned())
        .collect();
    assert_eq!(names, odd);
}
