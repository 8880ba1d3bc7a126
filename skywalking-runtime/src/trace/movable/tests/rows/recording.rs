//! What is recorded on a span.

use std::time::{Duration, Instant};

use super::*;
use crate::context::current_segment;
use crate::current;
use crate::movable::past;

#[test]
fn changes_reach_a_span_that_is_entered_elsewhere() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                spans.make(2, "b");
                spans.run(2, || {
                    elsewhere(|| {
                        spans.with(2, |span| {
                            span.tag("from", "another thread");
                            span.log("why", &[("event", 0..3)]);
                            span.fail();
                        });
                        spans.with(1, |span| span.rename("c"));
                    });
                });
                spans.close(2);
            });
            spans.close(1);
        },
        "Local c\n  Local b ERROR {from=another thread} [event=why]\n",
    );
}

#[test]
fn changes_reach_a_span_below_a_future_that_waits() {
    let _agent = agent();
    assert_trees(
        |spans| {
            let mut future = pin!(span(&OUTER).future(async {
                spans.make(1, "a");
                spans.run(1, || {});
                yields().await;
            }));
            assert!(!poll(future.as_mut()));
            spans.with(1, |span| span.tag("late", 1));
            assert!(poll(future.as_mut()));
            spans.close(1);
        },
        "Entry /outer\n  Local a {late=1}\n",
    );
}

#[test]
fn log_is_on_the_innermost_span_or_on_the_named_one() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.run(1, || {
                span(&FUNCTION).run(|| {
                    current().log_text("WARN", "slow: 3", &[("message", 0..4), ("n", 6..7)]);
                    spans.with(1, |span| span.log("named", &[("message", 0..5)]));
                });
            });
            spans.close(1);
        },
        "Local a [message=named]\n  Local f [level=WARN message=slow n=3]\n",
    );
}

#[test]
fn follows_from_is_a_reference_to_another_segment() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            spans.make_root(&LOCAL, 2, "b");
            spans.run(1, || spans.make(3, "c"));
            let (a, c) = (
                spans.with(1, MovableSpan::snapshot).unwrap(),
                spans.with(3, MovableSpan::snapshot).unwrap(),
            );
            spans.with(2, |span| span.refer_to(&a));
            spans.run(1, || spans.with(3, |span| span.refer_to(&a)));
            spans.with(3, |span| span.refer_to(&c));
            for id in [3, 2, 1] {
                spans.close(id);
            }
        },
        "Local a\n  Local b ref=CrossThread\n  Local c ref=CrossThread\n",
    );
}

#[test]
fn panic_is_an_error_of_each_span_that_it_leaves() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make(1, "a");
            let left = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                spans.enter(1);
                let _outer = LeaveAtDrop(spans, 1);
                spans.make(2, "b");
                spans.enter(2);
                let _inner = LeaveAtDrop(spans, 2);
                panic!("on purpose");
            }));
            assert!(left.is_err());
            spans.close(2);
            spans.close(1);
        },
        "Local a ERROR [event=error error.kind=panic message=on purpose]\n  \
         Local b ERROR [event=error error.kind=panic message=on purpose]\n",
    );
}

struct LeaveAtDrop<'a>(&'a Registry, u64);

impl Drop for LeaveAtDrop<'_> {
    fn drop(&mut self) {
        self.0.leave(self.1);
    }
}

#[test]
fn past_work_is_a_span_of_its_duration() {
    let _agent = agent();
    let trees = testing::run(|| {
        span(&OUTER).run(|| {
            past(&QUERY, Duration::from_secs(2), |span| _ = span.tag("rows", 3));
            annotated();
        });
    });
    assert_eq!(testing::text(&trees), "Entry /outer\n  Exit query peer=db:1 {rows=3}\n  Local f\n");
    // The agent has run for that long.
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(60) {
        std::hint::spin_loop();
    }
    let trees = testing::run(|| past(&LOCAL, Duration::from_millis(50), |_| {}));
    let took = trees[0].root.end - trees[0].root.start;
    // The thread may be preempted before the span ends.
    assert!((49..1_000).contains(&took), "{took} ms");
}

#[test]
fn full_segment_counts_a_span_once() {
    static MANY: Callsite = callsite!(local, "many");
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        span(&OUTER).run(|| {
            for _ in 0..299 {
                span(&MANY).run(|| {});
            }
            spans.make(1, "a");
            spans.run(1, || {});
            spans.run(1, annotated);
            spans.with(1, |span| span.tag("lost", true));
            spans.close(1);
            assert!(current_segment::with(|segment| segment.current().index()) == Some(0));
        });
    });
    let root = &trees[0].root;
    assert_eq!(root.children.len(), 299);
    assert_eq!(root.tags, [("left_out".to_owned(), "spans=2".to_owned())]);
}
