//! The agent in its process: signals, limits of the operating system, forks, and released
//! resources.
//!
//! Each scene is a run of the program `hostile`, since it changes the state of the whole process.
//! The program counts the panics of all its threads, even if they are caught: with `panic=abort`
//! each would end the program.
#![cfg(target_os = "linux")]

mod forks;
mod limits;
mod load;
mod resources;
mod scene;
mod signals;
