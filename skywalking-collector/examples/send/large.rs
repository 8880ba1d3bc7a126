//! Large data: a trace of many spans, and many services.

use skywalking_proto::components::{GO_HTTP_CLIENT, GO_HTTP_SERVER};
use skywalking_proto::v3::{SegmentObject, SpanLayer};

use crate::random::Random;
use crate::trace::{Place, Span, Trace};

/// Spans of a segment, at most.
const SEGMENT: u32 = 250;
/// Levels of a segment, at most.
const DEPTH: u32 = 40;

/// Returns one trace of exactly `number` spans: a root with a wide level of calls, and chains below.
pub(crate) fn spans(random: &mut Random, start: i64, number: u32) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let end = i64::from(number).max(10);
    let root = Span::entry("POST:/import", 0, end).kind(SpanLayer::Http, GO_HTTP_SERVER);
    let root = trace.segment(random, "importer", root);
    let mut left = number - 1;
    let mut at = 0;
    while left > 0 {
        let from = at;
        let to = (at + i64::from(SEGMENT)).min(end).max(from + 1);
        let service = format!("worker-{}", random.between(1, 12));
        let peer = format!("{service}:9000");
        let call = Span::exit("/rows", &peer, from, to).kind(SpanLayer::Http, GO_HTTP_CLIENT);
        let call = trace.child(root, call.tags(&[("url", "http://worker/rows")]));
        left -= 1;
        let part = left.min(SEGMENT - 1);
        if part > 0 {
            rows(&mut trace, random, call, &service, (from, to), part);
            left -= part;
        }
        at = to;
    }
    trace.finish()
}

/// Adds a segment of `number` spans below a call: chains of up to `DEPTH` levels.
fn rows(
    trace: &mut Trace,
    random: &mut Random,
    call: Place,
    service: &str,
    (from, to): (i64, i64),
    number: u32,
) {
    let entry = Span::entry("POST:/rows", from, to).kind(SpanLayer::Http, GO_HTTP_SERVER);
    let entry = trace.called(random, call, service, entry);
    let mut parent = entry;
    for at in 1..number {
        let level = at % DEPTH;
        if level == 1 {
            parent = entry;
        }
        let begin = (from + i64::from(at)).min(to);
        let mut span = Span::local(&format!("row {at}"), begin, to.max(begin));
        span = span.tags(&[("row", &at.to_string())]);
        if random.between(0, 999) == 0 {
            span = span.failed(&[("import::Error", "the row has no key")]);
        }
        parent = trace.child(parent, span);
    }
}

/// Returns traces in which `services` services call each other in layers.
pub(crate) fn map(random: &mut Random, start: i64, services: u32) -> Vec<Vec<SegmentObject>> {
    const WIDTH: u32 = 8;
    let mut all = Vec::new();
    for service in 0..services {
        let layer = service / WIDTH;
        let next = (layer + 1) * WIDTH;
        let calls = random.between(1, 3);
        for request in 0..random.between(3, 12) {
            let mut trace = Trace::new(random, start + 1_000 * request);
            let end = random.between(20, 200);
            let name = format!("service-{service:02}");
            let entry = Span::entry("GET:/work", 0, end).kind(SpanLayer::Http, GO_HTTP_SERVER);
            let entry = trace.segment(random, &name, entry);
            for call in 0..calls {
                let below = next + (service + u32::try_from(call).unwrap_or(0)) % WIDTH;
                if below >= services {
                    continue;
                }
                let (below, at) = (format!("service-{below:02}"), 1 + call * 2);
                let peer = format!("{below}:9000");
                let exit = Span::exit("/work", &peer, at, end - 1);
                let mut exit = exit.kind(SpanLayer::Http, GO_HTTP_CLIENT);
                let called = Span::entry("GET:/work", at + 1, end - 2);
                let mut called = called.kind(SpanLayer::Http, GO_HTTP_SERVER);
                if random.percent(4) {
                    exit = exit.failed(&[]);
                    called = called.failed(&[("work::Error", "the work was refused")]);
                }
                let exit = trace.child(entry, exit);
                trace.called(random, exit, &below, called);
            }
            all.push(trace.finish());
        }
    }
    all
}
