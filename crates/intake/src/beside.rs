//! What may be done beside what. A pure room starts nothing: whoever has a file read says whether its rows are found while
//! records are made of earlier ones.

use crate::piece::Piece;

/// Runs the two halves of reading a file, at once or in turn. What comes of it is the same.
pub trait Beside: Sync {
    /// Calls `ahead` until it gives nothing more, and hands what it gives to `behind`, in the same order.
    fn run(&self, ahead: &mut (dyn FnMut() -> Option<Piece> + Send), behind: &mut dyn FnMut(Piece));
}

/// One after the other, on the thread of the caller.
#[derive(Clone, Copy, Debug, Default)]
pub struct InTurn;

impl Beside for InTurn {
    fn run(
        &self,
        ahead: &mut (dyn FnMut() -> Option<Piece> + Send),
        behind: &mut dyn FnMut(Piece),
    ) {
        while let Some(piece) = ahead() {
            behind(piece);
        }
    }
}
