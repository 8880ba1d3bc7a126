//! Every error message of the macros.
//!
//! A message names what was written, says why it is refused, and says what to write. It points at
//! the token at fault. [`Errors`] collects the messages of one use of a macro: no fault hides
//! another one.

mod arguments;
mod carrier;
mod errors;
mod items;

pub(crate) use arguments::*;
pub(crate) use carrier::*;
pub(crate) use errors::Errors;
pub(crate) use items::*;
