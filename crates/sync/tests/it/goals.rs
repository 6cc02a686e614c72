//! Sending Goals to a receiver that keeps totals by the rules of `homeroom-goals`, and fails in every way a server can.

mod allowed;
mod anything;
mod certified;
mod failing;
mod identity;
mod killed;
mod left_out;
mod mortal;
mod paced;
mod place;
mod receiver;
mod recorded;
mod sums;
mod timing;
