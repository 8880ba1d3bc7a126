//! Spans of futures: nesting with every kind of polling, cancellation, errors, and size.

use crate::spans::prelude::*;

#[test]
fn joined_futures_nest_correctly_on_every_executor() {
    let on = |name: &str, trees: Vec<Tree>| assert_eq!(text(&trees), REQUEST, "{name}");
    on(
        "current-thread",
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(run_async(request())),
    );
    on(
        "multi-thread",
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .unwrap()
            .block_on(run_async(request())),
    );
    on("futures", futures::executor::block_on(run_async(request())));

    assert!(is_idle());
}

#[tokio::test]
async fn attributes_and_builders_of_futures_give_the_same_tree() {
    static REQUEST_BY_HAND: Callsite = callsite!(entry, "/request", layer = http);
    static LEFT: Callsite = callsite!(local, "left");
    static RIGHT: Callsite = callsite!(local, "right");
    static FIRST: Callsite = callsite!(local, "first");
    static LEAF: Callsite = callsite!(local, "leaf");
    async fn step() {
        yields(2).await;
        drop(span(&LEAF).enter());
        yields(1).await;
    }

    let trees = run_async(span(&REQUEST_BY_HAND).future(async {
        span(&FIRST).future(step()).await;
        tokio::join!(span(&LEFT).future(step()), span(&RIGHT).future(step()));
    }))
    .await;

    assert_eq!(text(&trees), REQUEST);
    assert!(is_idle());
}

