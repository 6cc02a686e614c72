//! The app's roster as planning knows it and as plans change it: the one place where the mirror's fields meet the columns of
//! the app's database.

mod associate;
mod columns;
mod known;
mod perform;
mod side;
mod ties;
mod undone;
mod values;

pub use associate::{Associations, Pair, associate};
pub(crate) use columns::{roster_kind, sent_kind};
pub use known::Known;
pub(crate) use known::asked::picks;
pub use perform::{Performed, Performer, SetAside};
pub use side::{Line, UploadError, Uploaded, upload_side_data};
pub(crate) use undone::{CODE as UNDONE, is_switch};
