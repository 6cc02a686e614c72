-- The app roster, form 3: profiles for roles, what people with several roles may do, and as what somebody may sign in.

ALTER TABLE profile ADD COLUMN role TEXT CHECK (role IN ('student', 'teacher', 'staff', 'district_admin', 'contact'));

DROP INDEX profile_place;
CREATE UNIQUE INDEX profile_place ON profile (person, ifnull(section, 0), ifnull(school, 0), ifnull(role, ''))
    WHERE state = 'active';

-- What an account with several roles may do: the policy's word, in force since the plan that said so.
ALTER TABLE district ADD COLUMN powers TEXT NOT NULL DEFAULT 'highest'
    CHECK (powers IN ('highest', 'teacher_only_for_teachers', 'choose_at_login'));

-- A profile that ended is nobody's any more.
DROP VIEW rosters;
CREATE VIEW rosters AS
SELECT m.section, m.person, m.section / 1000000000 AS district, iif(m.is_teacher, 'teacher', 'student') AS role, m.position,
    (SELECT f.id FROM profile AS f WHERE f.id = m.profile AND f.state = 'active') AS profile, m.opened AS since,
    m.source = 0 AS by_hand, p.usable
FROM membership AS m JOIN section AS s ON s.id = m.section JOIN person AS p ON p.id = m.person
WHERE m.opened IS NOT NULL AND s.state = 'active';

DROP VIEW may_sign_in;
CREATE VIEW may_sign_in AS
SELECT l.source_id, l.district, p.id AS person, p.usable AND (d.state <> 'disconnected' OR d.keep_until IS NOT NULL) AS usable,
    iif(d.state = 'disconnected', d.keep_until, NULL) AS keep_until,
    CASE WHEN p.app_state = 'suspended' THEN 'suspended'
        WHEN p.app_state <> 'ok' THEN p.app_state
        WHEN p.usable = 0 THEN p.source_state
        WHEN d.state = 'disconnected' AND d.keep_until IS NULL THEN 'disconnected' END AS why_not,
    p.source_reason, l.state AS id_state,
    (SELECT group_concat(role, ',') FROM (SELECT r.role FROM role AS r WHERE r.person = p.id ORDER BY r.role)) AS roles,
    CASE WHEN (SELECT count(*) FROM role AS r WHERE r.person = p.id) > 1 AND (d.powers = 'choose_at_login' OR EXISTS
            (SELECT 1 FROM profile AS f WHERE f.person = p.id AND f.state = 'active' AND f.role IS NOT NULL)) THEN NULL
        WHEN d.powers = 'teacher_only_for_teachers' AND EXISTS
            (SELECT 1 FROM role AS r WHERE r.person = p.id AND r.role = 'teacher') THEN 'teacher'
        ELSE (SELECT r.role FROM role AS r WHERE r.person = p.id ORDER BY CASE r.role WHEN 'district_admin' THEN 0
            WHEN 'staff' THEN 1 WHEN 'teacher' THEN 2 WHEN 'student' THEN 3 ELSE 4 END LIMIT 1) END AS powers
FROM link AS l JOIN person AS p ON p.id = l.entity JOIN district AS d ON d.id = l.district
WHERE l.kind = 'person';

-- One row: nothing to choose. Several: show them, and let people switch later.
CREATE VIEW sign_in_choices AS
SELECT m.source_id, m.district, m.person, m.usable, f.id AS profile, ifnull(f.role, m.powers) AS role, f.section, f.school,
    coalesce(f.label, (SELECT ifnull(o.display_name, s.name) FROM section AS s LEFT JOIN section_own AS o ON o.section = s.id
        WHERE s.id = f.section), (SELECT s.name FROM school AS s WHERE s.id = f.school), f.role) AS label,
    max(f.is_default, EXISTS (SELECT 1 FROM role_school AS r
        WHERE r.person = f.person AND r.school = f.school AND r.is_primary = 1)) AS is_default
FROM may_sign_in AS m JOIN profile AS f ON f.person = m.person AND f.state = 'active'
UNION ALL
SELECT m.source_id, m.district, m.person, m.usable, NULL, r.role, NULL, NULL, r.role, 0
FROM may_sign_in AS m JOIN role AS r ON r.person = m.person
WHERE m.powers IS NULL AND NOT EXISTS (SELECT 1 FROM profile AS f WHERE f.person = m.person AND f.state = 'active')
UNION ALL
SELECT m.source_id, m.district, m.person, m.usable, NULL, m.powers, NULL, NULL, m.powers, 1
FROM may_sign_in AS m
WHERE m.powers IS NOT NULL AND NOT EXISTS (SELECT 1 FROM profile AS f WHERE f.person = m.person AND f.state = 'active');
