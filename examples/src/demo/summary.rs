//! The output of a demo: the last trace as a tree, the service map, and URLs.

use std::net::SocketAddr;

use skywalking_collector::{Collector, TraceView, view};

/// Returns the last trace as a tree, and the service map of all traces.
pub fn tree_and_map(collector: &Collector, traces: usize, last: Option<&TraceView>) -> String {
    let style = view::Style::stdout();
    let tree = last.map(|trace| view::tree(trace, style)).unwrap_or_default();
    // The first line is the trace id, which was printed with the request.
    let tree = tree.split_once('\n').map_or(tree.as_str(), |(_, below)| below);
    let arrived = if traces > 1 {
        format!("{traces} of {traces} traces arrived complete; the last one:\n")
    } else {
        String::new()
    };
    let map = view::topology(&collector.topology(), style);
    format!("\n{arrived}{tree}\n{}", map.trim_end())
}

/// Returns the URLs of the collector's pages, first that of the last trace, and of its JSON.
pub fn urls(http: SocketAddr, last: Option<&TraceView>) -> String {
    let mut paths: Vec<_> =
        last.map(|trace| format!("/traces/{}", trace.trace_id)).into_iter().collect();
    paths.extend(["/traces".to_owned(), "/map".to_owned(), "/api/traces".to_owned()]);
    let urls: Vec<_> = paths.iter().map(|path| format!("\n  http://{http}{path}")).collect();
    format!("\nserving pages and JSON until Ctrl-C:{}", urls.concat())
}
