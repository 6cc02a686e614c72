"""What schemathesis cannot read in the documents, and what is counted of a run (docs/schemathesis.md says why).

`cargo xtask schemathesis` names this file in the settings it writes, and HOMEROOM_TALLY as the file to write counts to.
"""

import atexit
import collections
import json
import os
import re
import zlib

import schemathesis

CURSORS = {
    "starting_after": re.compile(r"[0-9a-fA-F]{24}"),
    "ending_before": re.compile(r"[0-9a-fA-F]{24}|last"),
}
PAGE = re.compile(r"0*[1-9][0-9]*")
# A body with a record in it is longer than this.
A_RECORD = 300

statuses = collections.Counter()
untold = collections.Counter()
with_records = 0
paths = collections.Counter()


def is_valid(form, value):
    return form.fullmatch(str(value)) is not None


def drop_one(query, first, second):
    """Keeps one of two parameters that exclude each other: a wrong one rather than a good one, else either."""
    good = [name for name in (first, second) if is_valid(FORMS[name], query[name])]
    by_chance = zlib.crc32(repr(sorted(query.items(), key=repr)).encode()) % len(good) if good else 0
    del query[good[by_chance] if good else second]


FORMS = {**CURSORS, "page": PAGE}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Both cursors, and a page beside a cursor, are always refused: no document can say that of its parameters."""
    query = case.query
    if not isinstance(query, dict):
        return
    if all(name in query for name in CURSORS):
        drop_one(query, *CURSORS)
    for cursor in CURSORS:
        if cursor in query and "page" in query:
            drop_one(query, cursor, "page")
    # Beside a count the parameters of pages are not looked at, so no wrong one would be refused.
    if is_negative(case) and query.get("count") == "true":
        del query["count"]


def is_negative(case):
    return case.meta is not None and case.meta.generation.mode == schemathesis.GenerationMode.NEGATIVE


# Refusals of what a document allows, each by what its message says.
REFUSED = (
    # Which snapshots there are, and which patterns are too complicated, stands in no document.
    ("Homeroom-As-Of", 400, "not been published yet"),
    ("where", 400, "the pattern of $regex"),
    ("where", 400, "it is too long"),
)


def message(response):
    try:
        return response.json().get("message", "")
    except (ValueError, AttributeError):
        return ""


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Lets pass what is meant so; every such case is counted and printed."""
    kind = type(failure).__name__
    said = message(response)
    passed = False
    if kind == "RejectedPositiveData":
        sent = {*(case.query or {}), *(case.headers or {})}
        passed = any(
            name in sent and response.status_code == status and text in said for name, status, text in REFUSED
        )
    elif kind == "UnsupportedMethodResponse":
        # Clever-api 9.1: what is no endpoint is 404, and has the body of any other 404.
        passed = response.status_code == 404 and said.startswith("There is nothing at this path.")
    if passed:
        untold[kind] += 1
    return not passed


@schemathesis.hook
def after_call(context, case, response):
    global with_records
    statuses[response.status_code] += 1
    paths[case.path] += response.status_code == 200
    if response.status_code == 200 and len(response.content) > A_RECORD:
        with_records += 1


@atexit.register
def write_tally():
    tally = {
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "with_records": with_records,
        "let_pass": dict(sorted(untold.items())),
        "never_answered": sorted(path for path, answered in paths.items() if not answered),
    }
    with open(os.environ["HOMEROOM_TALLY"], "w", encoding="utf-8") as file:
        json.dump(tally, file)
