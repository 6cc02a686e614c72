-- The app roster, form 7: what was last sent under each id, taken or not. Districts set minutes aside that rise by more than time
-- has passed (integration-side D3), and an answer that was lost does not say whether they have them; so no more is ever sent than
-- both allow. Rows of earlier deliveries are not made up: until an id is sent again, what its accounts have acknowledged stands for it.

CREATE TABLE goal_sent (
    district INTEGER NOT NULL REFERENCES district (id),
    year INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    minute_millionths INTEGER NOT NULL CHECK (minute_millionths >= 0),
    delivery INTEGER NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1)),
    PRIMARY KEY (district, year, source_id)
) STRICT, WITHOUT ROWID;
