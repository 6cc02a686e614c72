//! Profiles, seats and courses as planning asks for them where the policy looks at more than the source's own places.

use homeroom_model::Role;
use homeroom_plan::{Local, LocalGround, Member, Powers, Profile};
use homeroom_roster::field::{profile, section};
use homeroom_roster::{self as app, Reading, Record, RosterError, SeatRow};

use crate::roster::perform::own::NO_CLASS_CODE;

/// What a profile is for, by ids of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Held {
    Section(i64),
    School(i64),
    Role(Role),
}

/// Whose profile it is and what for; nothing where it says neither.
pub(crate) fn ground_of(record: &Record<'_>) -> Option<(i64, Held)> {
    let person = record.get(profile::PERSON).integer()?;
    let role = record.get(profile::ROLE).text().and_then(Role::from_text);
    let held = match (
        record.get(profile::SECTION).integer(),
        record.get(profile::SCHOOL).integer(),
        role,
    ) {
        (Some(section), _, _) => Held::Section(section),
        (_, Some(school), _) => Held::School(school),
        (_, _, Some(role)) => Held::Role(role),
        _ => return None,
    };
    Some((person, held))
}

pub(super) fn profiles(reading: &dyn Reading, district: i64) -> Result<Vec<Profile>, RosterError> {
    let mut profiles = Vec::new();
    reading.records(district, app::Kind::Profile, &mut |id, record| {
        if let Some((person, held)) = ground_of(record) {
            profiles.push(Profile {
                local: Local(id),
                person: Local(person),
                ground: match held {
                    Held::Section(id) => LocalGround::Section(Local(id)),
                    Held::School(id) => LocalGround::School(Local(id)),
                    Held::Role(role) => LocalGround::Role(role),
                },
                present: record.get(profile::STATE).text() == Some("active"),
            });
        }
        Ok(())
    })?;
    Ok(profiles)
}

/// Somebody in a section; nothing for who is none there.
pub(super) fn member(row: &SeatRow<'_>) -> Option<Member> {
    let position = row.seat.position.and_then(|at| u16::try_from(at).ok());
    row.seat.is_member().then_some(Member {
        person: Local(row.person),
        role: if row.is_teacher {
            Role::Teacher
        } else {
            Role::Student
        },
        position: position.unwrap_or(0),
        source: row.seat.source,
    })
}

pub(super) fn seats(
    reading: &dyn Reading,
    district: i64,
) -> Result<Vec<(Local, Member)>, RosterError> {
    let mut seats = Vec::new();
    reading.seats(district, &mut |row| {
        seats.extend(member(&row).map(|member| (Local(row.section), member)));
        Ok(())
    })?;
    Ok(seats)
}

/// The course of a section, if no id of the source means it.
pub(super) fn own_course(reading: &dyn Reading, of: Local) -> Result<Option<Local>, RosterError> {
    let record = reading.record(app::Kind::Section, of.0)?;
    let course = record.and_then(|record| record.get(section::COURSE).integer());
    let Some(course) = course else {
        return Ok(None);
    };
    let unknown = reading.links_of(course)?.is_empty();
    Ok(unknown.then_some(Local(course)))
}

pub(super) fn powers(reading: &dyn Reading, district: i64) -> Result<Powers, RosterError> {
    let district = reading.district(district)?;
    let powers = district.and_then(|district| Powers::from_text(&district.powers));
    Ok(powers.unwrap_or_default())
}

/// People whom an open notice tells that they have no class.
pub(super) fn told(reading: &dyn Reading, district: i64) -> Result<Vec<Local>, RosterError> {
    let notices = reading.notices(district, false)?.into_iter();
    let told = notices.filter(|notice| notice.code == NO_CLASS_CODE);
    Ok(told
        .filter_map(|notice| notice.subject.parse().ok().map(Local))
        .collect())
}
