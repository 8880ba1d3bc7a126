//! What the program reports beside its spans: log records and events.
//!
//! [`log_record`] and [`event`] write into [`queues`], which the reporter empties. [`log_entry`] and
//! [`event_entry`] are what the queues contain.

pub(crate) mod event;
pub(crate) mod event_entry;
pub(crate) mod log_entry;
pub(crate) mod log_level;
pub(crate) mod log_record;
pub(crate) mod queues;
