# Checks a folder of roster files with pandera over pandas: required values, unique keys, references, closed lists, forms.
import json, pathlib, sys, time
import pandas as pd
import pandera
import pandera.pandas as pa

folder = pathlib.Path(sys.argv[1])
GRADES = ["Preschool", "PreKindergarten", "TransitionalKindergarten", "Kindergarten", "PostGraduate", "Ungraded", "Other"]
GRADES += [str(grade) for grade in range(1, 14)]
DATE = r"^\d{1,2}/\d{1,2}/\d{4}$|^\d{4}-\d{2}-\d{2}$"
EMAIL = r"^[^@\s]+@[^@\s]+$"
YES_NO = ["Y", "N"]


def read(stem):
    return pd.read_csv(folder / f"{stem}.csv", dtype=str, keep_default_na=False, na_values=[""], engine="c", on_bad_lines="skip")


def present(unique=False, *checks):
    return pa.Column(str, list(checks), nullable=False, unique=unique)


def optional(*checks):
    return pa.Column(str, list(checks), nullable=True, required=False)


def check(frame, columns):
    try:
        pa.DataFrameSchema(columns).validate(frame, lazy=True)
        return 0
    except pa.errors.SchemaErrors as errors:
        return len(errors.failure_cases)


begun = time.perf_counter()
schools, teachers, students = read("schools"), read("teachers"), read("students")
sections, enrollments, staff = read("sections"), read("enrollments"), read("staff")
is_school = pa.Check.isin(set(schools["School_id"].dropna()))
people = {"First_name": present(), "Last_name": present()}
found = check(schools, {
    "School_id": present(True), "School_name": present(),
    "Low_grade": optional(pa.Check.isin(GRADES)), "High_grade": optional(pa.Check.isin(GRADES)),
})
found += check(teachers, {
    "School_id": present(False, is_school), "Teacher_id": present(True),
    "Teacher_email": optional(pa.Check.str_matches(EMAIL)), **people,
})
found += check(staff, {
    "School_id": present(False, is_school), "Staff_id": present(),
    "Staff_email": present(False, pa.Check.str_matches(EMAIL)), **people,
})
found += check(students, {
    "School_id": present(False, is_school), "Student_id": present(),
    "Grade": optional(pa.Check.isin(GRADES)), "Gender": optional(pa.Check.isin(["M", "F", "X"])),
    "DOB": optional(pa.Check.str_matches(DATE)), "Student_email": optional(pa.Check.str_matches(EMAIL)),
    "Hispanic_Latino": optional(pa.Check.isin(YES_NO)), "Ell_status": optional(pa.Check.isin(YES_NO)),
    "Iep_status": optional(pa.Check.isin(YES_NO)), "Graduation_year": optional(pa.Check.str_matches(r"^\d{4}$")),
    "Contact_phone": optional(pa.Check.str_matches(r"\d{3}.*\d{4}")), **people,
})
is_teacher = pa.Check.isin(set(teachers["Teacher_id"].dropna()))
found += check(sections, {
    "School_id": present(False, is_school), "Section_id": present(True), "Teacher_id": optional(is_teacher),
    "Grade": optional(pa.Check.isin(GRADES)),
    "Term_start": optional(pa.Check.str_matches(DATE)), "Term_end": optional(pa.Check.str_matches(DATE)),
})
found += check(enrollments, {
    "Section_id": present(False, pa.Check.isin(set(sections["Section_id"].dropna()))),
    "Student_id": present(False, pa.Check.isin(set(students["Student_id"].dropna()))),
})
print(json.dumps({"seconds": time.perf_counter() - begun, "findings": found, "version": pandera.__version__}))
