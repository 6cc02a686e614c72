"""What an app does that only upserts: every collection of version 3.1, page by page, into SQLite with the standard library.

No comparison, no plan, no guard, no history, nothing removed. Prints seconds, CPU seconds, requests and bytes as JSON.
"""

import json
import os
import sqlite3
import sys
import time
import urllib.request

SCHEMA = """
CREATE TABLE IF NOT EXISTS school (id TEXT PRIMARY KEY, name TEXT, sis_id TEXT, number TEXT, low_grade TEXT, high_grade TEXT);
CREATE TABLE IF NOT EXISTS term (id TEXT PRIMARY KEY, name TEXT, start_date TEXT, end_date TEXT);
CREATE TABLE IF NOT EXISTS course (id TEXT PRIMARY KEY, name TEXT, number TEXT);
CREATE TABLE IF NOT EXISTS person (id TEXT PRIMARY KEY, first TEXT, middle TEXT, last TEXT, email TEXT);
CREATE TABLE IF NOT EXISTS role (person TEXT, role TEXT, sis_id TEXT, number TEXT, state_id TEXT, grade TEXT, username TEXT,
    title TEXT, school TEXT, PRIMARY KEY (person, role));
CREATE TABLE IF NOT EXISTS role_school (person TEXT, role TEXT, school TEXT, PRIMARY KEY (person, role, school));
CREATE TABLE IF NOT EXISTS relationship (contact TEXT, student TEXT, relationship TEXT, type TEXT, PRIMARY KEY (contact, student));
CREATE TABLE IF NOT EXISTS section (id TEXT PRIMARY KEY, name TEXT, number TEXT, sis_id TEXT, period TEXT, grade TEXT,
    subject TEXT, school TEXT, course TEXT, term TEXT);
CREATE TABLE IF NOT EXISTS membership (section TEXT, person TEXT, role TEXT, PRIMARY KEY (section, person, role));
CREATE INDEX IF NOT EXISTS membership_of_person ON membership (person);
"""


class Sync:
    def __init__(self, server, token, database):
        self.server, self.token = server, token
        self.requests = self.bytes = 0
        self.db = sqlite3.connect(database)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(SCHEMA)

    def pages(self, path):
        while path:
            request = urllib.request.Request(self.server + path, headers={"Authorization": "Bearer " + self.token})
            with urllib.request.urlopen(request) as answer:
                body = answer.read()
            self.requests += 1
            self.bytes += len(body)
            page = json.loads(body)
            yield [entry["data"] for entry in page["data"]]
            path = next((link["uri"] for link in page["links"] if link["rel"] == "next"), None)

    def walk(self, collection, put):
        for page in self.pages(f"/v3.1/{collection}limit=10000"):
            with self.db:  # one transaction a page
                for record in page:
                    put(record)

    def upsert(self, table, *values):
        marks = ", ".join("?" * len(values))
        self.db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)

    def school(self, it):
        get = it.get
        self.upsert("school", it["id"], get("name"), get("sis_id"), get("school_number"), get("low_grade"), get("high_grade"))

    def term(self, it):
        self.upsert("term", it["id"], it.get("name"), it.get("start_date"), it.get("end_date"))

    def course(self, it):
        self.upsert("course", it["id"], it.get("name"), it.get("number"))

    def user(self, it):
        name = it.get("name", {})
        self.upsert("person", it["id"], name.get("first"), name.get("middle"), name.get("last"), it.get("email"))
        for role, its in it.get("roles", {}).items():
            get = its.get
            sis_id = get("sis_id") or get("staff_id")
            number = get("student_number") or get("teacher_number")
            username = get("credentials", {}).get("district_username")
            self.upsert("role", it["id"], role, sis_id, number, get("state_id"), get("grade"), username, get("title"), get("school"))
            for school in get("schools", []):
                self.upsert("role_school", it["id"], role, school)
            for tie in get("student_relationships", []):
                self.upsert("relationship", it["id"], tie["student"], tie.get("relationship"), tie.get("type"))

    def section(self, it):
        get = it.get
        self.upsert("section", it["id"], get("name"), get("section_number"), get("sis_id"), get("period"), get("grade"),
                    get("subject"), get("school"), get("course"), get("term_id"))
        for teacher in get("teachers", []):
            self.upsert("membership", it["id"], teacher, "teacher")
        for student in get("students", []):
            self.upsert("membership", it["id"], student, "student")


def main():
    server, token, database, roles = sys.argv[1:]
    begun = time.monotonic()
    sync = Sync(server, token, database)
    sync.walk("schools?", sync.school)
    sync.walk("terms?", sync.term)
    sync.walk("courses?", sync.course)
    for role in roles.split(","):
        sync.walk(f"users?role={role}&", sync.user)
    sync.walk("sections?", sync.section)
    sync.db.close()
    used = os.times()
    print(json.dumps({"seconds": time.monotonic() - begun, "cpu": used.user + used.system, "requests": sync.requests,
                      "bytes": sync.bytes}))


main()
