//! Files of activities: read line by line, recorded once, with every trouble named and none shown.

use homeroom_sync::goals::{Activities, Recorded, read_csv, read_json_lines};

use super::place::{App, District, id};

async fn record(app: &App, river: &District, activities: Activities) -> Recorded {
    let number = river.town.district;
    app.sender
        .record(number, activities, "cli:ada")
        .await
        .unwrap()
}

fn says(activities: &Activities) -> Vec<(u64, String)> {
    activities
        .wrong
        .iter()
        .map(|wrong| (wrong.line, wrong.says.clone()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn csv_and_json_give_the_same_ledger_and_a_second_time_changes_nothing() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    let csv = format!(
        "\u{feff}activity, student ,start,minutes,units\r\na,{},2026-08-31T09:00:00-05:00,32.5,2\r\n\
         b,{bo},2026-08-31T10:00:00Z,0.1,\r\n\"c, d\",{ana},2026-08-31T10:00:00Z,1e1,0.5\r\n",
        id(40).to_hex()
    );
    let activities = read_csv(csv.as_bytes());
    assert_eq!((activities.entries.len(), says(&activities)), (3, vec![]));
    let recorded = record(&app, &river, activities).await;
    assert_eq!((recorded.counted, recorded.wrong.len()), (3, 0));
    let json = format!(
        "{{\"activity\":\"a\",\"student\":\"{}\",\"start\":\"2026-08-31T14:00:00Z\",\"minutes\":32.5,\"units\":2}}\n\n\
         {{\"activity\":\"b\",\"student\":\"{bo}\",\"start\":\"2026-08-31T10:00:00Z\",\"minutes\":\"0.1\"}}\n\
         {{\"activity\":\"b\",\"student\":\"{bo}\",\"start\":\"2026-08-31T10:00:00Z\",\"minutes\":0.2}}\n\
         {{\"activity\":\"c, d\",\"undone\":true,\"reason\":\"deleted\"}}\n",
        id(40).to_hex().to_uppercase()
    );
    let recorded = record(&app, &river, read_json_lines(json.as_bytes())).await;
    assert_eq!(
        (recorded.counted, recorded.repeated, recorded.undone),
        (0, 2, 1)
    );
    let told = &recorded.conflicting[0];
    assert_eq!((told.line, told.activity.as_str()), (4, "b"));
    app.push_done(&river).await;
    let body = app.receiver.log()[0].body.clone();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(
        text.contains("{\"minutes\":32.5,\"lessons_completed\":2}"),
        "{text}"
    );
    assert!(
        text.contains("{\"minutes\":0.1,\"lessons_completed\":0}"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn students_are_who_they_are_now_and_the_ledger_is_the_accounts() {
    let app = App::new();
    let (river, lake) = (app.district(1), app.district(2));
    let [ana, bo, _] = river.town.students;
    let merge = homeroom_roster::Op::Merge {
        from: bo,
        into: ana,
        joint: false,
    };
    app.sync(&river, &[merge]);
    let csv = format!(
        "activity,student,start,minutes\na,{},2026-08-31T10:00:00Z,1\nb,{bo},2026-08-31T10:00:00Z,2\nc,{},2026-08-31T10:00:00Z,4\n\
         d,{},2026-08-31T10:00:00Z,8\ne,Ana,2026-08-31T10:00:00Z,8\nf,{},2026-08-31T10:00:00Z,8\n",
        id(41).to_hex(),
        id(99).to_hex(),
        lake.town.students[0],
        river.town.school
    );
    let recorded = record(&app, &river, read_csv(csv.as_bytes())).await;
    assert_eq!(recorded.counted, 2);
    let lines: Vec<u64> = recorded.wrong.iter().map(|wrong| wrong.line).collect();
    assert_eq!(lines, [4, 5, 6, 7]);
    assert!(!format!("{recorded:?}").contains("Ana"));
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((3, 0)));
}

#[test]
fn what_is_no_entry_is_named_with_its_line_and_never_shown() {
    let csv = "activity,student,start,minutes,units,undone\n\
               ,Anna,2026-08-31T10:00:00Z,1,,\n\
               a,,2026-08-31T10:00:00Z,1,,\n\
               a,Anna,yesterday,1,,\n\
               a,Anna,2026-08-31T10:00:00,1,,\n\
               a,Anna,2026-08-31T10:00:00Z,-1,,\n\
               a,Anna,2026-08-31T10:00:00Z,,,\n\
               a,Anna,2026-08-31T10:00:00Z,1,x,\n\
               a,Anna,2026-08-31T10:00:00Z,1000001,,\n\
               a,Anna,2026-08-31T10:00:00Z,1,1,perhaps\n\
               a,Anna,2026-08-31T10:00:00Z,1,1,,more\n\
               b,,,,,yes\n";
    let read = read_csv(csv.as_bytes());
    let lines: Vec<u64> = read.wrong.iter().map(|wrong| wrong.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(read.entries.len(), 1);
    let shown = format!("{:?} {:?}", read.wrong, read.entries);
    assert!(
        !shown.contains("Anna") && !shown.contains("perhaps"),
        "{shown}"
    );
    let json = b"{\"activity\":\"a\"}\nAnna\n[]\n{\"activity\":\"a\",\"name\":\"Anna\"}\n\xff\n\
                 {\"activity\":\"a\",\"student\":\"x\",\"start\":\"2026-08-31T10:00:00Z\",\"minutes\":true}\n";
    let read = read_json_lines(json);
    let lines: Vec<u64> = read.wrong.iter().map(|wrong| wrong.line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6]);
    assert!(!format!("{:?}", read.wrong).contains("Anna"));
    for header in [
        "",
        "activity,student,start\n",
        "activity,student,start,minutes,name\n",
        "activity,activity,student,start,minutes\n",
        "\u{0}\n",
    ] {
        let read = read_csv(header.as_bytes());
        assert_eq!(says(&read).len(), 1, "{header:?}");
        assert!(
            says(&read)[0]
                .1
                .contains("activity,student,start,minutes,units")
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = (read_csv(&bytes), read_json_lines(&bytes));
        let with_header = [b"activity,student,start,minutes\n", &bytes[..]].concat();
        let _ = read_csv(&with_header);
    }
}
