-- The control store, form 1. Released migrations never change: the next form is a new file.
--
-- Ids are BLOBs of 12 bytes, digests of 32, moments INTEGER milliseconds since 1970 UTC, lists and documents JSON text.

-- "HmRm": tells a control store from any other SQLite file.
PRAGMA application_id = 1215124077;

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `snapshot` is the district pointer.
CREATE TABLE districts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    created INTEGER NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 0),
    snapshot INTEGER,
    document TEXT NOT NULL CHECK (json_valid(document)),
    FOREIGN KEY (id, snapshot) REFERENCES snapshots (district, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE apps (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    name TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE,
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The columns `view_…` are the connection's view pointer.
CREATE TABLE connections (
    district BLOB NOT NULL REFERENCES districts (id),
    id BLOB NOT NULL CHECK (length(id) = 12),
    app BLOB NOT NULL REFERENCES apps (id),
    token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
    sealed BLOB NOT NULL,
    scopes TEXT NOT NULL CHECK (json_valid(scopes)),
    created INTEGER NOT NULL,
    view_generation INTEGER NOT NULL CHECK (view_generation >= 0),
    view_snapshot INTEGER,
    view_moved_at INTEGER NOT NULL,
    view_document TEXT NOT NULL CHECK (json_valid(view_document)),
    PRIMARY KEY (district, id),
    UNIQUE (app, district),
    FOREIGN KEY (district, view_snapshot) REFERENCES snapshots (district, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    district BLOB NOT NULL REFERENCES districts (id),
    id BLOB NOT NULL CHECK (length(id) = 12),
    kind TEXT NOT NULL CHECK (kind IN ('district_admin', 'staff')),
    email TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    title TEXT NOT NULL,
    department TEXT NOT NULL,
    schools TEXT NOT NULL CHECK (json_valid(schools)),
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    staff_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (district, id)
) STRICT, WITHOUT ROWID;

-- Every range of ids ever reserved. The greatest `last_second` of a district is its high-water mark.
CREATE TABLE id_ranges (
    district BLOB NOT NULL REFERENCES districts (id),
    seconds INTEGER NOT NULL CHECK (seconds >= 0),
    last_second INTEGER NOT NULL CHECK (last_second >= seconds),
    fence BLOB NOT NULL CHECK (length(fence) = 5),
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (district, seconds)
) STRICT, WITHOUT ROWID;

CREATE INDEX id_ranges_by_fence ON id_ranges (fence, seconds);

-- The newest lease of each district; `holder` is NULL once it is released, so that the fence goes on rising.
CREATE TABLE leases (
    district BLOB NOT NULL PRIMARY KEY REFERENCES districts (id),
    fence INTEGER NOT NULL CHECK (fence > 0),
    holder TEXT,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `snapshot` is what the run published; it stays when the snapshot is forgotten.
CREATE TABLE runs (
    district BLOB NOT NULL REFERENCES districts (id),
    id BLOB NOT NULL CHECK (length(id) = 12),
    fence INTEGER NOT NULL,
    started INTEGER NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('running', 'published', 'no_change', 'held', 'error', 'abandoned')),
    snapshot INTEGER,
    finished INTEGER,
    report TEXT,
    PRIMARY KEY (district, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_by_start ON runs (district, started, id);

CREATE INDEX runs_open ON runs (district, started, id) WHERE state = 'running';

CREATE TABLE snapshots (
    district BLOB NOT NULL REFERENCES districts (id),
    number INTEGER NOT NULL CHECK (number > 0),
    run BLOB NOT NULL,
    file_set BLOB NOT NULL CHECK (length(file_set) = 32),
    published_at INTEGER NOT NULL,
    manifest TEXT NOT NULL,
    PRIMARY KEY (district, number),
    FOREIGN KEY (district, run) REFERENCES runs (district, id)
) STRICT, WITHOUT ROWID;

-- Which objects the manifest of a snapshot names.
CREATE TABLE snapshot_objects (
    district BLOB NOT NULL,
    number INTEGER NOT NULL,
    object BLOB NOT NULL CHECK (length(object) = 32),
    PRIMARY KEY (district, number, object),
    FOREIGN KEY (district, number) REFERENCES snapshots (district, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshot_objects_by_object ON snapshot_objects (object);

CREATE TABLE pins (
    district BLOB NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (district, number, name),
    FOREIGN KEY (district, number) REFERENCES snapshots (district, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE condemned (
    object BLOB NOT NULL PRIMARY KEY CHECK (length(object) = 32),
    condemned_at INTEGER NOT NULL,
    seized INTEGER NOT NULL CHECK (seized IN (0, 1))
) STRICT, WITHOUT ROWID;
