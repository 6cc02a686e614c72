//! School years of districts, one upload a day, against an oracle that knows who is who and which days are dangerous: no id
//! changes without a cause of district-side 5, none is used again, every dangerous day is held and no harmless one is, what
//! was published is what is true, the change log replays to it, an undo brings back what was, and what the ledger says
//! became of an id is true. The long form is run by `cargo xtask soak years`.

mod became;
mod book;
mod keys;
mod life;
mod people;
mod replay;
mod undo;

use homeroom_simulator::{DayKind, History, HistorySettings, MemorySink, Profile, SectionHabit};
use homeroom_testkit::{seed, soak};

use life::Life;

/// The years of one district.
fn history(students: u64, seed: u64, habit: SectionHabit) -> History {
    let size = Profile {
        schools: 4,
        ..Profile::students(students)
    };
    History::new(size, seed, HistorySettings::usual(2026, 3, habit))
}

/// Whether a day is imported: all of them in a soak, else those around incidents and rollovers and some more, oftener at the
/// beginning of a year, when much changes.
fn is_chosen(history: &History, number: usize) -> bool {
    let near = |number: usize| {
        let kind = history.days().get(number).map(|day| day.kind);
        history.incident(number).is_some() || kind.is_some_and(|kind| kind != DayKind::Lesson)
    };
    let step = if history.days()[number].ordinary {
        20
    } else {
        6
    };
    soak() || number.is_multiple_of(step) || near(number) || near(number + 1)
}

async fn live(history: &History) {
    let mut life = Life::new(history).await;
    let mut walk = history.walk();
    loop {
        let mut files = MemorySink::default();
        let Some(truth) = walk.write_next(&mut files).unwrap() else {
            break;
        };
        if is_chosen(history, truth.day.number) {
            life.day(&truth, &files).await;
        }
    }
    life.end().await;
}

async fn live_districts(habit: SectionHabit, usual: u64) {
    let first = seed(usual);
    let districts = if soak() { 5 } else { 1 };
    for district in 0..districts {
        let seed = first + district * 2;
        let students = 150 + (seed * 61) % 251;
        eprintln!("seed {seed}: {students} students, section ids {habit:?}");
        live(&history(students, seed, habit)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn years_of_districts_that_give_their_sections_new_ids() {
    live_districts(SectionHabit::New, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn years_of_districts_that_use_section_ids_again() {
    live_districts(SectionHabit::Reused, 2).await;
}
