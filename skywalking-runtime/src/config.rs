//! Settings of the agent: [`Config`], the types of its settings, and the `SW_AGENT_*` variables.
//!
//! Everything is checked once, by [`Config::start`], which returns an [`Error`](crate::Error) that
//! names the setting, its value and the fix. Nothing here opens a connection or looks up a name.
//!
//! ```
//! use skywalking_runtime::Config;
//! use skywalking_runtime::config::{Orphans, Reporter, Sampling, TailSampling};
//!
//! let agent = Config::new("shop::orders")
//!     .reporter(Reporter::Discard)
//!     .sampling(Sampling::rate(0.1)) // one request of ten,
//!     .tail_sampling(TailSampling::errors()) // and those that fail
//!     .orphans(Orphans::Skip)
//!     .start()?;
//! assert_eq!(agent.service(), "shop::orders");
//! # Ok::<(), skywalking_runtime::Error>(())
//! ```
//!
//! Without the feature `agent` this module has only the types that spans use.

#[cfg(feature = "agent")]
mod address;
#[cfg(feature = "agent")]
mod builder;
#[cfg(feature = "agent")]
mod checked;
#[cfg(feature = "agent")]
mod compression;
#[cfg(feature = "agent")]
mod correlation;
#[cfg(feature = "agent")]
mod env;
#[cfg(feature = "agent")]
mod file;
#[cfg(feature = "agent")]
mod given;
#[cfg(feature = "agent")]
mod interned;
#[cfg(feature = "agent")]
mod limits;
#[cfg(feature = "agent")]
mod log_settings;
#[cfg(feature = "agent")]
mod meters;
#[cfg(feature = "agent")]
mod names;
pub(crate) mod policies;
#[cfg(feature = "agent")]
mod proxy;
#[cfg(feature = "agent")]
mod reported;
#[cfg(feature = "agent")]
mod reporter;
#[cfg(feature = "agent")]
mod sampling;
#[cfg(feature = "agent")]
pub(crate) mod self_log;
#[cfg(feature = "agent")]
mod service;
pub(crate) mod settings;
#[cfg(feature = "agent")]
mod settings_file;
#[cfg(feature = "agent")]
mod spans;
pub(crate) mod storage;
pub(crate) mod tail_sampling;
#[cfg(feature = "agent")]
mod timing;
#[cfg(feature = "agent")]
mod tls;
#[cfg(feature = "agent")]
mod token;
#[cfg(feature = "agent")]
mod variables;

#[cfg(feature = "agent")]
mod with_agent {
    pub(crate) use super::address::Address;
    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    pub(crate) use super::address::{Host, Security, Target};
    pub use super::builder::Config;
    pub(crate) use super::checked::Checked;
    pub use super::compression::Compression;
    pub(crate) use super::file::File;
    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    pub(crate) use super::file::{Reading, read_at_start};
    pub(super) use super::given::Given;
    pub(crate) use super::meters::MeterSettings;
    #[cfg(any(feature = "report-grpc", feature = "report-http", feature = "report-custom"))]
    pub(crate) use super::names::{hostname, ipv4s};
    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    pub(crate) use super::proxy::Proxy;
    pub use super::reporter::Reporter;
    pub use super::sampling::Sampling;
    pub use super::self_log::{SelfLog, SelfLogLevel};
    pub(crate) use super::service::Belonging;
    pub(crate) use super::timing::Timing;
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(unused_imports, reason = "nothing connects to a backend")
    )]
    pub(crate) use super::tls::Tls;
    pub(crate) use super::token::Token;
    pub(crate) use super::variables::Ignored;
    pub use super::variables::{FileValue, OtherAgent, Usage, Variable, variables};
}

pub use crate::sampling::Sampler;
pub use policies::{Cancelled, Inbound, Orphans, OtherContexts, Overflow};
#[cfg(feature = "agent")]
pub use with_agent::*;
pub use {storage::Storage, tail_sampling::TailSampling};

/// Service and instance names have at most this many UTF-16 units (`docs/protocol.md#name-limits`).
pub(crate) const NAME_LIMIT: usize = 50;
