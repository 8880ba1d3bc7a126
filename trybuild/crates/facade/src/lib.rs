//! A framework that re-exports the runtime: its users depend only on the framework.
#![deny(warnings)]

/// The runtime.
pub use skywalking_runtime as tracing;

/// The runtime inside a module of the framework.
pub mod prelude {
    pub use skywalking_runtime::*;

    /// A module of the framework.
    #[derive(Debug, Default)]
    pub struct Request {
        /// The re-exported runtime.
        pub headers: String,
    }
}

/// Generates a traced handler. The user needs no dependency on the runtime.
#[macro_export]
macro_rules! handler {
    ($path:literal, fn $name:ident($request:ident) -> $ret:ty $body:block) => {
        #[$crate::tracing::entry_span(name = $path, extract = $request.headers, layer = http, crate = $crate::tracing)]
        fn $name($request: &$crate::prelude::Request) -> $ret $body
    };
}
