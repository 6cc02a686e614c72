//! Names under which other systems export the documented columns: a name that is not known may well be one of them.

use crate::hint::{bare, nearest};

/// Documented columns and what else they are called, lower case, without what separates words.
const OTHER_NAMES: &[(&str, &[&str])] = &[
    (
        "School_id",
        &[
            "buildingid",
            "campusid",
            "siteid",
            "schoolcode",
            "buildingcode",
            "campuscode",
            "locationid",
            "orgid",
            "schoolsisid",
        ],
    ),
    (
        "School_name",
        &[
            "name",
            "school",
            "building",
            "buildingname",
            "campus",
            "campusname",
            "sitename",
            "site",
        ],
    ),
    (
        "School_number",
        &[
            "number",
            "schoolno",
            "buildingnumber",
            "campusnumber",
            "sitenumber",
        ],
    ),
    (
        "Low_grade",
        &[
            "gradelow",
            "lowestgrade",
            "lograde",
            "mingrade",
            "gradefrom",
        ],
    ),
    (
        "High_grade",
        &[
            "gradehigh",
            "highestgrade",
            "higrade",
            "maxgrade",
            "gradeto",
        ],
    ),
    ("School_phone", &["phone", "telephone"]),
    ("School_address", &["address", "street"]),
    ("School_city", &["city"]),
    ("School_state", &["state"]),
    ("School_zip", &["zip", "zipcode", "postalcode"]),
    (
        "Student_id",
        &[
            "id",
            "studentsisid",
            "sisid",
            "pupilid",
            "localid",
            "localstudentid",
            "permid",
            "userid",
            "studentsid",
        ],
    ),
    (
        "Student_number",
        &["number", "studentno", "localnumber", "pupilnumber"],
    ),
    (
        "State_id",
        &[
            "ssid",
            "statestudentid",
            "stateid",
            "uniquestudentid",
            "studentstateid",
            "stateschoolid",
        ],
    ),
    (
        "Last_name",
        &[
            "surname",
            "familyname",
            "lname",
            "last",
            "studentlastname",
            "teacherlastname",
            "stafflastname",
            "lastnm",
        ],
    ),
    (
        "First_name",
        &[
            "givenname",
            "forename",
            "fname",
            "first",
            "studentfirstname",
            "teacherfirstname",
            "stafffirstname",
            "firstnm",
        ],
    ),
    (
        "Middle_name",
        &["mname", "middle", "middleinitial", "mi", "middlename1"],
    ),
    (
        "Grade",
        &[
            "gradelevel",
            "gradelvl",
            "yeargroup",
            "year",
            "currentgrade",
            "gradecode",
        ],
    ),
    ("Gender", &["sex"]),
    ("DOB", &["birthdate", "dateofbirth", "birthday", "birthdt"]),
    ("Race", &["ethnicity", "racecode", "federalrace"]),
    (
        "Hispanic_Latino",
        &["hispanic", "latino", "hispanicethnicity", "ishispanic"],
    ),
    (
        "Home_language",
        &["language", "primarylanguage", "homelang", "nativelanguage"],
    ),
    ("Ell_status", &["ell", "el", "lep", "englishlearner", "esl"]),
    ("Iep_status", &["iep", "sped", "specialeducation"]),
    (
        "Frl_status",
        &["frl", "frpl", "lunchstatus", "freelunch", "lunch"],
    ),
    (
        "Section_504_status",
        &["section504", "504status", "504", "plan504"],
    ),
    ("Gifted_status", &["gifted", "gate", "tag"]),
    ("Graduation_year", &["gradyear", "classof", "yog", "cohort"]),
    (
        "Student_email",
        &["email", "emailaddress", "studentemailaddress"],
    ),
    (
        "Teacher_email",
        &["email", "emailaddress", "teacheremailaddress", "workemail"],
    ),
    (
        "Staff_email",
        &[
            "email",
            "emailaddress",
            "staffemailaddress",
            "workemail",
            "adminemail",
        ],
    ),
    (
        "Admin_email",
        &["email", "emailaddress", "staffemail", "workemail"],
    ),
    (
        "Username",
        &[
            "login",
            "loginid",
            "userlogin",
            "samaccountname",
            "districtusername",
        ],
    ),
    (
        "Student_street",
        &["address", "street", "homeaddress", "studentaddress"],
    ),
    ("Student_city", &["city"]),
    ("Student_state", &["state"]),
    ("Student_zip", &["zip", "zipcode", "postalcode"]),
    (
        "Contact_name",
        &[
            "guardian",
            "guardianname",
            "parentname",
            "parent",
            "parentguardian",
        ],
    ),
    ("Contact_relationship", &["relationship", "relation"]),
    ("Contact_phone", &["guardianphone", "parentphone", "phone"]),
    ("Contact_email", &["guardianemail", "parentemail"]),
    ("Contact_sis_id", &["contactid", "guardianid", "parentid"]),
    (
        "Teacher_id",
        &[
            "id",
            "employeeid",
            "teachersisid",
            "sisid",
            "instructorid",
            "staffid",
            "facultyid",
            "primaryteacherid",
            "teacher1id",
            "userid",
        ],
    ),
    (
        "Teacher_number",
        &["number", "employeenumber", "teacherno", "staffnumber"],
    ),
    (
        "State_teacher_id",
        &["stateid", "teacherstateid", "licensenumber"],
    ),
    ("Title", &["jobtitle", "position"]),
    (
        "Staff_id",
        &[
            "id",
            "employeeid",
            "staffsisid",
            "sisid",
            "adminid",
            "userid",
        ],
    ),
    ("Department", &["dept"]),
    (
        "Section_id",
        &[
            "id",
            "classid",
            "sectionsisid",
            "sisid",
            "coursesectionid",
            "classsisid",
            "crn",
        ],
    ),
    (
        "Section_number",
        &["number", "sectionno", "sectioncode", "classnumber"],
    ),
    (
        "Name",
        &["sectionname", "classname", "classtitle", "sectiontitle"],
    ),
    ("Course_name", &["course", "coursetitle", "coursenm"]),
    ("Course_number", &["courseid", "coursecode", "courseno"]),
    ("Course_description", &["coursedesc", "description"]),
    (
        "Period",
        &["block", "hour", "meeting", "expression", "periods"],
    ),
    ("Subject", &["subjectarea", "department", "coursesubject"]),
    (
        "Term_name",
        &["term", "semester", "session", "termcode", "gradingperiod"],
    ),
    (
        "Term_start",
        &["startdate", "termstartdate", "start", "begindate"],
    ),
    ("Term_end", &["enddate", "termenddate", "end", "finishdate"]),
    ("resource_id", &["id", "resourceid"]),
    ("title", &["name"]),
    (
        "sis_id",
        &[
            "id",
            "studentid",
            "teacherid",
            "staffid",
            "sectionid",
            "schoolid",
        ],
    ),
];

