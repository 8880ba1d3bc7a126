//! What goes along with a trace, to tasks and threads, and in messages.

use skywalking_runtime::stats::Diagnostic;

use super::{Model, Place, Ref, Which};

/// What the program sends along, in the order in which it was first said.
pub(super) type Pairs = Vec<(String, String)>;

/// What a message must say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// None, if it was sent outside of an exit or by a request that is left out.
    pub(crate) context: Option<Ref>,
    pub(crate) pairs: Pairs,
}

/// Pairs that may go along.
const PAIRS: usize = 3;
/// Of a value.
const LENGTH: usize = 128;

impl Model {
    pub(super) fn pairs_at(&self, place: Place) -> Pairs {
        self.segment_of(place)
            .map_or_else(Pairs::new, |segment| self.segments[segment].pairs.clone())
    }

    /// What goes along under this key here.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        self.pairs_at(self.now).into_iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// From now on this goes along. False if it may not.
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

    /// What came in a message goes along with what is here already.
    pub(super) fn receive(&mut self, pairs: Pairs) {
        for (key, value) in pairs {
            if !self.put(&key, &value) {
                self.count(Diagnostic::CorrelationLimit);
            }
        }
    }

    /// The headers that are sent here.
    pub(crate) fn send(&mut self) -> Message {
        Message { context: self.context(), pairs: self.pairs_at(self.now) }
    }

    fn context(&mut self) -> Option<Ref> {
        let (number, peer) = match self.now {
            Place::Nowhere | Place::LeftOut { .. } => return None,
            Place::Span { number, .. } => (
                number,
                if self.spans[number].kind == "Exit" { self.spans[number].peer } else { "" },
            ),
            // Its nearest ancestor that is recorded stands for it.
            Place::Over { number, over, .. } => (number, self.overs[over].peer),
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

    /// True if a message may be read here: never one of a younger segment, since a ring of refs is
    /// no tree, nor one of another trace, which a segment that has begun does not go over to.
    pub(crate) fn may_read(&self, which: Which) -> bool {
        match (&self.messages[which].context, self.segment_of(self.now)) {
            (Some(message), Some(here)) => {
                let there = self.spans[message.number].segment;
                there < here && self.segments[there].trace == self.segments[here].trace
            }
            // A context that comes in may ask for the sample: a matter of another test.
            (_, None) => self.samples,
            _ => true,
        }
    }
}