#[tokio::test]
async fn unordered_futures_nest_correctly() {
    let trees = run_async(span(&ENTRY).future(async {
        let mut all: FuturesUnordered<_> = ["x", "y", "z"].into_iter().map(step).collect();
        while all.next().await.is_some() {}
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local x\n    Local leaf\n  Local y\n    Local leaf\n  Local z\n    Local leaf\n"
    );
    assert!(is_idle());
}

#[tokio::test]
async fn dropped_branch_of_a_select_is_cancelled_without_an_error() {
    #[local_span(name = "loser")]
    async fn loser() {
        struct Cleanup;
        impl Drop for Cleanup {
            fn drop(&mut self) {
                leaf();
            }
        }
        let _cleanup = Cleanup;
        pending::<()>().await;
    }
    let trees = run_async(span(&ENTRY).future(async {
        tokio::select! {
            biased;
            () = loser() => {}
            _ = step("winner") => {}
        }
        leaf();
    }))
    .await;
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local loser [event=cancelled]\n    Local leaf\n  Local winner\n    Local leaf\n  Local leaf\n"
    );
    assert!(is_idle());
}

#[tokio::test]
async fn timeout_cancels_the_request_and_its_children() {
    #[entry_span(name = "/slow")]
    async fn slow() {
        inner().await;
    }
    #[local_span(name = "inner")]
    async fn inner() {
        yields(1).await;
        pending::<()>().await;
    }
    let trees = run_async(async {
        assert!(tokio::time::timeout(Duration::from_millis(1), slow()).await.is_err());
    })
    .await;
    assert_eq!(text(&trees), "Entry /slow [event=cancelled]\n  Local inner [event=cancelled]\n");
    assert!(is_idle());
}

#[tokio::test]
async fn future_that_is_never_polled_records_nothing() {
    let trees = run_async(async {
        drop(request());
        drop(span(&ENTRY).future(ready(())));
        drop(ready(()).traced("never"));
        span(&ENTRY).future(async { drop(span(&A).future(ready(()))) }).await;
    })
    .await;
    assert_eq!(text(&trees), "Entry /entry layer=Http\n");
    assert!(is_idle());
}

#[tokio::test]
async fn panic_in_a_task_marks_the_unwound_spans() {
    #[entry_span(name = "/panics")]
    async fn panics() {
        below().await;
    }
    #[local_span(name = "below")]
    async fn below() {
        yields(1).await;
        panic!("in task")
    }

    let trees = run_async(async { assert!(spawn("task", panics()).await.is_err()) }).await;
    let log = "ERROR [event=error error.kind=panic message=in task]";

    // No span was current at the spawn, so the entry starts a trace.
    assert_eq!(trees.len(), 0);

    let trees =
        run_async(span(&ENTRY).future(async { assert!(spawn("task", panics()).await.is_err()) }))
            .await;

    assert_eq!(
        text(&trees),
        format!(
            "Entry /entry layer=Http\n  Local task ref=CrossThread {log}\n    Entry /panics {log}\n      Local below {log}\n"
        )
    );
    assert!(is_idle());
}

#[tokio::test]
async fn error_and_early_return_end_as_in_a_plain_function() {
    #[derive(Debug, PartialEq)]
    struct Opaque;
    #[local_span(name = "fails")]
    async fn fails(early: bool) -> Result<u8, Opaque> {
        if early {
            return Ok(1);
        }
        yields(1).await;
        Err(Opaque)?;
        Ok(2)
    }

    let trees = run_async(span(&ENTRY).future(async {
        assert_eq!((fails(true).await, fails(false).await), (Ok(1), Err(Opaque)));
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local fails\n  Local fails ERROR [event=error error.kind=KIND message=Opaque]\n"
            .replace("KIND", &kind_of(&trees))
    );
}

fn kind_of(trees: &[Tree]) -> String {
    let log = &trees[0].root.children[1].logs[0];
    let kind = log
        .fields
        .iter()
        .find(|(key, _)| key == "error.kind")
        .map(|(_, value)| value.clone())
        .unwrap();
    assert!(kind.ends_with("::Opaque"), "{kind}");
    kind
}

#[tokio::test]
async fn interleaved_requests_of_a_local_set_stay_separate() {
    let local = tokio::task::LocalSet::new();
    let trees = local
        .run_until(run_async(async {
            let mut tasks: Vec<_> = (0..20).map(|_| Box::pin(request())).collect();
            futures::future::join_all(tasks.iter_mut()).await;
        }))
        .await;

    assert_eq!(trees.len(), 20);
    assert!(trees.iter().all(|tree| tree.to_string() == REQUEST));
    assert!(is_idle());
}

#[tokio::test]
async fn current_is_correct_after_each_await() {
    #[local_span(name = "tagged")]
    async fn tagged(n: u32) {
        current().tag("before", n);
        yields(n).await;
        current().tag("after", n);
    }
    let trees = run_async(span(&ENTRY).future(async {
        tokio::join!(tagged(3), tagged(1));
        current().tag("root", true);
    }))
    .await;
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {root=true}\n  Local tagged {before=3, after=3}\n  Local tagged {before=1, after=1}\n"
    );
}

#[test]
fn traced_futures_stay_send_and_small() {
    fn is_send<T: Send>(_: &T) {}
    async fn plain(bytes: [u8; 256]) -> usize {
        yields(1).await;
        bytes.len()
    }
    #[local_span]
    async fn annotated(bytes: [u8; 256]) -> usize {
        yields(1).await;
        bytes.len()
    }

    is_send(&request());
    is_send(&ready(1).traced("x"));
    let (bare, ours) = (size_of_val(&plain([0; 256])), size_of_val(&annotated([0; 256])));

    assert!(ours <= bare + 256 + 64, "{ours} against {bare}");

    println!("future: plain {bare}, annotated {ours}");
}

#[test]
fn span_that_ended_within_a_poll_is_not_current_afterwards() {
    let trees = Test::new().run(|| {
        span(&ENTRY).run(|| {
            let mut guard = Some(span(&A).enter());
            let mut future = Box::pin(async move {
                step_with(&mut guard).await;
            });
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(span(&B).enter());
        });
    });
    // The guard of `a` was dropped inside of the first poll of a child. Later spans are below the
    // root.
    let root = &trees[0].root;
    let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();

    assert_eq!(names, ["a", "b"]);
}

#[local_span(name = "dropper")]
async fn step_with(guard: &mut Option<skywalking_runtime::ChildGuard>) {
    *guard = None;
    yields(1).await;
}

#[test]
fn traced_futures_stay_unwind_safe() {
    fn is_unwind_safe<T: std::panic::UnwindSafe>(_: &T) {}
    #[local_span]
    async fn annotated(number: u8) -> u8 {
        number
    }

    is_unwind_safe(&annotated(1));
    is_unwind_safe(&span(&ENTRY).future(ready(1)));
}

#[test]
fn forgotten_guard_in_a_future_ends_with_the_future() {
    #[local_span(name = "forgetful")]
    async fn forgetful(polls: u32) {
        std::mem::forget(span(&A).enter());
        yields(polls).await;
    }

    let trees = Test::new().run(|| {
        span(&ENTRY).run(|| {
            futures::executor::block_on(forgetful(0));
            drop(span(&B).enter());
            futures::executor::block_on(forgetful(1));
            drop(span(&B).enter());
        });
        assert!(is_idle());
    });
    let forgetful = "  Local forgetful\n    Local a {unfinished=true}\n  Local b\n";

    assert_eq!(text(&trees), format!("Entry /entry layer=Http\n{forgetful}{forgetful}"));
}
