//! Texts with a static lifetime.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::sys::PerProcess;

/// Returns the text with a static lifetime. Each text is stored once, however often an agent starts
/// with it.
pub(super) fn interned(text: &str) -> &'static str {
    static TEXTS: PerProcess<Mutex<BTreeSet<&'static str>>> = PerProcess::new(Mutex::default);
    let mut texts = TEXTS.get().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.into());
    texts.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_stored_once() {
        assert!(std::ptr::eq(interned("kept.once"), interned(&String::from("kept.once"))));
    }
}
