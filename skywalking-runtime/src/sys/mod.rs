//! What a process has beside its memory: signals, threads, limits and forks. Elsewhere than on Unix
//! there is nothing to do.
//!
//! Every thread of this crate is made by `spawn`: it blocks the program's signals and is never
//! traced. Without the feature `agent` there are none, and only [`PerProcess`] is here.

mod fork;
#[cfg(feature = "agent")]
mod limits;
#[cfg(feature = "agent")]
mod signals;
#[cfg(feature = "agent")]
mod spawn;
#[cfg(feature = "agent")]
mod starts;

#[cfg(feature = "agent")]
pub(crate) use fork::watch as watch_forks;
pub(crate) use fork::{PerProcess, forks};
#[cfg(feature = "agent")]
pub(crate) use limits::{check_address_space, check_descriptors};
#[cfg(feature = "testing")]
pub(crate) use signals::block as block_signals;
#[cfg(feature = "agent")]
pub(crate) use spawn::spawn;
#[cfg(feature = "agent")]
pub(crate) use starts::starting;
