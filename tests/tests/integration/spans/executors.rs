//! Executors that run below a root. Each task has its own context, with any executor.

use crate::spans::prelude::*;

#[entry_span(name = "/async")]
async fn request() {
    yields(2).await;
    step_inside().await;
}

#[local_span(name = "inside")]
async fn step_inside() {
    tokio::task::yield_now().await;
    drop(span(&A).enter());
}

#[entry_span(name = "/sync")]
fn sync_request() {
    drop(span(&A).enter());
}

#[entry_span(name = "/sync with a tag", tags("user" = user))]
fn sync_request_with_a_tag(user: u8) {
    let _ = user;
    drop(span(&A).enter());
}

#[local_span(name = "job")]
async fn job() {
    yields(2).await;
}

/// A server that spawns a task for each request. The requests interleave.
async fn serve() {
    let tasks = [
        tokio::task::spawn_local(request()),
        tokio::task::spawn_local(job()),
        tokio::task::spawn_local(async { sync_request() }),
        tokio::task::spawn_local(async { sync_request_with_a_tag(7) }),
        tokio::task::spawn_local(span(&ENTRY).future(yields(2))),
        tokio::task::spawn_local(async {
            let (span, ()) =
                skywalking_runtime::ResumableSpan::open(&ENTRY, |_| {}, || drop(span(&B).enter()));
            tokio::task::yield_now().await;
            span.finish();
        }),
        tokio::task::spawn_local(async { span(&ENTRY).run(sync_request) }),
    ];
    for task in tasks {
        task.await.unwrap();
    }
    step_inside().await;
}

const REQUESTS: [&str; 7] = [
    "Entry /async\n  Local inside\n    Local a\n",
    "Local job\n",
    "Entry /sync\n  Local a\n",
    "Entry /sync with a tag {user=7}\n  Local a\n",
    "Entry /entry layer=Http\n",
    "Entry /entry layer=Http\n  Local b\n",
    "Entry /sync layer=Http\n  Local a\n",
];

/// Returns the trees except the first, as text in any order.
fn sorted(trees: &[Tree]) -> Vec<String> {
    let mut shown: Vec<_> = trees.iter().map(ToString::to_string).collect();
    shown.sort();
    shown
}

