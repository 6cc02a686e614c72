//! Teachers and students who belong together without a class (integration-side A6.11). No version of the API carries such
//! pairs, so they are the app's own: people make and end them, and no sync touches them. `my_students` shows them beside those
//! of classes.

use homeroom_model::{Date, Role, Timestamp};
use homeroom_roster::{
    Action, Applying, Begin, Commit, NewRun, Op, Outcome, Reading, Roster, RosterError, Tie,
};

/// Pairs to be made or ended.
#[derive(Clone, Copy, Debug)]
pub struct Associations<'a> {
    /// The district.
    pub district: i64,
    /// Teacher and student, by the app's ids.
    pub pairs: &'a [(i64, i64)],
    /// Made, or ended.
    pub open: bool,
    /// Who wants it.
    pub by: &'a str,
    /// Now.
    pub at: Timestamp,
    /// Today in the district.
    pub on: Date,
}

/// What became of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// It was made or ended.
    Done,
    /// It was so already.
    AsItWas,
    /// The first is no teacher here, or the second no student here.
    NotThese,
}

/// Makes or ends pairs in one step, each with its row in the audit. Pairs that do not fit are told and leave the others alone.
pub fn associate(roster: &dyn Roster, wanted: &Associations<'_>) -> Result<Vec<Pair>, RosterError> {
    let (fence, mirror) = {
        let district = roster.read()?.district(wanted.district)?;
        district.map_or((0, None), |district| (district.fence, district.mirror))
    };
    let run = roster.start_run(&NewRun {
        district: wanted.district,
        trigger: "people",
        scope: "{}",
        mode: "local",
        fence,
        at: wanted.at,
        undoes: None,
    })?;
    let mut applying = roster.begin(&Begin {
        district: wanted.district,
        fence,
        run,
        mirror,
        actor: wanted.by,
        at: wanted.at,
        on: wanted.on,
    })?;
    let mut came = Vec::with_capacity(wanted.pairs.len());
    for (number, pair) in (1..).zip(wanted.pairs) {
        came.push(one(&mut *applying, wanted.open, (number, *pair))?);
    }
    applying.commit(&Commit::APPLIED)?;
    Ok(came)
}

fn one(
    applying: &mut dyn Applying,
    open: bool,
    (number, (teacher, student)): (i64, (i64, i64)),
) -> Result<Pair, RosterError> {
    let look = applying.look();
    let fits = has_role(look, teacher, Role::Teacher)? && has_role(look, student, Role::Student)?;
    if open && !fits {
        return Ok(Pair::NotThese);
    }
    let action = Action {
        number,
        reason: if open { "associated" } else { "dissociated" },
        evidence: None,
        policy: None,
        op: Op::Tie {
            tie: Tie::Association { teacher, student },
            open,
        },
    };
    Ok(match applying.apply(&action)? {
        Outcome::Done { .. } => Pair::Done,
        Outcome::Differs(_) => Pair::AsItWas,
        Outcome::SetAside(_) => Pair::NotThese,
    })
}

fn has_role(look: &dyn Reading, person: i64, role: Role) -> Result<bool, RosterError> {
    let roles = look.roles_of(person)?;
    Ok(roles.iter().any(|(held, _)| *held == role))
}
