//! The contexts that come with a request, as the span that is about to open takes them: a root goes
//! on with the trace of the first one, and whoever reads one refers to who sent it.

use crate::config::policies::{Inbound, OtherContexts};
use crate::context::current_segment;
use crate::context::quiet::Quiet;
use crate::propagation::extension::{self, Extension};
use crate::propagation::incoming::{Header, IncomingHeaders};
use crate::propagation::sw8;
use crate::propagation::w3c::{self, TraceParent, W3cContext};
use crate::segment::Segment;
use crate::span::callsite::SpanKind;
use crate::span::record::{Attribute, AttributeKind, Trace};
use crate::span::tag::Raw;
use crate::trace::opening::{Opening, Place};
use crate::tracer::Settings;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::id;
use crate::util::text;

/// The refs of one span, at most: the Java agent's limit too.
pub(crate) const REFS_LIMIT: usize = 500;

impl Opening {
    /// Which contexts are read, if any is.
    pub(crate) fn listens(&self) -> Option<OtherContexts> {
        let asked = |segment: &Segment| {
            let Settings { inbound, others, .. } = segment.tracer.settings;
            (inbound == Inbound::Accept).then_some(others)
        };
        match (&self.root, self.place) {
            (Some(segment), _) => asked(segment),
            (None, Place::Child | Place::Merged) => {
                current_segment::with_key(self.key, |segment| asked(segment)).flatten()
            }
            _ => None,
        }
    }

    pub(crate) fn receive(&mut self, received: &IncomingHeaders<'_>, others: OtherContexts) {
        if let Some(header) = received.get(Header::Sw8) {
            match sw8::check(header) {
                Ok(parts) => self.refer(header, &parts),
                Err(reason) => diagnostics::count(reason),
            }
        }
        if let Some(header) = received.get(Header::Correlation) {
            self.with_any(|segment| {
                let limits = segment.tracer.settings.correlation;
                segment.passed.correlation.read(header, limits);
            });
            self.tag_correlation();
        }
        if let Some(header) = received.get(Header::Extension) {
            self.extend(Extension::read(header));
        }
        if others == OtherContexts::Keep {
            self.receive_others(received);
        }
    }

    /// What other tracers said. Of several requests the first one's counts.
    fn receive_others(&mut self, received: &IncomingHeaders<'_>) {
        if let Some(header) = received.get(Header::Parent) {
            if let Some(parent) = TraceParent::parse(header) {
                let state = received.get(Header::State).filter(|state| {
                    let can = w3c::can_go_on(state);
                    if !can {
                        diagnostics::count(Diagnostic::OtherContext);
                    }
                    can
                });
                let mut first = false;
                self.with_any(|segment| {
                    first = segment.passed.others.is_none();
                    if first {
                        segment.passed.others = W3cContext::new(header, state.unwrap_or_default());
                    }
                });
                if first && self.callsite.kind == SpanKind::Entry {
                    self.tag(w3c::TRACE_ID_TAG, Raw::Text(parent.trace_id));
                    self.tag(w3c::PARENT_ID_TAG, Raw::Text(parent.parent_id));
                }
            } else {
                diagnostics::count(Diagnostic::OtherContext);
            }
        }
        if let Some(id) = received.get(Header::RequestId) {
            self.tag_once(w3c::REQUEST_ID_TAG, &text::clean(id, w3c::REQUEST_ID_LIMIT));
        }
    }

    /// A tag of the Entry span, unless it has one.
    fn tag_once(&mut self, key: &'static str, value: &str) {
        if self.callsite.kind != SpanKind::Entry {
            return;
        }
        self.with(|segment, head| {
            let known =
                segment.list(*head).any(|side| side.kind == AttributeKind::Text && side.key == key);
            if !known {
                segment.tag(head, key, Raw::Text(value));
            }
        });
    }

    /// Changes what goes on with the trace, sampled or not.
    fn with_any(&mut self, work: impl FnOnce(&mut Segment)) {
        match &mut self.root {
            Some(segment) => work(segment),
            None => {
                current_segment::with_key(self.key, |segment| {
                    segment.unshare();
                    work(segment);
                });
            }
        }
    }

    /// Tags for what came along under the keys that are set to be tags.
    fn tag_correlation(&mut self) {
        self.with(Segment::tag_correlation);
    }

