//! Misuse is logged once, with the fix.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use skywalking_runtime::{
    Agent, Callsite, Config, callsite, config::Reporter, entry_span, local_span, span,
    stats::orphans,
};

use crate::{child as run_child, watchdog};

static A: Callsite = callsite!(local, "a");
static B: Callsite = callsite!(local, "b");

fn start() -> Agent {
    watchdog();
    Config::new("shop")
        .instance("one")
        .reporter(Reporter::Discard)
        .env_overrides()
        .start()
        .expect("nothing is wrong")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

/// A future that is pending this number of times.
async fn yields(mut times: u32) {
    poll_fn(|cx| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Returns the warnings of the agent in a child that runs this program.
fn warnings(name: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let ended = run_child(&format!("misuse::{name}"), variables);
    let lines = ended
        .agent_lines()
        .into_iter()
        .filter_map(|line| line.strip_prefix("skywalking_runtime WARN "));
    lines.map(str::to_owned).collect()
}

#[local_span(name = "part")]
async fn part() {}

#[local_span]
fn plain() {}

#[local_span(name = "quiet", orphan = skip)]
fn quiet() {}

#[local_span(name = "job", orphan = trace)]
fn job() {}

struct Jobs;

#[local_span(names = "{fn}", orphan = skip)]
impl Jobs {
    fn first() {}
}

static BY_HAND: Callsite = callsite!(local, "by hand");
/// As above, for a span that is meant to start a trace.
static JOB: Callsite =
    callsite!(local, "by hand").orphans(skywalking_runtime::config::Orphans::Trace);
static REQUEST: Callsite = callsite!(entry, "/by hand");

#[test]
#[ignore = "the child process of a test"]
fn spawns_without_a_context() {
    let agent = start();
    runtime().block_on(span(&REQUEST).future(async {
        for _ in 0..99 {
            tokio::spawn(part()).await.expect("no panic");
        }
    }));
    (0..3).for_each(|_| plain());
    quiet();
    Jobs::first();
    job();
    span(&BY_HAND).run(|| ());
    // Neither of these is an orphan.
    span(&REQUEST).run(plain);
    let counts: Vec<_> =
        orphans().map(|(callsite, count)| format!("{} {count}", callsite.name())).collect();
    println!("counts: {}", counts.join(", "));
    println!("opened: {}", agent.stats().opened);
    drop(agent);
}

#[test]
fn orphan_is_logged_once_for_each_function_with_the_fix() {
    let found = warnings("spawns_without_a_context", &[]);
    let starts = [
        "the local span `part` (tests/tests/self_log/misuse.rs:",
        "the local span `self_log::misuse::plain` (tests/tests/self_log/misuse.rs:",
        "the local span `quiet` (",
        "the local span `first` (",
        "the local span `by hand` (",
    ];

    assert_eq!(found.len(), starts.len(), "{found:#?}");

    for start in starts {
        let line = found
            .iter()
            .find(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("{start} is not among {found:#?}"));
        for part in [
            "skywalking_runtime::spawn(",
            ".traced(",
            "orphan = skip",
            "SW_AGENT_ORPHANS=skip",
            "orphan = trace",
        ] {
            assert!(line.contains(part), "{line}");
        }
        let skipped = start.contains("quiet") || start.contains("first");
        let done = if skipped {
            "has no parent and is skipped."
        } else {
            "has no parent and starts a new trace each time."
        };
        assert!(line.contains(done), "{line}");
    }
}

#[test]
fn orphans_are_counted_and_skipped_by_the_variable() {
    let skip = [("SW_AGENT_ORPHANS", "skip")];
    let trace = [("SW_AGENT_ORPHANS", "Trace")];
    // Two requests, and `job` with every setting.
    for (variables, opened) in [(&[][..], 3 + 99 + 3 + 1), (&trace, 3 + 99 + 3 + 1), (&skip, 3)] {
        let ended = run_child("misuse::spawns_without_a_context", variables);
        let counts =
            "counts: part 99, self_log::misuse::plain 3, quiet 1, first 1, job 1, by hand 1\n";
        assert!(ended.out.contains(counts), "{}", ended.out);
        assert!(ended.out.contains(&format!("opened: {opened}\n")), "{opened}: {}", ended.out);
    }
}

macro_rules! many {
    ($($name:ident)*) => {
        $(
            #[local_span(name = stringify!($name))]
            fn $name() {}
        )*

        fn many() {
            $($name();)*
        }
    };
}
many!(f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25);

#[test]
#[ignore = "the child process of a test"]
fn many_functions() {
    let agent = start();
    many();
    many();
    drop(agent);
    // A second agent of the process does not repeat the warnings.
    let agent = start();
    many();
    drop(agent);
}

#[test]
fn orphans_of_many_functions_end_with_a_hint() {
    let found = warnings("many_functions", &[]);

    assert_eq!(found.len(), 21, "{found:#?}");
    assert!(
        found.iter().any(|line| line.contains("skywalking_runtime::stats::orphans()")),
        "{found:#?}"
    );
}

#[test]
#[ignore = "the child process of a test"]
fn guards_over_awaits() {
    let agent = start();
    let branch = |site: &'static Callsite| async move {
        let _held = span(site).enter();
        yields(2).await;
    };
    for _ in 0..3 {
        runtime().block_on(span(&JOB).future(async { tokio::join!(branch(&A), branch(&B)) }));
    }
    drop(agent);
}

#[test]
fn guard_over_an_await_is_logged_once() {
    let found = warnings("guards_over_awaits", &[]);
    let [line] = &found[..] else { panic!("{found:#?}") };

    assert!(line.starts_with("the guard of `a` (tests/tests/self_log/misuse.rs:"), "{line}");
    assert!(line.contains("held over an `.await`") && line.contains("span(..).future("), "{line}");
}

#[test]
#[ignore = "the child process of a test"]
fn guards_over_awaits_below_a_call() {
    let agent = start();
    let branch = |site: &'static Callsite, times| async move {
        let _held = span(site).enter();
        yields(times).await;
    };
    for _ in 0..3 {
        span(&JOB).run(|| {
            runtime().block_on(async { tokio::join!(branch(&A, 1), branch(&B, 2)) });
        });
    }
    drop(agent);
}

#[test]
fn guard_over_an_await_below_a_call_is_logged_once() {
    let found = warnings("guards_over_awaits_below_a_call", &[]);
    let [line] = &found[..] else { panic!("{found:#?}") };

    assert!(line.starts_with("the guard of `a` (tests/tests/self_log/misuse.rs:"), "{line}");
    assert!(line.contains("held over an `.await`") && line.contains("span(..).future("), "{line}");
}

#[entry_span(name = "/request")]
async fn request() {
    yields(1).await;
}

#[entry_span(name = "/sync request")]
fn sync_request() {}

/// `local_span` around the executor of `#[tokio::main]`, whose tasks are in a `LocalSet`.
#[local_span(name = "main", orphan = trace)]
async fn local_set(request: impl Future<Output = ()> + 'static) {
    tokio::task::LocalSet::new()
        .run_until(async { tokio::task::spawn_local(request).await.expect("no panic") })
        .await;
}

#[test]
#[ignore = "the child process of a test"]
fn local_set_below_an_async_root() {
    let agent = start();
    for _ in 0..3 {
        runtime().block_on(local_set(request()));
    }
    drop(agent);
}

#[test]
#[ignore = "the child process of a test"]
fn sync_requests_of_a_local_set() {
    let agent = start();
    runtime().block_on(local_set(async { sync_request() }));
    drop(agent);
}

/// Correct use is not logged: a root that moves to a task, and tasks that continue from it.
#[test]
#[ignore = "the child process of a test"]
fn root_that_moves_to_another_task() {
    let agent = start();
    let requests = || async {
        request().await;
        yields(1).await;
        request().await;
        sync_request();
    };
    runtime().block_on(async {
        let mut moved = Box::pin(span(&JOB).future(async move {
            yields(1).await;
            requests().await;
        }));
        assert!(poll_fn(|cx| Poll::Ready(moved.as_mut().poll(cx))).await.is_pending());
        tokio::spawn(moved).await.expect("no panic");
    });
    runtime().block_on(span(&JOB).future(async move {
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                skywalking_runtime::spawn_local("part", requests()).await.expect("no panic");
            })
            .await;
        requests().await;
    }));
    drop(agent);
}

