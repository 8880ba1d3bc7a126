//! The spans of recorded trees, one after the other.

use skywalking_runtime::testing::{Span, Tree};

/// Returns all spans. A parent is before its children.
pub fn all(trees: &[Tree]) -> Vec<&Span> {
    fn add<'a>(span: &'a Span, found: &mut Vec<&'a Span>) {
        found.push(span);
        for child in &span.children {
            add(child, found);
        }
    }
    let mut found = Vec::new();
    for tree in trees {
        add(&tree.root, &mut found);
    }
    found
}
