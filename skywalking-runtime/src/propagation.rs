//! Context propagation: across processes, tasks and threads.
//!
//! - [`Extract`] and [`Inject`] read and write the headers of a request or message. They are
//!   implemented for `http::HeaderMap`, tonic's `MetadataMap`, maps and lists of strings, and for
//!   structs that derive [`Carrier`](derive@crate::Carrier). [`getter`] and [`setter`] make carriers
//!   of closures, for header types of other crates.
//! - [`inject`] writes the headers of the current exit span.
//! - [`capture`] returns a [`Snapshot`] of the current context, to continue the trace in another
//!   task or thread.
//! - [`correlation`] reads and sets key-value pairs that are propagated with the trace.
//!
//! The keys `extract` and `inject` of the attributes call these traits. A program that only uses
//! the attributes needs this module for its imports at most.
//!
//! ```
//! use skywalking_runtime::propagation::{capture, correlation, getter, inject};
//! use skywalking_runtime::{Callsite, callsite, span, testing};
//! use std::collections::HashMap;
//!
//! static REQUEST: Callsite = callsite!(entry, "/orders", layer = http);
//! static CALL: Callsite = callsite!(exit, "/stock/check", peer = "stock:8080", layer = http);
//!
//! fn handle(received: &HashMap<&'static str, String>) -> HashMap<String, String> {
//!     span(&REQUEST).extract(&getter(|name| received.get(name))).run(|| {
//!         correlation::put("tenant", "blue");
//!         let context = capture();
//!         let worker = std::thread::spawn(move || context.run("pack", || ()));
//!         worker.join().unwrap();
//!
//!         let mut sent = HashMap::new();
//!         span(&CALL).run(|| inject(&mut sent)); // headers for the called service
//!         sent
//!     })
//! }
//!
//! let mut sent = HashMap::new();
//! let trees = testing::run(|| sent = handle(&HashMap::new()));
//! assert!(sent.contains_key("sw8") && sent.contains_key("sw8-correlation"));
//! assert_eq!(
//!     testing::text(&trees),
//!     "Entry /orders layer=Http\n  \
//!      Exit /stock/check layer=Http peer=stock:8080\n  \
//!      Local pack ref=CrossThread\n"
//! );
//! ```

pub use crate::headers::carrier::{Extract, Inject};
pub use crate::headers::carriers::PairValue;
pub use crate::headers::closures::{Getter, Setter, getter, setter};
pub use crate::trace::inject::inject;
pub use crate::trace::snapshot::{Continued, ContinuedStream, Snapshot, capture};

/// Key-value pairs that are propagated with the trace, similar to OpenTelemetry's baggage.
///
/// They travel in the header `sw8-correlation`, to all services that are called from then on.
///
/// ```
/// use skywalking_runtime::propagation::correlation;
/// use skywalking_runtime::{entry_span, testing};
///
/// #[entry_span(name = "/orders")]
/// fn order() {
///     assert!(correlation::put("tenant", "blue"));
///     assert_eq!(correlation::get("tenant").as_deref(), Some("blue"));
/// }
///
/// testing::run(order);
/// ```
pub mod correlation {
    pub use crate::trace::correlation::{get, put};
}
