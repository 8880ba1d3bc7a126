//! Opening, entering, leaving, ending.

use super::*;
use crate::testing;

static OUTER: Callsite = callsite!(entry, "/outer");

#[test]
fn root_and_children_nest_with_annotated_functions() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make(1, "a");
        spans.run(1, || {
            annotated();
            spans.make(2, "b");
            spans.run(2, annotated);
            spans.close(2);
        });
        spans.close(1);
        assert!(testing::is_idle());
    });
    assert_eq!(testing::text(&trees), "Local a\n  Local f\n  Local b\n    Local f\n");
}

#[test]
fn child_of_an_annotated_span_is_in_its_segment() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        span(&OUTER).run(|| {
            spans.make(1, "a");
            spans.run(1, annotated);
            spans.close(1);
        });
    });
    assert_eq!(testing::text(&trees), "Entry /outer\n  Local a\n    Local f\n");
}

#[test]
fn span_first_entered_on_another_thread_has_a_segment() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        span(&OUTER).run(|| {
            spans.make(1, "a");
            std::thread::scope(|scope| {
                scope.spawn(|| spans.run(1, annotated));
            });
            spans.close(1);
        });
    });
    assert_eq!(testing::text(&trees), "Entry /outer\n  Local a ref=CrossThread\n    Local f\n");
}

#[test]
fn root_moves_to_the_thread_that_enters_it() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make(1, "a");
        spans.run(1, annotated);
        std::thread::scope(|scope| {
            scope.spawn(|| spans.run(1, annotated));
        });
        spans.close(1);
    });
    assert_eq!(testing::text(&trees), "Local a\n  Local f\n  Local f\n");
}

#[test]
fn span_entered_on_two_threads_makes_a_visit() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make(1, "a");
        spans.run(1, || {
            std::thread::scope(|scope| {
                scope.spawn(|| spans.run(1, annotated));
            });
        });
        spans.close(1);
    });
    assert_eq!(testing::text(&trees), "Local a\n  Local a ref=CrossThread\n    Local f\n");
}

#[test]
fn kinds_merge_like_those_of_attributes() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make_of(&ENTRY, 1, "/a");
        spans.run(1, || {
            span(&OUTER).run(annotated);
            spans.make_of(&EXIT, 2, "call");
            spans.with(2, |span| span.peer("db:1"));
            spans.run(2, || {});
            spans.close(2);
        });
        spans.close(1);
    });
    assert_eq!(testing::text(&trees), "Entry /outer\n  Local f\n  Exit call peer=db:1\n");
}

#[test]
fn fields_are_recorded_before_during_and_after() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make(1, "a");
        spans.run(1, || {
            spans.make(2, "b");
            spans.with(2, |span| span.tag("before", 1));
            spans.run(2, || {
                spans.with(2, |span| span.tag("during", true));
            });
            spans.with(2, |span| {
                span.tag("after", "x");
                span.fail();
                span.log("gone", &[("message", 0..4)]);
                span.rename("c");
            });
            spans.close(2);
        });
        spans.with(1, |span| span.tag("parked", 4));
        spans.close(1);
    });
    assert_eq!(
        testing::text(&trees),
        "Local a {parked=4}\n  Local c ERROR {before=1, during=true, after=x} [message=gone]\n"
    );
}

#[test]
fn left_in_another_order_the_innermost_entered_is_current() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make(1, "a");
        spans.enter(1);
        spans.make(2, "b");
        spans.enter(2);
        spans.make(3, "c");
        spans.enter(3);
        spans.leave(2);
        annotated();
        spans.leave(1);
        annotated();
        assert!(!testing::is_idle());
        spans.leave(3);
        assert!(testing::is_idle());
        for id in [3, 2, 1] {
            spans.close(id);
        }
    });
    assert_eq!(
        testing::text(&trees),
        "Local a\n  Local b\n    Local c\n      Local f\n      Local f\n"
    );
}

#[test]
fn explicit_parent_that_was_never_entered_opens() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        spans.make(1, "a");
        spans.run(1, || {
            spans.make(2, "b");
            spans.make_below(2, 3, "c");
            spans.run(3, annotated);
            spans.close(3);
            spans.close(2);
        });
        spans.close(1);
    });
    assert_eq!(testing::text(&trees), "Local a\n  Local b\n    Local c\n      Local f\n");
}
