//! What a search finds traces by: terms, each with the traces that have it.

use std::collections::HashMap;

use super::postings::Postings;
use super::strings::{StringId, Strings};

/// The memory of a term: its entry, the key of the map, and the spare capacity of both.
const OVERHEAD: usize = 88;

/// A fact by which traces are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    /// A span failed.
    Error,
    /// A segment has a protocol violation.
    Violation,
    /// The displayed name of a service.
    Service(StringId),
    /// The displayed name of an instance, whose service is the first one.
    Instance(StringId, StringId),
    /// An operation name that is an endpoint of the service, which is the first one.
    Endpoint(StringId, StringId),
    /// The operation name of any span.
    Name(StringId),
    /// The peer of a span that is not a call.
    Peer(StringId),
    /// A call that its caller reported: the service, and the peer of the span.
    Sent(StringId, StringId),
    /// A call that the called service reported: the caller, and the service.
    Received(StringId, StringId),
    TagKey(StringId),
    /// A key and a value.
    Tag(StringId, StringId),
    /// A value in a log.
    Log(StringId),
}

impl Term {
    /// Returns its texts.
    pub(crate) fn strings(self) -> impl Iterator<Item = StringId> {
        let (first, second) = match self {
            Self::Error | Self::Violation => (None, None),
            Self::Service(one)
            | Self::Name(one)
            | Self::Peer(one)
            | Self::TagKey(one)
            | Self::Log(one) => (Some(one), None),
            Self::Instance(one, two)
            | Self::Endpoint(one, two)
            | Self::Sent(one, two)
            | Self::Received(one, two)
            | Self::Tag(one, two) => (Some(one), Some(two)),
        };
        first.into_iter().chain(second)
    }

    /// Returns the texts that a search looks at. The caller of a request is not in the trace itself.
    pub(crate) fn searched(self) -> impl Iterator<Item = StringId> {
        let is_searched = !matches!(self, Self::Received(..));
        self.strings().filter(move |_| is_searched)
    }
}

/// The number of a term. It is used again when its last trace was evicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TermId(u32);

#[derive(Debug)]
struct Entry {
    term: Term,
    postings: Postings,
}

/// Terms and their texts.
#[derive(Debug, Default)]
pub(crate) struct Index {
    strings: Strings,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    by_term: HashMap<Term, u32>,
    bytes: usize,
}

impl Index {
    /// Returns the number of a text for a term that is added next.
    pub(super) fn intern(&mut self, text: &str) -> StringId {
        self.strings.intern(text)
    }

    /// Adds a trace to a term. Returns the term if the trace didn't have it.
    pub(super) fn add(&mut self, term: Term, trace: u64, first: u64) -> Option<TermId> {
        let id = match self.by_term.get(&term) {
            Some(id) => *id,
            None => self.insert(term),
        };
        let entry = self.entries.get_mut(id as usize)?.as_mut()?;
        let before = entry.postings.bytes();
        let is_new = entry.postings.insert(trace, first);
        self.bytes = self.bytes + entry.postings.bytes() - before;
        is_new.then_some(TermId(id))
    }

    fn insert(&mut self, term: Term) -> u32 {
        for text in term.strings() {
            self.strings.acquire(text);
        }
        self.bytes += OVERHEAD;
        let entry = Some(Entry { term, postings: Postings::default() });
        let id = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            // A term needs more than 80 bytes, so 2^32 terms exceed any memory limit.
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(slot) = self.entries.get_mut(id as usize) {
            *slot = entry;
        }
        self.by_term.insert(term, id);
        id
    }

    /// Removes the oldest trace from its terms. Terms without a trace are removed.
    pub(super) fn remove_first(&mut self, terms: &[TermId]) {
        for TermId(id) in terms {
            let Some(slot) = self.entries.get_mut(*id as usize) else { continue };
            let Some(entry) = slot else { continue };
            let before = entry.postings.bytes();
            let is_unused = entry.postings.remove_first();
            self.bytes = self.bytes + entry.postings.bytes() - before;
            if is_unused {
                let term = entry.term;
                *slot = None;
                self.by_term.remove(&term);
                self.free.push(*id);
                self.bytes -= OVERHEAD;
                for text in term.strings() {
                    self.strings.release(text);
                }
            }
        }
    }

    pub(crate) fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Returns the traces that have a term.
    pub(crate) fn postings(&self, term: Term) -> Option<&Postings> {
        let id = self.by_term.get(&term)?;
        self.entries.get(*id as usize)?.as_ref().map(|entry| &entry.postings)
    }

    pub(crate) fn term(&self, id: TermId) -> Option<Term> {
        self.entries.get(id.0 as usize)?.as_ref().map(|entry| entry.term)
    }

    /// Returns all terms with their traces.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Term, &Postings)> {
        self.entries.iter().flatten().map(|entry| (entry.term, &entry.postings))
    }

    /// Returns the text of a number.
    pub(crate) fn text(&self, id: StringId) -> &str {
        self.strings.get(id).map_or("", |text| text)
    }

    /// Returns the memory of terms and texts in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.strings.bytes()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.by_term.len(), self.strings.len())
    }
}
