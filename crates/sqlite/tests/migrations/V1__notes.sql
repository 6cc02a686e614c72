-- A small database of the tests, form 1.
PRAGMA application_id = 0x74657374;

CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    author INTEGER NOT NULL REFERENCES author,
    text TEXT NOT NULL CHECK (text <> '')
) STRICT;

INSERT INTO author VALUES (1, 'Ada');
INSERT INTO note VALUES (1, 1, 'kept');
