//! A test waits for continuations of its spans that have not started yet.

use crate::spans::prelude::*;

#[tokio::test]
async fn run_async_waits_for_a_spawned_task_that_was_not_polled() {
    let trees = run_async(span(&ENTRY).future(async {
        drop(spawn("task", step("x")));
        drop(tokio::spawn(step("y").traced("by hand")));
    }))
    .await;
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local task ref=CrossThread\n    Local x\n      Local leaf\n  \
         Local by hand ref=CrossThread\n    Local y\n      Local leaf\n"
    );
}

#[tokio::test]
async fn run_async_waits_for_tasks_that_tasks_spawn() {
    let trees = run_async(span(&ENTRY).future(async {
        drop(spawn("first", async {
            yields(3).await;
            drop(spawn("second", async { drop(spawn("third", step("x"))) }));
        }));
    }))
    .await;
    let shown = text(&trees);
    for name in ["first", "second", "third"] {
        assert!(shown.contains(&format!("Local {name} ref=CrossThread")), "{shown}");
    }

    assert!(shown.ends_with("Local leaf\n"), "{shown}");
}

#[tokio::test]
async fn run_async_waits_for_local_tasks_blocking_tasks_and_streams() {
    let local = tokio::task::LocalSet::new();
    let trees = local
        .run_until(run_async(span(&ENTRY).future(async {
            drop(skywalking_runtime::spawn_local("local", step("x")));
            drop(spawn_blocking("blocking", leaf));
            let rows =
                skywalking_runtime::TracedStream::traced(futures::stream::iter([1, 2]), "rows");
            drop(tokio::task::spawn_local(rows.count()));
        })))
        .await;
    let shown = text(&trees);
    for part in [
        "Local local ref=CrossThread",
        "Local blocking ref=CrossThread\n    Local leaf",
        "Local rows ref=CrossThread {items=2}",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn run_waits_for_uncalled_closures_on_threads() {
    let (go, went) = std::sync::mpsc::channel::<()>();
    let mut thread = None;
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let work = leaf.traced("thread");
            thread = Some(std::thread::spawn(move || {
                went.recv().unwrap();
                work();
            }));
        });
        // The thread starts after the work of the test.
        go.send(()).unwrap();
    });
    thread.unwrap().join().unwrap();

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local thread ref=CrossThread\n    Local leaf\n"
    );
}

#[tokio::test]
async fn run_async_ignores_dropped_and_aborted_tasks() {
    let started = std::time::Instant::now();
    let trees = run_async(span(&ENTRY).future(async {
        drop(step("never").traced("dropped"));
        drop(leaf.traced("dropped"));
        spawn("aborted", pending::<()>()).abort();
        drop(capture());
    }))
    .await;
    assert_eq!(text(&trees), "Entry /entry layer=Http\n");
    assert!(started.elapsed() < Duration::from_secs(10), "it waited for what can't start any more");
}

#[test]
fn run_reports_work_that_never_started() {
    let mut kept = None;
    let failed = catch_unwind(AssertUnwindSafe(|| {
        run(|| span(&ENTRY).run(|| kept = Some(leaf.traced("forgotten task"))));
    }));
    let message = failed.unwrap_err().downcast::<String>().unwrap();

    assert!(message.contains("not started") && message.contains("forgotten task"), "{message}");
}
