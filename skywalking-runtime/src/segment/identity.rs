//! The identity of a segment, for tasks and threads that continue its trace.

use std::sync::Arc;

use crate::headers::baggage::Baggage;
use crate::observer::TestId;
use crate::sampling::tail_decision::TailDecision;
use crate::segment::text::Range;
use crate::segment::{Inbox, Name, Segment};
use crate::span::record::Trace;
use crate::util::id;

/// What another task or thread needs to continue the trace of a segment. Created on demand.
#[derive(Clone, Debug)]
pub(crate) struct SegmentIdentity {
    /// The key of the segment.
    pub(crate) key: u64,
    /// The reported id of the segment.
    pub(crate) id: u64,
    pub(crate) trace: IdentityTrace,
    /// The name of the primary endpoint.
    pub(crate) endpoint: Box<str>,
    /// Whether that name was computed at run time.
    pub(crate) is_computed: bool,
    pub(crate) sampled: bool,
    pub(crate) test: TestId,
    pub(crate) tail_decision: Option<Arc<TailDecision>>,
    pub(crate) baggage: Baggage,
    /// The computed peer of the Exit span that continues, if it is one.
    pub(crate) called_peer: Option<Box<str>>,
    /// Takes changes of the segment's spans, if it accepts any.
    pub(crate) inbox: Option<Arc<Inbox>>,
}

impl SegmentIdentity {
    /// Returns the identity for an Exit span with a computed peer.
    pub(crate) fn with_called_peer(&self, peer: String) -> Self {
        Self { called_peer: Some(peer.into()), ..self.clone() }
    }
}

/// The trace of a [`SegmentIdentity`].
#[derive(Clone, Debug)]
pub(crate) enum IdentityTrace {
    Own(u64),
    /// The id in Base64, as it was received.
    Foreign(Box<str>),
}

impl Segment {
    /// Returns the identity of the segment.
    pub(crate) fn share(&mut self) -> Arc<SegmentIdentity> {
        self.fix_trace();
        let endpoint = self.endpoint();
        if let Some(shared) = self.shared.as_ref().filter(|_| self.shared_endpoint == endpoint) {
            return Arc::clone(shared);
        }
        let name = self.name_of(endpoint);
        let is_computed = matches!(name, Name::Text(_));
        let name = name.clean();
        let trace = match self.trace {
            Trace::Own(number) => IdentityTrace::Own(number),
            Trace::Foreign { offset, length } => {
                IdentityTrace::Foreign(self.text_at(Range { offset, length }).into())
            }
        };
        let shared = Arc::new(SegmentIdentity {
            key: self.key,
            id: self.id,
            trace,
            endpoint: name.into(),
            is_computed,
            sampled: self.sampled,
            test: self.test,
            tail_decision: self.attached.tail_decision.clone(),
            baggage: self.baggage.clone(),
            called_peer: None,
            inbox: self.inbox.clone(),
        });
        self.shared = Some(Arc::clone(&shared));
        self.shared_endpoint = endpoint;
        shared
    }

    /// Returns true if an unsampled segment that continues from this one needs more than its key.
    pub(crate) fn has_more_than_a_key(&self) -> bool {
        self.trace != Trace::Own(id::own_trace(self.key)) || !self.baggage.is_empty()
    }

    /// Invalidates the identity. The next use creates a new one.
    pub(crate) fn unshare(&mut self) {
        self.shared = None;
    }

    /// Joins the trace of another segment.
    pub(crate) fn join(&mut self, shared: &SegmentIdentity) {
        self.test = shared.test;
        self.fix_trace();
        self.attached.tail_decision.clone_from(&shared.tail_decision);
        self.baggage.clone_from(&shared.baggage);
        self.trace = match &shared.trace {
            IdentityTrace::Own(number) => Trace::Own(*number),
            IdentityTrace::Foreign(text) => match self.store(text) {
                Some(Range { offset, length }) => Trace::Foreign { offset, length },
                None => self.trace,
            },
        };
    }
}
