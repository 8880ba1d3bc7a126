//! What the demos have in common: programs as child processes, the wait for their spans, and the
//! picture of what arrived.
//!
//! | file | what it does |
//! | --- | --- |
//! | `child` | one child process: its lines, its end |
//! | `arrival` | waits until the spans are there, and says what is missing if they don't come |
//! | `shown` | the tree and the map, and where the collector answers with JSON |

mod arrival;
mod child;
mod shown;

pub use arrival::{Missing, WholeTrace};
pub use child::{Child, ChildError};
pub use shown::{addresses, tree_and_map};
