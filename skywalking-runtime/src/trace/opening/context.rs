//! The contexts that come with a request, as the span that is about to open takes them: a root goes
//! on with the trace of the first one, and whoever reads one refers to who sent it.

use crate::config::policies::{Inbound, OtherContexts};
use crate::context::current_segment;
use crate::context::quiet::Quiet;
use crate::headers::extension::{self, Extension};
use crate::headers::incoming::{Header, IncomingHeaders};
use crate::headers::sw8;
use crate::headers::w3c::{self, TraceParent};
use crate::segment::Segment;
use crate::span::kind::SpanKind;
use crate::span::tag::Raw;
use crate::trace::opening::{Opening, Place};
use crate::tracer::Settings;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text;

impl Opening {
    /// Which contexts are read, if any is.
    pub(crate) fn listens(&self) -> Option<OtherContexts> {
        let asked = |segment: &Segment| {
            let Settings { inbound, others, .. } = *segment.settings();
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
            self.with_any(|segment| segment.read_correlation(header));
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

    /// A tag of the Entry span, unless it has one.
    fn tag_once(&mut self, key: &'static str, value: &str) {
        if self.callsite.kind != SpanKind::Entry {
            return;
        }
        self.with(|segment, head| {
            if !segment.has_text_tag(*head, key) {
                segment.tag(head, key, Raw::Text(value));
            }
        });
    }

    /// Changes what goes on with the trace, sampled or not.
    fn with_any(&mut self, work: impl FnOnce(&mut Segment)) {
        match &mut self.root {
            Some(segment) => work(segment),
            None => {
                current_segment::with_key(self.key, work);
            }
        }
    }

    /// Tags for what came along under the keys that are set to be tags.
    fn tag_correlation(&mut self) {
        self.with(Segment::tag_correlation);
    }

    fn extend(&mut self, extension: Extension) {
        if extension.skip_analysis {
            self.with_any(Segment::skip_analysis_of_trace);
        }
        // Only who consumes a message can say when it came. Of a batch the last one counts, as for
        // the OAP.
        let Some(latency) = extension.latency().filter(|_| self.callsite.kind == SpanKind::Entry)
        else {
            return;
        };
        let mut place = self.latency;
        self.with(|segment, head| {
            place = segment.set_number_tag(head, place, extension::LATENCY, latency);
        });
        self.latency = place;
    }

    /// The contexts that came with a batch and were read before.
    pub(crate) fn extract_kept(&mut self, kept: &[IncomingHeaders<'static>]) {
        each_within_limit(kept, |received| {
            let fits = !self.is_ref_limit_reached();
            if let Some(others) = self.listens().filter(|_| fits) {
                self.receive(received, others);
            }
            fits
        });
    }

    fn refer(&mut self, header: &str, parts: &sw8::Parts) {
        if let Some(segment) = &mut self.root {
            #[cfg(feature = "testing")]
            if segment.scope() == 0 {
                segment.set_scope(crate::testing::scope_of_header(header, parts));
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
            return;
        }
        let merged = self.place == Place::Merged;
        self.with(|segment, head| segment.add_ref(head, header, parts, merged));
    }

    /// True if the span has as many references as a span can have. What merges with it counts too.
    pub(crate) fn is_ref_limit_reached(&mut self) -> bool {
        let mut reached = false;
        self.with(|segment, head| reached = segment.is_ref_limit_reached(*head));
        reached
    }
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
