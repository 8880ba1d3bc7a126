//! The spans of a trace as a tree (`nesting` has the rules).

use super::nesting::{Position, TreeNode, nest};
use super::trace::TraceView;

impl TraceView {
    /// Returns the spans as a tree in depth-first order. Siblings are sorted by start time.
    pub fn tree(&self) -> Vec<TreeNode> {
        let positions = self.spans.iter().map(|span| Position {
            key: (&span.segment_id, span.span_id),
            parent_span_id: span.parent_span_id,
            refs: span
                .refs
                .iter()
                .map(|one| (one.parent_segment_id.as_str(), one.parent_span_id))
                .collect(),
            start: span.start_time,
        });
        nest(&positions.collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nesting::ParentLink;
    use crate::api::trace::{RefView, SpanView};

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
        let trace = TraceView { trace_id: "t".into(), spans, violations: vec![], critical: vec![] };
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
    fn references_to_other_traces_are_passed_over() {
        let spans = vec![
            span("a", 0, -1, 1),
            below(span("c", 0, -1, 3), &[("lost", 0), ("a", 0), ("other trace", 7)]),
        ];
        assert_eq!(shown(spans), ["a0 Root", " c0 Ref"]);
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
        let tree =
            TraceView { trace_id: "t".into(), spans, violations: vec![], critical: vec![] }.tree();
        assert_eq!(
            tree.last(),
            Some(&TreeNode {
                span: 99_999,
                parent: Some(99_998),
                depth: 99_999,
                link: ParentLink::Child
            })
        );
    }

    /// The last span is its own parent and all others are below it. A search for the cycle that
    /// starts again at each span would take quadratic time.
    #[test]
    fn a_long_chain_below_a_cycle_takes_linear_time() {
        let spans = (0..100_000).map(|id| span("a", id, (id + 1).min(99_999), 1)).collect();
        let tree =
            TraceView { trace_id: "t".into(), spans, violations: vec![], critical: vec![] }.tree();
        assert_eq!(
            (tree.len(), tree[0]),
            (100_000, TreeNode { span: 99_999, parent: None, depth: 0, link: ParentLink::Cycle })
        );
    }
}
