//! What is known of one span: its callsite, its component, its tags and its record.
#![deny(clippy::disallowed_types)]

pub(crate) mod callsite;
pub mod component;
pub(crate) mod misuse;
pub(crate) mod record;
pub(crate) mod tag;
