//! A framework's face: its users depend on it alone and reach the runtime through it.
#![deny(warnings)]

/// The runtime as a whole.
pub use skywalking_runtime as tracing;

/// The runtime among the framework's own things.
pub mod prelude {
    pub use skywalking_runtime::*;

    /// Something of the framework.
    #[derive(Debug, Default)]
    pub struct Request {
        /// What came with it.
        pub headers: String,
    }
}

/// A macro of the framework that makes a traced handler, whatever its user depends on.
#[macro_export]
macro_rules! handler {
    ($path:literal, fn $name:ident($request:ident) -> $ret:ty $body:block) => {
        #[$crate::tracing::entry_span(name = $path, extract = $request.headers, layer = http, crate = $crate::tracing)]
        fn $name($request: &$crate::prelude::Request) -> $ret $body
    };
}
