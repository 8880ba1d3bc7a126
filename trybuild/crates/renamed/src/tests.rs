//! Each kind of expansion with the renamed dependency.

shapes!(near: tracing_sdk, far: tracing_sdk);
