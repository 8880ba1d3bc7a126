//! What the user sets: the builder, and the `SW_AGENT_*` variables. Everything is checked once, at
//! the start.
//!
//! A [`Config`] holds the settings as they were given; what a running agent needs is made of it by
//! [`Config::start`]. Nothing here opens a connection or looks up a name of the network.
//!
//! Without the feature `agent` only the settings are here that spans ask for.

#[cfg(feature = "agent")]
mod address;
#[cfg(feature = "agent")]
mod builder;
#[cfg(feature = "agent")]
mod checked;
#[cfg(feature = "agent")]
mod correlation;
#[cfg(feature = "agent")]
mod env;
pub(crate) mod keep;
#[cfg(feature = "agent")]
mod names;
pub(crate) mod policies;
#[cfg(feature = "agent")]
mod reporter;
#[cfg(feature = "agent")]
mod sampling;
#[cfg(feature = "agent")]
pub(crate) mod self_log;
pub(crate) mod storage;
#[cfg(feature = "agent")]
mod token;
#[cfg(feature = "agent")]
mod variables;

#[cfg(feature = "agent")]
mod with_agent {
    pub(crate) use super::address::Address;
    pub(super) use super::builder::Given;
    pub use super::builder::{Config, init};
    pub(crate) use super::checked::Checked;
    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    pub(crate) use super::names::{hostname, ipv4s};
    pub use super::reporter::Reporter;
    pub use super::sampling::Sampling;
    pub use super::self_log::SelfLog;
    pub(crate) use super::token::Token;
    pub(crate) use super::variables::Ignored;
}

pub use keep::TailSampling;
pub use storage::Storage;
#[cfg(feature = "agent")]
pub use with_agent::*;

/// Service and instance names have at most this many UTF-16 units (`docs/protocol.md#name-limits`).
pub(crate) const NAME_LIMIT: usize = 50;
