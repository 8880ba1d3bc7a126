//! The process's signals, threads, limits and forks. On other systems than Unix most of this does
//! nothing.
//!
//! `spawn` starts every thread of this crate. Such a thread blocks the program's signals and is
//! never traced. Without the feature `agent` there are no threads, and only [`PerProcess`] is
//! built.

mod fork;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod interfaces;
#[cfg(feature = "agent")]
mod limits;
#[cfg(feature = "agent")]
pub(crate) mod signals;
#[cfg(feature = "agent")]
mod spawn;
#[cfg(feature = "agent")]
mod starts;

#[cfg(feature = "agent")]
pub(crate) use fork::watch as watch_forks;
pub(crate) use fork::{PerProcess, forks};
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
pub(crate) use interfaces::interface_index;
#[cfg(feature = "agent")]
pub(crate) use limits::{check_address_space, check_descriptors};
#[cfg(feature = "agent")]
pub(crate) use spawn::{run_first, spawn};
#[cfg(feature = "agent")]
pub(crate) use starts::starting;
