//! Making the plan of a run (integration-side A4.1): a function of the two mirrors, the roster, the policy and the day.

use std::sync::Arc;
use std::thread;

use homeroom_change::Season;
use homeroom_model::{Date, Timestamp};
use homeroom_plan::{Digests, Input, Plan, Policy, Reach, cut_off, plan};
use homeroom_roster::Reading;

use super::about::About;
use super::crosswalk::crosswalk;
use super::error::SyncError;
use super::fields;
use super::recent::recent;
use crate::mirror::Mirror;
use crate::roster::{Known, picks};

/// What plans of a district are made from, besides the roster.
pub(crate) struct Made {
    pub(crate) district: i64,
    pub(crate) policy: Arc<Policy>,
    pub(crate) base: Arc<Mirror>,
    pub(crate) mirror: Arc<Mirror>,
    pub(crate) about: About,
    pub(crate) deep: bool,
    /// What people order about accounts.
    pub(crate) accounts: Vec<homeroom_plan::Order>,
    /// Whether the district can no longer be read, and the time that its accounts go on is over.
    pub(crate) cut_off: bool,
    pub(crate) now: Timestamp,
}

impl Made {
    /// Today in the district.
    pub(crate) fn today(&self) -> Date {
        self.policy.today(self.now)
    }

    pub(crate) fn is_first(&self) -> bool {
        self.base.manifest.number == 0
    }

    /// Plans, and hands the input on to whoever wants to know more of it.
    pub(crate) fn plan<T>(
        &self,
        reading: &dyn Reading,
        then: impl FnOnce(&Plan, &Input<'_>, &Known<'_>) -> Result<T, SyncError>,
    ) -> Result<(Plan, T), SyncError> {
        let (known, digests) = self.known(reading)?;
        let reach = Reach::kinds(self.about.whole());
        let (came, gone) = (self.about.came(), self.about.gone());
        let base = &self.base.snapshot;
        let mirror = &self.mirror.snapshot;
        let crosswalk = crosswalk(reading, self.district, base, mirror)?;
        let recent = recent(reading, self.district, self.now)?;
        let picks = picks(reading, self.district, mirror)?;
        let unshared = fields::unshared(reading, self.district)?;
        let input = Input {
            reach: &reach,
            came: &came,
            gone: &gone,
            crosswalk: &crosswalk,
            season: Season::of(self.policy.calendar(), mirror, self.today()),
            school_year: Some(self.policy.school_year(self.today())),
            first_sync: self.is_first(),
            recent: &recent,
            picks: &picks,
            unshared: &unshared,
            deep: self.deep,
            orders: &self.accounts,
            digests: Some(&digests),
            ..Input::new(base, mirror)
        };
        let plan = if self.cut_off {
            cut_off(&input, &known, &self.policy)?
        } else {
            plan(&input, &known, &self.policy)?
        };
        let more = then(&plan, &input, &known)?;
        Ok((plan, more))
    }

    /// What the roster knows. Meanwhile another thread works out the digests of the mirror, which takes about as long.
    fn known<'r>(&'r self, reading: &'r dyn Reading) -> Result<(Known<'r>, Digests), SyncError> {
        let mirror = &self.mirror.snapshot;
        let both = thread::scope(|scope| {
            let digests = scope.spawn(|| Digests::new(mirror, &self.policy));
            let known = Known::read(reading, self.district, &self.policy);
            (known, digests.join())
        });
        let known = both.0?.beside(mirror);
        Ok((known, both.1.map_err(|_| SyncError::Interrupted)?))
    }
}
