//! Parameters drop after the span of a sync function, and inside that of an async one.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

/// Logs its drop.
struct Logged(&'static str);

impl Drop for Logged {
    #[local_span(name = self.0)]
    fn drop(&mut self) {}
}

#[local_span]
fn plain(a: Logged, b: Logged) -> usize {
    let _local = Logged("local");
    a.0.len() + b.0.len()
}

#[local_span]
fn failing(a: Logged, b: Logged) -> Result<usize, String> {
    let _local = Logged("local");
    Ok(a.0.len() + b.0.len())
}

#[local_span]
async fn later(a: Logged, _kept: Logged, b: Logged) -> usize {
    let _local = Logged("local");
    a.0.len() + b.0.len()
}

#[local_span(name = "caller")]
fn caller(work: impl FnOnce() -> usize) -> usize {
    work()
}

#[test]
fn sync_function_drops_after_the_span() {
    spans(|| caller(|| plain(Logged("a"), Logged("b")))).are(
        "
        Local caller
          Local pass::parameter_drops::plain
            Local local
          Local b
          Local a
        ",
    );
}

#[test]
fn sync_function_with_hook_drops_inside() {
    spans(|| caller(|| failing(Logged("a"), Logged("b")).unwrap())).are(
        "
        Local caller
          Local pass::parameter_drops::failing
            Local local
            Local b
            Local a
        ",
    );
}

#[test]
fn async_function_drops_inside() {
    spans(|| caller(|| block_on(later(Logged("a"), Logged("kept"), Logged("b"))))).are(
        "
        Local caller
          Local pass::parameter_drops::later
            Local local
            Local b
            Local kept
            Local a
        ",
    );
}
