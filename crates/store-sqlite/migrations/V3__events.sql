-- Whether the connection's view makes events when it moves.
ALTER TABLE connections ADD COLUMN events INTEGER NOT NULL DEFAULT 0 CHECK (events IN (0, 1));

-- One row per move that made events. No snapshot is before the first publish; ids are a range of those reserved.
CREATE TABLE event_moves (
    district BLOB NOT NULL,
    connection BLOB NOT NULL,
    generation INTEGER NOT NULL CHECK (generation > 0),
    from_snapshot INTEGER,
    to_snapshot INTEGER,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    moved_at INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    fence BLOB NOT NULL CHECK (length(fence) = 5),
    count INTEGER NOT NULL CHECK (count > 0),
    layout INTEGER NOT NULL,
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    PRIMARY KEY (district, connection, generation),
    FOREIGN KEY (district, connection) REFERENCES connections (district, id)
) STRICT, WITHOUT ROWID;
