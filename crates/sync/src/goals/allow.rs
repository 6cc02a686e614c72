//! A correction: a total that fell goes out because a person said so, and the log says who (integration-side D2.7).

use homeroom_model::ObjectId;
use homeroom_roster::{GoalCorrection, Kind, Reading, RosterError, field};

use super::Sender;
use super::error::GoalsError;
use super::look::{Look, stored};
use super::reporting::Reporting;

impl Sender {
    /// Lets the total of a student fall to what it is now; the next push sends it. The student is named by the id at the source
    /// or by the account's local number. Should the total fall further before it is sent, it is held again.
    pub async fn allow(
        &self,
        district: i64,
        reporting: &Reporting,
        student: &str,
        by: &str,
        note: Option<&str>,
    ) -> Result<GoalCorrection, GoalsError> {
        let at = self.clock().now();
        let own = reporting.clone();
        let (student, by) = (student.to_owned(), by.to_owned());
        let note = note.map(str::to_owned);
        self.with_roster(move |roster| {
            let reading = roster.read()?;
            let Some(account) = account(&*reading, district, &student)? else {
                return Ok(Err(GoalsError::NoStudent(student)));
            };
            let look = Look::at(&*reading, district, &own, own.years.moment(at))?;
            drop(reading);
            let fallen = look.fallen.iter();
            let Some(fallen) = fallen
                .into_iter()
                .find(|one| one.accounts.contains(&account))
            else {
                return Ok(Err(GoalsError::NotHeld));
            };
            let person = fallen.accounts.first().copied().unwrap_or(account);
            let mut correction = GoalCorrection {
                id: 0,
                year: look.moment.year.0,
                person,
                minutes: stored(fallen.computed.minutes),
                progress: stored(fallen.computed.progress),
                from_minutes: stored(fallen.acknowledged.minutes),
                from_progress: stored(fallen.acknowledged.progress),
                by,
                at,
                note,
                delivery: None,
            };
            correction.id = roster.allow_correction(district, &correction)?;
            Ok(Ok(correction))
        })
        .await?
    }
}

/// The account that an id at the source or a local number means.
pub(super) fn account(
    reading: &dyn Reading,
    district: i64,
    named: &str,
) -> Result<Option<i64>, RosterError> {
    if let Some(id) = ObjectId::from_hex(named) {
        let link = reading.linked(district, Kind::Person, &id.to_hex())?;
        return Ok(link.map(|link| link.entity));
    }
    let Ok(number) = named.parse::<i64>() else {
        return Ok(None);
    };
    if homeroom_roster::district_of(number) != district {
        return Ok(None);
    }
    if reading.record(Kind::Person, number)?.is_some() {
        return Ok(Some(number));
    }
    // What was done under a profile was done by its person (integration-side A6.1).
    let profile = reading.record(Kind::Profile, number)?;
    let person = profile.and_then(|profile| profile.get(field::profile::PERSON).integer());
    Ok(person)
}
