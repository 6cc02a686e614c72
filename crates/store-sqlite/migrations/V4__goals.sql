-- Goals: what apps report about students of a district. A feed is one app in one district. School years are named by the
-- calendar year in which they end; days are days since 1970-01-01; amounts are millionths.

CREATE TABLE goals_feeds (
    district BLOB NOT NULL REFERENCES districts (id),
    app BLOB NOT NULL REFERENCES apps (id),
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    revision INTEGER NOT NULL CHECK (revision > 0),
    text TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    year INTEGER,
    last INTEGER,
    PRIMARY KEY (district, app)
) STRICT, WITHOUT ROWID;

-- Tens of thousands of rows change with a delivery, so no reference is looked at for each of them; the feed is looked at
-- once. `recent` is the total and the newest days.
CREATE TABLE goals_student_years (
    district BLOB NOT NULL,
    app BLOB NOT NULL,
    year INTEGER NOT NULL,
    student BLOB NOT NULL CHECK (length(student) = 12),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    recent BLOB NOT NULL,
    PRIMARY KEY (district, app, year, student)
) STRICT, WITHOUT ROWID;

CREATE INDEX goals_open ON goals_student_years (district, app, year, student) WHERE is_open = 1;

-- The days before those in `recent`: rewritten every few weeks rather than every hour.
CREATE TABLE goals_earlier_days (
    district BLOB NOT NULL,
    app BLOB NOT NULL,
    year INTEGER NOT NULL,
    student BLOB NOT NULL CHECK (length(student) = 12),
    days BLOB NOT NULL,
    PRIMARY KEY (district, app, year, student)
) STRICT, WITHOUT ROWID;

CREATE TABLE goals_deliveries (
    district BLOB NOT NULL,
    app BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    body BLOB NOT NULL CHECK (length(body) = 32),
    bytes INTEGER NOT NULL,
    status INTEGER NOT NULL,
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    received INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (district, app, number),
    FOREIGN KEY (district, app) REFERENCES goals_feeds (district, app)
) STRICT, WITHOUT ROWID;

CREATE INDEX goals_deliveries_by_answer ON goals_deliveries (district, app, accepted, number);

CREATE TABLE goals_delivery_days (
    district BLOB NOT NULL,
    app BLOB NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (district, app, day),
    FOREIGN KEY (district, app) REFERENCES goals_feeds (district, app)
) STRICT, WITHOUT ROWID;

CREATE TABLE goals_targets (
    district BLOB NOT NULL,
    app BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    audience TEXT NOT NULL,
    metric TEXT NOT NULL,
    per_week INTEGER,
    from_day INTEGER NOT NULL,
    set_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (district, app, number),
    FOREIGN KEY (district, app) REFERENCES goals_feeds (district, app)
) STRICT, WITHOUT ROWID;

CREATE TABLE goals_standings (
    district BLOB NOT NULL,
    app BLOB NOT NULL,
    year INTEGER NOT NULL,
    made_of TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (district, app, year),
    FOREIGN KEY (district, app) REFERENCES goals_feeds (district, app)
) STRICT, WITHOUT ROWID;
