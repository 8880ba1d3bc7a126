//! The heart through its public face: what segments come out of what programs do. Every test of a
//! misuse ends with an empty slot.

mod batches;
mod boundaries;
mod components;
mod describe;
mod detached;
mod executors;
mod failures;
mod guards;
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