    fn extend(&mut self, extension: Extension) {
        if extension.skip_analysis {
            self.with_any(|segment| segment.passed.skip_analysis = true);
        }
        // Only who consumes a message can say when it came. Of a batch the last one counts, as for
        // the OAP.
        let Some(latency) = extension.latency().filter(|_| self.callsite.kind == SpanKind::Entry)
        else {
            return;
        };
        let new = Attribute::number(extension::LATENCY, AttributeKind::Uint, latency);
        let mut place = self.latency;
        self.with(|segment, head| {
            let at = (place as usize).checked_sub(1);
            if let Some(side) = at
                .and_then(|at| segment.sides.get_mut(at))
                .filter(|side| side.key == extension::LATENCY)
            {
                *side = Attribute { next: side.next, ..new };
            } else if segment.push(head, new) {
                place = *head;
            }
        });
        self.latency = place;
    }

    /// The contexts that came with a batch and were read before.
    pub(crate) fn extract_kept(&mut self, kept: &[IncomingHeaders<'static>]) {
        each_within_limit(kept, |received| {
            let room = self.has_room_for_refs();
            if let Some(others) = self.listens().filter(|_| room) {
                self.receive(received, others);
            }
            room
        });
    }

    fn refer(&mut self, header: &str, parts: &sw8::Parts) {
        if let Some(segment) = &mut self.root {
            #[cfg(feature = "testing")]
            if segment.scope == 0 {
                segment.scope = crate::testing::scope_of_header(header, parts);
            }
            if !segment.sampled {
                // Nothing will be recorded, but the trace has an id, and it is this one: of a
                // batch, the first.
                if matches!(segment.trace, Trace::Own(_))
                    && let Some(range) =
                        header.get(parts.trace.clone()).and_then(|trace| segment.store(trace))
                {
                    segment.trace = Trace::Foreign { offset: range.offset, length: range.length };
                }
                return;
            }
        }
        if !self.has_room_for_refs() {
            diagnostics::count(Diagnostic::RefLimit);
            return;
        }
        let merged = self.place == Place::Merged;
        self.with(|segment, head| {
            // The sampling flag before it is one character.
            let parent = parts.sender();
            let known =
                segment.list(*head).filter(|side| side.kind == AttributeKind::Sw8Ref).any(|side| {
                    segment.text_of(side).get(parent.clone()) == header.get(parent.clone())
                });
            if known {
                // A middleware and a handler read the same header, or one span sent several
                // messages of a batch: one parent, one ref. An endpoint that was
                // renamed between two of them makes no second one. Two Entry spans of a segment
                // have one each: without, the OAP would draw a call from its user
                // to the second.
                return;
            }
            if merged && is_below(segment, header, parts) {
                // What the request sent in this very span came back to it: the trace links the two
                // by the parent's id already.
                return;
            }
            let Some(range) = segment.store(header) else { return };
            // Also where a middleware opened the segment and its handler reads the header, as long
            // as the trace's id has not left.
            if segment.can_join() {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a place in a header of at most 4096 bytes"
                )]
                let (from, length) = (parts.trace.start as u32, parts.trace.len() as u32);
                segment.trace = Trace::Foreign { offset: range.offset + from, length };
            }
            segment
                .push(head, Attribute::new("", AttributeKind::Sw8Ref, range.offset, range.length));
        });
    }

    /// True if the span can refer to one more segment. What merges with it counts too.
    pub(crate) fn has_room_for_refs(&mut self) -> bool {
        let mut refs = 0;
        self.with(|segment, head| {
            // Nearly every span has none yet.
            if segment.sides.len() >= REFS_LIMIT {
                refs =
                    segment.list(*head).filter(|side| side.kind == AttributeKind::Sw8Ref).count();
            }
        });
        refs < REFS_LIMIT
    }
}

/// True if the header was sent by the current span of this segment, or by one that opened after it.
#[cold]
fn is_below(segment: &Segment, header: &str, parts: &sw8::Parts) -> bool {
    let sender = header.get(parts.segment.clone()).map(sw8::decode_text);
    sender == Some(id::text(segment.id)) && parts.span >= i32::from(segment.current.index())
}

/// Hands on the carriers of a batch until there is no room for one. Counts those that are left.
pub(crate) fn each_within_limit<C>(
    carriers: impl IntoIterator<Item = C>,
    mut take: impl FnMut(&C) -> bool,
) {
    let quiet = Quiet::begin();
    let mut carriers = carriers.into_iter();
    quiet.end();
    let mut next = || {
        let _quiet = Quiet::begin();
        carriers.next()
    };
    while let Some(carrier) = next() {
        if !take(&carrier) {
            // Where the iterator doesn't know how many are left, it is this one at least.
            let left = carriers.size_hint().0.saturating_add(1);
            diagnostics::count_many(Diagnostic::RefLimit, u64::try_from(left).unwrap_or(u64::MAX));
            break;
        }
    }
}
