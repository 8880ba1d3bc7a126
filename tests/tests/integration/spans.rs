//! The heart through its public face: what segments come out of what programs do. Every test of a
//! misuse ends with an empty slot.

mod batches;
mod components;
mod crossing;
mod describe;
mod detached;
mod elsewhere;
mod executors;
mod failures;
mod guards;
mod left_behind;
mod limits;
mod merged_fields;
mod merging;
mod nesting;
mod prelude;
mod resumable;
mod splitting;
mod tasks;
mod unrecorded;
mod unstarted;
