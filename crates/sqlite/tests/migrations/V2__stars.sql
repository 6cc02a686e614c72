-- A small database of the tests, form 2.
CREATE TABLE star (note INTEGER PRIMARY KEY REFERENCES note) STRICT;

INSERT INTO star SELECT id FROM note;
