//! A forked child hangs nowhere, repeats no id, and is silent about nothing.

use std::collections::HashSet;

use skywalking_collector::TraceQuery;

use crate::scene::{collector, run};

#[test]
fn fork_every_call_in_the_child_returns_at_once() {
    let (_runtime, collector) = collector();
    let ended = run(&["fork-calls", &collector.grpc_addr().to_string()]);
    assert_eq!((ended.one("failed"), ended.one("parent_sent")), ("[]", "true"), "{ended:#?}");
}

#[test]
fn fork_no_id_comes_twice_and_each_process_reports_its_own() {
    let (_runtime, collector) = collector();
    let ended = run(&["fork-ids", &collector.grpc_addr().to_string()]);
    let (parent, child, inside) = (ended.all("parent"), ended.all("child"), ended.all("inside"));
    assert_eq!((parent.len(), child.len(), inside.len()), (4, 9, 3), "{ended:#?}");
    let ids: HashSet<_> = parent.iter().chain(&child).chain(&inside).copied().collect();
    assert_eq!(ids.len(), 16, "{ended:#?}");
    // Four requests, and three that were open at a fork, each with what is inside.
    assert_eq!(ended.one("sent"), "7 open=0");
    let stats = collector.stats();
    assert_eq!((stats.segments_accepted, stats.segments_refused), (16, 0), "{stats:?}");
    let traces = collector.traces(&TraceQuery::default());
    let arrived: HashSet<_> = traces.iter().map(|trace| trace.trace_id.as_str()).collect();
    assert_eq!(arrived, ids);
}

#[test]
fn fork_open_request_is_reported_by_the_parent_alone() {
    for (way, parent) in [("call", 1), ("future", 3), ("future-inside", 1), ("handle", 3)] {
        let ended = run(&["fork-open-request", way]);
        assert_eq!(
            ended.one("parent"),
            format!("status 0 sent {parent} opened {parent} open 0"),
            "{way}: {ended:#?}"
        );
        assert_eq!(ended.one("child"), "status 0 sent 2 opened 2 open 0", "{way}: {ended:#?}");
    }
}

#[test]
fn fork_child_that_traces_on_logs_one_line() {
    for (way, lines) in [("spans", 1), ("enabled", 1), ("flush", 1), ("threads", 1), ("none", 0)] {
        let ended = run(&["fork-words", way]);
        assert_eq!(ended.one("status"), "0", "{way}: {ended:#?}");
        let logged = ended
            .stderr
            .lines()
            .filter(|line| line.contains("WARN") && line.contains("forked"))
            .count();
        assert_eq!(logged, lines, "{way}: {ended:#?}");
    }
}

#[test]
fn fork_during_first_start_leaves_child_that_can_start() {
    for way in ["discard", "grpc"] {
        let ended = run(&["fork-in-start", way]);
        assert_eq!(ended.one("failed"), "[]", "{way}: {ended:#?}");
    }
}
