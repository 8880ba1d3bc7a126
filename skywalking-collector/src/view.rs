//! Text views for a terminal: a trace as a tree, a trace of a list, the services with their
//! endpoints and statements, the service map, logs, meters and events.
//!
//! Names come from agents. Control characters and invisible characters in them are escaped, so that
//! they can't affect the terminal. Colors only repeat what a word or a mark says.
//!
//! ```
//! use skywalking_collector::{Topology, view};
//!
//! let text = view::topology(&Topology::default(), view::Style::plain());
//! assert_eq!(text, "map: 0 nodes, 0 calls\n");
//! ```

mod columns;
mod events;
mod invisible;
mod logs;
mod meters;
mod services;
mod statements;
mod style;
mod summary;
mod times;
mod topology;
mod tree;

pub use events::events;
pub use logs::{logs, logs_with_details};
pub use meters::meters;
pub use services::{endpoints, services};
pub use statements::statements;
pub use style::Style;
pub use summary::summary;
pub use topology::{topology, topology_with_limit, topology_with_percentiles, topology_with_stats};
pub use tree::{tree, tree_with_critical_path, tree_with_details, tree_with_limit};

/// Returns a text of unknown origin with its control and invisible characters escaped.
///
/// ```
/// assert_eq!(skywalking_collector::view::escaped("a\u{1b}[2J"), "a␛[2J");
/// ```
pub fn escaped(text: &str) -> String {
    columns::escape(text)
}
