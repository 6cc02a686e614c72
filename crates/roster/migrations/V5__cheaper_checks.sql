-- The app roster, form 5: the same closed lists, written so that SQLite compares with one word after the other. A list of three or
-- more after IN is made into a tree anew by every statement that writes the column, which took half of what a first load wrote.
--
-- Nothing that is stored changes, only what the schema says of it; so its text is edited, as SQLite's documentation of ALTER TABLE
-- describes for changes of CHECK constraints, and no table is written again.

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, 'origin IN (''source'', ''manual'', ''adopted'')',
    'origin = ''source'' OR origin = ''manual'' OR origin = ''adopted''')
WHERE type = 'table' AND name IN ('school', 'term', 'course', 'section', 'person');

UPDATE sqlite_schema SET sql = replace(replace(sql, 'source_state IN (''present'', ''missing'', ''disconnected'', ''never'')',
    'source_state = ''present'' OR source_state = ''missing'' OR source_state = ''disconnected'' OR source_state = ''never'''),
    'app_state IN (''ok'', ''suspended'', ''merged_into'', ''purged'')',
    'app_state = ''ok'' OR app_state = ''suspended'' OR app_state = ''merged_into'' OR app_state = ''purged''')
WHERE type = 'table' AND name = 'person';

UPDATE sqlite_schema SET sql = replace(sql, 'role IN (''student'', ''teacher'', ''staff'', ''district_admin'', ''contact'')',
    'role = ''student'' OR role = ''teacher'' OR role = ''staff'' OR role = ''district_admin'' OR role = ''contact''')
WHERE type = 'table' AND name IN ('role', 'profile');

UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'kind IN (''school'', ''term'', ''course'', ''section'', ''person'')',
    'kind = ''person'' OR kind = ''section'' OR kind = ''course'' OR kind = ''school'' OR kind = ''term'''),
    'person_kind IN (''student'', ''employee'', ''contact'')',
    'person_kind = ''student'' OR person_kind = ''employee'' OR person_kind = ''contact'''),
    'state IN (''active'', ''joint'', ''alias'', ''legacy'')',
    'state = ''active'' OR state = ''joint'' OR state = ''alias'' OR state = ''legacy''')
WHERE type = 'table' AND name = 'link';

UPDATE sqlite_schema SET sql = replace(replace(sql, 'origin IN (''source'', ''user'', ''filler'', ''derived'', ''import'')',
    'origin = ''source'' OR origin = ''user'' OR origin = ''filler'' OR origin = ''derived'' OR origin = ''import'''),
    'until IN (''source_agrees'', ''date'', ''always'')',
    'until = ''source_agrees'' OR until = ''date'' OR until = ''always''')
WHERE type = 'table' AND name = 'cell';

PRAGMA writable_schema = RESET;

-- Whoever has the file open reads the schema anew.
CREATE TABLE schema_changed (once INTEGER) STRICT;
DROP TABLE schema_changed;
