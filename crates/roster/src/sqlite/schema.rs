//! The stored form.

use homeroom_sqlite::Database;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Number of the stored form this program writes; it reads every lower one and migrates it.
pub const FORMAT: u32 = 7;

/// What tells an app roster from any other database.
pub(crate) static DATABASE: Database = Database {
    name: "the app roster",
    application: 0x486d_4172,
    // A day of a very large district changes rows on nearly every page of the memberships, and each page has a price of its
    // own: with larger ones applying takes less (docs/benchmarks.md).
    page_size: 16384,
    migrations: embedded::migrations::runner,
};
