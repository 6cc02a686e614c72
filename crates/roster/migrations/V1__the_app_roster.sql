-- The app roster, form 1. Released migrations never change: the next form is a new file.
--
-- What each table and view means to an application stands in docs/app-database.md.
-- Local ids are numbers: district * 1000000000 + n, never given twice. So every reference says by arithmetic which district it
-- belongs to, rows of a district stand together, and "nothing refers to another district" is a CHECK and not a look-up.
-- Dates are TEXT 'YYYY-MM-DD', moments INTEGER milliseconds since 1970 UTC, yes and no 1 and 0, lists and documents JSON text.

-- "HmAr": tells an app roster from any other SQLite file.
PRAGMA application_id = 1215119730;

-- Districts and how far each is applied.

CREATE TABLE district (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id BETWEEN 1 AND 9000000),
    source_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'connected' CHECK (state IN ('connected', 'paused', 'disconnected')),
    state_reason TEXT,
    state_since INTEGER NOT NULL,
    keep_until TEXT CHECK (keep_until IS date(keep_until)),
    mirror INTEGER,
    cursor TEXT,
    cursor_at INTEGER,
    source_sync INTEGER,
    last_read INTEGER,
    last_apply INTEGER,
    policy TEXT,
    fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
    next_id INTEGER NOT NULL CHECK (next_id / 1000000000 = id)
) STRICT;

-- Schools, terms, courses, classes.

CREATE TABLE school (
    id INTEGER NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL DEFAULT 'source' CHECK (origin IN ('source', 'manual', 'adopted')),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')),
    reason TEXT,
    since INTEGER,
    name TEXT,
    sis_id TEXT,
    number TEXT,
    state_id TEXT,
    low_grade TEXT,
    high_grade TEXT,
    ext TEXT CHECK (ext IS NULL OR json_valid(ext))
) STRICT;

CREATE TABLE term (
    id INTEGER NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL DEFAULT 'source' CHECK (origin IN ('source', 'manual', 'adopted')),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')),
    reason TEXT,
    since INTEGER,
    name TEXT,
    start_date TEXT CHECK (start_date IS date(start_date)),
    end_date TEXT CHECK (end_date IS date(end_date)),
    successor INTEGER REFERENCES term (id) CHECK (successor / 1000000000 = id / 1000000000),
    ext TEXT CHECK (ext IS NULL OR json_valid(ext))
) STRICT;

CREATE INDEX term_by_successor ON term (successor) WHERE successor IS NOT NULL;

CREATE TABLE course (
    id INTEGER NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL DEFAULT 'source' CHECK (origin IN ('source', 'manual', 'adopted')),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')),
    reason TEXT,
    since INTEGER,
    name TEXT,
    number TEXT,
    school INTEGER REFERENCES school (id) CHECK (school / 1000000000 = id / 1000000000),
    copy_of INTEGER REFERENCES course (id) CHECK (copy_of / 1000000000 = id / 1000000000),
    ext TEXT CHECK (ext IS NULL OR json_valid(ext))
) STRICT;

CREATE INDEX course_by_school ON course (school) WHERE school IS NOT NULL;
-- A course has at most one copy in each school.
CREATE UNIQUE INDEX course_copy ON course (copy_of, school) WHERE copy_of IS NOT NULL;

CREATE TABLE section (
    id INTEGER NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL DEFAULT 'source' CHECK (origin IN ('source', 'manual', 'adopted')),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')),
    reason TEXT,
    since INTEGER,
    name TEXT,
    school INTEGER REFERENCES school (id) CHECK (school / 1000000000 = id / 1000000000),
    course INTEGER REFERENCES course (id) CHECK (course / 1000000000 = id / 1000000000),
    term INTEGER REFERENCES term (id) CHECK (term / 1000000000 = id / 1000000000),
    sis_id TEXT,
    number TEXT,
    period TEXT,
    subject TEXT,
    grade TEXT,
    carried_from INTEGER REFERENCES section (id) CHECK (carried_from / 1000000000 = id / 1000000000),
    ext TEXT CHECK (ext IS NULL OR json_valid(ext))
) STRICT;

CREATE INDEX section_by_school ON section (school);
CREATE INDEX section_by_course ON section (course);
CREATE INDEX section_by_term ON section (term);
CREATE INDEX section_by_carried_from ON section (carried_from) WHERE carried_from IS NOT NULL;

