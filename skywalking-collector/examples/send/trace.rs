//! A builder of traces. Times are milliseconds after the start of the trace.

use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

use crate::random::Random;

/// A span that is not yet in a segment.
#[derive(Debug, Clone)]
pub(crate) struct Span(SpanObject);

impl Span {
    fn new(kind: SpanType, name: &str, from: i64, to: i64) -> Self {
        Self(SpanObject {
            start_time: from,
            end_time: to,
            operation_name: name.to_owned(),
            span_type: kind.into(),
            ..SpanObject::default()
        })
    }

    pub(crate) fn entry(name: &str, from: i64, to: i64) -> Self {
        Self::new(SpanType::Entry, name, from, to)
    }

    pub(crate) fn exit(name: &str, peer: &str, from: i64, to: i64) -> Self {
        let mut span = Self::new(SpanType::Exit, name, from, to);
        peer.clone_into(&mut span.0.peer);
        span
    }

    pub(crate) fn local(name: &str, from: i64, to: i64) -> Self {
        Self::new(SpanType::Local, name, from, to)
    }

    pub(crate) fn kind(mut self, layer: SpanLayer, component: i32) -> Self {
        (self.0.span_layer, self.0.component_id) = (layer.into(), component);
        self
    }

    pub(crate) fn tags(mut self, tags: &[(&str, &str)]) -> Self {
        self.0.tags.extend(tags.iter().map(|(key, value)| pair(key, value)));
        self
    }

    pub(crate) fn log(mut self, time: i64, fields: &[(&str, &str)]) -> Self {
        let data = fields.iter().map(|(key, value)| pair(key, value)).collect();
        self.0.logs.push(Log { time, data });
        self
    }

    /// Marks the span as failed. The causes are `(kind, message)`, the outermost first.
    pub(crate) fn failed(mut self, causes: &[(&str, &str)]) -> Self {
        self.0.is_error = true;
        let end = self.0.end_time;
        for (kind, message) in causes {
            let stack = format!("{kind}: {message}\n\tat shop::handler\n\tat shop::main");
            let fields = [
                ("event", "error"),
                ("error.kind", kind),
                ("message", message),
                ("stack", stack.as_str()),
            ];
            self = self.log(end, &fields);
        }
        self
    }

    /// Marks the span as left out of the analysis.
    pub(crate) fn skip_analysis(mut self) -> Self {
        self.0.skip_analysis = true;
        self
    }
}

fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.to_owned(), value: value.to_owned() }
}

/// The place of a span: the index of its segment, and its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    segment: usize,
    span: i32,
}

/// A trace.
#[derive(Debug)]
pub(crate) struct Trace {
    id: String,
    start: i64,
    segments: Vec<SegmentObject>,
}

impl Trace {
    /// Starts a trace at a time in epoch milliseconds.
    pub(crate) fn new(random: &mut Random, start: i64) -> Self {
        Self { id: random.id(), start, segments: Vec::new() }
    }

    /// Adds a segment with its first span.
    pub(crate) fn segment(&mut self, random: &mut Random, service: &str, span: Span) -> Place {
        self.segments.push(SegmentObject {
            trace_id: self.id.clone(),
            trace_segment_id: random.id(),
            service: service.to_owned(),
            service_instance: format!("{service}-{}", random.between(1, 2)),
            ..SegmentObject::default()
        });
        self.push(self.segments.len() - 1, -1, span)
    }

    /// Adds a child in the same segment.
    pub(crate) fn child(&mut self, parent: Place, span: Span) -> Place {
        self.push(parent.segment, parent.span, span)
    }

    /// Adds a segment whose first span is called by an exit span.
    pub(crate) fn called(
        &mut self,
        random: &mut Random,
        by: Place,
        service: &str,
        span: Span,
    ) -> Place {
        let place = self.segment(random, service, span);
        self.refer(place, by, RefType::CrossProcess);
        place
    }

    /// Adds a segment of the same instance that continues in another thread.
    pub(crate) fn continued(&mut self, random: &mut Random, by: Place, span: Span) -> Place {
        let (service, instance) = {
            let parent = &self.segments[by.segment];
            (parent.service.clone(), parent.service_instance.clone())
        };
        let place = self.segment(random, &service, span);
        self.segments[place.segment].service_instance = instance;
        self.refer(place, by, RefType::CrossThread);
        place
    }

    /// Adds a reference to a span of this trace.
    pub(crate) fn refer(&mut self, from: Place, to: Place, kind: RefType) {
        let reference = self.reference(to, kind);
        self.add_reference(from, reference);
    }

    pub(crate) fn add_reference(&mut self, from: Place, reference: SegmentReference) {
        self.span_mut(from).refs.push(reference);
    }

    /// Returns a reference to a span, also for another trace.
    pub(crate) fn reference(&self, to: Place, kind: RefType) -> SegmentReference {
        let parent = &self.segments[to.segment];
        SegmentReference {
            ref_type: kind.into(),
            trace_id: self.id.clone(),
            parent_trace_segment_id: parent.trace_segment_id.clone(),
            parent_span_id: to.span,
            parent_service: parent.service.clone(),
            parent_service_instance: parent.service_instance.clone(),
            parent_endpoint: parent.spans[0].operation_name.clone(),
            network_address_used_at_peer: parent.spans[index(to.span)].peer.clone(),
        }
    }

    /// Changes a span in any way.
    pub(crate) fn span_mut(&mut self, place: Place) -> &mut SpanObject {
        &mut self.segments[place.segment].spans[index(place.span)]
    }

    /// Marks the segment of a span as cut by its agent.
    pub(crate) fn size_limited(&mut self, place: Place) {
        self.segments[place.segment].is_size_limited = true;
    }

    pub(crate) fn remove_segment(&mut self, place: Place) {
        self.segments.remove(place.segment);
    }

    /// Returns the segments, in which children come first, as agents send them.
    pub(crate) fn finish(mut self) -> Vec<SegmentObject> {
        for segment in &mut self.segments {
            segment.spans.reverse();
        }
        self.segments
    }

    fn push(&mut self, segment: usize, parent: i32, Span(mut span): Span) -> Place {
        let spans = &mut self.segments[segment].spans;
        span.span_id = i32::try_from(spans.len()).unwrap_or(i32::MAX);
        span.parent_span_id = parent;
        span.start_time += self.start;
        span.end_time += self.start;
        span.logs.iter_mut().for_each(|log| log.time += self.start);
        let place = Place { segment, span: span.span_id };
        spans.push(span);
        place
    }
}

fn index(span: i32) -> usize {
    usize::try_from(span).unwrap_or(0)
}
