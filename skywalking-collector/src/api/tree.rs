//! The spans of a trace as a tree.
//!
//! The parent of a span is the parent in its own segment, otherwise the span that its **last**
//! reference names (`docs/protocol.md#references`). Segments come from any agent, so the spans need
//! not form a tree: a span whose parent is not stored is shown as a root, and a cycle is cut at its
//! earliest span. Every span appears exactly once.

use std::collections::HashMap;

use super::trace::{SpanView, TraceView};

/// How a span is attached to its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParentLink {
    /// The span has no parent: the trace starts here.
    Root,
    /// The parent is a span of the same segment.
    Child,
    /// The parent is a span of another segment, named by a reference.
    Ref,
    /// The parent is not stored: it has not arrived, or it was lost. Shown as a root.
    ParentMissing,
    /// The span is its own ancestor. Shown as a root.
    Cycle,
}

/// A row of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeNode {
    /// The index into [`TraceView::spans`].
    pub span: usize,
    /// The depth, 0 for roots.
    pub depth: usize,
    /// How the span is attached to its parent.
    pub link: ParentLink,
}

/// Identifies a span: segment and number.
type SpanKey<'a> = (&'a str, i32);

impl TraceView {
    /// Returns the spans as a tree in depth-first order. Siblings are sorted by start time.
    pub fn tree(&self) -> Vec<TreeNode> {
        let mut index: HashMap<SpanKey<'_>, usize> = HashMap::with_capacity(self.spans.len());
        for (at, span) in self.spans.iter().enumerate() {
            index.entry((&span.segment_id, span.span_id)).or_insert(at);
        }
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.spans.len()];
        let mut parents = Vec::with_capacity(self.spans.len());
        let mut links = Vec::with_capacity(self.spans.len());
        let mut roots = Vec::new();
        for (at, span) in self.spans.iter().enumerate() {
            let (link, parent) = match parent(span) {
                None => (ParentLink::Root, None),
                Some((link, key)) => index
                    .get(&key)
                    .map_or((ParentLink::ParentMissing, None), |at| (link, Some(*at))),
            };
            links.push(link);
            parents.push(parent);
            match parent {
                Some(parent) => children[parent].push(at),
                None => roots.push(at),
            }
        }
        let by_start = |at: &usize| (self.spans[*at].start_time, *at);
        roots.sort_unstable_by_key(by_start);
        for siblings in &mut children {
            siblings.sort_unstable_by_key(by_start);
        }

        let mut traversal =
            Traversal { children, links, visited: vec![false; self.spans.len()], tree: Vec::new() };
        for root in roots {
            traversal.visit(root);
        }
        if traversal.tree.len() < self.spans.len() {
            let mut cuts: Vec<usize> = cycles(&parents)
                .filter_map(|cycle| cycle.into_iter().min_by_key(by_start))
                .collect();
            cuts.sort_unstable_by_key(by_start);
            for cut in cuts {
                traversal.links[cut] = ParentLink::Cycle;
                traversal.visit(cut);
            }
        }
        traversal.tree
    }
}

fn parent(span: &SpanView) -> Option<(ParentLink, SpanKey<'_>)> {
    if span.parent_span_id >= 0 {
        return Some((ParentLink::Child, (&span.segment_id, span.parent_span_id)));
    }
    span.refs
        .last()
        .map(|last| (ParentLink::Ref, (last.parent_segment_id.as_str(), last.parent_span_id)))
}

/// Returns the cycles among the parents, each with its members. Visits every span once, however
/// many spans are attached to a cycle.
fn cycles(parents: &[Option<usize>]) -> impl Iterator<Item = Vec<usize>> {
    const UNVISITED: usize = usize::MAX;
    let mut visited_from = vec![UNVISITED; parents.len()];
    (0..parents.len()).filter_map(move |start| {
        let mut at = start;
        while visited_from[at] == UNVISITED {
            visited_from[at] = start;
            at = parents[at]?;
        }
        // A span visited from this start closes a new cycle. One visited from an earlier start
        // belongs to a cycle that was returned already.
        (visited_from[at] == start).then(|| {
            let next = |at: &usize| parents[*at];
            let rest = std::iter::successors(next(&at), next).take_while(|one| *one != at);
            std::iter::once(at).chain(rest).collect()
        })
    })
}

/// A depth-first traversal.
struct Traversal {
    children: Vec<Vec<usize>>,
    links: Vec<ParentLink>,
    visited: Vec<bool>,
    tree: Vec<TreeNode>,
}

