//! The segments that programs report through the public API. Every misuse test checks at its end
//! that no segment is current.

mod batches;
mod boundaries;
mod components;
mod describe;
mod detached;
mod executors;
mod failures;
mod guards;
mod ids;
mod left_behind;
mod limits;
mod merged_fields;
mod merging;
mod nesting;
mod other_tasks;
mod over_limit;
mod prelude;
mod resumable;
mod splitting;
mod tasks;
mod unstarted;
