//! A forked child does not hang, does not reuse an id, and logs what it cannot report.

use std::collections::HashSet;

use skywalking_collector::TraceQuery;

use crate::scene::{collector, run};

#[test]
fn fork_calls_in_the_child_return_at_once() {
    let (_runtime, collector) = collector();
    let ended = run(&["fork-calls", &collector.grpc_addr().to_string()]);

    assert_eq!((ended.one("failed"), ended.one("parent_sent")), ("[]", "true"), "{ended:#?}");
}

#[test]
fn fork_ids_are_unique_and_each_process_reports_its_own() {
    let (_runtime, collector) = collector();
    let ended = run(&["fork-ids", &collector.grpc_addr().to_string()]);
    let (parent, child, inside) = (ended.all("parent"), ended.all("child"), ended.all("inside"));

    assert_eq!((parent.len(), child.len(), inside.len()), (4, 9, 3), "{ended:#?}");

    let ids: HashSet<_> = parent.iter().chain(&child).chain(&inside).copied().collect();
    assert_eq!(ids.len(), 16, "{ended:#?}");
    // Four requests, and three that were open during a fork, each with its children.
    assert_eq!(ended.one("sent"), "7 open=0");

    let stats = collector.stats();
    assert_eq!((stats.segments_accepted, stats.segments_refused), (16, 0), "{stats:?}");

    let traces = collector.traces(&TraceQuery::default());
    let arrived: HashSet<_> = traces.iter().map(|trace| trace.trace_id.as_str()).collect();

    assert_eq!(arrived, ids);
}

#[test]
fn fork_open_request_is_reported_by_the_parent_only() {
    for (case, parent) in [("call", 1), ("future", 3), ("future-inside", 1), ("handle", 3)] {
        let ended = run(&["fork-open-request", case]);
        assert_eq!(
            ended.one("parent"),
            format!("status 0 sent {parent} opened {parent} open 0"),
            "{case}: {ended:#?}"
        );
        assert_eq!(ended.one("child"), "status 0 sent 2 opened 2 open 0", "{case}: {ended:#?}");
    }
}

#[test]
fn fork_child_that_traces_logs_one_line() {
    for (case, lines) in [("spans", 1), ("enabled", 1), ("flush", 1), ("threads", 1), ("none", 0)] {
        let ended = run(&["fork-log", case]);
        assert_eq!(ended.one("status"), "0", "{case}: {ended:#?}");
        let logged = ended
            .stderr
            .lines()
            .filter(|line| line.contains("WARN") && line.contains("forked"))
            .count();
        assert_eq!(logged, lines, "{case}: {ended:#?}");
    }
}

#[test]
fn fork_during_first_start_lets_the_child_start() {
    for protocol in ["discard", "grpc"] {
        let ended = run(&["fork-in-start", protocol]);
        assert_eq!(ended.one("failed"), "[]", "{protocol}: {ended:#?}");
    }
}

#[test]
fn fork_child_gets_answers_from_futures_of_its_parent() {
    let ended = run(&["fork-futures"]);
    assert_eq!(ended.all("status"), ["0"; 5], "{ended:#?}");
}
