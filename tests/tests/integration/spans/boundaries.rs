//! Traces over tasks, threads, segments and processes.

use crate::spans::prelude::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spawn_keeps_the_trace_and_tokio_spawn_starts_one() {
    let trees = run_async(span(&ENTRY).future(async {
        correlation::put("tenant", "blue");
        let kept = spawn("kept", async {
            assert_eq!(correlation::get("tenant").as_deref(), Some("blue"));
            step("inside").await
        });
        let same = tokio::spawn(step("other").traced("by hand"));
        let blocking = spawn_blocking("blocking", leaf);
        let thread = std::thread::spawn((|| leaf()).traced("thread"));
        let lost = tokio::spawn(step("lost"));
        let _ = (kept.await, same.await, blocking.await, lost.await);
        thread.join().unwrap();
    }))
    .await;
    let mut lines: Vec<_> = text(&trees).lines().map(str::to_owned).collect();
    lines.dedup();
    let shown = text(&trees);
    for part in [
        "  Local kept ref=CrossThread\n    Local inside\n      Local leaf\n",
        "  Local by hand ref=CrossThread\n    Local other\n      Local leaf\n",
        "  Local blocking ref=CrossThread\n    Local leaf\n",
        "  Local thread ref=CrossThread\n    Local leaf\n",
    ] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    // The task of `tokio::spawn` ran outside of the test's mark, as a trace that is not in this
    // tree.
    assert!(!shown.contains("lost"), "{shown}");
    assert_eq!(trees.len(), 1);
    let endpoint = &trees[0].root.children[0].refs[0].endpoint;
    assert_eq!(endpoint, "/entry");
}

#[test]
fn child_moved_after_its_first_poll_gets_a_segment() {
    let mut moved: Option<Pin<Box<dyn Future<Output = u32> + Send>>> = None;
    let trees = Test::new().run(|| {
        span(&ENTRY).run(|| {
            let mut future: Pin<Box<dyn Future<Output = u32> + Send>> = Box::pin(step("moved"));
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            moved = Some(future);
        });
        assert!(is_idle());
        let future = moved.take().unwrap();
        std::thread::spawn(move || futures::executor::block_on(future)).join().unwrap();
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local moved {unfinished=true}\n    Local moved ref=CrossThread\n      Local leaf\n".replace(
            "    Local moved ref=CrossThread",
            &format!("    Local {} ref=CrossThread", trees[0].root.children[0].children[0].name)
        )
    );

    let name = &trees[0].root.children[0].children[0].name;
    assert!(
        name.ends_with("::step"),
        "a root with a ref has the callsite's static name, not {name}"
    );
}

#[test]
fn child_moved_into_another_segment_is_not_recorded_there() {
    let trees = Test::new().run(|| {
        let mut future = pin!(step("moved"));
        let mut cx = Context::from_waker(Waker::noop());
        span(&ENTRY).run(|| assert!(future.as_mut().poll(&mut cx).is_pending()));
        span(&ENTRY).run(|| {
            while future.as_mut().poll(&mut cx).is_pending() {}
            drop(span(&B).enter());
        });
        assert!(is_idle());
    });
    let shown = text(&trees);
    let static_name = trees[0].root.children[0].children[0].name.clone();

    assert_eq!(
        shown,
        format!(
            "Entry /entry layer=Http\n  Local moved {{unfinished=true}}\n    Local {static_name} ref=CrossThread\n      Local leaf\nEntry /entry layer=Http\n  Local b\n"
        )
    );
}

#[test]
fn child_dropped_without_its_segment_is_counted_and_marked() {
    let reason = skywalking_runtime::stats::Diagnostic::DroppedElsewhere;
    let before = skywalking_runtime::stats::read().count(reason);
    let trees = Test::new().run(|| {
        let mut future = Box::pin(step("moved"));
        span(&ENTRY).run(|| {
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        });
        drop(future);
    });

    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local moved {unfinished=true}\n");
    assert!(skywalking_runtime::stats::read().count(reason) > before);
    assert!(is_idle());
}

#[test]
fn nested_block_on_is_a_child_unless_polled_alone_before() {
    let trees = Test::new().run(|| {
        let mut alone = Box::pin(request());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(alone.as_mut().poll(&mut cx).is_pending());
        assert!(is_idle());
        span(&B).run(|| {
            futures::executor::block_on(request());
            while alone.as_mut().poll(&mut cx).is_pending() {}
            drop(span(&A).enter());
        });
        assert!(is_idle());
    });
    let indented = format!("  {}\n", REQUEST.trim_end().replace('\n', "\n  "));

    assert_eq!(text(&trees), format!("{REQUEST}Local b\n{indented}  Local a\n"));
}

