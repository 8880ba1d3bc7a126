//! `#[tokio::main]` above and below a span attribute: above, the span covers the future; below, it
//! covers the runtime as well. Real `main` functions are in `src/bin`.
#![deny(warnings)]

use std::process::Command;

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::spans;

#[entry_span(name = "ours above")]
#[tokio::main(flavor = "current_thread")]
async fn above() -> Result<u8, String> {
    Ok(inside(1).await)
}

#[tokio::main(flavor = "current_thread")]
#[entry_span(name = "ours below")]
async fn below() -> Result<u8, String> {
    inside(2).await;
    Err("not well".to_owned())
}

#[entry_span(name = "many threads, ours above", layer = faas)]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn above_many() {
    inside(3).await;
}

#[tokio::main]
#[entry_span(name = "many threads, ours below")]
async fn below_many() {
    tokio::task::yield_now().await;
    skywalking_runtime::spawn("task", inside(4)).await.ok();
}

#[local_span(tags(n))]
async fn inside(n: u8) -> u8 {
    tokio::task::yield_now().await;
    call().await;
    n
}

#[exit_span(peer = "users:1")]
async fn call() {
    tokio::task::yield_now().await;
}

#[test]
fn main_on_one_thread() {
    spans(|| assert_eq!((block(above), block(below)), (Ok(1), Err("not well".to_owned())))).are(
        "
        Entry ours above
          Local main::inside {n=1}
            Exit main::call peer=users:1
        Entry ours below ERROR [event=error error.kind=alloc::string::String message=not well]
          Local main::inside {n=2}
            Exit main::call peer=users:1
        ",
    );
}

#[test]
fn main_on_many_threads() {
    spans(|| (above_many(), below_many())).are(
        "
        Entry many threads, ours above layer=FAAS
          Local main::inside {n=3}
            Exit main::call peer=users:1
        Entry many threads, ours below
          Local task ref=CrossThread
            Local main::inside {n=4}
              Exit main::call peer=users:1
        ",
    );
}

fn block<R>(main: fn() -> R) -> R {
    main()
}

#[test]
fn programs_with_traced_main_run() {
    for (program, code) in [(env!("CARGO_BIN_EXE_ours_above"), 0), (env!("CARGO_BIN_EXE_ours_below"), 1)] {
        let output = Command::new(program).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}
