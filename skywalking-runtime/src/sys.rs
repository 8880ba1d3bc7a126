//! The process's signals, threads, limits, forks and use of resources. On other systems than Unix
//! most of this does nothing.
//!
//! `spawn` starts every thread of this crate. Such a thread blocks the program's signals, is never
//! traced, and is an [own thread](is_own_thread). Without the feature `agent` there are no threads,
//! and only [`PerProcess`] is built.

mod fork;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod interfaces;
#[cfg(feature = "agent")]
mod limits;
mod own_thread;
#[cfg(feature = "agent")]
mod process;
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
pub(crate) use own_thread::{is_own_thread, mark_own_thread};
#[cfg(feature = "agent")]
pub(crate) use process::{ProcessUse, process_use};
#[cfg(feature = "agent")]
pub(crate) use spawn::{run_first, spawn};
#[cfg(feature = "agent")]
pub(crate) use starts::starting;
