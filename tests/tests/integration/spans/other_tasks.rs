//! Work that continues on other threads, tasks and pools: with closures, streams, and snapshots in
//! messages.

use std::cell::Cell;
use std::sync::mpsc;
use std::thread;

use futures::stream;
use rayon::prelude::*;
use skywalking_runtime::{TracedStream, propagation::Snapshot, spawn_local};

use crate::spans::prelude::*;

const ENTRY_LINE: &str = "Entry /entry layer=Http\n";

#[test]
fn scoped_threads_continue_with_borrowed_values() {
    let words = ["one".to_owned(), "two".to_owned()];
    let trees = run(|| {
        span(&ENTRY).run(|| {
            for word in &words {
                thread::scope(|scope| {
                    scope.spawn(
                        (|| span(&A).run(|| _ = current().tag("word", word))).traced("scoped"),
                    );
                });
            }
        });
    });

    assert!(is_idle());

    let part =
        |word: &str| format!("  Local scoped ref=CrossThread\n    Local a {{word={word}}}\n");

    assert_eq!(text(&trees), format!("{ENTRY_LINE}{}{}", part("one"), part("two")));
}

#[test]
fn pool_without_tracing_continues_with_closures() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let here = capture();
            let sum: u32 = pool.install(|| {
                [1, 2, 3].par_iter().map(|number| here.run("square", || number * number)).sum()
            });
            assert_eq!(sum, 14);
            // Captured here: within `scope` the code already runs on a thread of the pool.
            let work = (|| drop(span(&B).enter())).traced("spawned");
            pool.scope(|scope| scope.spawn(|_| work()));
        });
    });
    let part = "  Local square ref=CrossThread\n";

    assert_eq!(
        text(&trees),
        format!("{ENTRY_LINE}{part}{part}{part}  Local spawned ref=CrossThread\n    Local b\n")
    );

    pool.broadcast(|_| assert!(is_idle()));
}

#[test]
fn message_on_a_channel_carries_the_snapshot_of_its_sender() {
    struct Job {
        number: u32,
        from: Snapshot,
    }
    let (jobs, work) = mpsc::channel::<Job>();
    let trees = run(|| {
        let worker = thread::spawn(move || {
            for Job { number, from } in work {
                from.run("job", || _ = current().tag("number", number));
                assert!(is_idle());
            }
        });
        for number in 1..=2 {
            span(&ENTRY).run(|| jobs.send(Job { number, from: capture() }).unwrap());
        }
        // Nothing is traced here, and the job still runs.
        jobs.send(Job { number: 3, from: capture() }).unwrap();
        drop(jobs);
        worker.join().unwrap();
    });
    let part =
        |number: u32| format!("{ENTRY_LINE}  Local job ref=CrossThread {{number={number}}}\n");
    assert_eq!(text(&trees), part(1) + &part(2));
}

#[test]
fn unused_snapshot_records_nothing() {
    let mut unused = None;
    let trees = run(|| span(&ENTRY).run(|| unused = Some(capture())));

    assert_eq!(text(&trees), ENTRY_LINE);

    drop(unused);
    assert!(is_idle());
}

#[test]
fn spawn_local_keeps_the_trace_of_a_future_without_send() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let tasks = tokio::task::LocalSet::new();
    let trees = run(|| {
        tasks.block_on(
            &runtime,
            span(&ENTRY).future(async {
                let not_send = std::rc::Rc::new(Cell::new(0));
                let shared = std::rc::Rc::clone(&not_send);
                let task = spawn_local("local", async move {
                    step("inside").await;
                    shared.set(1);
                });
                task.await.unwrap();
                assert_eq!(not_send.get(), 1);
            }),
        );
    });

    assert_eq!(
        text(&trees),
        format!("{ENTRY_LINE}  Local local ref=CrossThread\n    Local inside\n      Local leaf\n")
    );
}

#[tokio::test]
async fn stream_continues_in_one_span_over_its_items() {
    let trees = run_async(span(&ENTRY).future(async {
        let rows = stream::iter([1, 2, 3]).then(|row| async move {
            step("row").await;
            row
        });
        let sum =
            tokio::spawn(rows.traced("rows").fold(0, |sum, row| async move { sum + row })).await;
        assert_eq!(sum.unwrap(), 6);
        // A child here, since its own segment is current.
        let mut here = std::pin::pin!(stream::iter([1, 2]).traced("here"));
        assert_eq!(here.next().await, Some(1));
        drop(span(&B).enter());
    }))
    .await;
    let row = "    Local row\n      Local leaf\n";

    assert_eq!(
        text(&trees),
        format!(
            "{ENTRY_LINE}  Local here {{items=1}}\n  Local b\n  Local rows ref=CrossThread {{items=3}}\n{row}{row}{row}"
        )
    );
}

// Feature: children that outlive their segment
#[test]
fn child_that_outlives_its_root_continues_below_it() {
    let mut late = None;
    let mut cx = Context::from_waker(Waker::noop());
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let mut future = Box::pin(step("late"));
            assert!(future.as_mut().poll(&mut cx).is_pending());
            late = Some(future);
        });
        let mut future = late.take().unwrap();
        while future.as_mut().poll(&mut cx).is_pending() {}
    });

    assert!(is_idle());

    let name = &trees[0].root.children[0].children[0].name;
    assert_eq!(
        text(&trees),
        format!(
            "{ENTRY_LINE}  Local late {{unfinished=true}}\n    Local {name} ref=CrossThread\n      Local leaf\n"
        )
    );
}

#[test]
fn destructors_at_thread_end_and_unwinding_are_safe() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            drop(span(&A).enter());
            span(&ENTRY).run(|| drop(span(&B).enter()));
            current().tag("k", 1);
            drop(capture());
            current().detach().finish();
            assert!(is_idle());
        }
    }

    thread_local! { static BEFORE: Late = const { Late }; }
    thread_local! { static AFTER: Late = const { Late }; }
    let thread = thread::spawn(|| {
        BEFORE.with(|_| ());
        span(&ENTRY).run(|| drop(span(&A).enter()));
        AFTER.with(|_| ());
        let caught = catch_unwind(|| {
            let _late = Late;
            panic!("on purpose");
        });
        assert!(caught.is_err());
    });

    assert!(thread.join().is_ok());
}
