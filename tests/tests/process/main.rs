//! The agent as a part of a process: signals, limits of the operating system, forks, and what it
//! gives back.
//!
//! Each scene is a run of the program `hostile`, because it changes what belongs to the whole
//! process. The program counts the panics of all its threads, the caught ones too: with
//! `panic=abort` each would end the program.
#![cfg(target_os = "linux")]

mod forks;
mod limits;
mod resources;
mod scene;
mod signals;
