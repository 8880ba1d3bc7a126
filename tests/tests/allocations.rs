//! The allocations of a span on a warm thread, and of an update of a meter: none. The allocator
//! counts them for this thread only.
#![allow(unsafe_code)] // a global allocator needs it

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use skywalking_runtime::testing::Test;
use skywalking_runtime::{
    Callsite, callsite, current, local_span, meter, propagation::capture, span,
};

struct Counting;

thread_local! { static COUNT: Cell<u64> = const { Cell::new(0) }; }

// SAFETY: every call is passed to the system allocator unchanged. The counter is a thread-local
// without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller upholds the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(work: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

static ENTRY: Callsite = callsite!(entry, "/entry");

#[local_span(name = "plain")]
fn plain() {}

#[local_span(name = "tagged", tags("literal" = "x", "user" = user, "id" = 7_u64, "ok" = true, "ratio" = ratio))]
fn tagged(user: &str, ratio: f64) {
    current().tag("late", 1).log("event", "x");
}

#[test]
fn warm_spans_and_polls_allocate_nothing() {
    // Starts a tracer. The roots below are outside of the test's mark, which would allocate an
    // entry in a map.
    drop(Test::new());

    assert!(count(|| drop(vec![1_u8])) > 0, "the counter counts");

    // The first rounds warm up the buffers and the outboxes of the thread.
    let mut roots = Vec::new();
    for round in 0..20 {
        let (mut locals, mut tags, mut children, mut captures) = (0, 0, 0, 0);
        roots.push(count(|| {
            span(&ENTRY).run(|| {
                locals = count(|| (0..50).for_each(|_| plain()));
                tags = count(|| (0..50).for_each(|_| tagged("somebody", 0.5)));
                children = count(|| (0..50).for_each(|_| drop(span(&ENTRY).enter())));
                drop(capture());
                captures = count(|| (0..50).for_each(|_| drop(capture())));
            });
        }));
        if round > 0 {
            assert_eq!(
                (locals, tags, children, captures),
                (0, 0, 0, 0),
                "local spans, tagged ones, children by hand, captures"
            );
        }
    }

    // The two allocations are the `Arc` of the first capture and the name in it. An outbox may grow
    // in addition in any round.
    assert_eq!(roots.iter().min(), Some(&2), "whole roots: {roots:?}");
}

#[test]
fn warm_poll_of_a_traced_future_allocates_nothing() {
    #[local_span(name = "step")]
    async fn step(polls: u32) {
        let mut left = polls;
        poll_fn(|_| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            Poll::Pending
        })
        .await;
    }

    let mut counted = Vec::new();
    let trees = Test::new().run(|| {
        let mut future = pin!(span(&ENTRY).future(step(100)));
        let mut cx = Context::from_waker(Waker::noop());
        // The first poll opens two spans and allocates their shared identity.
        assert!(future.as_mut().poll(&mut cx).is_pending());
        for _ in 1..100 {
            counted.push(count(|| assert!(future.as_mut().poll(&mut cx).is_pending())));
        }
        assert!(future.as_mut().poll(&mut cx).is_ready());
    });

    assert_eq!(trees.len(), 1);
    assert_eq!(counted.len(), 99);
    assert!(counted.iter().all(|allocations| *allocations == 0), "{counted:?}");
}

#[test]
fn warm_unsampled_request_allocates_nothing() {
    let mut second = None;
    let trees = Test::new().sampler(|_| false).run(|| {
        let work = || span(&ENTRY).run(|| (0..10).for_each(|_| tagged("somebody", 0.5)));
        work();
        // Allocations of the test's own sampler are not counted. It is called when the root opens.
        span(&ENTRY).run(|| second = Some(count(|| (0..10).for_each(|_| tagged("somebody", 0.5)))));
    });

    assert_eq!((trees.len(), second), (0, Some(0)));
}

#[test]
fn updates_of_meters_allocate_nothing() {
    let total = meter::counter("updates").register().unwrap();
    let sizes = meter::histogram("sizes", [10, 100, 1_000]).register().unwrap();
    let allocations = count(|| {
        for number in 0..1_000_u32 {
            total.add(1);
            sizes.record(f64::from(number));
            sizes.record_duration(Duration::from_millis(number.into()));
        }
    });

    assert_eq!((allocations, total.value()), (0, 1_000));
    assert_eq!(sizes.buckets().map(|(_, count)| count).sum::<u64>(), 2_000);
}
