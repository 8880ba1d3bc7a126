//! The header `sw8-x` (`protocol/semantics.md` 3). It is not written yet; an old one is removed from a message that is used again.

/// The header's name.
pub(crate) const HEADER: &str = "sw8-x";
