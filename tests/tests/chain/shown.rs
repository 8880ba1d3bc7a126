//! A trace and the map as text, with stable names in place of addresses.

use std::fmt::Write as _;

use skywalking_collector::{SpanView, TraceView, view};

use crate::programs::Mack;
use crate::stage::{NOBODY, Stage};

/// A line a span, without ids and times.
pub(crate) fn tree(trace: &TraceView, macks: &[Mack], stage: &Stage) -> String {
    let mut text = String::new();
    for branch in trace.tree() {
        let line = line(&trace.spans[branch.span]);
        writeln!(text, "{:indent$}{line}", "", indent = 2 * branch.depth).expect("a string takes all");
    }
    named(&text, macks, stage)
}

/// Who calls whom.
pub(crate) fn map(macks: &[Mack], stage: &Stage) -> String {
    named(&view::topology(&stage.collector.topology(), view::Style::plain()), macks, stage)
}

fn line(span: &SpanView) -> String {
    let mut words = vec![span.service_instance.clone(), span.span_type.to_owned(), span.operation_name.clone(), span.layer.to_owned()];
    words.push(format!("component={}", span.component_id));
    if !span.peer.is_empty() {
        words.push(format!("peer={}", span.peer));
    }
    let tags: Vec<_> = span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    words.push(format!("{{{}}}", tags.join(", ")));
    for link in &span.refs {
        let (parent, endpoint, address) = (&link.parent_service_instance, &link.parent_endpoint, &link.network_address_used_at_peer);
        words.push(format!("<{} {parent} {endpoint} {address}>", link.ref_type));
    }
    if span.is_error {
        words.push("ERROR".to_owned());
    }
    words.join(" ")
}

/// Each mack's address is its name, the echo's is `echo`, and any other is `client`: the port of a connection.
fn named(text: &str, macks: &[Mack], stage: &Stage) -> String {
    let mut named = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("127.0.0.1:") {
        let digits = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
        let (port, after) = after.split_at(digits);
        named.push_str(before);
        named.push_str(name(&format!("127.0.0.1:{port}"), macks, stage));
        rest = after;
    }
    named + rest
}

fn name(address: &str, macks: &[Mack], stage: &Stage) -> &'static str {
    if address == NOBODY {
        return "nobody";
    }
    if address == stage.echo.to_string() {
        return "echo";
    }
    macks.iter().find(|mack| mack.address == address).map_or("client", |mack| mack.service)
}
