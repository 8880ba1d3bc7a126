//! Which requests are recorded. The agent is the process's, so the tests here take turns.
#![allow(missing_docs)]

mod forced;
mod http;
mod ignored;
mod kept;
mod own;
mod postponed;
mod prelude;
mod shares;
