//! The rules for spans that are entered by hand, one test for each.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::*;
use crate::context::{current_segment, thread_state};
use crate::movable::past;
use crate::{current, testing, trace_id};

static OUTER: Callsite = callsite!(entry, "/outer");
static WAIT: Callsite = callsite!(local, "wait");
static QUERY: Callsite = callsite!(exit, "query", peer = "db:1").fallback();

/// Runs `work` on another thread of the test.
fn elsewhere(work: impl FnOnce() + Send) {
    let mark = testing::mark();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            mark.run(work);
            assert!(testing::is_idle());
        });
    });
}

/// A future that is polled inside of a span, like `Instrumented`.
struct Inside<'a, F> {
    spans: &'a Registry,
    id: u64,
    future: F,
}

impl<F: Future + Unpin> Future for Inside<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Self { spans, id, future } = &mut *self;
        spans.run(*id, || Pin::new(future).poll(cx))
    }
}

/// Pending at the first poll.
fn yields() -> impl Future<Output = ()> + Unpin {
    let mut polled = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    })
}

fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[track_caller]
fn assert_trees(work: impl FnOnce(&Registry), expected: &str) {
    let spans = Registry::default();
    let trees = testing::run(|| work(&spans));
    assert_eq!(testing::text(&trees), expected);
    assert!(testing::is_idle() && crate::context::frames::is_empty());
}

#[test]
fn spawned_future_is_one_span_in_one_segment() {
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
fn entered_twice_the_last_leave_counts() {
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
fn child_in_the_background_is_in_the_trace_of_a_closed_parent() {
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
fn changes_reach_a_span_that_is_entered_elsewhere() {
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
fn parent_that_was_never_entered_opens_elsewhere_too() {
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
fn follows_from_is_a_reference_to_another_segment() {
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
        "Local a\n  Local c ref=CrossThread\n  Local b ref=CrossThread\n",
    );
}

#[test]
fn nothing_is_recorded_below_a_request_that_is_left_out() {
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

#[test]
fn panic_is_an_error_of_each_span_that_it_leaves() {
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
fn span_that_rests_during_a_split_keeps_its_place() {
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
fn past_work_is_a_span_of_its_duration() {
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
    assert!((49..=51).contains(&took), "{took} ms");
}

#[test]
fn thread_of_the_program_is_not_an_own_one() {
    let _ = testing::run(|| {});
    assert!(!crate::movable::is_own_thread());
    std::thread::spawn(|| {
        thread_state::never_trace_this_thread();
        assert!(crate::movable::is_own_thread());
        assert!(MovableSpan::root(&LOCAL, |_| {}).is_none());
        assert!(MovableSpan::below(&LOCAL, capture(), SpanFields::new()).is_none());
    })
    .join()
    .unwrap();
}

#[test]
fn full_segment_counts_a_span_once() {
    static MANY: Callsite = callsite!(local, "many");
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
