//! Traced futures and functions on other threads: a new trace, or with `capture` the same one.

use skywalking_runtime::{entry_span, local_span, propagation::capture};
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/spawns")]
fn spawns() {
    let (snapshot, future) = (capture(), capture().future("task", later(2)));
    std::thread::scope(|scope| {
        scope.spawn(|| snapshot.run("work", || plain(1)));
    });
    std::thread::scope(|scope| {
        scope.spawn(|| block_on(future));
    });
    block_on(later(3));
}

#[local_span(tags(n))]
fn plain(n: u8) -> u8 {
    n
}

#[local_span(tags(n))]
async fn later(n: u8) -> u8 {
    n
}

#[test]
fn capture_continues_the_trace() {
    spans(spawns).are(
        "
        Entry /spawns
          Local pass::spawned::later {n=3}
          Local work ref=CrossThread
            Local pass::spawned::plain {n=1}
          Local task ref=CrossThread
            Local pass::spawned::later {n=2}
        ",
    );
}