fn expected(root: &str) -> Vec<String> {
    let mut expected: Vec<_> = REQUESTS.into_iter().chain([root]).map(str::to_owned).collect();
    expected.sort();
    expected
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn drive() {
    current_thread().block_on(tokio::task::LocalSet::new().run_until(serve()));
}

#[test]
fn attribute_below_tokio_main_is_not_a_parent_of_requests() {
    #[tokio::main(flavor = "current_thread")]
    #[local_span(name = "main")]
    async fn main() {
        tokio::task::LocalSet::new().run_until(serve()).await;
    }
    #[tokio::main(flavor = "current_thread")]
    #[local_span(name = "main")]
    async fn spawns() {
        let tasks = [tokio::spawn(request()), tokio::spawn(request())];
        for task in tasks {
            task.await.unwrap();
        }
    }

    let before =
        skywalking_runtime::stats::read().count(skywalking_runtime::stats::Diagnostic::OtherTask);

    assert_eq!(sorted(&run(main)), expected("Local main\n  Local inside\n    Local a\n"));
    assert!(
        skywalking_runtime::stats::read().count(skywalking_runtime::stats::Diagnostic::OtherTask)
            >= before + 7
    );
    assert_eq!(sorted(&run(spawns)), [REQUESTS[0], REQUESTS[0], "Local main\n"]);
    assert!(is_idle());
}

#[test]
fn entry_around_block_on_is_not_a_parent_of_requests() {
    #[entry_span(name = "/serve")]
    fn annotated() {
        drive();
    }
    #[entry_span(name = name)]
    fn named(name: &str) {
        drive();
    }
    static SERVE: Callsite = callsite!(entry, "/serve");

    let root = "Entry /serve\n  Local inside\n    Local a\n";

    assert_eq!(sorted(&run(annotated)), expected(root));
    assert_eq!(sorted(&run(|| named("/serve"))), expected(root));
    assert_eq!(sorted(&run(|| span(&SERVE).run(drive))), expected(root));

    let trees = run(|| {
        let here = span(&ENTRY).run(capture);
        here.run("serve", drive);
    });
    let root =
        "Entry /entry layer=Http\n  Local serve ref=CrossThread\n    Local inside\n      Local a\n";

    assert_eq!(sorted(&trees), expected(root));
    assert!(is_idle());
}

#[test]
fn arguments_in_a_task_below_a_root_are_not_recorded() {
    static MAIN: Callsite = callsite!(local, "main");
    #[entry_span(name = "asked")]
    fn asked(name: &'static str) -> &'static str {
        drop(span(&A).enter());
        _ = futures::FutureExt::now_or_never(job());
        name
    }
    #[entry_span(name = asked("/sync"))]
    fn named() {
        drop(span(&B).enter());
    }
    #[entry_span(name = asked("/async"))]
    async fn named_later() {}

    let trees = run(|| {
        span(&MAIN).run(|| {
            current_thread().block_on(async {
                tokio::spawn(async { named() }).await.unwrap();
                tokio::spawn(named_later()).await.unwrap();
                drop(span(&A).enter());
            });
        });
    });

    assert_eq!(
        sorted(&trees),
        ["Entry /async\n", "Entry /sync\n  Local b\n", "Local main\n  Local a\n"]
    );
    assert!(is_idle());
}

#[test]
fn task_below_an_ignored_root_is_sampled_by_itself() {
    static MAIN: Callsite = callsite!(local, "main");

    let trees = Test::new().sampler(|name| name != "main").run(|| span(&MAIN).run(drive));
    let expected: Vec<_> = expected("").into_iter().filter(|tree| !tree.is_empty()).collect();

    assert_eq!(sorted(&trees), expected);
    assert!(is_idle());
}

#[test]
fn root_around_another_executor_is_not_a_parent_of_tasks() {
    #[local_span(name = "batch")]
    fn batch() {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(step_inside()));
        let local = tokio::task::LocalSet::new();
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(local.run_until(async {
                tokio::task::spawn_local(request()).await.unwrap();
            }));
        });
    }

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let trees = run(|| {
        let mark = testing::mark();
        runtime.block_on(async { tokio::spawn(async move { mark.run(batch) }).await.unwrap() });
    });

    // The same task blocks, so the context stays the same.
    assert_eq!(sorted(&trees), [REQUESTS[0], "Local batch\n  Local inside\n    Local a\n"]);
}

#[test]
fn blocking_task_stays_one_trace() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            current_thread().block_on(async {
                tokio::join!(step_inside(), step_inside());
                spawn("kept", step_inside()).await.unwrap();
            });
            futures::executor::block_on(request());
        });
    });

    assert_eq!(
        text(&trees),
        "Entry /async layer=Http\n  Local inside\n    Local a\n  Local inside\n    Local a\n  Local inside\n    Local a\n  \
         Local kept ref=CrossThread\n    Local inside\n      Local a\n"
    );
    assert!(is_idle());
}

#[test]
fn panic_and_drop_in_a_task_restore_the_outer_root() {
    static MAIN: Callsite = callsite!(local, "main");
    #[entry_span(name = "/panics")]
    async fn panics() {
        panic!("at the first poll")
    }
    #[entry_span(name = "/panics")]
    fn panics_at_once() {
        panic!("in a call")
    }

    let trees = run(|| {
        span(&MAIN).run(|| {
            current_thread().block_on(async {
                assert!(tokio::spawn(panics()).await.is_err());
                assert!(tokio::spawn(async { panics_at_once() }).await.is_err());
                let aborted = tokio::spawn(span(&ENTRY).future(pending::<()>()));
                tokio::task::yield_now().await;
                aborted.abort();
                assert!(aborted.await.is_err());
                drop(span(&A).enter());
            });
            drop(span(&B).enter());
        });
    });
    let panicked = |message: &str| {
        format!("Entry /panics ERROR [event=error error.kind=panic message={message}]\n")
    };
    let mut expected = vec![
        "Local main\n  Local a\n  Local b\n".to_owned(),
        panicked("at the first poll"),
        panicked("in a call"),
        "Entry /entry layer=Http [event=cancelled]\n".to_owned(),
    ];
    expected.sort();

    assert_eq!(sorted(&trees), expected);
    assert!(is_idle());
}

