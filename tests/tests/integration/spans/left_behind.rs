//! Roots that end while another segment is current, because a coroutine was suspended within a poll
//! or a call.

use corosensei::{Coroutine, CoroutineResult, Yielder};

use crate::spans::prelude::*;

static OUTER: Callsite = callsite!(entry, "/outer");
static LEFT: Callsite = callsite!(entry, "/left");
static AFTER: Callsite = callsite!(local, "after");

/// Suspended inside of the root `/left`, whose segment stays current. The second resume ends that
/// root.
type Suspended = Coroutine<(), (), ()>;

fn suspended(kind: Left) -> Suspended {
    let elsewhere = matches!(kind, Left::Call).then(capture_elsewhere);
    let mut coroutine = Coroutine::new(move |yielder: &Yielder<(), ()>, ()| {
        if let Some(elsewhere) = elsewhere {
            yielder.suspend(());
            return elsewhere.run("left", || yielder.suspend(()));
        }
        let mut polls = 0;
        let mut left = pin!(span(&LEFT).future(poll_fn(|_| {
            polls += 1;
            if polls == 1 {
                return Poll::Pending;
            }
            yielder.suspend(());
            Poll::Ready(())
        })));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(left.as_mut().poll(&mut cx).is_pending());
        yielder.suspend(());
        assert!(left.as_mut().poll(&mut cx).is_ready());
    });
    resume(&mut coroutine);
    assert!(is_idle());
    coroutine
}

fn resume(coroutine: &mut Suspended) {
    assert!(matches!(coroutine.resume(()), CoroutineResult::Yield(())));
}

/// Returns a context of a segment that is not current.
fn capture_elsewhere() -> skywalking_runtime::propagation::Snapshot {
    std::thread::scope(|scope| {
        let mark = testing::mark();
        scope.spawn(move || mark.run(|| span(&LEFT).run(capture))).join().unwrap()
    })
}

#[derive(Clone, Copy, Debug)]
enum Left {
    Call,
    Future,
}

fn misplaced() -> u64 {
    skywalking_runtime::stats::read().count(skywalking_runtime::stats::Diagnostic::GuardMisplaced)
}

/// Returns the trees of `work`, which calls its argument to suspend coroutines, and of the code
/// after it. Then the coroutines are resumed, no segment may be current, and the next span starts
/// its own trace.
fn recorded(left: Left, work: impl FnOnce(&mut dyn FnMut())) -> String {
    let before = misplaced();
    let trees = run(|| {
        let mut coroutine = suspended(left);
        work(&mut || resume(&mut coroutine));
        assert!(matches!(coroutine.resume(()), CoroutineResult::Return(())));
        assert!(is_idle(), "{left:?}: a segment came back to the slot");
        span(&AFTER).run(|| drop(span(&A).enter()));
    });
    assert!(misplaced() > before, "{left:?}: it was not counted");
    text(&trees)
}

/// Returns the tree of the suspended root, and of the spans after everything else.
fn with_rest(left: Left, outer: &str) -> String {
    let left = match left {
        Left::Call => "Entry /left\n  Local left ref=CrossThread\n",
        Left::Future => "Entry /left\n",
    };
    format!("{left}{outer}Local after\n  Local a\n")
}

const LEFT_BEHIND: [Left; 2] = [Left::Call, Left::Future];

#[test]
fn sync_root_ends_while_its_segment_is_not_current() {
    #[entry_span(name = "/outer")]
    fn annotated(leave: &mut dyn FnMut()) {
        drop(span(&B).enter());
        leave();
    }
    for left in LEFT_BEHIND {
        let by_hand = recorded(left, |leave| span(&OUTER).run(leave));
        assert_eq!(by_hand, with_rest(left, "Entry /outer\n"));
        assert_eq!(recorded(left, annotated), with_rest(left, "Entry /outer\n  Local b\n"));
        let panicked = recorded(left, |leave| {
            let panics = || {
                span(&OUTER).run(|| {
                    leave();
                    panic!("behind it")
                })
            };
            assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        });
        // Another segment was current when the panic started, so its message is unknown.
        assert_eq!(
            panicked,
            with_rest(left, "Entry /outer ERROR [event=error error.kind=panic]\n")
        );
    }
}

#[test]
fn async_root_ends_while_its_segment_is_not_current() {
    let poll = |future: Pin<&mut dyn Future<Output = ()>>| {
        future.poll(&mut Context::from_waker(Waker::noop()))
    };
    for left in LEFT_BEHIND {
        let at_first_poll = recorded(left, |leave| {
            let mut root = pin!(span(&OUTER).future(async { leave() }));
            assert!(poll(root.as_mut()).is_ready());
        });
        assert_eq!(at_first_poll, with_rest(left, "Entry /outer\n"));
        let at_second_poll = recorded(left, |leave| {
            let mut root = pin!(span(&OUTER).future(async {
                yields(1).await;
                leave();
            }));
            assert!(poll(root.as_mut()).is_pending());
            assert!(is_idle());
            assert!(poll(root.as_mut()).is_ready());
        });
        assert_eq!(at_second_poll, with_rest(left, "Entry /outer\n"));
        let dropped = recorded(left, |leave| {
            struct AtDrop<'a>(&'a mut dyn FnMut());
            impl Drop for AtDrop<'_> {
                fn drop(&mut self) {
                    (self.0)();
                }
            }
            let mut root: Pin<Box<dyn Future<Output = ()>>> =
                Box::pin(span(&OUTER).future(async {
                    let _at_drop = AtDrop(leave);
                    pending::<()>().await;
                }));
            assert!(poll(root.as_mut()).is_pending());
        });
        assert_eq!(dropped, with_rest(left, "Entry /outer [event=cancelled]\n"));
    }
}

#[test]
fn pending_async_root_without_its_segment_is_untraced() {
    for (left, first) in LEFT_BEHIND.into_iter().flat_map(|left| [(left, true), (left, false)]) {
        let shown = recorded(left, |leave| {
            let mut polls = 0;
            let mut root = pin!(span(&OUTER).future(poll_fn(move |_| {
                polls += 1;
                if polls == if first { 1 } else { 2 } {
                    leave();
                }
                if polls < 3 { Poll::Pending } else { Poll::Ready(()) }
            })));
            let mut cx = Context::from_waker(Waker::noop());
            while root.as_mut().poll(&mut cx).is_pending() {}
        });
        assert_eq!(
            shown,
            with_rest(left, "Entry /outer {unfinished=true}\n"),
            "at the first poll: {first}"
        );
    }
}

#[test]
fn roots_around_one_that_lost_its_segment_end_too() {
    for left in LEFT_BEHIND {
        let nested = recorded(left, |leave| {
            let elsewhere = capture_elsewhere();
            span(&OUTER).run(|| elsewhere.run("nested", || elsewhere.run("twice", leave)));
        });
        let elsewhere =
            "Entry /left\n  Local nested ref=CrossThread\n  Local twice ref=CrossThread\n";
        assert_eq!(nested.replace(elsewhere, ""), with_rest(left, "Entry /outer\n"));
    }
}
