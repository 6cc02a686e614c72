//! The suite.

use crate::empty;

homeroom_roster::conformance!(empty);
