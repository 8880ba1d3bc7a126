//! The decision whether a request is recorded.

mod custom;
mod deferred;
mod forced;
mod http;
mod ignored;
mod prelude;
mod rate;
mod tail;
