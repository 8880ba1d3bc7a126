//! An event in the queue.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use crate::queue::Entry;

/// Whether an event is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventType {
    /// A normal event.
    #[default]
    Normal,
    /// An error.
    Error,
}

impl EventType {
    /// Returns the name that the backend shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Error => "Error",
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An event that waits for the reporter.
#[derive(Debug)]
pub(crate) struct EventEntry {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) kind: EventType,
    pub(crate) message: String,
    pub(crate) endpoint: String,
    pub(crate) parameters: BTreeMap<String, String>,
    /// Whether a parameter was left out.
    pub(crate) is_truncated: bool,
    pub(crate) start: Option<SystemTime>,
    pub(crate) end: Option<SystemTime>,
}

impl Entry for EventEntry {
    fn bytes(&self) -> usize {
        // A parameter also has the places of two texts, and a part of a node.
        let parameters: usize =
            self.parameters.iter().map(|(key, value)| key.len() + value.len() + 96).sum();
        let texts = [&self.uuid, &self.name, &self.message, &self.endpoint];
        size_of::<Self>() + texts.map(String::len).iter().sum::<usize>() + parameters
    }
}
