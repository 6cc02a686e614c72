-- The app roster, form 6: who looked at everything that ever happened to somebody (integration-side A4.9, B15), beside the audit and
-- not in it: a look changes nothing, and there is nothing to undo. And every yes stays, who gave it and what they said: the same plan
-- can be planned, and approved, again after an undo.

-- Without a subject it was the newest changes of the whole district. An app that shows a timeline writes here, too.
CREATE TABLE timeline_read (
    seq INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    district INTEGER NOT NULL REFERENCES district (id),
    subject INTEGER CHECK (subject / 1000000000 = district),
    actor TEXT NOT NULL CHECK (length(actor) > 0),
    at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;

CREATE INDEX timeline_read_by_subject ON timeline_read (district, subject);

CREATE TRIGGER timeline_read_came_before BEFORE INSERT ON timeline_read
WHEN EXISTS (SELECT 1 FROM timeline_read AS r WHERE r.seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'who read a timeline is only added to'); END;
CREATE TRIGGER timeline_read_is_not_changed BEFORE UPDATE ON timeline_read
BEGIN SELECT raise(ABORT, 'who read a timeline is only added to'); END;
CREATE TRIGGER timeline_read_is_not_removed BEFORE DELETE ON timeline_read
BEGIN SELECT raise(ABORT, 'who read a timeline is only added to'); END;

CREATE TABLE approval_6 (
    seq INTEGER NOT NULL PRIMARY KEY,
    district INTEGER NOT NULL REFERENCES district (id),
    digest TEXT NOT NULL,
    part TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT,
    used_by INTEGER,
    withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))
) STRICT;

INSERT INTO approval_6 (district, digest, part, by, at, note, used_by)
SELECT district, digest, part, by, at, note, used_by FROM approval ORDER BY at, digest, part;

DROP TABLE approval;
ALTER TABLE approval_6 RENAME TO approval;

CREATE INDEX approval_by_plan ON approval (district, digest);
CREATE UNIQUE INDEX approval_counts ON approval (district, digest, part) WHERE used_by IS NULL AND NOT withdrawn;
