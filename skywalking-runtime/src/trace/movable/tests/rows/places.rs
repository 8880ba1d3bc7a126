//! Where a span is recorded.

use super::*;
use crate::{current, trace_id};

#[test]
fn spawned_future_is_one_span_in_one_segment() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| {
                spans.make(1, "a");
                elsewhere(|| {
                    let wait = Box::pin(span(&WAIT).future(yields()));
                    let mut task = pin!(Inside { spans, id: 1, future: wait });
                    assert!(!poll(task.as_mut()));
                    assert!(testing::is_idle());
                    assert!(poll(task.as_mut()));
                });
                spans.close(1);
            });
        },
        "Entry /outer\n  Local a ref=CrossThread\n    Local wait\n",
    );
}

#[test]
fn joined_futures_keep_their_own_children() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| {
                spans.make(1, "a");
                spans.make(2, "b");
                let mut tasks = [1, 2].map(|id| {
                    let wait = Box::pin(span(&WAIT).name(format!("in {id}")).future(yields()));
                    Inside { spans, id, future: wait }
                });
                for task in &mut tasks {
                    assert!(!poll(Pin::new(task)));
                }
                for task in &mut tasks {
                    assert!(poll(Pin::new(task)));
                }
                spans.close(2);
                spans.close(1);
            });
        },
        "Entry /outer\n  Local a\n    Local in 1\n  Local b\n    Local in 2\n",
    );
}

#[test]
fn entry_is_local_elsewhere_and_exit_stays() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| {
                spans.make_of(&ENTRY, 1, "in");
                spans.make_of(&QUERY, 2, "out");
                elsewhere(|| spans.run(1, || {}));
                elsewhere(|| spans.run(2, || {}));
                spans.close(1);
                spans.close(2);
            });
        },
        "Entry /outer\n  Local in ref=CrossThread\n  Exit out peer=db:1 ref=CrossThread\n",
    );
}

#[test]
fn entered_after_its_segment_left_is_a_visit() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| {
                spans.make(1, "a");
                spans.run(1, || {});
            });
            spans.run(1, annotated);
            spans.close(1);
        },
        "Entry /outer\n  Local a\n    Local a ref=CrossThread\n      Local f\n",
    );
}

#[test]
fn visit_without_content_is_not_recorded() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                elsewhere(|| spans.run(1, || {}));
                elsewhere(|| spans.run(1, || {}));
            });
            spans.close(1);
        },
        "Local a\n",
    );
}

#[test]
fn visit_is_taken_up_again() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                elsewhere(|| {
                    spans.run(1, annotated);
                    spans.run(1, annotated);
                });
                elsewhere(|| spans.run(1, annotated));
            });
            spans.close(1);
        },
        "Local a\n  Local a ref=CrossThread\n    Local f\n    Local f\n    Local f\n",
    );
}

#[test]
fn visit_with_a_panic_or_a_log_is_recorded() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                elsewhere(|| {
                    spans.run(1, || _ = current().log_text("INFO", "hello", &[("message", 0..5)]));
                });
            });
            spans.close(1);
        },
        "Local a\n  Local a ref=CrossThread [level=INFO message=hello]\n",
    );
}

#[test]
fn child_in_the_background_is_in_the_trace_of_a_closed_parent() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || spans.make(2, "b"));
            spans.close(1);
            elsewhere(|| spans.run(2, annotated));
            spans.close(2);
        },
        "Local a\n  Local b ref=CrossThread\n    Local f\n",
    );
}

#[test]
fn parent_that_was_never_entered_opens_elsewhere_too() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| spans.make(1, "a"));
            elsewhere(|| {
                spans.make_below(1, 2, "b");
                spans.run(2, annotated);
                spans.close(2);
            });
            spans.close(1);
        },
        "Entry /outer\n  Local a ref=CrossThread\n    Local b ref=CrossThread\n      Local f\n",
    );
}

#[test]
fn explicit_root_is_a_trace_of_its_own() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| {
                spans.make_root(&LOCAL, 1, "a");
                spans.run(1, annotated);
                annotated();
                spans.close(1);
            });
        },
        "Entry /outer\n  Local f\nLocal a\n  Local f\n",
    );
}

#[test]
fn nothing_is_recorded_below_a_request_that_is_left_out() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::Test::new().sampler(|_| false).run(|| {
        spans.make(1, "a");
        spans.with(1, |span| span.tag("lost", true));
        spans.run(1, || {
            let here = trace_id();
            assert!(here.is_some());
            spans.make(2, "b");
            spans.run(2, annotated);
            elsewhere(|| {
                spans.run(2, || {
                    assert_eq!(trace_id(), here);
                    annotated();
                });
                spans.run(1, || assert_eq!(trace_id(), here));
            });
        });
        spans.close(2);
        spans.close(1);
        assert!(testing::is_idle());
    });
    assert_eq!(testing::text(&trees), "");
}
