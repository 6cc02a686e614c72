//! The stored form.

use homeroom_sqlite::Database;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Number of the stored form this program writes; it reads every lower one and migrates it.
pub const FORMAT: u32 = 4;

/// What tells a control store from any other database.
pub(crate) static DATABASE: Database = Database {
    name: "the control store",
    application: 0x486d_526d,
    page_size: 4096,
    migrations: embedded::migrations::runner,
};
