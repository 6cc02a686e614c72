# Checks a folder of roster files with frictionless: required values, unique keys, references, closed lists, forms.
import json, pathlib, sys, time
import frictionless
from frictionless import Package, Resource, Schema, system

folder = pathlib.Path(sys.argv[1])
GRADES = ["Preschool", "PreKindergarten", "TransitionalKindergarten", "Kindergarten", "PostGraduate", "Ungraded", "Other"]
GRADES += [str(grade) for grade in range(1, 14)]
DATE = r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}"
EMAIL = r"[^@\s]+@[^@\s]+"
REQUIRED, UNIQUE = {"required": True}, {"required": True, "unique": True}
EMAILS, DATES, GRADED = {"pattern": EMAIL}, {"pattern": DATE}, {"enum": GRADES}
YES_NO = {"enum": ["Y", "N"]}
PEOPLE = {"First_name": REQUIRED, "Last_name": REQUIRED}
RULES = {
    "schools": {"School_id": UNIQUE, "School_name": REQUIRED, "Low_grade": GRADED, "High_grade": GRADED},
    "teachers": {"School_id": REQUIRED, "Teacher_id": UNIQUE, "Teacher_email": EMAILS, **PEOPLE},
    "staff": {"School_id": REQUIRED, "Staff_id": REQUIRED, "Staff_email": {**EMAILS, "required": True}, **PEOPLE},
    "students": {
        "School_id": REQUIRED, "Student_id": REQUIRED, "Grade": GRADED, "Gender": {"enum": ["M", "F", "X"]}, "DOB": DATES,
        "Student_email": EMAILS, "Hispanic_Latino": YES_NO, "Ell_status": YES_NO, "Iep_status": YES_NO,
        "Graduation_year": {"pattern": r"\d{4}"}, **PEOPLE,
    },
    "sections": {"School_id": REQUIRED, "Section_id": UNIQUE, "Grade": GRADED, "Term_start": DATES, "Term_end": DATES},
    "enrollments": {"Section_id": REQUIRED, "Student_id": REQUIRED},
}
REFERENCES = {
    "teachers": [("School_id", "schools")], "staff": [("School_id", "schools")], "students": [("School_id", "schools")],
    "sections": [("School_id", "schools"), ("Teacher_id", "teachers")],
    "enrollments": [("Section_id", "sections"), ("Student_id", "students")],
}


def schema(stem, header):
    fields = [{"name": name, "type": "string", "constraints": RULES[stem].get(name, {})} for name in header]
    keys = [
        {"fields": [field], "reference": {"resource": to, "fields": [field]}} for field, to in REFERENCES.get(stem, [])
    ]
    return Schema.from_descriptor({"fields": fields, "foreignKeys": keys})


begun = time.perf_counter()
with system.use_context(trusted=True):
    resources = []
    for stem in RULES:
        path = folder / f"{stem}.csv"
        with open(path, encoding="utf-8") as file:
            header = file.readline().rstrip("\n").split(",")
        resources.append(Resource(name=stem, path=str(path), schema=schema(stem, header)))
    report = Package(resources=resources).validate(limit_errors=10_000_000)
found = sum(task.stats.get("errors", 0) for task in report.tasks)
print(json.dumps({"seconds": time.perf_counter() - begun, "findings": found, "version": frictionless.__version__}))
