//! The parts of one span: callsite, kind, layer, component, tags and record.
#![deny(clippy::disallowed_types)]

pub(crate) mod callsite;
pub mod component;
pub(crate) mod kind;
pub(crate) mod layer;
pub(crate) mod misuse;
pub(crate) mod record;
pub(crate) mod tag;
