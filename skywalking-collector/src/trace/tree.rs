//! Spans below each other.
//!
//! A span hangs below its parent of the same segment, else below the span that its **last** ref
//! names (`docs/protocol.md#references`). What a stranger sends need not be a tree: a parent that
//! is not stored makes a root with a mark, and a circle is cut at its earliest span, so that every
//! span appears exactly once.

use std::collections::HashMap;

use super::{SpanView, TraceView};

/// How a span hangs on the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It has no parent: the trace begins here.
    Root,
    /// Below a span of its own segment.
    Child,
    /// Below a span of another segment, by a ref.
    Ref,
    /// It names a parent that is not stored (not yet, or it was lost): shown as a root.
    ParentMissing,
    /// It is its own ancestor: shown as a root.
    Circle,
}

/// One line of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// Which of [`TraceView::spans`].
    pub span: usize,
    /// How deep: 0 for roots.
    pub depth: usize,
    /// How it hangs there.
    pub link: Link,
}

/// A span's place: segment and number.
type Place<'a> = (&'a str, i32);

impl TraceView {
    /// The spans as a tree, parents before their children, siblings by start.
    pub fn tree(&self) -> Vec<Branch> {
        let mut places: HashMap<Place<'_>, usize> = HashMap::with_capacity(self.spans.len());
        for (at, span) in self.spans.iter().enumerate() {
            places.entry((&span.segment_id, span.span_id)).or_insert(at);
        }
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.spans.len()];
        let mut parents = Vec::with_capacity(self.spans.len());
        let mut links = Vec::with_capacity(self.spans.len());
        let mut roots = Vec::new();
        for (at, span) in self.spans.iter().enumerate() {
            let (link, parent) = match parent(span) {
                None => (Link::Root, None),
                Some((link, place)) => {
                    places.get(&place).map_or((Link::ParentMissing, None), |at| (link, Some(*at)))
                }
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

        let mut walk =
            Walk { children, links, seen: vec![false; self.spans.len()], tree: Vec::new() };
        for root in roots {
            walk.from(root);
        }
        if walk.tree.len() < self.spans.len() {
            let mut cuts: Vec<usize> = circles(&parents)
                .filter_map(|circle| circle.into_iter().min_by_key(by_start))
                .collect();
            cuts.sort_unstable_by_key(by_start);
            for cut in cuts {
                walk.links[cut] = Link::Circle;
                walk.from(cut);
            }
        }
        walk.tree
    }
}

fn parent(span: &SpanView) -> Option<(Link, Place<'_>)> {
    if span.parent_span_id >= 0 {
        return Some((Link::Child, (&span.segment_id, span.parent_span_id)));
    }
    span.refs.last().map(|last| (Link::Ref, (last.parent_segment_id.as_str(), last.parent_span_id)))
}

/// The circles among the parents, each with its members; every span is passed once, whatever hangs
/// below the circles.
fn circles(parents: &[Option<usize>]) -> impl Iterator<Item = Vec<usize>> {
    const FRESH: usize = usize::MAX;
    let mut passed_from = vec![FRESH; parents.len()];
    (0..parents.len()).filter_map(move |start| {
        let mut at = start;
        while passed_from[at] == FRESH {
            passed_from[at] = start;
            at = parents[at]?;
        }
        // Met on the way that began here, so the way leads round; met on an earlier one, so it was
        // told then.
        (passed_from[at] == start).then(|| {
            let next = |at: &usize| parents[*at];
            let rest = std::iter::successors(next(&at), next).take_while(|one| *one != at);
            std::iter::once(at).chain(rest).collect()
        })
    })
}

struct Walk {
    children: Vec<Vec<usize>>,
    links: Vec<Link>,
    seen: Vec<bool>,
    tree: Vec<Branch>,
}

impl Walk {
    /// Without recursion: a trace may be as deep as it is long.
    fn from(&mut self, root: usize) {
        let mut open = vec![(root, 0)];
        while let Some((span, depth)) = open.pop() {
            if std::mem::replace(&mut self.seen[span], true) {
                continue;
            }
            self.tree.push(Branch { span, depth, link: self.links[span] });
            open.extend(self.children[span].iter().rev().map(|child| (*child, depth + 1)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RefView;
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
            .map(|branch| {
                let name = &trace.spans[branch.span].operation_name;
                format!("{}{name} {:?}", " ".repeat(branch.depth), branch.link)
            })
            .collect()
    }

    #[test]
    fn segments_hang_below_the_span_that_their_ref_names_in_any_order_of_arrival() {
        let spans = vec![
            span("b", 1, 0, 4),
            below(span("b", 0, -1, 3), &[("a", 1)]),
            span("a", 1, 0, 2),
            span("a", 0, -1, 1),
        ];
        assert_eq!(shown(spans), ["a0 Root", " a1 Child", "  b0 Ref", "   b1 Child"]);
    }

    #[test]
    fn of_several_refs_the_last_one_counts() {
        let spans = vec![
            span("a", 0, -1, 1),
            span("b", 0, -1, 2),
            below(span("c", 0, -1, 3), &[("a", 0), ("b", 0)]),
        ];
        assert_eq!(shown(spans), ["a0 Root", "b0 Root", " c0 Ref"]);
    }

    #[test]
    fn siblings_stand_by_start() {
        let spans = vec![span("a", 0, -1, 1), span("a", 1, 0, 9), span("a", 2, 0, 5)];
        assert_eq!(shown(spans), ["a0 Root", " a2 Child", " a1 Child"]);
    }

    #[test]
    fn a_span_whose_parent_is_not_stored_is_a_root_with_a_mark() {
        let spans = vec![below(span("b", 0, -1, 3), &[("lost", 1)]), span("b", 2, 7, 4)];
        assert_eq!(shown(spans), ["b0 ParentMissing", "b2 ParentMissing"]);
    }

    #[test]
    fn circles_are_cut_at_their_earliest_span() {
        assert_eq!(shown(vec![span("a", 0, 0, 1)]), ["a0 Circle"]);
        let spans = vec![
            span("a", 5, 1, 0), // hangs below the circle and is earlier than all of it
            below(span("a", 0, -1, 3), &[("b", 0)]),
            span("a", 1, 0, 4),
            below(span("b", 0, -1, 2), &[("a", 1)]),
        ];
        assert_eq!(shown(spans), ["b0 Circle", " a0 Ref", "  a1 Child", "   a5 Child"]);
    }

    #[test]
    fn two_spans_of_one_number_are_both_shown() {
        assert_eq!(
            shown(vec![span("a", 0, -1, 1), span("a", 0, -1, 1), span("a", 1, 0, 2)]),
            ["a0 Root", " a1 Child", "a0 Root"]
        );
    }

    #[test]
    fn a_trace_may_be_as_deep_as_it_is_long() {
        let spans = (0..100_000).map(|id| span("a", id, id - 1, 1)).collect();
        let tree = TraceView { trace_id: "t".into(), spans, violations: vec![] }.tree();
        assert_eq!(tree.last(), Some(&Branch { span: 99_999, depth: 99_999, link: Link::Child }));
    }

    /// The last span is its own parent, and all others hang below it: looking for the circle from
    /// each of them would take the square of their number.
    #[test]
    fn a_long_tail_below_a_circle_costs_no_more_than_its_length() {
        let spans = (0..100_000).map(|id| span("a", id, (id + 1).min(99_999), 1)).collect();
        let tree = TraceView { trace_id: "t".into(), spans, violations: vec![] }.tree();
        assert_eq!(
            (tree.len(), tree[0]),
            (100_000, Branch { span: 99_999, depth: 0, link: Link::Circle })
        );
    }
}
