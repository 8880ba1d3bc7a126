//! Tests batches that are too large for the backend.

use super::bench::Bench;
use super::script::Plan::{self, Stall, Take, TooLarge};

/// Returns a bench whose batches have these outcomes, after properties and a keep-alive.
fn bench(batches: &[Plan]) -> Bench {
    Bench::new(1, &[&[Take, Take], batches].concat())
}

fn batches(bench: &Bench) -> Vec<String> {
    let calls = bench.heard().into_iter();
    // Nothing waits for a backoff: the backend is neither absent nor overloaded.
    calls.inspect(|(second, _)| assert_eq!(*second, 0)).map(|(_, call)| call).skip(2).collect()
}

#[tokio::test(start_paused = true)]
async fn batch_that_is_too_large_is_sent_in_halves() {
    let bench = bench(&[TooLarge]);
    bench.finish(1_000);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([1_000, 0, 0, 0], [0, 0]));
    assert_eq!(batches(&bench), ["batch: TooLarge", "batch", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn half_that_is_too_large_is_refused() {
    let bench = bench(&[TooLarge, TooLarge, Take]);
    bench.finish(1_000);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([500, 0, 500, 0], [0, 0]));
    assert_eq!(batches(&bench), ["batch: TooLarge", "batch: TooLarge", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn segment_that_is_too_large_is_refused_at_once() {
    let bench = bench(&[TooLarge]);
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([0, 0, 1, 0], [0, 0]));
    assert_eq!(batches(&bench), ["batch: TooLarge"]);
}

#[tokio::test(start_paused = true)]
async fn shutdown_counts_a_half_that_was_not_sent() {
    let bench = bench(&[TooLarge, Stall]);
    bench.finish(1_000);
    assert!(!bench.shutdown(1).await);
    bench.close();
    assert_eq!(bench.counts(), ([0, 500, 0, 500], [0, 0]));
}
