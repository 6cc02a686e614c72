//! Who sits where on a given day. A seat is a place in a grade of a school; students come, leave, come back and move
//! to other schools, and another student takes an empty seat after a while.

use crate::district::District;
use crate::draw::Topic;
use crate::grade::Grade;
use crate::school::School;

/// Students who come back under their old id, of a million who left.
const RETURNING: u64 = 200_000;
/// Pairs of siblings and triplets among twelve neighbours in the order of a zone: the place of each one's household.
const HOUSEHOLDS: [u64; 12] = [0, 1, 2, 3, 4, 5, 5, 7, 7, 9, 9, 9];

/// A student on one day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Student {
    pub(crate) seat: u64,
    /// Distinct among all students who ever come.
    pub(crate) unique: u64,
    /// The day of first enrollment, 0 for those there from the beginning.
    pub(crate) arrived: u32,
    pub(crate) returned: bool,
    pub(crate) moves: u64,
    /// The school (by number) and the place in it whose timetable the student follows, and since when.
    pub(crate) school: u64,
    pub(crate) place: u64,
    pub(crate) since: u32,
    pub(crate) grade: Grade,
    /// The zone of the household, which does not move with the student.
    pub(crate) zone: u64,
    pub(crate) household: u64,
    /// 0 for an only or the first child of the household.
    pub(crate) sibling: u64,
}

/// The story of a seat up to a day.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Story {
    taken: bool,
    generation: u64,
    arrived: u32,
    returned: bool,
    pub(crate) arrivals: u64,
    pub(crate) leaves: u64,
}

impl District {
    /// Who came and went on a seat up to a day.
    pub(crate) fn story(&self, seat: u64, day: u32) -> Story {
        let mut story = Story::default();
        let mut at = 0;
        if seat >= self.plan.students {
            let Some(arrival) = self.chains.spare.once(&self.keys, seat, 0, day) else {
                return story;
            };
            at = arrival.day;
            story.arrived = at;
            story.arrivals = 1;
        }
        for stint in 0.. {
            let Some(leave) = self.chains.leave.next(&self.keys, seat, stint, at, day) else {
                story.taken = true;
                return story;
            };
            story.leaves += 1;
            let vacancy = &self.chains.vacancy;
            let Some(next) = vacancy.next(&self.keys, seat, stint, leave.day, day) else {
                return story;
            };
            at = next.day;
            story.returned = self
                .keys
                .draw2(Topic::Return, seat, stint)
                .chance(RETURNING);
            if !story.returned {
                story.generation += 1;
                story.arrived = at;
                story.arrivals += 1;
            }
        }
        story
    }

    /// The student on a seat, if there is one that day.
    pub(crate) fn student(&self, seat: u64, day: u32) -> Option<Student> {
        self.student_of(seat, &self.story(seat, day), day)
    }

    /// The student that a seat's story up to the day leaves on it.
    pub(crate) fn student_of(&self, seat: u64, story: &Story, day: u32) -> Option<Student> {
        if !story.taken {
            return None;
        }
        let unique = story.generation * self.plan.seats + seat;
        // A later arrival follows the timetable of an existing seat.
        let model = if seat < self.plan.students {
            seat
        } else {
            let mut draw = self.keys.draw(Topic::SpareSeat, seat);
            draw.below(self.plan.students)
        };
        let school = self.plan.school_of_seat(model)?;
        let place = model - school.first_seat;
        let grade = school.span_of(place)?.grade;
        let (household, sibling) = self.household_of(seat, unique, school.zone);
        let mut student = Student {
            seat,
            unique,
            arrived: story.arrived,
            returned: story.returned,
            moves: 0,
            school: school.index,
            place,
            since: story.arrived,
            grade,
            zone: school.zone,
            household,
            sibling,
        };
        let moves = self
            .chains
            .moves
            .events(&self.keys, unique, story.arrived, day);
        for mut event in moves {
            if let Some((school, place)) = self.other_place(&student, &mut event.draw) {
                student.school = school.index;
                student.place = place;
                student.since = event.day;
                student.moves += 1;
            }
        }
        Some(student)
    }

    /// A place of the same grade in another school.
    fn other_place(
        &self,
        student: &Student,
        draw: &mut crate::draw::Draw,
    ) -> Option<(&School, u64)> {
        for _ in 0..8 {
            let seat = draw.below(self.plan.students);
            let school = self.plan.school_of_seat(seat)?;
            let span = school
                .grades
                .iter()
                .find(|span| span.grade == student.grade);
            match span {
                Some(span) if school.index != student.school && span.count > 0 => {
                    return Some((school, span.first + draw.below(span.count)));
                }
                _ => {}
            }
        }
        None
    }

    /// The household of a student, and which of its children the student is. Siblings live in one zone, in any grades.
    fn household_of(&self, seat: u64, unique: u64, zone: u64) -> (u64, u64) {
        // Later arrivals have households of their own, numbered beyond all seats of day 0.
        if unique >= self.plan.students {
            return (unique, 0);
        }
        let Some(zone) = self.zone(zone) else {
            return (unique, 0);
        };
        let inside = seat - zone.first_seat;
        let rank = (inside * zone.stride + zone.seats / 5) % zone.seats.max(1);
        let (group, at) = (rank / 12, rank % 12);
        if (group + 1) * 12 > zone.seats {
            return (zone.first_seat + rank, 0);
        }
        let head = HOUSEHOLDS
            .get(crate::draw::index(at))
            .copied()
            .unwrap_or(at);
        (zone.first_seat + group * 12 + head, at - head)
    }
}
