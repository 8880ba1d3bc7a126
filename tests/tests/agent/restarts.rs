//! Agents that start and stop during requests on many threads. No current segment is left behind,
//! and every segment is counted.

use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use skywalking_runtime::testing::is_idle;
use skywalking_runtime::{
    Callsite, Config, TracedFuture as _, callsite, config::Reporter, entry_span, local_span, span,
    stats,
};

use crate::turn;

static ENTRY: Callsite = callsite!(entry, "/entry");
static PART: Callsite = callsite!(local, "part");

#[entry_span(name = "/request")]
async fn request() {
    step().await;
    drop(span(&PART).enter());
}

#[local_span(name = "step")]
async fn step() {
    let mut polled = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

fn drive(future: impl Future<Output = ()>) {
    let mut future = std::pin::pin!(future);
    while future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {}
}

#[test]
fn start_and_stop_during_requests_leave_nothing_behind() {
    let _turn = turn();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    drive(request());
                    drive(span(&ENTRY).future(ready(())));
                    drive(span(&ENTRY).future(async { step().traced("part").await }));
                    span(&ENTRY).run(|| drop(span(&PART).enter()));
                    if !is_idle() {
                        over.store(true, Ordering::Relaxed);
                        panic!("a current segment is left behind");
                    }
                }
            });
        }
        for _ in 0..200 {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let agent =
                Config::new("restarts").reporter(Reporter::Discard).start().expect("none runs");
            let _ = agent.shutdown(Duration::from_millis(5));
        }
        over.store(true, Ordering::Relaxed);
    });
    let now = stats::read();

    assert_eq!((now.open, now.queued, now.in_flight), (0, 0, 0), "{now:?}");
    assert_eq!(now.opened, now.finished, "{now:?}");
    assert_eq!(now.finished, now.sent + now.dropped.total(), "{now:?}");
    assert!(now.opened > 0);
}
