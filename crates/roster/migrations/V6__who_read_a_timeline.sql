-- The app roster, form 6: who looked at everything that ever happened to somebody (integration-side A4.9, B15). Beside the audit and
-- not in it: a look changes nothing, and there is nothing to undo.

-- Without a subject it was the newest changes of the whole district. An app that shows a timeline writes here, too.
CREATE TABLE timeline_read (
    seq INTEGER NOT NULL PRIMARY KEY,
    district INTEGER NOT NULL REFERENCES district (id),
    subject INTEGER CHECK (subject / 1000000000 = district),
    actor TEXT NOT NULL CHECK (length(actor) > 0),
    at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;

CREATE INDEX timeline_read_by_subject ON timeline_read (district, subject);

CREATE TRIGGER timeline_read_is_not_changed BEFORE UPDATE ON timeline_read
BEGIN SELECT raise(ABORT, 'who read a timeline is only added to'); END;
CREATE TRIGGER timeline_read_is_not_removed BEFORE DELETE ON timeline_read
BEGIN SELECT raise(ABORT, 'who read a timeline is only added to'); END;
