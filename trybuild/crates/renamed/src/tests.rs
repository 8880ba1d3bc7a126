//! Each kind of expansion by the name that the dependency has here.

shapes!(near: tracing_sdk, far: tracing_sdk);
