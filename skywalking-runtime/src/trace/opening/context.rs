//! Reads the contexts of a request for a span that is about to open: a root continues the trace of
//! the first one, and each span refers to the senders of its own.

use crate::config::policies::{Inbound, OtherContexts};
use crate::config::settings::Settings;
use crate::context::quiet::Quiet;
use crate::headers::extension::{self, Extension};
use crate::headers::incoming::{Header, IncomingHeaders};
use crate::headers::sw8;
use crate::headers::w3c::{self, TraceParent};
use crate::observer;
use crate::segment::Segment;
use crate::span::kind::SpanKind;
use crate::span::tag::Raw;
use crate::trace::opening::Opening;
use crate::trace::opening::target::Target;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text;

impl Opening {
    /// Returns which contexts are read, if any are.
    pub(super) fn listens(&mut self) -> Option<OtherContexts> {
        self.target
            .with_segment(|segment| {
                let Settings { inbound, others, .. } = *segment.settings();
                (inbound == Inbound::Accept).then_some(others)
            })
            .flatten()
    }

    /// Reads the headers of a request.
    pub(super) fn receive(&mut self, received: &IncomingHeaders<'_>, others: OtherContexts) {
        if let Some(header) = received.get(Header::Sw8) {
            match sw8::check(header) {
                Ok(parts) => self.refer(header, &parts),
                Err(reason) => diagnostics::count(reason),
            }
        }
        if let Some(header) = received.get(Header::Correlation) {
            self.target.with_segment(|segment| segment.read_correlation(header));
            self.tag_correlation();
        }
        if let Some(header) = received.get(Header::Extension) {
            self.extend(Extension::read(header));
        }
        if others == OtherContexts::Keep {
            self.receive_others(received);
        }
    }

    /// Reads the headers of other tracers. Of several requests, the first one counts.
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
                self.target.with_segment(|segment| {
                    first = segment.keep_other_context(header, state.unwrap_or_default());
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

    /// Adds a tag to an Entry span unless it has the tag.
    fn tag_once(&mut self, key: &'static str, value: &str) {
        if self.callsite.kind != SpanKind::Entry {
            return;
        }
        self.target.with_list(|segment, head| {
            if !segment.has_text_tag(*head, key) {
                segment.tag(head, key, Raw::Text(value));
            }
        });
    }

    /// Adds tags for the pairs of the correlation context that are configured as tags.
    fn tag_correlation(&mut self) {
        self.target.with_list(Segment::tag_correlation);
    }

    fn extend(&mut self, extension: Extension) {
        if extension.skip_analysis {
            self.target.with_segment(Segment::skip_analysis_of_trace);
        }
        // Only the consumer of a message can compute the latency. Of a batch the last message
        // counts, as for the OAP.
        let Some(latency) = extension.latency().filter(|_| self.callsite.kind == SpanKind::Entry)
        else {
            return;
        };
        let mut place = self.latency;
        self.target.with_list(|segment, head| {
            place = segment.set_number_tag(head, place, extension::LATENCY, latency);
        });
        self.latency = place;
    }

    /// Reads the contexts of a batch that were kept.
    pub(crate) fn extract_kept(&mut self, kept: &[IncomingHeaders<'static>]) {
        let left = each_within_limit(kept, |received| {
            let fits = !self.is_ref_limit_reached();
            if let Some(others) = self.listens().filter(|_| fits) {
                self.receive(received, others);
            }
            fits
        });
        self.leave_out_refs(left);
    }

    fn refer(&mut self, header: &str, parts: &sw8::Parts) {
        if let Some(segment) = self.target.root_segment() {
            if segment.test().is_none() {
                segment.set_test(observer::test_of_sender(|| {
                    header.get(parts.segment.clone()).map(sw8::decode_text)
                }));
            }
            if !segment.is_sampled() {
                // An unsampled request has a trace id too. Of a batch, the first one counts.
                if let Some(trace) = header.get(parts.trace.clone()) {
                    segment.adopt_trace(trace);
                }
                return;
            }
        }
        if self.is_ref_limit_reached() {
            diagnostics::count(Diagnostic::RefLimit);
            self.leave_out_refs(1);
            return;
        }
        let merged = matches!(self.target, Target::Merged(_));
        self.target.with_list(|segment, head| segment.add_ref(head, header, parts, merged));
    }

    /// Notes that so many references of the span were left out.
    pub(crate) fn leave_out_refs(&mut self, count: u64) {
        if count > 0 {
            self.target.with_list(|segment, _| segment.leave_out_refs(count));
        }
    }

    /// Returns true if the span has the most references that a span can have, including those of
    /// spans that merge with it.
    pub(crate) fn is_ref_limit_reached(&mut self) -> bool {
        let mut reached = false;
        self.target.with_list(|segment, head| reached = segment.is_ref_limit_reached(*head));
        reached
    }
}

/// Passes on the carriers of a batch until the limit is reached. Counts the rest and returns its
/// number.
pub(crate) fn each_within_limit<C>(
    carriers: impl IntoIterator<Item = C>,
    mut take: impl FnMut(&C) -> bool,
) -> u64 {
    let quiet = Quiet::begin();
    let mut carriers = carriers.into_iter();
    quiet.end();
    let mut next = || {
        let _quiet = Quiet::begin();
        carriers.next()
    };
    while let Some(carrier) = next() {
        if !take(&carrier) {
            // If the iterator does not know how many are left, at least this one is.
            let left = carriers.size_hint().0.saturating_add(1);
            let left = u64::try_from(left).unwrap_or(u64::MAX);
            diagnostics::count_many(Diagnostic::RefLimit, left);
            return left;
        }
    }
    0
}