#[test]
fn guard_over_an_await_is_counted() {
    let _counts = crate::exact_counts();
    #[local_span(name = "below")]
    async fn below(branches: impl Future) {
        branches.await;
    }

    let held = || {
        skywalking_runtime::stats::read()
            .count(skywalking_runtime::stats::Diagnostic::GuardOverAwait)
    };
    let before = held();
    let branch = |site: &'static Callsite, times| async move {
        let _held = span(site).enter();
        yields(times).await;
    };
    let of_root = run(|| {
        futures::executor::block_on(
            span(&ENTRY).future(async { tokio::join!(branch(&A, 2), branch(&B, 1)) }),
        )
    });

    assert!(
        text(&of_root).contains("Local a\n    Local b\n"),
        "expected the wrong parent that the misuse causes: {}",
        text(&of_root)
    );
    assert_eq!(held(), before + 1);

    run(|| {
        futures::executor::block_on(
            span(&ENTRY).future(below(async { tokio::join!(branch(&A, 1), branch(&B, 1)) })),
        );
    });

    assert_eq!(held(), before + 2);

    // Correct use is not counted: guards within a poll, and futures of children.
    let trees = run(|| {
        futures::executor::block_on(span(&ENTRY).future(async {
            for _ in 0..3 {
                span(&A).run(|| drop(span(&B).enter()));
                yields(1).await;
            }
            tokio::join!(span(&A).future(yields(2)), span(&B).future(yields(1)));
        }));
    });

    assert_eq!(text(&trees).matches("Local").count(), 8);
    assert_eq!(held(), before + 2);
}

/// A task of a `LocalSet` below an async root continues the trace in its own segment, like any
/// other spawned task.
#[test]
fn spawned_local_task_refers_to_the_async_root() {
    let trees = run(|| {
        current_thread().block_on(tokio::task::LocalSet::new().run_until(span(&ENTRY).future(
            async {
                skywalking_runtime::spawn_local("kept", step_inside()).await.unwrap();
            },
        )));
        current_thread().block_on(span(&ENTRY).future(async {
            let tasks = tokio::task::LocalSet::new();
            tasks
                .run_until(async {
                    skywalking_runtime::spawn_local("kept", step_inside()).await.unwrap();
                })
                .await;
        }));
    });
    let tree =
        "Entry /entry layer=Http\n  Local kept ref=CrossThread\n    Local inside\n      Local a\n";

    assert_eq!(text(&trees), tree.repeat(2));
    assert!(is_idle());
}

#[test]
fn guard_over_an_await_below_a_call_is_counted() {
    let _counts = crate::exact_counts();
    let held = || {
        skywalking_runtime::stats::read()
            .count(skywalking_runtime::stats::Diagnostic::GuardOverAwait)
    };
    let branch = |site: &'static Callsite, times| async move {
        let _held = span(site).enter();
        yields(times).await;
    };
    let before = held();
    // The branches are spans, so the span of the guard is not current when it ends.
    let branches = run(|| {
        span(&ENTRY).run(|| {
            futures::executor::block_on(async {
                tokio::join!(span(&C).future(branch(&A, 1)), span(&C).future(branch(&B, 2)))
            });
        });
    });

    assert_eq!(held(), before + 2, "{}", text(&branches));

    // Correct use is not counted.
    let trees = run(|| {
        span(&ENTRY).run(|| {
            futures::executor::block_on(async {
                for _ in 0..3 {
                    span(&A).run(|| drop(span(&B).enter()));
                    let outer = span(&A).enter();
                    let inner = span(&B).enter();
                    drop(span(&C).future(ready(())));
                    drop(inner);
                    drop(outer);
                    yields(1).await;
                }
                tokio::join!(span(&A).future(yields(2)), span(&B).future(yields(1)));
            });
            assert!(
                catch_unwind(|| {
                    let _outer = span(&A).enter();
                    let _inner = span(&B).enter();
                    panic!("on purpose")
                })
                .is_err()
            );
        });
    });

    assert_eq!(text(&trees).matches("Local").count(), 16, "{}", text(&trees));
    assert_eq!(held(), before + 2);
    assert!(is_idle());
}