#[test]
fn root_dropped_inside_another_one_ends() {
    let trees = Test::new().run(|| {
        let mut dropped = Box::pin(request());
        assert!(dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        span(&ENTRY).run(|| {
            drop(dropped);
            drop(span(&A).enter());
        });
        assert!(is_idle());
        drop(span(&B).enter());
    });
    assert_eq!(
        text(&trees),
        "Entry /request layer=Http [event=cancelled]\n  Local first [event=cancelled]\nEntry /entry layer=Http\n  Local a\n"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrating_tasks_keep_their_trees() {
    let trees = run_async(async {
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                // Each root is opened inside of the test's mark. Any worker may poll it afterwards.
                let mut task = Box::pin(request());
                assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                tokio::spawn(task)
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 2);
        }
    })
    .await;

    assert_eq!(trees.len(), 200);
    assert!(trees.iter().all(|tree| tree.to_string() == REQUEST));
}

#[tokio::test]
async fn call_of_this_process_itself_is_one_trace() {
    #[entry_span(name = "/client")]
    async fn client() {
        let mut headers = http::HeaderMap::new();
        call(&mut headers).await;
    }
    #[exit_span(name = "/call", peer = "server:80", layer = rpc, inject = headers)]
    async fn call(headers: &mut http::HeaderMap) {
        let headers = headers.clone();
        tokio::spawn(server(headers)).await.unwrap();
    }
    #[entry_span(name = "/server", layer = rpc, extract = headers)]
    async fn server(headers: http::HeaderMap) {
        assert_eq!(headers.len(), 1);
        assert!(trace_id().is_some());
    }
    let trees = run_async(client()).await;
    assert_eq!(
        text(&trees),
        "Entry /client\n  Exit /call layer=RPCFramework peer=server:80\n    Entry /server layer=RPCFramework ref=CrossProcess\n"
    );
    let reference = &trees[0].root.children[0].children[0].refs[0];
    assert_eq!((reference.endpoint.as_str(), reference.address.as_str()), ("/client", "server:80"));
}

#[tokio::test]
async fn valid_header_continues_and_invalid_header_starts_a_trace() {
    #[entry_span(name = "/server", extract = header)]
    async fn server(header: &str) -> (String, String) {
        let mut out = String::new();
        {
            static CALL: Callsite = callsite!(exit, "call", peer = "next:1");
            let _call = span(&CALL).enter();
            inject(&mut out);
        }
        (trace_id().unwrap(), out)
    }
    let good = "sw8:1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox\nsw8-correlation:aw==:dg==";
    let mut seen = Vec::new();
    let trees = run_async(async {
        seen.push(server(good).await);
        seen.push(server("sw8:1-dHJhY2UtMQ-cw==-0-c3Zj-aW5zdA==-L2U=-aDox").await);
        seen.push(server("").await);
    })
    .await;
    assert_eq!(trees.iter().map(|tree| tree.root.refs.len()).collect::<Vec<_>>(), [1, 0, 0]);
    assert_eq!(seen[0].0, "trace-1");
    assert!(
        seen[0].1.starts_with("sw8:1-dHJhY2UtMQ==-")
            && seen[0].1.ends_with("\nsw8-correlation:aw==:dg=="),
        "{}",
        seen[0].1
    );
    assert!(seen[1].0 != "trace-1" && seen[1].0 != seen[2].0);
}

// Feature: other tasks and threads
#[tokio::test]
async fn snapshot_works_repeatedly_and_after_its_segment_ended() {
    let mut snapshot = None;
    let trees = run_async(async {
        span(&ENTRY).future(async { snapshot = Some(capture()) }).await;
        let snapshot = snapshot.take().unwrap();
        snapshot.run("again", leaf);
        snapshot.clone().future("future", step("x")).await;
    })
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local again ref=CrossThread\n    Local leaf\n  Local future ref=CrossThread\n    Local x\n      Local leaf\n"
    );
    assert!(is_idle());
}