#[test]
fn local_set_below_an_async_root_is_logged_once() {
    for name in ["local_set_below_an_async_root", "sync_requests_of_a_local_set"] {
        let found = warnings(name, &[]);
        let [line] = &found[..] else { panic!("{name}: {found:#?}") };
        assert!(line.contains("`main` (tests/tests/self_log/misuse.rs:"), "{line}");
        for part in ["LocalSet", "put the attribute on what handles one request", "spawn_local("] {
            assert!(line.contains(part), "{line}");
        }
    }
    assert_eq!(warnings("root_that_moves_to_another_task", &[]), [""; 0]);
}

#[test]
#[ignore = "the child process of a test"]
fn main_around_an_executor_without_task_ids() {
    #[local_span(name = "main", orphan = trace)]
    fn main() {
        let mut pool = futures::executor::LocalPool::new();
        for _ in 0..400 {
            futures::task::LocalSpawnExt::spawn_local(&pool.spawner(), request())
                .expect("it spawns");
        }
        pool.run();
    }

    let agent = start();
    main();
    drop(agent);
}

#[test]
#[ignore = "the child process of a test"]
fn main_around_tokio() {
    #[tokio::main(flavor = "current_thread")]
    #[local_span(name = "main", orphan = trace)]
    async fn main() {
        for _ in 0..400 {
            tokio::spawn(request()).await.expect("no panic");
        }
    }

    let agent = start();
    main();
    println!("opened: {}", agent.stats().opened);
    drop(agent);
}

