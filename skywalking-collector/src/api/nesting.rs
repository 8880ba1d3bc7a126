//! Nests spans by their parents.
//!
//! The parent of a span is the parent in its own segment, otherwise the span that its **last**
//! reference names (`docs/protocol.md#references`). A consumer of several messages refers to other
//! traces, so references to spans that are not in the trace are passed over. Segments come from any
//! agent, so the spans need not form a tree: a span whose parent is not stored is shown as a root,
//! and a cycle is cut at its earliest span. Every span appears exactly once.

use std::collections::HashMap;

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
    /// The index into [`TraceView::spans`](crate::TraceView::spans).
    pub span: usize,
    /// The row of the parent, which precedes this row. `None` for roots.
    pub parent: Option<usize>,
    /// The depth, 0 for roots.
    pub depth: usize,
    /// How the span is attached to its parent.
    pub link: ParentLink,
}

/// Identifies a span: segment and number.
pub(crate) type SpanKey<'a> = (&'a str, i32);

/// The position of a span in its trace.
pub(crate) struct Position<'a> {
    pub(crate) key: SpanKey<'a>,
    /// The number of the parent in the same segment, or a negative number.
    pub(crate) parent_span_id: i32,
    /// The spans that the references name.
    pub(crate) refs: Vec<SpanKey<'a>>,
    /// The start, in epoch milliseconds.
    pub(crate) start: i64,
}

impl Position<'_> {
    /// Returns how the span is attached, and to which one. `find` returns the index of a span.
    fn parent(&self, find: impl Fn(SpanKey<'_>) -> Option<usize>) -> (ParentLink, Option<usize>) {
        let (link, found) = if self.parent_span_id >= 0 {
            (ParentLink::Child, find((self.key.0, self.parent_span_id)))
        } else if self.refs.is_empty() {
            return (ParentLink::Root, None);
        } else {
            (ParentLink::Ref, self.refs.iter().rev().find_map(|key| find(*key)))
        };
        (if found.is_some() { link } else { ParentLink::ParentMissing }, found)
    }
}

/// Returns the spans as a tree in depth-first order. Siblings are sorted by start time.
pub(crate) fn nest(spans: &[Position<'_>]) -> Vec<TreeNode> {
    let mut index: HashMap<SpanKey<'_>, usize> = HashMap::with_capacity(spans.len());
    for (at, span) in spans.iter().enumerate() {
        index.entry(span.key).or_insert(at);
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
    let mut parents = Vec::with_capacity(spans.len());
    let mut links = Vec::with_capacity(spans.len());
    let mut roots = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let (link, parent) = span.parent(|key| index.get(&key).copied());
        links.push(link);
        parents.push(parent);
        match parent {
            Some(parent) => children[parent].push(at),
            None => roots.push(at),
        }
    }
    drop(index);
    let by_start = |at: &usize| (spans[*at].start, *at);
    roots.sort_unstable_by_key(by_start);
    for siblings in &mut children {
        siblings.sort_unstable_by_key(by_start);
    }

    let mut traversal = Traversal {
        children,
        links,
        visited: vec![false; spans.len()],
        tree: Vec::with_capacity(spans.len()),
    };
    for root in roots {
        traversal.visit(root);
    }
    if traversal.tree.len() < spans.len() {
        let mut cuts: Vec<usize> =
            cycles(&parents).filter_map(|cycle| cycle.into_iter().min_by_key(by_start)).collect();
        cuts.sort_unstable_by_key(by_start);
        for cut in cuts {
            traversal.links[cut] = ParentLink::Cycle;
            traversal.visit(cut);
        }
    }
    traversal.tree
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
        let mut pending = vec![(root, None, 0)];
        while let Some((span, parent, depth)) = pending.pop() {
            if std::mem::replace(&mut self.visited[span], true) {
                continue;
            }
            let row = self.tree.len();
            self.tree.push(TreeNode { span, parent, depth, link: self.links[span] });
            let below = self.children[span].iter().rev();
            pending.extend(below.map(|child| (*child, Some(row), depth + 1)));
        }
    }
}
