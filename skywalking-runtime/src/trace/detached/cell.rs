//! The cell that a segment shares with the handle of one of its spans. It is filled once: by the
//! handle when it is finished, or by the reporter when it stops waiting.
//!
//! One exchange of a pointer decides between the two, so neither waits for the other. With a
//! `OnceCell` the second would sleep until the first has written, and the second may be the
//! program.

use crate::queue::{self, Budget};
use crate::span::record::LeftOut;
use crate::span::tag::Kept;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::sync::{AtomicPtr, Ordering, forks};

/// Holds the end of a detached span.
#[derive(Debug)]
pub(crate) struct Detached {
    /// The index of the span in its segment.
    pub(crate) index: u16,
    /// Null until it is filled, and never changed after that. The cell owns the pointee.
    ending: AtomicPtr<Ending>,
}

/// What a handle collected for its span.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// The time stamp of the end.
    pub(crate) end: u64,
    pub(crate) failed: bool,
    pub(crate) skip_analysis: bool,
    /// The handle was dropped before it was finished.
    pub(crate) unfinished: bool,
    pub(crate) entries: Vec<Entry>,
    /// The number of entries that exceeded a limit.
    pub(crate) left_out: LeftOut,
    /// The bytes of the entries, which count as waiting for the reporter, and the process where
    /// they do.
    reserved: usize,
    reserved_in: u32,
}

// One thread makes it, another reads it and either may free it.
const _: () = {
    const fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<Ending>();
};

impl Ending {
    /// Reserves space in the queue's budget for the entries, whose texts have so many bytes.
    /// Without space the entries are dropped and counted.
    pub(crate) fn reserve(&mut self, texts: usize, budget: Budget) {
        let bytes = texts + self.entries.len() * size_of::<Entry>();
        if queue::reserve_bytes(bytes, budget) {
            self.reserved = bytes;
            self.reserved_in = forks();
        } else {
            diagnostics::count_many(Diagnostic::EntryLimit, self.entries.len() as u64);
            self.entries.drain(..).for_each(|entry| self.left_out.add(entry.left_out()));
        }
    }

    /// Returns the bytes of the entries.
    pub(crate) fn bytes(&self) -> usize {
        self.reserved
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // Entries that a forked child inherits do not wait there.
        if self.reserved > 0 && self.reserved_in == forks() {
            queue::release(self.reserved, 0);
        }
    }
}

/// A call of a setter of the handle.
#[derive(Debug)]
pub(crate) enum Entry {
    Tag(&'static str, Kept),
    /// With its time and fields.
    Log(u64, Vec<(&'static str, String)>),
    Name(String),
    Peer(String),
    Component(i32),
    /// The layer's number.
    Layer(u32),
}

impl Entry {
    /// The end of a span whose handle was dropped or came too late.
    pub(super) fn left_out(&self) -> LeftOut {
        match self {
            Self::Tag(..) => LeftOut::TAG,
            Self::Log(..) => LeftOut::LOG,
            Self::Name(_) | Self::Peer(_) | Self::Component(_) | Self::Layer(_) => LeftOut::NOTHING,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Tag(_, value) => value.bytes(),
            Self::Log(_, fields) => fields.iter().map(|(_, value)| value.len()).sum(),
            Self::Name(text) | Self::Peer(text) => text.len(),
            Self::Component(_) | Self::Layer(_) => 0,
        }
    }
}

impl Detached {
    pub(crate) fn new(index: u16) -> Self {
        Self { index, ending: AtomicPtr::new(std::ptr::null_mut()) }
    }

    /// Returns what the handle collected, if it has ended.
    #[allow(unsafe_code)]
    pub(crate) fn ending(&self) -> Option<&Ending> {
        // SAFETY: the pointer is null or came out of a box in `fill`, whose release this acquires,
        // so what was written into it is seen. Nobody changes or frees it before the cell
        // drops, and the reference borrows the cell.
        unsafe { self.ending.load(Ordering::Acquire).as_ref() }
    }

    /// Stores the end of the span. Returns false, and changes nothing, if the cell is full.
    #[allow(unsafe_code)]
    pub(crate) fn fill(&self, ending: Ending) -> bool {
        let ending = Box::into_raw(Box::new(ending));
        // Nothing is read if the cell is full.
        let empty = self
            .ending
            .compare_exchange(std::ptr::null_mut(), ending, Ordering::Release, Ordering::Relaxed)
            .is_ok();
        if !empty {
            // SAFETY: it came out of a box above, and nobody else has seen it.
            drop(unsafe { Box::from_raw(ending) });
        }
        empty
    }

    /// Closes the cell, since the segment leaves now. A handle that ends later is too late, and
    /// finds that out.
    pub(crate) fn give_up(&self) {
        if self.ending().is_none() {
            self.fill(Ending {
                end: clock::now(),
                unfinished: true,
                failed: false,
                skip_analysis: false,
                entries: Vec::new(),
                left_out: LeftOut::NOTHING,
                reserved: 0,
                reserved_in: 0,
            });
        }
    }
}

impl Drop for Detached {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // Relaxed: only this thread has the cell now, and acquired the writes of the others when it
        // became the last one.
        let ending = self.ending.load(Ordering::Relaxed);
        if !ending.is_null() {
            // SAFETY: it came out of a box in `fill`, and this is the only place that frees what
            // the cell holds.
            drop(unsafe { Box::from_raw(ending) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag() -> Ending {
        let entries = vec![Entry::Tag("k", Kept::Int(1))];
        Ending {
            end: 7,
            failed: false,
            skip_analysis: false,
            unfinished: false,
            entries,
            left_out: LeftOut::NOTHING,
            reserved: 0,
            reserved_in: 0,
        }
    }

    #[test]
    fn second_fill_is_rejected() {
        let cell = Detached::new(0);
        assert!(cell.ending().is_none());
        assert!(cell.fill(tag()));
        cell.give_up();
        assert!(!cell.fill(Ending::default()));
        assert!(cell.ending().is_some_and(|ending| ending.end == 7
            && !ending.unfinished
            && ending.entries.len() == 1));
        let cell = Detached::new(0);
        cell.give_up();
        assert!(!cell.fill(tag()));
        assert!(cell.ending().is_some_and(|ending| ending.unfinished && ending.entries.is_empty()));
    }
}
