-- The app roster, form 2: what the engine keeps between two runs (mirrors, leases, notices), what an account may do beyond its
-- role, and one more question for people.

-- What was read last and before, and which objects hold it. The row is written once its objects are durable.
CREATE TABLE mirror (
    district INTEGER NOT NULL REFERENCES district (id),
    number INTEGER NOT NULL CHECK (number > 0),
    manifest TEXT NOT NULL CHECK (json_valid(manifest)),
    about TEXT NOT NULL CHECK (json_valid(about)),
    made INTEGER NOT NULL,
    PRIMARY KEY (district, number)
) STRICT;

-- The mirror that was applied before a run's own: what the district goes back to where the run is undone.
ALTER TABLE run ADD COLUMN base INTEGER;

-- Who writes a district now.
CREATE TABLE lease (
    district INTEGER NOT NULL PRIMARY KEY REFERENCES district (id),
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL CHECK (until > since)
) STRICT;

-- What the app's people were told, once for as long as it lasts.
CREATE TABLE notice (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT,
    raised INTEGER NOT NULL,
    settled INTEGER
) STRICT;

CREATE UNIQUE INDEX notice_open ON notice (district, code, subject) WHERE settled IS NULL;

CREATE VIEW notices AS
SELECT n.id, n.district, n.code, n.subject, n.detail, n.raised FROM notice AS n WHERE n.settled IS NULL;

-- What only the app knows of an account. The verified address is kept and not a mark, so that it says nothing of another
-- address that comes later.
ALTER TABLE person_own ADD COLUMN privileged INTEGER NOT NULL DEFAULT 0 CHECK (privileged IN (0, 1));
ALTER TABLE person_own ADD COLUMN verified_email TEXT;

DROP TRIGGER person_own_begun;
DROP TRIGGER person_own_changed;

CREATE TRIGGER person_own_begun AFTER INSERT ON person_own
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.person / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'person', NEW.person,
    json_array(json_object('own', 1, 'fields', json_object('nickname', json_array(NULL, NEW.nickname),
        'settings', json_array(NULL, json(NEW.settings)), 'privileged', json_array(0, NEW.privileged),
        'verified_email', json_array(NULL, NEW.verified_email))))); END;

CREATE TRIGGER person_own_changed AFTER UPDATE ON person_own
WHEN NEW.nickname IS NOT OLD.nickname OR NEW.settings IS NOT OLD.settings OR NEW.privileged <> OLD.privileged
    OR NEW.verified_email IS NOT OLD.verified_email
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.person / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'person', NEW.person,
    json_array(json_object('own', 1, 'fields', json_object('nickname', json_array(OLD.nickname, NEW.nickname),
        'settings', json_array(json(OLD.settings), json(NEW.settings)), 'privileged', json_array(OLD.privileged, NEW.privileged),
        'verified_email', json_array(OLD.verified_email, NEW.verified_email))))); END;

-- `review`: somebody is missing from the source, and policy asks before their account is switched off.
CREATE TABLE suggestion_now (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    about TEXT NOT NULL CHECK (about IN
        ('link', 'rekey', 'merge', 'join', 'reconnect', 'carry_over', 'successor', 'course', 'review')),
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    entity INTEGER NOT NULL CHECK (entity / 1000000000 = district),
    rung TEXT NOT NULL,
    evidence TEXT,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'rejected', 'gone')),
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    UNIQUE (district, about, kind, source_id, entity)
) STRICT;

INSERT INTO suggestion_now SELECT id, district, about, kind, source_id, entity, rung, evidence, state, first_seen, last_seen,
    decided_by, decided_at FROM suggestion ORDER BY id;
DROP TABLE suggestion;
ALTER TABLE suggestion_now RENAME TO suggestion;
