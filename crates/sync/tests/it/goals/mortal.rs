//! The process dies at every operation of its database, done or not: nothing is lost, nothing counts twice, and nothing is taken for
//! acknowledged that the receiver does not have (integration-side D2, issue 6).

use std::sync::Arc;

use homeroom_sync::goals::Sender;

use super::place::App;
use super::receiver::Act;
use crate::histories::mortal::{Fate, Moment, Mortal};

#[tokio::test(start_paused = true)]
async fn a_sender_may_die_at_any_operation() {
    let mut died = Vec::new();
    for moment in [Moment::Before, Moment::After] {
        for nth in 1.. {
            let mut app = App::new();
            app.reporting.limits.rows = 2;
            let river = app.district(1);
            let [ana, bo, _] = river.town.students;
            app.works(&river, "a", ana, 5);
            app.push_done(&river).await;
            app.hours(1);
            app.works(&river, "b", ana, 7);
            app.works(&river, "c", bo, 3);
            let fate = Fate::default();
            let mortal = Mortal {
                roster: Arc::clone(&app.roster),
                fate: fate.clone(),
            };
            app.sender = Sender::new(Arc::new(mortal), Arc::clone(&app.clock) as _, "mortal");
            app.receiver.script(&[Act::LostAfter]);
            fate.sealed(nth, moment);
            let came = app.try_push(&river).await;
            let at = fate.revived();
            for (person, minutes) in app.acknowledged(&river) {
                let place = river.town.students.iter().position(|one| *one == person);
                let student = 40 + u32::try_from(place.unwrap()).unwrap();
                let known = app.shown(&river, student).unwrap().0;
                assert!(
                    minutes <= known,
                    "{at:?}: {minutes} acknowledged, {known} known"
                );
            }
            app.restart();
            app.hours(1);
            app.receiver.script(&[]);
            app.push_done(&river).await;
            let shown = [40, 41, 42].map(|student| app.shown(&river, student).unwrap().0);
            assert_eq!(shown, [12, 3, 0], "{moment:?} {nth} {at:?}");
            assert_eq!(
                app.acknowledged(&river)
                    .values()
                    .copied()
                    .collect::<Vec<_>>(),
                [12, 3, 0]
            );
            assert!(!app.states(&river).contains(&"sending"), "{at:?}");
            match at {
                // It came to its end before it could die.
                None => {
                    came.unwrap();
                    break;
                }
                Some(at) => died.push(at),
            }
        }
    }
    for operation in ["read", "begin_delivery", "end_delivery", "end_push"] {
        assert!(died.contains(&operation), "{operation}: {died:?}");
    }
}
