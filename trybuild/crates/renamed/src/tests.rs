//! Each kind of expansion with the renamed dependency.

expansions!(near: tracing_sdk, far: tracing_sdk);