impl Traversal {
    /// Visits a span and its descendants. Iterative, since a trace may have as many levels as
    /// spans.
    fn visit(&mut self, root: usize) {
        let mut pending = vec![(root, 0)];
        while let Some((span, depth)) = pending.pop() {
            if std::mem::replace(&mut self.visited[span], true) {
                continue;
            }
            self.tree.push(TreeNode { span, depth, link: self.links[span] });
            pending.extend(self.children[span].iter().rev().map(|child| (*child, depth + 1)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trace::RefView;
    use super::*;

    fn span(segment: &str, id: i32, parent: i32, start: i64) -> SpanView {
        SpanView {
            trace_id: "t".into(),
            segment_id: segment.into(),
            span_id: id,
            parent_span_id: parent,
            refs: vec![],
            service: String::new(),
            service_instance: String::new(),
            operation_name: format!("{segment}{id}"),
            span_type: "Local",
            layer: "Unknown",
            component_id: 0,
            peer: String::new(),
            start_time: start,
            end_time: start,
            is_error: false,
            skip_analysis: false,
            tags: vec![],
            logs: vec![],
        }
    }

    fn below(mut span: SpanView, parents: &[(&str, i32)]) -> SpanView {
        span.refs = parents
            .iter()
            .map(|(segment, id)| RefView {
                ref_type: "CrossProcess",
                trace_id: "t".into(),
                parent_segment_id: (*segment).into(),
                parent_span_id: *id,
                parent_service: String::new(),
                parent_service_instance: String::new(),
                parent_endpoint: String::new(),
                network_address_used_at_peer: String::new(),
            })
            .collect();
        span
    }

    fn shown(spans: Vec<SpanView>) -> Vec<String> {
        let trace = TraceView { trace_id: "t".into(), spans, violations: vec![] };
        let tree = trace.tree();
        assert_eq!(tree.len(), trace.spans.len(), "every span once");
        tree.iter()
            .map(|node| {
                let name = &trace.spans[node.span].operation_name;
                format!("{}{name} {:?}", " ".repeat(node.depth), node.link)
            })
            .collect()
    }

    #[test]
    fn segments_nest_below_the_referenced_span_in_any_order() {
        let spans = vec![
            span("b", 1, 0, 4),
            below(span("b", 0, -1, 3), &[("a", 1)]),
            span("a", 1, 0, 2),
            span("a", 0, -1, 1),
        ];
        assert_eq!(shown(spans), ["a0 Root", " a1 Child", "  b0 Ref", "   b1 Child"]);
    }

    #[test]
    fn the_last_ref_is_the_parent() {
        let spans = vec![
            span("a", 0, -1, 1),
            span("b", 0, -1, 2),
            below(span("c", 0, -1, 3), &[("a", 0), ("b", 0)]),
        ];
        assert_eq!(shown(spans), ["a0 Root", "b0 Root", " c0 Ref"]);
    }

    #[test]
    fn siblings_are_sorted_by_start() {
        let spans = vec![span("a", 0, -1, 1), span("a", 1, 0, 9), span("a", 2, 0, 5)];
        assert_eq!(shown(spans), ["a0 Root", " a2 Child", " a1 Child"]);
    }

    #[test]
    fn a_span_without_its_parent_is_a_marked_root() {
        let spans = vec![below(span("b", 0, -1, 3), &[("lost", 1)]), span("b", 2, 7, 4)];
        assert_eq!(shown(spans), ["b0 ParentMissing", "b2 ParentMissing"]);
    }

    #[test]
    fn cycles_are_cut_at_their_earliest_span() {
        assert_eq!(shown(vec![span("a", 0, 0, 1)]), ["a0 Cycle"]);
        let spans = vec![
            span("a", 5, 1, 0), // below the cycle and earlier than all of it
            below(span("a", 0, -1, 3), &[("b", 0)]),
            span("a", 1, 0, 4),
            below(span("b", 0, -1, 2), &[("a", 1)]),
        ];
        assert_eq!(shown(spans), ["b0 Cycle", " a0 Ref", "  a1 Child", "   a5 Child"]);
    }

    #[test]
    fn spans_with_equal_numbers_are_both_shown() {
        assert_eq!(
            shown(vec![span("a", 0, -1, 1), span("a", 0, -1, 1), span("a", 1, 0, 2)]),
            ["a0 Root", " a1 Child", "a0 Root"]
        );
    }

    #[test]
    fn a_trace_can_have_as_many_levels_as_spans() {
        let spans = (0..100_000).map(|id| span("a", id, id - 1, 1)).collect();
        let tree = TraceView { trace_id: "t".into(), spans, violations: vec![] }.tree();
        assert_eq!(
            tree.last(),
            Some(&TreeNode { span: 99_999, depth: 99_999, link: ParentLink::Child })
        );
    }

    /// The last span is its own parent and all others are below it. A search for the cycle that
    /// starts again at each span would take quadratic time.
    #[test]
    fn a_long_chain_below_a_cycle_takes_linear_time() {
        let spans = (0..100_000).map(|id| span("a", id, (id + 1).min(99_999), 1)).collect();
        let tree = TraceView { trace_id: "t".into(), spans, violations: vec![] }.tree();
        assert_eq!(
            (tree.len(), tree[0]),
            (100_000, TreeNode { span: 99_999, depth: 0, link: ParentLink::Cycle })
        );
    }
}
