//! Dates as Chinese news writes them, read and not yet resolved.
//!
//! [`scan`] reads a date at the start of a text, [`scan_field`] the date in a field of a record,
//! [`scan_address`] the date in a URL or a path. Missing parts stay missing: `article::date` finds
//! the year of a date that has none, and refuses dates that no calendar has.
//!
//! written.rs has the types, cursor.rs reads numbers and times of day, numeral.rs Chinese numerals
//! and years of eras, scan.rs the date at the start of a text, field.rs whole fields, address.rs
//! addresses, typed.rs dates that a user types.

mod address;
mod cursor;
mod field;
mod numeral;
mod scan;
mod typed;
mod written;

pub use address::scan_address;
pub use field::{NumericOrder, scan_field};
pub use scan::scan;
pub use typed::typed_span;
pub use written::{TimeUnit, Written, chinese_time};
