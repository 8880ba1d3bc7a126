//! What the user gets to see: the last trace as a tree, the map, and where there is more.

use std::net::SocketAddr;

use skywalking_collector::{Collector, TraceView, view};

/// The tree of the last trace, and the map of all.
pub fn tree_and_map(collector: &Collector, traces: usize, last: Option<&TraceView>) -> String {
    let style = view::Style::stdout();
    let tree = last.map(|trace| view::tree(trace, style)).unwrap_or_default();
    // Its first line is the trace's id, which was said when the request was sent.
    let tree = tree.split_once('\n').map_or(tree.as_str(), |(_, below)| below);
    let arrived = if traces > 1 {
        format!("{traces} of {traces} traces arrived complete; the last one:\n")
    } else {
        String::new()
    };
    let map = view::topology(&collector.topology(), style);
    format!("\n{arrived}{tree}\n{}", map.trim_end())
}

/// Where the collector answers with JSON.
pub fn addresses(http: SocketAddr, last: Option<&TraceView>) -> String {
    let mut paths =
        vec!["/api/services".to_owned(), "/api/topology".to_owned(), "/api/traces".to_owned()];
    paths.extend(last.map(|trace| format!("/api/traces/{}", trace.trace_id)));
    let urls: Vec<_> = paths.iter().map(|path| format!("\n  http://{http}{path}")).collect();
    format!("\nserving JSON until Ctrl-C:{}", urls.concat())
}
