-- The app roster, form 4: what students did in the app, and what of it their districts were told (integration-side D2).
--
-- Quantities are whole millionths: apps count in decimals, and a binary fraction added up a thousand times is not what it was.

-- The ledger. It is the app's to write, and only grows; whoever writes it twice writes it once.

CREATE TABLE goal_activity (
    id INTEGER NOT NULL PRIMARY KEY,
    activity TEXT NOT NULL CHECK (length(activity) BETWEEN 1 AND 200),
    person INTEGER NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL,
    minute_millionths INTEGER NOT NULL CHECK (minute_millionths BETWEEN 0 AND 1000000000000),
    progress_millionths INTEGER NOT NULL DEFAULT 0 CHECK (progress_millionths BETWEEN 0 AND 1000000000000),
    recorded INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    recorded_by TEXT NOT NULL DEFAULT 'app',
    district INTEGER GENERATED ALWAYS AS (person / 1000000000) VIRTUAL
) STRICT;

-- The same activity again is the same activity, under whatever account.
CREATE UNIQUE INDEX goal_activity_once ON goal_activity (district, activity);
-- A year is added up from here alone.
CREATE INDEX goal_activity_sums ON goal_activity (person, at, minute_millionths, progress_millionths);

CREATE TABLE goal_undone (
    district INTEGER NOT NULL REFERENCES district (id),
    activity TEXT NOT NULL CHECK (length(activity) BETWEEN 1 AND 200),
    at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    by TEXT NOT NULL DEFAULT 'app',
    reason TEXT,
    PRIMARY KEY (district, activity)
) STRICT, WITHOUT ROWID;

-- The same again is nothing new; something else under the same name is told to whoever writes it.
CREATE TRIGGER goal_activity_came_before BEFORE INSERT ON goal_activity
WHEN EXISTS (SELECT 1 FROM goal_activity AS a WHERE a.district = NEW.person / 1000000000 AND a.activity = NEW.activity)
BEGIN
    SELECT raise(ABORT, 'the activity is in the ledger with other content; what came first stays')
    WHERE NOT EXISTS (SELECT 1 FROM goal_activity AS a WHERE a.district = NEW.person / 1000000000
        AND a.activity = NEW.activity AND a.person = NEW.person AND a.at = NEW.at
        AND a.minute_millionths = NEW.minute_millionths AND a.progress_millionths = NEW.progress_millionths);
    SELECT raise(IGNORE);
END;
CREATE TRIGGER goal_undone_came_before BEFORE INSERT ON goal_undone
WHEN EXISTS (SELECT 1 FROM goal_undone AS u WHERE u.district = NEW.district AND u.activity = NEW.activity)
BEGIN SELECT raise(IGNORE); END;

CREATE TRIGGER goal_activity_is_not_changed BEFORE UPDATE ON goal_activity
BEGIN SELECT raise(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER goal_activity_is_not_removed BEFORE DELETE ON goal_activity
BEGIN SELECT raise(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER goal_undone_is_not_changed BEFORE UPDATE ON goal_undone
BEGIN SELECT raise(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER goal_undone_is_not_removed BEFORE DELETE ON goal_undone
BEGIN SELECT raise(ABORT, 'the ledger is only added to'); END;

-- What was told. These name accounts and hold none: an account without activities can still be undone.

CREATE TABLE goal_feed (
    district INTEGER NOT NULL PRIMARY KEY REFERENCES district (id),
    since INTEGER NOT NULL,
    holder TEXT,
    until INTEGER,
    last_try INTEGER,
    last_good INTEGER,
    next_try INTEGER,
    CHECK ((holder IS NULL) = (until IS NULL))
) STRICT;

CREATE TABLE goal_acknowledged (
    district INTEGER NOT NULL REFERENCES district (id),
    year INTEGER NOT NULL,
    person INTEGER NOT NULL CHECK (person / 1000000000 = district),
    metric TEXT NOT NULL,
    minute_millionths INTEGER NOT NULL CHECK (minute_millionths >= 0),
    progress_millionths INTEGER NOT NULL CHECK (progress_millionths >= 0),
    at INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    first_minute_millionths INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    PRIMARY KEY (district, year, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE goal_delivery (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'demand', 'resend')),
    begun INTEGER NOT NULL,
    finished INTEGER,
    year INTEGER NOT NULL,
    day TEXT NOT NULL CHECK (day IS date(day)),
    part INTEGER NOT NULL CHECK (part >= 1),
    metric TEXT NOT NULL,
    students INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'acknowledged', 'refused', 'too_large', 'failed', 'cut_off')),
    tries INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    updated INTEGER,
    unchanged INTEGER,
    rejected INTEGER,
    warned INTEGER,
    regressed INTEGER,
    detail TEXT,
    report TEXT CHECK (report IS NULL OR json_valid(report)),
    next_try INTEGER,
    CHECK ((state = 'sending') = (finished IS NULL))
) STRICT;

CREATE INDEX goal_delivery_by_district ON goal_delivery (district, id);

-- Who is not, or not wholly, known to the district, and why; of the last time anything was sent.
CREATE TABLE goal_waiting (
    district INTEGER NOT NULL REFERENCES district (id),
    person INTEGER NOT NULL CHECK (person / 1000000000 = district),
    reason TEXT NOT NULL,
    source_id TEXT,
    detail TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (district, person, reason)
) STRICT, WITHOUT ROWID;

-- Totals that may fall, because somebody said so.
CREATE TABLE goal_correction (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    district INTEGER NOT NULL REFERENCES district (id),
    year INTEGER NOT NULL,
    person INTEGER NOT NULL CHECK (person / 1000000000 = district),
    minute_millionths INTEGER NOT NULL,
    progress_millionths INTEGER NOT NULL,
    from_minute_millionths INTEGER NOT NULL,
    from_progress_millionths INTEGER NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT,
    delivery INTEGER
) STRICT;

CREATE INDEX goal_correction_by_person ON goal_correction (district, year, person);
