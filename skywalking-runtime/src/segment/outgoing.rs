//! Writes the headers of a call.

use std::borrow::Cow;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

use crate::headers::extension::{self, Extension};
use crate::headers::sw8::{self, base64_length};
use crate::headers::w3c::W3cContext;
use crate::segment::text::Range;
use crate::segment::{Cursor, Name, Segment, UNKNOWN_PEER};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;
use crate::span::record::{Attribute, AttributeKind, Record, Trace};
use crate::sys::PerProcess;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::{id, text};

/// The values of the three headers. Empty for a header that must be removed.
#[derive(Default)]
pub(crate) struct Headers {
    /// Uses a buffer of the segment. Give it back with [`Segment::return_scratch`].
    pub(crate) sw8: String,
    pub(crate) correlation: String,
    pub(crate) extension: String,
    /// The context that was received from another tracer.
    pub(crate) others: Option<W3cContext>,
}

impl Segment {
    /// Returns the headers of a call that the current span makes, and tags the span with the
    /// correlation values that are configured as tags.
    pub(crate) fn export_context(&mut self) -> Headers {
        let mut correlation = String::new();
        self.baggage.correlation.write(&mut correlation);
        let is_in_exit = self.is_in_exit();
        if !correlation.is_empty() && is_in_exit {
            self.with_current_list(Self::tag_correlation);
        }
        let extension = self.extension().write();
        let mut sw8 = self.take_scratch();
        sw8.clear();
        if self.propagates_trace() {
            if is_in_exit {
                sw8 = self.write_sw8(sw8);
            } else {
                diagnostics::count(Diagnostic::InjectOutsideExit);
            }
        }
        Headers { sw8, correlation, extension, others: self.baggage.others.clone() }
    }

    /// Returns true if the current span is an Exit span or continues one. Only such a span has the
    /// peer that a header needs.
    fn is_in_exit(&self) -> bool {
        self.is_exit(self.current)
    }

    fn is_exit(&self, place: Cursor) -> bool {
        if place.is_overflow() {
            return !self.peer_of(place).is_empty();
        }
        self.records.get(usize::from(place.index())).is_some_and(|record| {
            if record.is(Record::CONTINUED) {
                self.find(record.side, |kind| kind == AttributeKind::CalledPeer).is_some()
            } else {
                record.callsite.kind == SpanKind::Exit
            }
        })
    }

    /// Returns the peer of an Exit span for the span that continues it, or `None` for a span of
    /// another kind.
    pub(crate) fn called_peer(&self, place: Cursor) -> Option<Cow<'static, str>> {
        if !self.is_exit(place) {
            return None;
        }
        let peer = self.peer_of(place);
        let is_literal = |record: &&Record| std::ptr::eq(record.callsite.peer, peer);
        let literal = self.records.get(usize::from(place.index())).filter(is_literal);
        Some(match literal {
            Some(record) => Cow::Borrowed(record.callsite.peer),
            None => Cow::Owned(peer.to_owned()),
        })
    }

    /// Adds the peer of the Exit span that a span continues, for the list at `head`.
    pub(crate) fn keep_called_peer(&mut self, head: &mut u32, peer: &str) {
        if let Some(Range { offset, length }) = self.store(peer) {
            self.push(head, Attribute::new("", AttributeKind::CalledPeer, offset, length));
        }
    }

    /// Writes `sw8` for the current Exit span. It stays empty if the segment has no span.
    fn write_sw8(&mut self, out: String) -> String {
        let current = self.current;
        if usize::from(current.index()) >= self.records.len() {
            return out;
        }
        self.fix_trace();
        self.note_propagated();
        let endpoint = self.endpoint();
        let mut out = Header(out.into_bytes());
        out.push("1-");
        match self.trace {
            Trace::Own(number) => out.push_id(number),
            Trace::Foreign { offset, length } => out.push(self.text_at(Range { offset, length })),
        }
        out.push("-");
        out.push_id(self.id);
        out.push("-");
        out.push_number(current.index());
        out.push(&self.tracer.identity.header);
        let peer = self.peer_of(current);
        let identity = &self.tracer.identity;
        let peer = identity.exit_peer(text::clean(
            if text::is_blank(peer) { UNKNOWN_PEER } else { peer },
            text::PEER_LIMIT,
        ));
        let left = sw8::WRITTEN.saturating_sub(out.0.len() + 1 + base64_length(peer.len()));
        let name = self.name_of(endpoint);
        match name {
            Name::Of(callsite)
                if callsite.name.len() <= identity.name_bytes
                    && endpoint_base64(callsite).len() <= left =>
            {
                out.push(endpoint_base64(callsite));
            }
            // The limits of the other parts leave more than a quarter of the header.
            _ => out.push_base64(
                text::cut_bytes(&name.within(identity.name_bytes), left / 4 * 3).as_bytes(),
            ),
        }
        out.push("-");
        out.push_base64(peer.as_bytes());
        // All of it is ASCII, so this never fails.
        String::from_utf8(out.0).unwrap_or_default()
    }

    /// Returns the content of `sw8-x` for the current span.
    fn extension(&self) -> Extension {
        let sent = if self.is_in_producer() { extension::now() } else { None };
        Extension { skip_analysis: self.baggage.skip_analysis, sent }
    }

    /// Returns true if the current span produces a message: if it is a recorded Exit of layer MQ.
    fn is_in_producer(&self) -> bool {
        let current = self.current;
        let Some(record) = self.records.get(usize::from(current.index())) else { return false };
        if !self.propagates_trace()
            || current.is_overflow()
            || record.callsite.kind != SpanKind::Exit
            || !self.is_exit(current)
        {
            return false;
        }
        let layer = self
            .find(record.side, |kind| kind == AttributeKind::Layer)
            .map_or(record.callsite.layer as u32, |side| side.a);
        layer == SpanLayer::Mq as u32
    }
}

/// A header that is being written.
struct Header(Vec<u8>);

impl Header {
    fn push(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn push_base64(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let from = self.0.len();
        self.0.resize(from + base64_length(text.len()), b'=');
        if let Some(space) = self.0.get_mut(from..) {
            // The space has exactly the length that the engine needs.
            let written = STANDARD.encode_slice(text, space);
            debug_assert!(written.is_ok());
        }
    }

    /// Appends an id. Its process part is a whole number of Base64 blocks, so it is encoded once.
    fn push_id(&mut self, key: u64) {
        static PROCESS: PerProcess<String> = PerProcess::new(|| STANDARD.encode(id::process()));
        self.push(PROCESS.get());
        self.push_base64(id::Tail::of(key).as_bytes());
    }

    fn push_number(&mut self, number: u16) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        self.0.push(b'0' + (number % 10) as u8);
    }
}

fn endpoint_base64(callsite: &'static Callsite) -> &'static str {
    callsite
        .endpoint
        .get_or_init(|| Box::new(STANDARD.encode(Name::Of(callsite).clean().as_bytes())))
}
