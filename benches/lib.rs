//! What a span costs. The figures are ratios of neighbours in time: each round runs every variant
//! once, in one process, and the median over the rounds of the ratio to the floor of the same round
//! is what counts. The floor is the least that any tracer of this kind does: two reads of the clock
//! and one record of 32 bytes in a warm buffer.
//!
//! Run with `cargo bench -p skywalking-benches`. It prints and asserts no speed; what was opened
//! must have arrived, or it fails.

pub mod workload;