#[tokio::test]
async fn traced_future_in_its_segment_is_a_child() {
    let trees = run_async(span(&ENTRY).future(async {
        tokio::join!(step("x").traced("stayed"), async { capture().run("closure", leaf) });
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local stayed\n    Local x\n      Local leaf\n  Local closure\n    Local leaf\n"
    );
    assert!(is_idle());
}

#[tokio::test]
async fn unsampled_request_stays_unsampled_over_tasks_and_moves() {
    let ids = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = ids.clone();
    let trees = Test::new()
        .sampler(|_| false)
        .run_async(async move {
            span(&ENTRY)
                .future(async move {
                    seen.lock().unwrap().push(trace_id());
                    request().await;
                    let inner = seen.clone();
                    spawn("spawned", async move {
                        step("below").await;
                        inner.lock().unwrap().push(trace_id());
                    })
                    .await
                    .unwrap();
                })
                .await;
        })
        .await;

    assert_eq!(text(&trees), "");

    let ids = ids.lock().unwrap();
    assert!(ids.len() == 2 && ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
    assert!(is_idle());
}

#[tokio::test]
async fn later_segments_refer_to_the_renamed_endpoint() {
    let trees = run_async(span(&ENTRY).future(async {
        capture().future("early", ready(())).await;
        let early = tokio::spawn(ready(()).traced("early"));
        current().set_name("/renamed");
        let late = tokio::spawn(ready(()).traced("late"));
        let _ = (early.await, late.await);
    }))
    .await;
    let root = &trees[0].root;
    let endpoints: Vec<_> = root
        .children
        .iter()
        .filter_map(|child| child.refs.first())
        .map(|reference| reference.endpoint.as_str())
        .collect();

    assert_eq!(endpoints, ["/entry", "/renamed"]);
}

#[test]
fn moved_child_keeps_correlation_and_trace() {
    #[local_span(name = "moved")]
    async fn moved() -> (Option<String>, Option<String>) {
        yields(1).await;
        (trace_id(), correlation::get("tenant"))
    }

    let header =
        "sw8:1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox\nsw8-correlation:dGVuYW50:Ymx1ZQ==";
    for sampled in [true, false] {
        let mut seen = None;
        run(|| {
            let mut future = Box::pin(moved());
            let mut cx = Context::from_waker(Waker::noop());
            let root = span(&ENTRY).extract(header);
            let root = if sampled { root } else { root.ignore() };
            root.run(|| assert!(future.as_mut().poll(&mut cx).is_pending()));
            assert!(is_idle());
            let Poll::Ready(found) = future.as_mut().poll(&mut cx) else {
                panic!("the future is ready at its second poll")
            };
            seen = Some(found);
            assert!(is_idle());
        });
        assert_eq!(
            seen,
            Some((Some("trace-1".to_owned()), Some("blue".to_owned()))),
            "sampled: {sampled}"
        );
    }
}

#[test]
fn entry_is_the_endpoint_of_snapshots_only_after_it_opens() {
    static INNER: Callsite = callsite!(entry, "/inner");
    static ROOT: Callsite = callsite!(local, "root");
    let trees = Test::new().run(|| {
        span(&ROOT).run(|| {
            let inner = span(&INNER).future(ready(()));
            let before = capture();
            futures::executor::block_on(inner);
            let after = capture();
            std::thread::spawn(move || {
                before.run("before", || ());
                after.run("after", || ());
            })
            .join()
            .unwrap();
        });
    });
    let root = &trees[0].root;
    let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["/inner", "before", "after"]);
    assert_eq!(root.children[1].refs[0].endpoint, "root");
    assert_eq!(root.children[2].refs[0].endpoint, "/inner");
}

#[test]
fn unrecorded_part_keeps_the_trace_when_it_moves() {
    let mut seen = (None, None);
    let trees = Test::new().sampler(|_| false).run(|| {
        let mut future = Box::pin(span(&A).future(async {
            yields(1).await;
            trace_id()
        }));
        let mut cx = Context::from_waker(Waker::noop());
        let snapshot = span(&ENTRY).run(|| {
            seen.0 = trace_id();
            capture()
        });
        // Neither segment has the number of its trace.
        snapshot.run("on", || {
            capture().run("below", || assert!(future.as_mut().poll(&mut cx).is_pending()));
        });
        assert!(is_idle());
        let Poll::Ready(found) = future.as_mut().poll(&mut cx) else {
            panic!("the future is ready at its second poll")
        };
        seen.1 = found;
    });

    assert!(trees.is_empty());
    assert!(seen.0.is_some());
    assert_eq!(seen.0, seen.1);
    assert!(is_idle());
}
