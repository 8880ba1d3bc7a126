//! What an agent sends rarely, or should not send.

use skywalking_proto::components::{FLASK, HTTP, KAFKA_CONSUMER, KAFKA_PRODUCER};
use skywalking_proto::v3::{RefType, SegmentObject, SpanLayer};

use crate::random::Random;
use crate::trace::{Span, Trace};

/// Returns one trace of each kind.
pub(crate) fn traces(random: &mut Random, start: i64) -> Vec<Vec<SegmentObject>> {
    let mut all = batch(random, start);
    all.push(split(random, start + 1_000));
    all.push(missing_parent(random, start + 2_000));
    all.push(cycle(random, start + 3_000));
    all.push(violations(random, start + 4_000));
    all
}

/// Three messages of three traces that one consumer takes together: several references.
fn batch(random: &mut Random, start: i64) -> Vec<Vec<SegmentObject>> {
    let mut traces = Vec::new();
    let mut references = Vec::new();
    for at in 0..3 {
        let mut trace = Trace::new(random, start + 10 * at);
        let job = Span::local("nightly export", 0, 40);
        let root = trace.segment(random, "orders", job);
        let send = Span::exit("Kafka/exports/Producer", "kafka:9092", 5, 12)
            .kind(SpanLayer::Mq, KAFKA_PRODUCER)
            .tags(&[("mq.broker", "kafka:9092"), ("mq.topic", "exports")]);
        let send = trace.child(root, send);
        references.push(trace.reference(send, RefType::CrossProcess));
        traces.push(trace);
    }
    let first = &mut traces[0];
    let receive = Span::entry("Kafka/exports/Consumer/batch", 80, 190)
        .kind(SpanLayer::Mq, KAFKA_CONSUMER)
        .tags(&[("mq.broker", "kafka:9092"), ("mq.topic", "exports")]);
    let receive = first.segment(random, "notifications", receive);
    for reference in references {
        first.add_reference(receive, reference);
    }
    traces.into_iter().map(Trace::finish).collect()
}

/// A long job whose segment was split by its agent, and whose last part is cut.
fn split(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let root = trace.segment(random, "inventory", Span::local("recount the stock", 0, 5_000));
    trace.child(root, Span::local("count shelf 1", 100, 2_400));
    let part = Span::local("recount the stock", 5_000, 9_000).skip_analysis();
    let part = trace.continued(random, root, part.tags(&[("left_out", "spans=102, logs=3")]));
    trace.child(part, Span::local("count shelf 2", 5_200, 8_800));
    trace.size_limited(part);
    trace.finish()
}

/// A call whose caller never reports.
fn missing_parent(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let gateway = trace.segment(random, "gateway", Span::entry("GET:/status", 0, 30));
    let call = trace.child(gateway, Span::exit("/status", "storefront:3000", 1, 29));
    let entry = Span::entry("GET:/status", 2, 28).kind(SpanLayer::Http, HTTP);
    trace.called(random, call, "storefront", entry);
    trace.remove_segment(gateway);
    trace.finish()
}

/// Two spans that are each other's parents.
fn cycle(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let first = trace.segment(random, "recommendations", Span::local("train", 0, 80));
    let second = trace.continued(random, first, Span::local("evaluate", 10, 60));
    trace.refer(first, second, RefType::CrossThread);
    trace.finish()
}

/// A segment that breaks several rules of the protocol.
fn violations(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let entry = Span::entry("GET:/report", 0, 120).kind(SpanLayer::Http, FLASK);
    let root = trace.segment(random, "recommendations", entry);
    trace.child(root, Span::exit("no peer", "", 2, 10).kind(SpanLayer::Http, HTTP));
    trace.child(root, Span::local("ends before it starts", 60, 20));
    trace.child(root, Span::local("", 12, 14));
    let twice = Span::local("tag twice", 70, 90).tags(&[("user", "a"), ("user", "b")]);
    trace.child(root, twice);
    let cache = Span::exit("cache without a type", "cache:6379", 90, 95);
    trace.child(root, cache.kind(SpanLayer::Cache, 99_999));
    trace.finish()
}
