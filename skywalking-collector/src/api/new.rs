//! What arrived since an earlier look.

/// Items that arrived after a position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct New<T> {
    /// The latest ones, in the order of arrival.
    pub(crate) items: Vec<T>,
    /// The number of others.
    pub(crate) omitted: usize,
    /// The position after these items.
    pub(crate) cursor: u64,
}
