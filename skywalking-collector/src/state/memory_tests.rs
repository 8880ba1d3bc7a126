//! Every result is reserved before it is built.

use prost::Message as _;
use serde::Serialize;
use skywalking_proto::v3::SpanObject;

use super::tests::trace;
use super::*;
use crate::budget::BudgetExhausted;

/// Counts what is taken, up to a limit.
struct Meter {
    taken: usize,
    max: usize,
}

impl Memory for Meter {
    type Error = BudgetExhausted;

    fn take(&mut self, bytes: usize) -> Result<(), BudgetExhausted> {
        self.taken = self.taken.saturating_add(bytes);
        if self.taken > self.max { Err(BudgetExhausted) } else { Ok(()) }
    }
}

/// Checks that the reserved memory is at least the length of the JSON, and that a smaller budget
/// refuses the result.
fn check<T: Serialize>(name: &str, look_up: impl Fn(&mut Meter) -> Result<T, BudgetExhausted>) {
    let mut meter = Meter { taken: 0, max: usize::MAX };
    let found = look_up(&mut meter).expect("no limit");
    let json = serde_json::to_string(&found).expect("JSON").len();
    assert!(json > 500, "{name}: only {json} bytes of JSON");
    assert!(meter.taken >= json, "{name}: {} bytes reserved, {json} of JSON", meter.taken);
    assert!(look_up(&mut Meter { taken: 0, max: json / 2 }).is_err(), "{name}");
}

fn empty() -> CollectorState {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let addresses = Addresses { grpc: nowhere, http: nowhere };
    CollectorState::new(addresses, Limits::default(), Timeouts::default(), None)
}

#[test]
fn results_are_reserved_before_they_are_built() {
    let (state, start) = (empty(), now());
    for number in 0..150 {
        for mut segment in trace(number, start + number * 1_000) {
            // Names of the longest length, in a script of three bytes a character.
            let long = |name: &str| format!("{name}{}", "数".repeat(70 - name.len()));
            segment.service = long(&segment.service);
            segment.service_instance = long(&format!("i{number}"));
            segment.trace_id = format!("{number:0>20}{}", "数".repeat(130));
            for span in &mut segment.spans {
                span.operation_name = format!("/{number}/{}", "数".repeat(300));
                span.peer = if span.peer.is_empty() { String::new() } else { long(&span.peer) };
                span.tags[0].value = format!("{number}{}", "数".repeat(300));
            }
            segment.spans[0].peer.clear(); // an Exit without a peer is a violation
            state.add_segment(&segment.encode_to_vec()).expect("a valid segment");
        }
    }
    let (all, query) = (TimeRange::default(), TraceQuery::new().limit(1_000));
    let page = state.search(&query, &mut Meter { taken: 0, max: usize::MAX }).expect("no limit");
    let service = page.traces[0].service.clone();
    let map = state.topology(all, &mut Meter { taken: 0, max: usize::MAX }).expect("no limit");

    check("traces", |memory| state.search(&query, memory));
    check("live", |memory| Ok(state.traces_since(&query, None, 0, 200, memory)?.traces));
    check("find", |memory| state.find("0", 100, memory));
    check("histogram", |memory| state.histogram(&query, 60, memory));
    check("keys", |memory| {
        let keys = state.tag_keys(None, memory)?;
        Ok((keys, state.tag_values("http.method", None, 1_000, memory)?))
    });
    check("services", |memory| state.services(all, memory));
    check("instances", |memory| state.instances(None, all, memory));
    check("endpoints", |memory| state.endpoints(None, all, 1_000, memory));
    check("topology", |memory| state.topology(all, memory));
    check("statements", |memory| state.statements(None, None, all, 1_000, memory));
    check("violations", |memory| state.violations(&query, memory));
    check("rules", |memory| state.rules(None, memory));
    check("series of a service", |memory| {
        state.series(SeriesOf::Service { service: service.clone() }, all, 60, memory)
    });
    for call in map.calls.iter().take(3) {
        let (source, target) = (call.source.clone(), call.target.clone());
        let of = SeriesOf::Call { source, target };
        check("series of a call", |memory| state.series(of.clone(), all, 60, memory));
    }
    for summary in &page.traces {
        let view = state.trace(&summary.trace_id).expect("a stored trace");
        let json = serde_json::to_string(&view).expect("JSON").len();
        let reserved = state.trace_bytes(&summary.trace_id);
        assert!(reserved >= json, "{reserved} bytes reserved, {json} of JSON");
    }
}

#[test]
fn long_ids_of_many_spans_are_reserved() {
    let (state, start) = (empty(), now());
    let mut segment = trace(1, start).next().expect("a segment");
    let span = segment.spans.pop().expect("a span");
    let id = "\u{1f980}".repeat(150);
    (segment.trace_id, segment.trace_segment_id) = (id.clone(), id.clone());
    segment.service = "\u{1f980}".repeat(70);
    segment.spans = (0..2_000).map(|_| SpanObject { span_id: 0, ..Default::default() }).collect();
    for (at, one) in (0..).zip(&mut segment.spans) {
        (one.span_id, one.parent_span_id) = (at, at - 1);
        (one.start_time, one.end_time) = (span.start_time, span.end_time);
        one.operation_name = "a".into();
    }
    state.add_segment(&segment.encode_to_vec()).expect("a valid segment");
    let json = serde_json::to_string(&state.trace(&id)).expect("JSON").len();

    assert!(json > 3_000_000 && state.trace_bytes(&id) >= json, "{json}");
}
