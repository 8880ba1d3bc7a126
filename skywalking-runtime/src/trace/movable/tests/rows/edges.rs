//! Splits, guards that escape, and threads that end.

use super::*;
use crate::context::{current_segment, thread_state};
use crate::sys::mark_own_thread;

#[test]
fn span_that_rests_during_a_split_keeps_its_place() {
    let _agent = agent();
    assert_trees(
        |spans| {
            span(&OUTER).run(|| {
                spans.make(1, "a");
                spans.run(1, || {});
                annotated();
                let key = current_segment::with(|segment| segment.key()).unwrap();
                thread_state::split(key);
                annotated();
                spans.run(1, annotated);
                spans.close(1);
            });
        },
        "Entry /outer {unfinished=true}\n  Local a\n  Local f\n  \
         Local /outer ref=CrossThread SKIP_ANALYSIS\n    Local a\n      Local f\n    Local f\n",
    );
}

#[test]
fn guard_over_an_await_of_an_annotated_future_is_right() {
    let _agent = agent();
    assert_trees(
        |spans| {
            let mut future = pin!(span(&OUTER).future(async {
                spans.make(1, "a");
                spans.enter(1);
                yields().await;
                annotated();
                spans.leave(1);
                annotated();
            }));
            assert!(!poll(future.as_mut()));
            assert!(testing::is_idle());
            annotated();
            assert!(poll(future.as_mut()));
            spans.close(1);
        },
        "Entry /outer\n  Local a\n    Local f\n  Local f\nLocal f\n",
    );
}

#[test]
fn guard_of_a_root_that_escapes_leaves_no_segment_behind() {
    let _agent = agent();
    assert_trees(
        |spans| {
            spans.make_root(&LOCAL, 1, "a");
            let mut future = pin!(span(&OUTER).future(async {
                spans.enter(1);
                yields().await;
            }));
            assert!(!poll(future.as_mut()));
            annotated();
            spans.leave(1);
            assert!(testing::is_idle());
            assert!(poll(future.as_mut()));
            spans.close(1);
        },
        "Local a\n  Local f\nEntry /outer {unfinished=true}\n",
    );
}

#[test]
fn thread_that_ends_with_entered_spans_ends_their_segments() {
    let _agent = agent();
    let spans = Registry::default();
    let trees = testing::run(|| {
        let mark = testing::mark();
        // Joined by hand: a scope returns before the destructors of thread-locals have run.
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                mark.run(|| {
                    for (id, name) in [(1, "a"), (2, "b")] {
                        spans.make_root(&LOCAL, id, name);
                        spans.enter(id);
                    }
                });
            });
            thread.join().unwrap();
        });
    });
    let mut lines: Vec<_> = trees.iter().map(|tree| tree.root.name.clone()).collect();
    lines.sort();
    assert_eq!(lines, ["a", "b"]);
    spans.close(1);
    spans.close(2);
}

#[test]
fn thread_of_the_program_is_not_an_own_one() {
    let _agent = agent();
    let _ = testing::run(|| {});
    assert!(!crate::movable::is_own_thread());
    std::thread::spawn(|| {
        mark_own_thread();
        thread_state::never_trace_this_thread();
        assert!(crate::movable::is_own_thread());
        assert!(MovableSpan::root(&LOCAL, |_| {}).is_none());
        assert!(MovableSpan::below(&LOCAL, capture(), SpanFields::new()).is_none());
    })
    .join()
    .unwrap();
}
