//! Entering and leaving in any order.

use super::*;

#[test]
fn entered_twice_the_last_leave_counts() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.enter(1);
            spans.enter(1);
            spans.leave(1);
            annotated();
            spans.leave(1);
            assert!(testing::is_idle());
            spans.close(1);
        },
        "Local a\n  Local f\n",
    );
}

#[test]
fn entered_again_below_another_root_is_a_visit() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.enter(1);
            spans.make_root(&LOCAL, 2, "b");
            spans.enter(2);
            spans.enter(1);
            annotated();
            for id in [1, 2, 1] {
                spans.leave(id);
            }
            spans.close(1);
            spans.close(2);
        },
        "Local a\n  Local a ref=CrossThread\n    Local f\nLocal b\n",
    );
}

#[test]
fn roots_left_in_another_order_return_to_their_spans() {
    let _agent = agent();
    assert_trees(
        |spans| {
            for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
                spans.make_root(&LOCAL, id, name);
                spans.enter(id);
            }
            spans.leave(2);
            annotated();
            spans.leave(3);
            annotated();
            spans.run(2, annotated);
            spans.leave(1);
            for id in [3, 2, 1] {
                spans.close(id);
            }
        },
        "Local a\n  Local f\nLocal b\n  Local f\nLocal c\n  Local f\n",
    );
}

#[test]
fn span_that_was_never_entered_ends_when_it_closes() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.close(1);
        },
        "Local a\n",
    );
}

#[test]
fn child_that_was_never_entered_is_not_recorded() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                spans.make(2, "b");
                spans.with(2, |span| span.tag("lost", true));
                spans.close(2);
            });
            spans.close(1);
        },
        "Local a\n",
    );
}

#[test]
fn visit_that_stays_for_a_child_is_entered_again() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                elsewhere(|| {
                    spans.enter(1);
                    spans.make(2, "b");
                    spans.enter(2);
                    spans.leave(1);
                    spans.run(1, annotated);
                    spans.leave(2);
                    spans.close(2);
                });
            });
            spans.close(1);
        },
        "Local a\n  Local a ref=CrossThread\n    Local b\n    Local f\n",
    );
}
