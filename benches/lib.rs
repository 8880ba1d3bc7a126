//! Measures the cost of a span. Each round runs every variant once, in one process. The result is
//! the median over the rounds of the ratio to the floor of the same round. The floor is the minimum
//! for a tracer of this kind: two reads of the clock and one record of 32 bytes in a warm buffer.
//!
//! Run with `cargo bench -p skywalking-benches`. It checks no speed. It fails if an opened span did
//! not arrive.

pub mod workload;