#[test]
fn call_around_an_executor_without_task_ids_is_logged() {
    let found = warnings("main_around_an_executor_without_task_ids", &[]);
    let [line] = &found[..] else { panic!("{found:#?}") };
    assert!(line.starts_with("the segment that `main` (tests/tests/self_log/misuse.rs:"), "{line}");
    assert!(
        line.contains("drives an executor")
            && line.contains("put the attribute on what handles one request"),
        "{line}"
    );
    let ended = run_child("misuse::main_around_tokio", &[]);
    assert!(ended.out.contains("opened: 401\n"), "{}", ended.out);
    assert!(!ended.err.contains("WARN"), "{}", ended.err);
}

#[test]
#[ignore = "the child process of a test"]
fn dropped_at_once() {
    // The message depends on a quick drop, and the machine may be slow.
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let asked = Instant::now();
        let started = Config::new("shop").instance("one").reporter(Reporter::Discard).start();
        let took = asked.elapsed();
        let _ = started.expect("nothing is wrong");
        if took < Duration::from_millis(50) || Instant::now() > until {
            return;
        }
    }
}

#[test]
#[ignore = "the child process of a test"]
fn kept_and_used() {
    let _agent = start();
    span(&REQUEST).run(|| ());
}

#[test]
fn guard_that_is_dropped_at_once_is_logged() {
    let found = warnings("dropped_at_once", &[]);
    let line = found.last().expect("a line");

    assert!(
        line.contains("let _agent = init()?;")
            && line.contains("`let _ = init()?;` drops it at once"),
        "{line}"
    );
    assert_eq!(warnings("kept_and_used", &[]), [""; 0]);
}

/// As in the crate: the name of the type is tested.
mod salvo_extra {
    pub(super) mod tower_compat {
        #[derive(Clone)]
        pub(crate) struct FlowCtrlService;
    }
}

#[test]
#[ignore = "the child process of a test"]
fn layer_on_salvo() {
    use skywalking_tower::ServerLayer;
    use tower::ServiceBuilder;

    let agent = start();
    for _ in 0..2 {
        let layers =
            ServiceBuilder::new().layer(ServerLayer::new()).timeout(Duration::from_secs(1));
        drop(layers.service(salvo_extra::tower_compat::FlowCtrlService));
    }
    span(&REQUEST).run(|| ());
    drop(agent);
}

#[test]
fn server_layer_on_salvo_is_logged_once() {
    let found = warnings("layer_on_salvo", &[]);
    let [line] = &found[..] else { panic!("{found:#?}") };

    assert!(line.contains("Salvo") && line.contains("http::Server::begin"), "{line}");
}
