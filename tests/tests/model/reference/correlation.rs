//! The correlation context and the headers, propagated to tasks, to threads and in messages.

use skywalking_runtime::stats::Diagnostic;

use super::{Index, Model, Place, Ref};

/// The pairs of the program, in the order in which they were first put.
pub(super) type Pairs = Vec<(String, String)>;

/// The expected headers of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// `None` if it was sent outside of an exit or in an ignored request.
    pub(crate) context: Option<Ref>,
    pub(crate) pairs: Pairs,
}

/// The maximum number of pairs.
const PAIRS: usize = 3;
/// The maximum length of a value.
const LENGTH: usize = 128;

impl Model {
    pub(super) fn pairs_at(&self, place: Place) -> Pairs {
        self.segment_of(place)
            .map_or_else(Pairs::new, |segment| self.segments[segment].pairs.clone())
    }

    /// Returns the value of this key here.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        self.pairs_at(self.now).into_iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Puts a value from here on. Returns false if it exceeds a limit.
    pub(crate) fn put(&mut self, key: &str, value: &str) -> bool {
        let Some(segment) = self.segment_of(self.now) else { return false };
        let pairs = &mut self.segments[segment].pairs;
        let known = pairs.iter().position(|(known, _)| known == key);
        if value.is_empty() {
            known.map(|at| pairs.remove(at));
            return true;
        }
        if value.len() > LENGTH {
            return false;
        }
        match known {
            Some(at) => value.clone_into(&mut pairs[at].1),
            None if pairs.len() < PAIRS => pairs.push((key.to_owned(), value.to_owned())),
            None => return false,
        }
        true
    }

    /// Merges the received pairs into the correlation context.
    pub(super) fn receive(&mut self, pairs: Pairs) {
        for (key, value) in pairs {
            if !self.put(&key, &value) {
                self.count(Diagnostic::CorrelationLimit);
            }
        }
    }

    /// Returns the headers that are injected here.
    pub(crate) fn send(&mut self) -> Message {
        Message { context: self.context(), pairs: self.pairs_at(self.now) }
    }

    fn context(&mut self) -> Option<Ref> {
        let (number, peer) = match self.now {
            Place::Nowhere | Place::LeftOut { .. } => return None,
            Place::Span { number, .. } => (number, self.spans[number].peer),
            // The nearest recorded ancestor stands for it.
            Place::Unrecorded { number, over, .. } => (number, self.unrecorded[over].peer),
        };
        if peer.is_empty() {
            self.count(Diagnostic::InjectOutsideExit);
            return None;
        }
        Some(Ref {
            kind: "CrossProcess",
            number,
            endpoint: self.endpoint(self.now),
            peer: peer.to_owned(),
        })
    }

    /// Returns true if a message may be read here. It must not be from a younger segment, since
    /// refs must not form a cycle, and not from another trace, since a segment does not change its
    /// trace.
    pub(crate) fn may_read(&self, which: Index) -> bool {
        match (&self.messages[which].context, self.segment_of(self.now)) {
            (Some(message), Some(here)) => {
                let there = self.spans[message.number].segment;
                there < here && self.segments[there].trace == self.segments[here].trace
            }
            // An incoming context may force sampling, which another test covers.
            (_, None) => self.samples,
            _ => true,
        }
    }
}
