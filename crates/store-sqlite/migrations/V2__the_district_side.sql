-- The control store, form 2: what runs leave behind, holds, blocked file sets, rehearsals, settings of districts, custom
-- records, management tokens, the audit. Actors are texts such as `cli:<user>` and `token:<name>`.

-- Runs have more states, and SQLite changes a CHECK only with its table. The references to runs are looked at when the
-- transaction ends; by then every run is there again. (A renamed copy would not do: it satisfies no reference.)
PRAGMA defer_foreign_keys = ON;

CREATE TABLE runs_of_form_1 AS SELECT * FROM runs;

DROP TABLE runs;

-- `snapshot` is what the run published; it stays when the snapshot is forgotten. `repeats` is the run whose kept files it
-- read again.
CREATE TABLE runs (
    district BLOB NOT NULL REFERENCES districts (id),
    id BLOB NOT NULL CHECK (length(id) = 12),
    fence INTEGER NOT NULL,
    started INTEGER NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    repeats BLOB CHECK (length(repeats) = 12),
    state TEXT NOT NULL CHECK (state IN (
        'running', 'published', 'no_change', 'held', 'planned', 'error', 'abandoned', 'cancelled'
    )),
    stage TEXT NOT NULL,
    cancel_at INTEGER,
    cancel_actor TEXT,
    snapshot INTEGER,
    finished INTEGER,
    report TEXT,
    PRIMARY KEY (district, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_by_start ON runs (district, started, id);

CREATE INDEX runs_open ON runs (district, started, id) WHERE state = 'running';

INSERT INTO runs (
    district, id, fence, started, source, actor, state, stage, snapshot, finished, report
)
SELECT district, id, fence, started, source, '', state, '', snapshot, finished, report
FROM runs_of_form_1;

DROP TABLE runs_of_form_1;

CREATE TABLE artifacts (
    district BLOB NOT NULL,
    run BLOB NOT NULL,
    name TEXT NOT NULL,
    object BLOB NOT NULL CHECK (length(object) = 32),
    "offset" INTEGER NOT NULL CHECK ("offset" >= 0),
    length INTEGER NOT NULL CHECK (length >= 0),
    plain_length INTEGER NOT NULL CHECK (plain_length >= 0),
    PRIMARY KEY (district, run, name),
    FOREIGN KEY (district, run) REFERENCES runs (district, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX artifacts_by_object ON artifacts (object);

CREATE TABLE holds (
    district BLOB NOT NULL,
    run BLOB NOT NULL,
    base INTEGER,
    digest TEXT NOT NULL,
    file_set BLOB NOT NULL CHECK (length(file_set) = 32),
    triggers TEXT NOT NULL,
    opened INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'discarded', 'superseded')),
    closed INTEGER,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (district, run),
    FOREIGN KEY (district, run) REFERENCES runs (district, id),
    CHECK ((state = 'waiting') = (closed IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX holds_waiting ON holds (district) WHERE state = 'waiting';

CREATE INDEX holds_by_opening ON holds (district, opened, run);

CREATE TABLE blocks (
    district BLOB NOT NULL REFERENCES districts (id),
    file_set BLOB NOT NULL CHECK (length(file_set) = 32),
    reason TEXT NOT NULL,
    run BLOB NOT NULL CHECK (length(run) = 12),
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (district, file_set)
) STRICT, WITHOUT ROWID;

CREATE TABLE rehearsals (
    district BLOB NOT NULL,
    name TEXT NOT NULL,
    run BLOB NOT NULL,
    set_at INTEGER NOT NULL,
    PRIMARY KEY (district, name),
    FOREIGN KEY (district, run) REFERENCES runs (district, id)
) STRICT, WITHOUT ROWID;

-- Every text a district ever had; the greatest number is the one that counts.
CREATE TABLE district_settings (
    district BLOB NOT NULL REFERENCES districts (id),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, number)
) STRICT, WITHOUT ROWID;

-- `expires` in days since 1970-01-01.
CREATE TABLE custom_records (
    district BLOB NOT NULL REFERENCES districts (id),
    stem TEXT NOT NULL,
    key TEXT NOT NULL,
    cells TEXT NOT NULL,
    expires INTEGER,
    created INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (district, stem, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE management_tokens (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    name TEXT NOT NULL,
    district BLOB REFERENCES districts (id),
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX management_tokens_by_name ON management_tokens (name) WHERE revoked IS NULL;

-- Entries without a district are about the installation.
CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    district BLOB REFERENCES districts (id),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_time ON audit (at, id);

CREATE INDEX audit_by_district ON audit (district, at, id);