-- People. Two switches: what the source says (source_…) and what the app's own people decided (app_…).

CREATE TABLE person (
    id INTEGER NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL DEFAULT 'source' CHECK (origin IN ('source', 'manual', 'adopted')),
    source_state TEXT NOT NULL DEFAULT 'present'
        CHECK (source_state IN ('present', 'missing', 'disconnected', 'never')),
    source_reason TEXT,
    source_since INTEGER,
    app_state TEXT NOT NULL DEFAULT 'ok' CHECK (app_state IN ('ok', 'suspended', 'merged_into', 'purged')),
    app_reason TEXT,
    app_since INTEGER,
    merged_into INTEGER REFERENCES person (id) CHECK (merged_into / 1000000000 = id / 1000000000),
    first_name TEXT,
    middle_name TEXT,
    last_name TEXT,
    email TEXT,
    login_name TEXT,
    usable INTEGER GENERATED ALWAYS AS
        ((source_state = 'present' OR (origin = 'manual' AND source_state = 'never')) AND app_state = 'ok') VIRTUAL,
    CHECK ((app_state = 'merged_into') = (merged_into IS NOT NULL)),
    CHECK (merged_into <> id)
) STRICT;

CREATE UNIQUE INDEX person_by_login_name ON person (login_name) WHERE login_name IS NOT NULL;
CREATE INDEX person_by_merged_into ON person (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE role (
    person INTEGER NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('student', 'teacher', 'staff', 'district_admin', 'contact')),
    sis_id TEXT,
    number TEXT,
    state_id TEXT,
    grade TEXT,
    graduation_year INTEGER,
    birth_date TEXT CHECK (birth_date IS date(birth_date)),
    title TEXT,
    ext TEXT CHECK (ext IS NULL OR json_valid(ext)),
    PRIMARY KEY (person, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX role_by_sis_id ON role (sis_id) WHERE sis_id IS NOT NULL;

CREATE TABLE role_school (
    person INTEGER NOT NULL,
    role TEXT NOT NULL,
    school INTEGER NOT NULL REFERENCES school (id) CHECK (school / 1000000000 = person / 1000000000),
    is_primary INTEGER NOT NULL DEFAULT 0 CHECK (is_primary IN (0, 1)),
    PRIMARY KEY (person, role, school),
    FOREIGN KEY (person, role) REFERENCES role (person, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX role_school_by_school ON role_school (school);

CREATE TABLE profile (
    id INTEGER NOT NULL PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')),
    reason TEXT,
    since INTEGER,
    person INTEGER NOT NULL REFERENCES person (id) CHECK (person / 1000000000 = id / 1000000000),
    section INTEGER REFERENCES section (id) CHECK (section / 1000000000 = id / 1000000000),
    school INTEGER REFERENCES school (id) CHECK (school / 1000000000 = id / 1000000000),
    label TEXT,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
) STRICT;

CREATE INDEX profile_by_person ON profile (person);
CREATE INDEX profile_by_section ON profile (section) WHERE section IS NOT NULL;
CREATE INDEX profile_by_school ON profile (school) WHERE school IS NOT NULL;
-- One default, and one profile per class or school.
CREATE UNIQUE INDEX profile_default ON profile (person) WHERE is_default = 1 AND state = 'active';
CREATE UNIQUE INDEX profile_place ON profile (person, ifnull(section, 0), ifnull(school, 0)) WHERE state = 'active';

-- Who is in which class: the source's fact, the local wish, and what follows from the two.

CREATE TABLE membership (
    section INTEGER NOT NULL REFERENCES section (id),
    person INTEGER NOT NULL REFERENCES person (id) CHECK (person / 1000000000 = section / 1000000000),
    is_teacher INTEGER NOT NULL CHECK (is_teacher IN (0, 1)),
    source INTEGER NOT NULL CHECK (source IN (0, 1)),
    intent TEXT CHECK (intent IN ('added', 'removed')),
    position INTEGER CHECK (position >= 0),
    profile INTEGER REFERENCES profile (id) CHECK (profile / 1000000000 = section / 1000000000),
    opened TEXT CHECK (length(opened) = 10),
    PRIMARY KEY (section, person, is_teacher),
    -- A member is who the source names and nobody removed, and who somebody added (integration-side B6); who the source
    -- does not name and nobody added has no row.
    CHECK ((opened IS NOT NULL) = (CASE intent WHEN 'added' THEN 1 WHEN 'removed' THEN 0 ELSE source END)),
    CHECK (source = 1 OR ifnull(intent, 'removed') = 'added')
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_by_person ON membership (person, section);
CREATE INDEX membership_by_profile ON membership (profile) WHERE profile IS NOT NULL;

-- Memberships that ended: from `opened` up to the day before `closed`.
CREATE TABLE membership_past (
    section INTEGER NOT NULL REFERENCES section (id),
    person INTEGER NOT NULL REFERENCES person (id) CHECK (person / 1000000000 = section / 1000000000),
    is_teacher INTEGER NOT NULL CHECK (is_teacher IN (0, 1)),
    opened TEXT NOT NULL CHECK (length(opened) = 10),
    closed TEXT NOT NULL CHECK (length(closed) = 10 AND closed > opened),
    position INTEGER,
    PRIMARY KEY (section, person, is_teacher, opened)
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_past_by_person ON membership_past (person, section);

-- Ties between people: a contact and a student, a teacher and a student without a class.

CREATE TABLE relationship (
    contact INTEGER NOT NULL REFERENCES person (id),
    student INTEGER NOT NULL REFERENCES person (id) CHECK (student / 1000000000 = contact / 1000000000),
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    opened TEXT NOT NULL CHECK (length(opened) = 10),
    closed TEXT CHECK (length(closed) = 10 AND closed > opened),
    PRIMARY KEY (contact, student, type, label, opened)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX relationship_now ON relationship (contact, student, type, label) WHERE closed IS NULL;
CREATE INDEX relationship_by_student ON relationship (student);

CREATE TABLE association (
    teacher INTEGER NOT NULL REFERENCES person (id),
    student INTEGER NOT NULL REFERENCES person (id) CHECK (student / 1000000000 = teacher / 1000000000),
    opened TEXT NOT NULL CHECK (length(opened) = 10),
    closed TEXT CHECK (length(closed) = 10 AND closed > opened),
    PRIMARY KEY (teacher, student, opened)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX association_now ON association (teacher, student) WHERE closed IS NULL;
CREATE INDEX association_by_student ON association (student);

-- What belongs to the app. The engine never writes person_own, section_own, work and custom_group; in group_member it only
-- dates the leaving of who left the class that a group divides.

CREATE TABLE person_own (
    person INTEGER NOT NULL PRIMARY KEY REFERENCES person (id),
    nickname TEXT,
    settings TEXT CHECK (settings IS NULL OR json_valid(settings)),
    changed_by TEXT NOT NULL DEFAULT 'app'
) STRICT;

CREATE TABLE section_own (
    section INTEGER NOT NULL PRIMARY KEY REFERENCES section (id),
    display_name TEXT,
    settings TEXT CHECK (settings IS NULL OR json_valid(settings)),
    changed_by TEXT NOT NULL DEFAULT 'app'
) STRICT;

CREATE TABLE custom_group (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    owner INTEGER NOT NULL REFERENCES person (id),
    section INTEGER REFERENCES section (id) CHECK (section / 1000000000 = owner / 1000000000),
    name TEXT NOT NULL,
    settings TEXT CHECK (settings IS NULL OR json_valid(settings)),
    closed TEXT CHECK (closed IS date(closed)),
    changed_by TEXT NOT NULL DEFAULT 'app'
) STRICT;

CREATE INDEX custom_group_by_owner ON custom_group (owner);
CREATE INDEX custom_group_by_section ON custom_group (section) WHERE section IS NOT NULL;

CREATE TABLE group_member (
    custom_group INTEGER NOT NULL REFERENCES custom_group (id),
    person INTEGER NOT NULL REFERENCES person (id),
    opened TEXT NOT NULL CHECK (opened IS date(opened)),
    closed TEXT CHECK (closed IS date(closed) AND closed >= opened),
    -- 1 where the sync closed it because the student left the class; who opened it stays in changed_by.
    closed_by_sync INTEGER NOT NULL DEFAULT 0 CHECK (closed_by_sync IN (0, 1) AND (closed_by_sync = 0 OR closed IS NOT NULL)),
    changed_by TEXT NOT NULL DEFAULT 'app',
    PRIMARY KEY (custom_group, person, opened)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX group_member_now ON group_member (custom_group, person) WHERE closed IS NULL;
CREATE INDEX group_member_by_person ON group_member (person);

CREATE TRIGGER group_member_of_the_district BEFORE INSERT ON group_member
WHEN NEW.person / 1000000000 <> (SELECT owner / 1000000000 FROM custom_group WHERE id = NEW.custom_group)
BEGIN SELECT raise(ABORT, 'a group and its members are of one district'); END;

CREATE TRIGGER group_member_of_the_section BEFORE INSERT ON group_member
WHEN EXISTS (SELECT 1 FROM custom_group AS g WHERE g.id = NEW.custom_group AND g.section IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM membership AS m WHERE m.section = g.section AND m.person = NEW.person AND m.opened IS NOT NULL))
BEGIN SELECT raise(ABORT, 'only members of the section can be in a group that divides it'); END;

-- What was done. `section` and `section_label` say in which class and when, and hold nothing: work belongs to the person.
CREATE TABLE work (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES person (id),
    source_id TEXT,
    section INTEGER,
    section_label TEXT,
    what TEXT NOT NULL,
    detail TEXT CHECK (detail IS NULL OR json_valid(detail)),
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX work_by_person ON work (person, at);
CREATE INDEX work_by_section ON work (section, at) WHERE section IS NOT NULL;

-- Values the source cannot give, by source id or SIS id. `person` is filled in once it is known.
CREATE TABLE side_data (
    district INTEGER NOT NULL REFERENCES district (id),
    key_kind TEXT NOT NULL CHECK (key_kind IN ('source_id', 'sis_id')),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT,
    person INTEGER REFERENCES person (id) CHECK (person / 1000000000 = district),
    PRIMARY KEY (district, key_kind, key, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX side_data_by_person ON side_data (person) WHERE person IS NOT NULL;
CREATE INDEX side_data_waiting ON side_data (district) WHERE person IS NULL;

-- Which source id means what.

CREATE TABLE link (
    district INTEGER NOT NULL REFERENCES district (id),
    kind TEXT NOT NULL CHECK (kind IN ('school', 'term', 'course', 'section', 'person')),
    source_id TEXT NOT NULL,
    -- Of people: what the record is in the source. Records of two kinds never become one person (integration-side B8).
    person_kind TEXT CHECK (person_kind IN ('student', 'employee', 'contact')),
    entity INTEGER NOT NULL CHECK (entity / 1000000000 = district),
    state TEXT NOT NULL CHECK (state IN ('active', 'joint', 'alias', 'legacy')),
    rung TEXT NOT NULL,
    evidence TEXT,
    since INTEGER NOT NULL,
    hash BLOB CHECK (length(hash) = 16),
    roster_hash BLOB CHECK (length(roster_hash) = 16),
    quarantine TEXT,
    touched INTEGER NOT NULL DEFAULT 0 CHECK (touched IN (0, 1)),
    PRIMARY KEY (district, kind, source_id),
    CHECK ((kind = 'person') = (person_kind IS NOT NULL)),
    -- A second living id of one account needs somebody's word (B16.2).
    CHECK (state <> 'joint' OR evidence IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX link_active ON link (entity) WHERE state = 'active';
CREATE INDEX link_other ON link (entity) WHERE state <> 'active';

-- Fields whose value deviates from the source's, and why.
CREATE TABLE cell (
    entity INTEGER NOT NULL,
    field TEXT NOT NULL,
    base TEXT CHECK (base IS NULL OR json_valid(base)),
    value TEXT CHECK (value IS NULL OR json_valid(value)),
    origin TEXT NOT NULL CHECK (origin IN ('source', 'user', 'filler', 'derived', 'import')),
    until TEXT CHECK (until IN ('source_agrees', 'date', 'always')),
    until_date TEXT CHECK (until_date IS date(until_date)),
    by TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (entity, field),
    CHECK (ifnull(until, '') <> 'date' OR until_date IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX cell_filler ON cell (entity, field) WHERE origin = 'filler';

-- What the engine found, asks and keeps in mind.

CREATE TABLE finding (
    district INTEGER NOT NULL REFERENCES district (id),
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    reaction TEXT NOT NULL CHECK (reaction IN ('reject', 'quarantine', 'fill', 'truncate', 'drop', 'warn', 'skip')),
    value TEXT,
    detail TEXT,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    run INTEGER,
    closed INTEGER,
    PRIMARY KEY (district, kind, source_id, code, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE suggestion (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    about TEXT NOT NULL
        CHECK (about IN ('link', 'rekey', 'merge', 'join', 'reconnect', 'carry_over', 'successor', 'course')),
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

CREATE TABLE conflict (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    field TEXT NOT NULL DEFAULT '',
    entities TEXT NOT NULL CHECK (json_valid(entities)),
    evidence TEXT,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'gone')),
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    UNIQUE (district, code, kind, source_id, field)
) STRICT;

CREATE TABLE staged (
    district INTEGER NOT NULL REFERENCES district (id),
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    verdict TEXT NOT NULL DEFAULT 'pending' CHECK (verdict IN ('pending', 'picked', 'dropped')),
    reason TEXT,
    by TEXT,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (district, kind, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE crosswalk (
    district INTEGER NOT NULL REFERENCES district (id),
    kind TEXT NOT NULL,
    key_kind TEXT NOT NULL CHECK (key_kind IN ('source_id', 'sis_id')),
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    used_by INTEGER,
    PRIMARY KEY (district, kind, key_kind, old),
    UNIQUE (district, kind, key_kind, new)
) STRICT, WITHOUT ROWID;

-- Runs, plans, holds, approvals.

CREATE TABLE run (
    id INTEGER NOT NULL PRIMARY KEY,
    district INTEGER NOT NULL REFERENCES district (id) CHECK (id / 1000000000 = district),
    trigger TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (json_valid(scope)),
    mode TEXT NOT NULL CHECK (mode IN ('full', 'events', 'targeted', 'replay', 'undo', 'local')),
    state TEXT NOT NULL
        CHECK (state IN ('running', 'applied', 'no_change', 'partial', 'planned', 'held', 'failed', 'abandoned')),
    fence INTEGER NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER,
    mirror INTEGER,
    plan TEXT,
    report TEXT CHECK (report IS NULL OR json_valid(report)),
    first_change INTEGER,
    last_change INTEGER,
    undoes INTEGER REFERENCES run (id)
) STRICT;

CREATE INDEX run_by_district ON run (district, started, id);
CREATE INDEX run_by_undoes ON run (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE plan (
    district INTEGER NOT NULL REFERENCES district (id),
    digest TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run (id),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'held', 'applied', 'stale', 'discarded')),
    object TEXT NOT NULL,
    actions INTEGER NOT NULL,
    inputs TEXT NOT NULL CHECK (json_valid(inputs)),
    made INTEGER NOT NULL,
    PRIMARY KEY (district, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    subject TEXT NOT NULL,
    plan TEXT NOT NULL,
    pattern TEXT NOT NULL,
    verdicts TEXT NOT NULL CHECK (json_valid(verdicts)),
    discussion TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(discussion)),
    opened INTEGER NOT NULL,
    renewed INTEGER NOT NULL,
    closed INTEGER,
    outcome TEXT CHECK (outcome IN ('approved', 'discarded', 'no_longer_needed')),
    closed_by TEXT,
    CHECK ((closed IS NULL) = (outcome IS NULL))
) STRICT;

-- One open hold of a district per subject: the whole plan (''), or one section.
CREATE UNIQUE INDEX hold_open ON hold (district, subject) WHERE closed IS NULL;

CREATE TABLE approval (
    district INTEGER NOT NULL REFERENCES district (id),
    digest TEXT NOT NULL,
    part TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT,
    used_by INTEGER,
    PRIMARY KEY (district, digest, part)
) STRICT, WITHOUT ROWID;

-- Every change of the tables above that hold the roster, for ever.

CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    district INTEGER NOT NULL,
    run INTEGER,
    action INTEGER,
    at INTEGER,
    actor TEXT NOT NULL,
    op TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject INTEGER NOT NULL,
    reason TEXT,
    evidence TEXT,
    policy TEXT,
    changes TEXT
) STRICT;

CREATE INDEX audit_by_subject ON audit (subject);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;

-- What people change in the tables that are theirs is audited here, so that no program has to remember it.

CREATE TRIGGER person_own_begun AFTER INSERT ON person_own
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.person / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'person', NEW.person,
    json_array(json_object('own', 1, 'fields', json_object('nickname', json_array(NULL, NEW.nickname),
        'settings', json_array(NULL, json(NEW.settings)))))); END;

CREATE TRIGGER person_own_changed AFTER UPDATE ON person_own
WHEN NEW.nickname IS NOT OLD.nickname OR NEW.settings IS NOT OLD.settings
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.person / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'person', NEW.person,
    json_array(json_object('own', 1, 'fields', json_object('nickname', json_array(OLD.nickname, NEW.nickname),
        'settings', json_array(json(OLD.settings), json(NEW.settings)))))); END;

CREATE TRIGGER section_own_begun AFTER INSERT ON section_own
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.section / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'section', NEW.section,
    json_array(json_object('own', 1, 'fields', json_object('display_name', json_array(NULL, NEW.display_name),
        'settings', json_array(NULL, json(NEW.settings)))))); END;

CREATE TRIGGER section_own_changed AFTER UPDATE ON section_own
WHEN NEW.display_name IS NOT OLD.display_name OR NEW.settings IS NOT OLD.settings
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.section / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'section', NEW.section,
    json_array(json_object('own', 1, 'fields', json_object('display_name', json_array(OLD.display_name, NEW.display_name),
        'settings', json_array(json(OLD.settings), json(NEW.settings)))))); END;

CREATE TRIGGER custom_group_begun AFTER INSERT ON custom_group
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.owner / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'create', 'custom_group', NEW.id,
    json_array(json_object('own', 1, 'fields', json_object('name', json_array(NULL, NEW.name), 'owner', json_array(NULL, NEW.owner),
        'section', json_array(NULL, NEW.section))))); END;

CREATE TRIGGER custom_group_changed AFTER UPDATE ON custom_group
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.owner / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'update', 'custom_group', NEW.id,
    json_array(json_object('own', 1, 'fields', json_object('name', json_array(OLD.name, NEW.name), 'owner', json_array(OLD.owner, NEW.owner),
        'section', json_array(OLD.section, NEW.section), 'closed', json_array(OLD.closed, NEW.closed),
        'settings', json_array(json(OLD.settings), json(NEW.settings)))))); END;

CREATE TRIGGER group_member_begun AFTER INSERT ON group_member
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.person / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by, 'enrol', 'custom_group',
    NEW.custom_group, json_array(json_object('own', 1, 'fields', json_object('person', json_array(NEW.person, NEW.person),
        'opened', json_array(NULL, NEW.opened), 'closed', json_array(NULL, NEW.closed))))); END;

-- What the sync does to a group stands in the audit row of its own action.
CREATE TRIGGER group_member_changed AFTER UPDATE ON group_member WHEN NEW.closed_by_sync = OLD.closed_by_sync
BEGIN INSERT INTO audit (district, at, actor, op, kind, subject, changes)
    VALUES (NEW.person / 1000000000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.changed_by,
    iif(NEW.closed IS NULL, 'enrol', 'unenrol'), 'custom_group',
    NEW.custom_group, json_array(json_object('own', 1, 'fields', json_object('person', json_array(NEW.person, NEW.person),
        'opened', json_array(OLD.opened, NEW.opened), 'closed', json_array(OLD.closed, NEW.closed))))); END;

-- Views: what an application reads.

CREATE VIEW schools AS
SELECT s.id, s.id / 1000000000 AS district, l.source_id, s.name, s.sis_id, s.number, s.state_id, s.low_grade, s.high_grade,
    s.state = 'active' AS active, s.reason, s.origin, s.ext
FROM school AS s LEFT JOIN link AS l ON l.entity = s.id AND l.state = 'active';

CREATE VIEW people AS
SELECT p.id, p.id / 1000000000 AS district, l.source_id, p.first_name, p.middle_name, p.last_name, o.nickname, p.email,
    p.login_name,
    (SELECT group_concat(role, ',') FROM (SELECT r.role FROM role AS r WHERE r.person = p.id ORDER BY r.role)) AS roles,
    p.usable, p.origin, p.source_state, p.source_reason, p.app_state, p.app_reason, p.merged_into, l.quarantine
FROM person AS p LEFT JOIN link AS l ON l.entity = p.id AND l.state = 'active' LEFT JOIN person_own AS o ON o.person = p.id;

CREATE VIEW students AS
SELECT p.id, p.id / 1000000000 AS district, l.source_id, p.first_name, p.middle_name, p.last_name, o.nickname, p.email,
    p.login_name, p.usable, r.sis_id, r.number, r.state_id, r.grade, r.graduation_year, r.birth_date,
    (SELECT s.school FROM role_school AS s WHERE s.person = p.id AND s.role = 'student'
        ORDER BY s.is_primary DESC, s.school LIMIT 1) AS school, r.ext
FROM role AS r JOIN person AS p ON p.id = r.person LEFT JOIN link AS l ON l.entity = p.id AND l.state = 'active'
    LEFT JOIN person_own AS o ON o.person = p.id
WHERE r.role = 'student' AND p.merged_into IS NULL;

CREATE VIEW teachers AS
SELECT p.id, p.id / 1000000000 AS district, l.source_id, p.first_name, p.middle_name, p.last_name, o.nickname, p.email,
    p.login_name, p.usable, r.sis_id, r.number, r.state_id, r.title,
    (SELECT s.school FROM role_school AS s WHERE s.person = p.id AND s.role = 'teacher'
        ORDER BY s.is_primary DESC, s.school LIMIT 1) AS school, r.ext
FROM role AS r JOIN person AS p ON p.id = r.person LEFT JOIN link AS l ON l.entity = p.id AND l.state = 'active'
    LEFT JOIN person_own AS o ON o.person = p.id
WHERE r.role = 'teacher' AND p.merged_into IS NULL;

CREATE VIEW staff AS
SELECT p.id, p.id / 1000000000 AS district, l.source_id, r.role, s.school, p.first_name, p.middle_name, p.last_name,
    o.nickname, p.email, p.login_name, p.usable, r.sis_id, r.title, r.ext
FROM role AS r JOIN person AS p ON p.id = r.person LEFT JOIN role_school AS s ON s.person = r.person AND s.role = r.role
    LEFT JOIN link AS l ON l.entity = p.id AND l.state = 'active' LEFT JOIN person_own AS o ON o.person = p.id
WHERE r.role IN ('staff', 'district_admin') AND p.merged_into IS NULL;

CREATE VIEW contacts AS
SELECT p.id, p.id / 1000000000 AS district, l.source_id, p.first_name, p.last_name, p.email, p.usable,
    t.student, t.type, t.label, t.opened AS since, r.ext
FROM relationship AS t JOIN person AS p ON p.id = t.contact JOIN role AS r ON r.person = p.id AND r.role = 'contact'
    LEFT JOIN link AS l ON l.entity = p.id AND l.state = 'active'
WHERE t.closed IS NULL;

CREATE VIEW classes AS
SELECT s.id, s.id / 1000000000 AS district, l.source_id, ifnull(o.display_name, s.name) AS name, s.name AS source_name,
    s.school, s.course, c.name AS course_name, s.term, t.name AS term_name, t.start_date, t.end_date, s.number, s.period,
    s.subject, s.grade, s.state = 'active' AS active, s.reason, s.origin, s.carried_from, s.ext
FROM section AS s LEFT JOIN link AS l ON l.entity = s.id AND l.state = 'active'
    LEFT JOIN section_own AS o ON o.section = s.id LEFT JOIN course AS c ON c.id = s.course LEFT JOIN term AS t ON t.id = s.term;

CREATE VIEW rosters AS
SELECT m.section, m.person, m.section / 1000000000 AS district, iif(m.is_teacher, 'teacher', 'student') AS role, m.position,
    m.profile, m.opened AS since, m.source = 0 AS by_hand, p.usable
FROM membership AS m JOIN section AS s ON s.id = m.section JOIN person AS p ON p.id = m.person
WHERE m.opened IS NOT NULL AND s.state = 'active';

CREATE VIEW rosters_dated AS
SELECT m.section, m.person, m.section / 1000000000 AS district, iif(m.is_teacher, 'teacher', 'student') AS role,
    m.opened AS from_date, NULL AS to_date, (SELECT ifnull(p.merged_into, p.id) FROM person AS p WHERE p.id = m.person) AS account
FROM membership AS m WHERE m.opened IS NOT NULL
UNION ALL
SELECT m.section, m.person, m.section / 1000000000, iif(m.is_teacher, 'teacher', 'student'), m.opened, m.closed,
    (SELECT ifnull(p.merged_into, p.id) FROM person AS p WHERE p.id = m.person)
FROM membership_past AS m;

CREATE VIEW groups_now AS
SELECT g.custom_group, m.name, m.owner, m.section, ifnull(p.merged_into, p.id) AS person, g.opened AS since,
    (SELECT a.usable FROM person AS a WHERE a.id = ifnull(p.merged_into, p.id)) AS usable
FROM group_member AS g JOIN custom_group AS m ON m.id = g.custom_group JOIN person AS p ON p.id = g.person
WHERE g.closed IS NULL AND m.closed IS NULL;

CREATE VIEW work_of_accounts AS
SELECT ifnull(p.merged_into, p.id) AS account, w.id, w.person, w.source_id, w.section, w.section_label, w.what, w.detail, w.at
FROM work AS w JOIN person AS p ON p.id = w.person;

CREATE VIEW my_students AS
SELECT t.person AS teacher, s.person AS student, s.section
FROM membership AS t JOIN section AS c ON c.id = t.section AND c.state = 'active'
    JOIN membership AS s ON s.section = t.section AND s.is_teacher = 0 AND s.opened IS NOT NULL
WHERE t.is_teacher = 1 AND t.opened IS NOT NULL
UNION ALL
SELECT a.teacher, a.student, NULL FROM association AS a WHERE a.closed IS NULL;

CREATE VIEW may_sign_in AS
SELECT l.source_id, l.district, p.id AS person, p.usable AND (d.state <> 'disconnected' OR d.keep_until IS NOT NULL) AS usable,
    iif(d.state = 'disconnected', d.keep_until, NULL) AS keep_until,
    CASE WHEN p.app_state = 'suspended' THEN 'suspended'
        WHEN p.app_state <> 'ok' THEN p.app_state
        WHEN p.usable = 0 THEN p.source_state
        WHEN d.state = 'disconnected' AND d.keep_until IS NULL THEN 'disconnected' END AS why_not,
    p.source_reason, l.state AS id_state,
    (SELECT group_concat(role, ',') FROM (SELECT r.role FROM role AS r WHERE r.person = p.id ORDER BY r.role)) AS roles
FROM link AS l JOIN person AS p ON p.id = l.entity JOIN district AS d ON d.id = l.district
WHERE l.kind = 'person';

CREATE VIEW placeholders AS
SELECT c.entity, c.field, c.value, c.since FROM cell AS c WHERE c.origin = 'filler';

CREATE VIEW side_values AS
SELECT d.district, ifnull(d.person, CASE d.key_kind
        WHEN 'source_id' THEN (SELECT l.entity FROM link AS l
            WHERE l.district = d.district AND l.kind = 'person' AND l.source_id = d.key)
        ELSE (SELECT min(r.person) FROM role AS r WHERE r.sis_id = d.key AND r.person / 1000000000 = d.district
            HAVING count(DISTINCT r.person) = 1) END) AS person, d.name, d.value, d.key_kind, d.key
FROM side_data AS d;

CREATE VIEW changes AS
SELECT a.seq, a.district, a.run, a.action, a.at, a.actor, a.op, a.kind, a.subject, a.reason, a.evidence, a.policy, a.changes
FROM audit AS a;

CREATE VIEW changed_fields AS
SELECT a.seq, a.district, a.run, a.at, a.actor, a.op, ifnull(json_extract(c.value, '$.kind'), a.kind) AS kind,
    ifnull(json_extract(c.value, '$.id'), a.subject) AS subject, f.key AS field,
    json_extract(f.value, '$[0]') AS before, json_extract(f.value, '$[1]') AS after, a.reason
FROM audit AS a JOIN json_each(a.changes) AS c JOIN json_each(c.value, '$.fields') AS f
WHERE a.changes IS NOT NULL;

CREATE VIEW freshness AS
SELECT d.id AS district, d.name, d.state, d.state_reason, d.state_since, d.source_sync, d.last_read, d.last_apply,
    d.cursor_at, (SELECT count(*) FROM hold AS h WHERE h.district = d.id AND h.closed IS NULL) AS open_holds
FROM district AS d;
