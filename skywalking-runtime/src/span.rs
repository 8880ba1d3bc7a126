//! What is known of one span: its callsite, its component, its tags and its record.
#![deny(clippy::disallowed_types)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

pub(crate) mod callsite;
pub mod component;
pub(crate) mod misuse;
pub(crate) mod record;
pub(crate) mod tag;
