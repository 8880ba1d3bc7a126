//! Spans over futures: nesting under every kind of polling, cancelling, moving, crossing tasks and threads.

use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use skywalking_runtime::testing::{Test, Tree, is_idle, run_async, text};
use skywalking_runtime::{
    Callsite, Root, TracedFn as _, TracedFuture as _, callsite, capture, child, correlation, current, entry_span, exit_span, inject,
    local_span, spawn, spawn_blocking, trace_id,
};

static ENTRY: Callsite = callsite!(entry, "/entry", layer = http);
static A: Callsite = callsite!(local, "a");
static B: Callsite = callsite!(local, "b");

/// Pending `times` times, waking itself.
fn yields(mut times: u32) -> impl Future<Output = ()> {
    poll_fn(move |cx| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

#[entry_span(name = "/request", layer = http)]
async fn request() -> u32 {
    step("first").await;
    let (a, b) = tokio::join!(step("left"), step("right"));
    a + b
}

#[local_span(name = name)]
async fn step(name: &str) -> u32 {
    yields(2).await;
    leaf();
    yields(1).await;
    1
}

#[local_span(name = "leaf")]
fn leaf() {}

const REQUEST: &str =
    "Entry /request layer=Http\n  Local first\n    Local leaf\n  Local left\n    Local leaf\n  Local right\n    Local leaf\n";

#[test]
fn joined_futures_nest_right_on_every_executor() {
    let on = |name: &str, trees: Vec<Tree>| assert_eq!(text(&trees), REQUEST, "{name}");
    on("current-thread", tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run_async(request())));
    on("multi-thread", tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(run_async(request())));
    on("futures", futures::executor::block_on(run_async(request())));
    assert!(is_idle());
}

#[tokio::test]
async fn macros_and_hands_give_the_same_tree() {
    static REQUEST_BY_HAND: Callsite = callsite!(entry, "/request", layer = http);
    static LEFT: Callsite = callsite!(local, "left");
    static RIGHT: Callsite = callsite!(local, "right");
    static FIRST: Callsite = callsite!(local, "first");
    static LEAF: Callsite = callsite!(local, "leaf");
    async fn step() {
        yields(2).await;
        drop(child(&LEAF));
        yields(1).await;
    }
    let trees = run_async(Root::new(&REQUEST_BY_HAND).future(async {
        child(&FIRST).future(step()).await;
        tokio::join!(child(&LEFT).future(step()), child(&RIGHT).future(step()));
    }))
    .await;
    assert_eq!(text(&trees), REQUEST);
    assert!(is_idle());
}

#[tokio::test]
async fn unordered_futures_nest_right() {
    let trees = run_async(Root::new(&ENTRY).future(async {
        let mut all: FuturesUnordered<_> = ["x", "y", "z"].into_iter().map(step).collect();
        while all.next().await.is_some() {}
    }))
    .await;
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local x\n    Local leaf\n  Local y\n    Local leaf\n  Local z\n    Local leaf\n");
    assert!(is_idle());
}

#[tokio::test]
async fn the_loser_of_a_select_is_cancelled_and_no_error() {
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
    let trees = run_async(Root::new(&ENTRY).future(async {
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
async fn a_timeout_cancels_the_whole_request_with_what_is_below() {
    #[entry_span(name = "/slow")]
    async fn slow() {
        inner().await;
    }
    #[local_span(name = "inner")]
    async fn inner() {
        yields(1).await;
        pending::<()>().await;
    }
    let trees = run_async(async { assert!(tokio::time::timeout(Duration::from_millis(1), slow()).await.is_err()) }).await;
    assert_eq!(text(&trees), "Entry /slow [event=cancelled]\n  Local inner [event=cancelled]\n");
    assert!(is_idle());
}

#[tokio::test]
async fn a_future_that_is_never_polled_leaves_nothing() {
    let trees = run_async(async {
        drop(request());
        drop(Root::new(&ENTRY).future(ready(())));
        drop(ready(()).traced("never"));
        Root::new(&ENTRY).future(async { drop(child(&A).future(ready(()))) }).await;
    })
    .await;
    assert_eq!(text(&trees), "Entry /entry layer=Http\n");
    assert!(is_idle());
}

#[tokio::test]
async fn a_panic_in_a_task_marks_what_unwound() {
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
    // Nothing was current where it was spawned: the entry is a root of its own.
    assert_eq!(trees.len(), 0);
    let trees = run_async(Root::new(&ENTRY).future(async { assert!(spawn("task", panics()).await.is_err()) })).await;
    assert_eq!(
        text(&trees),
        format!("Entry /entry layer=Http\n  Local task ref=CrossThread {log}\n    Entry /panics {log}\n      Local below {log}\n")
    );
    assert!(is_idle());
}

#[tokio::test]
async fn an_error_or_an_early_return_closes_as_in_a_plain_function() {
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
    let trees = run_async(Root::new(&ENTRY).future(async {
        assert_eq!((fails(true).await, fails(false).await), (Ok(1), Err(Opaque)));
    }))
    .await;
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local fails\n  Local fails ERROR [event=error error.kind=heart_tasks::an_error_or_an_early_return_closes_as_in_a_plain_function::Opaque message=Opaque]\n"
            .replace("heart_tasks::an_error_or_an_early_return_closes_as_in_a_plain_function::Opaque", &kind_of(&trees))
    );
}

fn kind_of(trees: &[Tree]) -> String {
    let log = &trees[0].root.children[1].logs[0];
    let kind = log.fields.iter().find(|(key, _)| key == "error.kind").map(|(_, value)| value.clone()).unwrap();
    assert!(kind.ends_with("::Opaque"), "{kind}");
    kind
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spawn_keeps_the_trace_and_a_bare_spawn_begins_one() {
    let trees = run_async(Root::new(&ENTRY).future(async {
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
    // The bare spawn ran outside of the test's mark: it is a trace of its own, and not in this tree.
    assert!(!shown.contains("lost"), "{shown}");
    assert_eq!(trees.len(), 1);
    let endpoint = &trees[0].root.children[0].refs[0].endpoint;
    assert_eq!(endpoint, "/entry");
}

#[test]
fn a_child_moved_after_its_first_poll_goes_on_in_a_segment_of_its_own() {
    let mut moved: Option<Pin<Box<dyn Future<Output = u32> + Send>>> = None;
    let trees = Test::new().run(|| {
        Root::new(&ENTRY).run(|| {
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
    assert!(name.ends_with("::step"), "a root with a ref has the callsite's static name, not {name}");
}

#[test]
fn a_child_moved_into_another_segment_is_not_written_there() {
    let trees = Test::new().run(|| {
        let mut future = pin!(step("moved"));
        let mut cx = Context::from_waker(Waker::noop());
        Root::new(&ENTRY).run(|| assert!(future.as_mut().poll(&mut cx).is_pending()));
        Root::new(&ENTRY).run(|| {
            while future.as_mut().poll(&mut cx).is_pending() {}
            drop(child(&B));
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
fn a_child_dropped_where_its_segment_is_not_is_counted_and_marked() {
    let reason = skywalking_runtime::Reason::DroppedElsewhere;
    let before = skywalking_runtime::stats().count(reason);
    let trees = Test::new().run(|| {
        let mut future = Box::pin(step("moved"));
        Root::new(&ENTRY).run(|| assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()));
        drop(future);
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local moved {unfinished=true}\n");
    assert!(skywalking_runtime::stats().count(reason) > before);
    assert!(is_idle());
}

#[test]
fn a_nested_block_on_is_below_and_a_root_polled_alone_first_keeps_its_own_segment() {
    let trees = Test::new().run(|| {
        let mut alone = Box::pin(request());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(alone.as_mut().poll(&mut cx).is_pending());
        assert!(is_idle());
        Root::new(&ENTRY).run(|| {
            futures::executor::block_on(request());
            while alone.as_mut().poll(&mut cx).is_pending() {}
            drop(child(&A));
        });
        assert!(is_idle());
    });
    let indented = format!("  {}\n", REQUEST.trim_end().replace('\n', "\n  "));
    assert_eq!(text(&trees), format!("{REQUEST}Entry /entry layer=Http\n{indented}  Local a\n"));
}

#[test]
fn a_root_dropped_inside_another_one_leaves_no_zombie() {
    let trees = Test::new().run(|| {
        let mut dropped = Box::pin(request());
        assert!(dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        Root::new(&ENTRY).run(|| {
            drop(dropped);
            drop(child(&A));
        });
        assert!(is_idle());
        drop(child(&B));
    });
    assert_eq!(
        text(&trees),
        "Entry /request layer=Http [event=cancelled]\n  Local first [event=cancelled]\nEntry /entry layer=Http\n  Local a\n"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_tasks_that_migrate_keep_their_trees() {
    let trees = run_async(async {
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                // Each root is opened inside the test's mark and then moved to whatever worker polls it.
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
async fn a_local_set_of_interleaved_requests_keeps_them_apart() {
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
async fn a_request_that_comes_back_to_this_process_is_one_trace() {
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
async fn a_foreign_trace_goes_on_and_a_bad_header_begins_a_new_one() {
    #[entry_span(name = "/server", extract = header)]
    async fn server(header: &str) -> (String, String) {
        let mut out = String::new();
        {
            static CALL: Callsite = callsite!(exit, "call", peer = "next:1");
            let _call = child(&CALL);
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
    assert!(seen[0].1.starts_with("sw8:1-dHJhY2UtMQ==-") && seen[0].1.ends_with("\nsw8-correlation:aw==:dg=="), "{}", seen[0].1);
    assert!(seen[1].0 != "trace-1" && seen[1].0 != seen[2].0);
}

#[tokio::test]
async fn current_is_right_after_each_await() {
    #[local_span(name = "tagged")]
    async fn tagged(n: u32) {
        current().tag("before", n);
        yields(n).await;
        current().tag("after", n);
    }
    let trees = run_async(Root::new(&ENTRY).future(async {
        tokio::join!(tagged(3), tagged(1));
        current().tag("root", true);
    }))
    .await;
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {root=true}\n  Local tagged {before=3, after=3}\n  Local tagged {before=1, after=1}\n"
    );
}

#[tokio::test]
async fn a_snapshot_can_be_used_many_times_and_after_its_segment_ended() {
    let mut snapshot = None;
    let trees = run_async(async {
        Root::new(&ENTRY).future(async { snapshot = Some(capture()) }).await;
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
async fn a_traced_future_that_stays_in_its_segment_is_a_child() {
    let trees = run_async(Root::new(&ENTRY).future(async {
        tokio::join!(step("x").traced("stayed"), async { capture().run("closure", leaf) });
    }))
    .await;
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local stayed\n    Local x\n      Local leaf\n  Local closure\n    Local leaf\n");
    assert!(is_idle());
}

#[tokio::test]
async fn an_unsampled_request_stays_so_over_tasks_and_moves() {
    let ids = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = ids.clone();
    let trees = Test::new()
        .sampler(|_| false)
        .run_async(async move {
            Root::new(&ENTRY)
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

#[tokio::test]
async fn a_later_name_of_the_endpoint_is_what_later_segments_refer_to() {
    let trees = run_async(Root::new(&ENTRY).future(async {
        capture().future("early", ready(())).await;
        let early = tokio::spawn(ready(()).traced("early"));
        current().set_name("/renamed");
        let late = tokio::spawn(ready(()).traced("late"));
        let _ = (early.await, late.await);
    }))
    .await;
    let root = &trees[0].root;
    let endpoints: Vec<_> =
        root.children.iter().filter_map(|child| child.refs.first()).map(|reference| reference.endpoint.as_str()).collect();
    assert_eq!(endpoints, ["/entry", "/renamed"]);
}

#[test]
fn a_child_that_moves_takes_correlation_and_trace_along() {
    #[local_span(name = "moved")]
    async fn moved() -> (Option<String>, Option<String>) {
        yields(1).await;
        (trace_id(), correlation::get("tenant"))
    }
    let header = "sw8:1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox\nsw8-correlation:dGVuYW50:Ymx1ZQ==";
    for sampled in [true, false] {
        let mut seen = None;
        Test::new().sampler(move |_| sampled).run(|| {
            let mut future = Box::pin(moved());
            let mut cx = Context::from_waker(Waker::noop());
            Root::new(&ENTRY).extract(header).run(|| assert!(future.as_mut().poll(&mut cx).is_pending()));
            assert!(is_idle());
            let Poll::Ready(found) = future.as_mut().poll(&mut cx) else { panic!("it is ready at the second poll") };
            seen = Some(found);
            assert!(is_idle());
        });
        assert_eq!(seen, Some((Some("trace-1".to_owned()), Some("blue".to_owned()))), "sampled: {sampled}");
    }
}

#[test]
fn a_span_that_ended_within_a_poll_is_not_current_after_it() {
    let trees = Test::new().run(|| {
        Root::new(&ENTRY).run(|| {
            let mut guard = Some(child(&A));
            let mut future = Box::pin(async move {
                step_with(&mut guard).await;
            });
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(child(&B));
        });
    });
    // The guard of `a` was dropped inside of the first poll of a child: what comes after it is below the root.
    let root = &trees[0].root;
    let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[local_span(name = "dropper")]
async fn step_with(guard: &mut Option<skywalking_runtime::Child>) {
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
    is_unwind_safe(&Root::new(&ENTRY).future(ready(1)));
}

#[test]
fn a_guard_that_is_forgotten_in_a_future_stays_behind_with_it() {
    #[local_span(name = "forgetful")]
    async fn forgetful(polls: u32) {
        std::mem::forget(child(&A));
        yields(polls).await;
    }
    let trees = Test::new().run(|| {
        Root::new(&ENTRY).run(|| {
            futures::executor::block_on(forgetful(0));
            drop(child(&B));
            futures::executor::block_on(forgetful(1));
            drop(child(&B));
        });
        assert!(is_idle());
    });
    let forgetful = "  Local forgetful\n    Local a {unfinished=true}\n  Local b\n";
    assert_eq!(text(&trees), format!("Entry /entry layer=Http\n{forgetful}{forgetful}"));
}

#[test]
fn an_entry_that_was_taken_back_is_nobodys_endpoint() {
    static INNER: Callsite = callsite!(entry, "/inner");
    static ROOT: Callsite = callsite!(local, "root");
    let trees = Test::new().run(|| {
        Root::new(&ROOT).run(|| {
            let inner = child(&INNER);
            let _seen = capture();
            let future = inner.future(ready(()));
            drop(child(&A));
            let snapshot = capture();
            std::thread::spawn(move || snapshot.run("elsewhere", || ())).join().unwrap();
            futures::executor::block_on(future);
        });
    });
    let root = &trees[0].root;
    let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["a", "/inner", "elsewhere"]);
    assert_eq!(root.children[2].refs[0].endpoint, "root");
}
