//! The agent protocol of `SkyWalking`.

/// Everything of the protocol's package `skywalking.v3` that this project speaks.
// The generator writes for everybody: it documents no client method as these lints want it, and knows none of our lints.
#[allow(missing_docs, clippy::pedantic)]
pub mod v3 {
    include!("generated/skywalking.v3.rs");
}
