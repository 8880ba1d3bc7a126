//! The service map as text: one line for each call, callers before the services that they call.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use super::columns::{count, duration, fit};
use super::style::{Color, Style};
use crate::api::{Call, CallStats, Node, Topology};

/// Columns of a name.
const NAME: usize = 36;
/// Columns of a node's type.
const TYPE: usize = 16;

/// Returns the service map as text, one line for each call. Starts with the nodes that have no
/// caller, the user first. Ends with a newline.
pub fn topology(map: &Topology, style: Style) -> String {
    topology_with_limit(map, style, usize::MAX)
}

/// Like [`topology`], with the number of calls, errors and the 95th percentile of the duration.
pub fn topology_with_stats(map: &Topology, style: Style) -> String {
    with_facts(map, style, |stats| vec![("p95", stats.p95)])
}

/// Like [`topology_with_stats`], with the 50th and the 99th percentile too.
pub fn topology_with_percentiles(map: &Topology, style: Style) -> String {
    with_facts(map, style, |stats| vec![("p50", stats.p50), ("p95", stats.p95), ("p99", stats.p99)])
}

fn with_facts(
    map: &Topology,
    style: Style,
    percentiles: impl Fn(&CallStats) -> Vec<(&'static str, Option<u64>)>,
) -> String {
    render(map, style, usize::MAX, |call| {
        let stats = &call.stats;
        let calls = usize::try_from(stats.calls).unwrap_or(usize::MAX);
        let mut facts = format!("{} ({:.1}/min)", count(calls, "call"), stats.per_minute);
        // Writing to a `String` can't fail.
        if let errors @ 1.. = usize::try_from(stats.errors).unwrap_or(usize::MAX) {
            let _ = write!(facts, ", {}", count(errors, "error"));
        }
        for (name, ms) in percentiles(stats) {
            if let Some(ms) = ms {
                let _ = write!(facts, ", {name} {}", duration(ms));
            }
        }
        format!("  {}", style.paint(Color::Dim, &facts))
    })
}

/// Like [`topology`], with at most `max_calls` calls and a line that counts the others.
pub fn topology_with_limit(map: &Topology, style: Style, max_calls: usize) -> String {
    render(map, style, max_calls, |_| String::new())
}

fn render(
    map: &Topology,
    style: Style,
    max_calls: usize,
    facts_of: impl Fn(&Call) -> String,
) -> String {
    let nodes: BTreeMap<&str, &Node> =
        map.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut called: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in &map.calls {
        called.entry(&call.source).or_default().push(call);
    }
    let targets: HashSet<&str> = map.calls.iter().map(|call| call.target.as_str()).collect();

    let mut order: Vec<&Node> = map.nodes.iter().collect();
    // Every node of a cycle has a caller. Such nodes come last, by name.
    order.sort_by_key(|node| {
        (targets.contains(node.id.as_str()), node.node_type.as_deref() != Some("USER"))
    });

    let facts = format!("{}, {}", count(map.nodes.len(), "node"), count(map.calls.len(), "call"));
    let mut text = format!("map: {}\n", style.paint(Color::Dim, &facts));
    let mut seen = HashSet::new();
    let mut drawn = 0;
    for first in order {
        let mut pending = vec![first.id.as_str()];
        while let Some(id) = pending.pop() {
            if !seen.insert(id) {
                continue;
            }
            let below = called.get(id).map(Vec::as_slice).unwrap_or_default();
            for call in below {
                let target = nodes.get(call.target.as_str());
                if let (Some(source), Some(target)) = (nodes.get(id), target) {
                    drawn += 1;
                    if drawn <= max_calls {
                        // Writing to a `String` can't fail.
                        let _ = writeln!(
                            text,
                            "{} -> {}{}",
                            shown(source, style),
                            shown(target, style),
                            facts_of(call)
                        );
                    }
                }
            }
            pending.extend(below.iter().rev().map(|call| call.target.as_str()));
        }
    }
    if let more @ 1.. = drawn.saturating_sub(max_calls) {
        let line = format!("… and {}: see /api/topology", count(more, "more call"));
        let _ = writeln!(text, "{}", style.paint(Color::Dim, &line));
    }
    text
}

fn shown(node: &Node, style: Style) -> String {
    let mut facts = Vec::new();
    if let Some(node_type) = node.node_type.as_deref().filter(|node_type| *node_type != "USER") {
        facts.push(fit(node_type, TYPE));
        if !node.is_real {
            facts.push("guessed".to_owned());
        }
    }
    let name = fit(&node.name, NAME);
    let name = if node.is_real { style.paint(Color::Cyan, &name) } else { name };
    if facts.is_empty() {
        name
    } else {
        format!("{name} {}", style.paint(Color::Dim, &format!("({})", facts.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(calls: &[(&str, &str)]) -> String {
        let mut names: Vec<_> =
            calls.iter().flat_map(|(source, target)| [*source, *target]).collect();
        names.sort_unstable();
        names.dedup();
        let node = |name: &str| Node {
            id: name.to_owned(),
            name: name.to_owned(),
            node_type: Some(if name == "User" { "USER" } else { "Rust" }.to_owned()),
            is_real: name != "User" && name != "db",
            ..Node::default()
        };
        let call = |(source, target): &(&str, &str)| Call {
            id: format!("{source}-{target}"),
            source: (*source).to_owned(),
            target: (*target).to_owned(),
            ..Call::default()
        };
        let map = Topology {
            nodes: names.into_iter().map(node).collect(),
            calls: calls.iter().map(call).collect(),
        };
        topology(&map, Style::plain())
    }

    #[test]
    fn calls_start_at_the_user() {
        let text =
            map(&[("RTS_Test", "Service_Test"), ("Service_Test", "db"), ("User", "RTS_Test")]);
        insta::assert_snapshot!(text, @r#"
        map: 4 nodes, 3 calls
        User -> RTS_Test (Rust)
        RTS_Test (Rust) -> Service_Test (Rust)
        Service_Test (Rust) -> db (Rust, guessed)
        "#);
    }

    #[test]
    fn every_call_of_a_cycle_is_a_line() {
        assert_eq!(map(&[("a", "b"), ("b", "a"), ("c", "c"), ("User", "d")]).lines().count(), 5);
        assert_eq!(map(&[]), "map: 0 nodes, 0 calls\n");
    }

    #[test]
    fn calls_over_the_limit_are_counted() {
        let calls = [("User", "a"), ("a", "b"), ("a", "c")];
        let names = ["User", "a", "b", "c"].map(|name| Node {
            id: name.into(),
            name: name.into(),
            node_type: None,
            is_real: true,
            ..Node::default()
        });
        let calls = calls.map(|(source, target)| Call {
            id: String::new(),
            source: source.into(),
            target: target.into(),
            ..Call::default()
        });
        let map = Topology { nodes: names.into(), calls: calls.into() };
        let shown = topology_with_limit(&map, Style::plain(), 2);

        assert_eq!(
            shown,
            "map: 4 nodes, 3 calls\nUser -> a\na -> b\n… and 1 more call: see /api/topology\n"
        );
        assert_eq!(topology_with_limit(&map, Style::plain(), 3), topology(&map, Style::plain()));
    }

    #[test]
    fn control_characters_in_names_are_escaped() {
        let text = map(&[("\x1b[2Ja", "b")]);
        assert!(text.contains("␛[2Ja (Rust) -> b (Rust)") && !text.contains('\x1b'), "{text}");
    }
}
