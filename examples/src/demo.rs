//! Code that the demos share.
//!
//! | module | content |
//! | --- | --- |
//! | `child` | a child process: its output and its exit |
//! | `arrival` | waits until all spans have arrived, and lists the missing ones on a timeout |
//! | `summary` | the tree, the service map, and the URLs of the collector |

mod arrival;
mod child;
mod summary;

pub use arrival::{ExpectedTrace, Missing};
pub use child::{Child, ChildError};
pub use summary::{tree_and_map, urls};