/// The documented column, one of `absent`, that a name from outside probably means: the one that is spelt so but for what
/// separates words, else the one that other systems call so, else the one that is nearly spelt so.
pub(super) fn meant(name: &str, absent: &[&'static str]) -> Option<&'static str> {
    let letters = bare(name);
    let is_spelt = |column: &&&'static str| bare(column) == letters;
    let is_called = |column: &&&'static str| {
        let entry = OTHER_NAMES.iter().find(|(other, _)| other == *column);
        entry.is_some_and(|(_, names)| names.contains(&letters.as_str()))
    };
    let spelt = absent.iter().find(is_spelt);
    let known = spelt.or_else(|| absent.iter().find(is_called)).copied();
    known.or_else(|| nearest(name, absent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stem;

    #[test]
    fn every_line_is_of_a_documented_column() {
        for (column, names) in OTHER_NAMES {
            let is_it = |stem: Stem| stem.columns().iter().any(|known| known.name == *column);
            assert!(Stem::ALL.into_iter().any(is_it), "{column}");
            for name in *names {
                assert_eq!(bare(name), *name, "{column}");
            }
        }
    }

    #[test]
    fn names_of_other_systems_are_known() {
        let students: Vec<&str> = Stem::Students
            .columns()
            .iter()
            .map(|column| column.name)
            .collect();
        for (name, expected) in [
            ("Surname", Some("Last_name")),
            ("Birth Date", Some("DOB")),
            ("E-Mail", Some("Student_email")),
            ("Studnet_id", Some("Student_id")),
            ("SSID", Some("State_id")),
            ("Shoe size", None),
        ] {
            assert_eq!(meant(name, &students), expected, "{name}");
        }
        assert_eq!(meant("Surname", &["First_name"]), None);
    }
}
