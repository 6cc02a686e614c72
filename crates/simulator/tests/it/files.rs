use homeroom_simulator::{District, MemorySink, Profile, SchoolYear};

use crate::importer::{roster, rows};

const YEAR: SchoolYear = SchoolYear { start: 2026 };

fn day(profile: Profile, seed: u64, day: u32) -> MemorySink {
    let mut files = MemorySink::default();
    District::new(profile, seed, YEAR)
        .write_day(day, &mut files)
        .unwrap();
    files
}

#[test]
fn same_seed_same_bytes() {
    let profile = Profile::students(900);
    assert!(day(profile, 5, 3) == day(profile, 5, 3));
    assert!(day(profile, 5, 3) != day(profile, 6, 3));
    assert!(day(profile, 5, 3) != day(profile, 5, 4));
    let later = District::new(profile, 5, SchoolYear { start: 2027 });
    let mut files = MemorySink::default();
    later.write_day(3, &mut files).unwrap();
    assert!(day(profile, 5, 3) != files);
}

/// Asking for other days or for a census first changes nothing.
#[test]
fn days_do_not_depend_on_each_other() {
    let district = District::new(Profile::students(400), 2, YEAR);
    district.census(50);
    district.difference(3, 9);
    let mut files = MemorySink::default();
    district.write_day(11, &mut files).unwrap();
    assert!(files == day(Profile::students(400), 2, 11));
}

#[test]
fn the_files_have_the_documented_columns() {
    let files = day(Profile::students(60), 1, 0);
    let names: Vec<&str> = files.files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "enrollments.csv",
            "resources.csv",
            "schools.csv",
            "sections.csv",
            "staff.csv",
            "students.csv",
            "teachers.csv"
        ]
    );
    let documented = [
        (
            "schools.csv",
            "School_id School_name School_number State_id Nces_id Mdr_number Low_grade High_grade Principal \
             Principal_email School_address School_city School_state School_zip School_phone",
        ),
        (
            "students.csv",
            "School_id Student_id Student_number State_id Last_name First_name Middle_name Preferred_first_name \
             Preferred_middle_name Preferred_last_name Grade Gender Graduation_year DOB Race Hispanic_Latino \
             Home_language Ell_status Iep_status Frl_status Section_504_status Gifted_status Disability_status \
             Disability_type Disability_code Student_street Student_city Student_state Student_zip Student_email \
             Username Password Unweighted_gpa Weighted_gpa Contact_name Contact_type Contact_relationship \
             Contact_phone Contact_phone_type Contact_email Contact_sis_id",
        ),
        (
            "teachers.csv",
            "School_id Teacher_id Teacher_number State_teacher_id Teacher_email First_name Last_name Middle_name \
             Title Username Password",
        ),
        (
            "sections.csv",
            "School_id Section_id Teacher_id Teacher_2_id Teacher_3_id Teacher_4_id Teacher_5_id Teacher_6_id \
             Teacher_7_id Teacher_8_id Teacher_9_id Teacher_10_id Name Section_number Grade Course_name \
             Course_number Course_description Period Subject Term_name Term_start Term_end",
        ),
        ("enrollments.csv", "School_id Section_id Student_id"),
        (
            "staff.csv",
            "School_id Staff_id Staff_email First_name Last_name Department Title Username Password Role",
        ),
        ("resources.csv", "resource_id title roles course_number"),
    ];
    for (file, columns) in documented {
        let header = files.text(file).lines().next().unwrap();
        let mut written: Vec<&str> = header
            .split(',')
            .filter(|c| !c.starts_with("ext."))
            .collect();
        let mut columns: Vec<&str> = columns.split_whitespace().collect();
        written.sort_unstable();
        columns.sort_unstable();
        assert_eq!(written, columns, "{file}");
    }
    for file in [
        "schools.csv",
        "students.csv",
        "teachers.csv",
        "staff.csv",
        "sections.csv",
    ] {
        assert!(
            files.text(file).lines().next().unwrap().contains(",ext."),
            "{file}"
        );
    }
}

/// A district for a demonstration may be tiny.
#[test]
fn any_number_of_students_is_exact() {
    for students in [1, 2, 9, 40, 333, 1_700] {
        for seed in [1, 2] {
            let files = day(Profile::students(students), seed, 0);
            let roster = roster(&files);
            assert_eq!(roster.students.len() as u64, students);
            assert!(!roster.sections.is_empty() && !roster.enrollments.is_empty());
            assert!(!roster.teachers.is_empty() && !roster.staff.is_empty());
            assert!(rows(files.text("resources.csv")).count() > 0);
        }
    }
}

#[test]
fn nobody_attends_a_section_twice_and_timetables_are_full() {
    let roster = roster(&day(Profile::S, 3, 0));
    let mut loads = std::collections::BTreeMap::new();
    for (_, student) in &roster.enrollments {
        *loads.entry(student).or_insert(0) += 1;
    }
    assert!(loads.values().all(|&load| load <= 9));
    let usual = loads.values().filter(|&&load| load >= 6).count();
    assert!(usual * 10 > loads.len() * 9);
    let mut sizes = std::collections::BTreeMap::new();
    for (section, _) in &roster.enrollments {
        *sizes.entry(section).or_insert(0) += 1;
    }
    let believable = sizes
        .values()
        .filter(|&&size| (6..=36).contains(&size))
        .count();
    assert!(believable * 100 > sizes.len() * 97);
}
