//! The kinds of data that the reporter sends in batches. Each has a lane of its own in the worker,
//! and counts of its own.

use std::fmt;

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Segments of traces.
    Segments,
    /// Log records of the program.
    Logs,
    /// Events of the program and of the agent.
    Events,
    /// Values of meters.
    Meters,
}

impl Signal {
    /// All signals, in the order of their lanes.
    pub(crate) const ALL: [Self; 4] = [Self::Segments, Self::Logs, Self::Events, Self::Meters];

    /// Returns how many bytes may be in flight. One batch more may be sent when they are nearly
    /// used.
    pub(super) fn bytes_in_flight(self) -> usize {
        match self {
            Self::Segments => 16 * 1024 * 1024,
            Self::Logs => 8 * 1024 * 1024,
            Self::Events => 1024 * 1024,
            Self::Meters => 4 * 1024 * 1024,
        }
    }

    /// Returns the name of one item.
    pub(crate) fn item(self) -> &'static str {
        match self {
            Self::Segments => "segment",
            Self::Logs => "log",
            Self::Events => "event",
            Self::Meters => "meter",
        }
    }
}

impl fmt::Display for Signal {
    /// Writes the name of several items.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.item())
    }
}

/// A value for each signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerSignal<T> {
    segments: T,
    logs: T,
    events: T,
    meters: T,
}

impl<T> PerSignal<T> {
    /// Creates the value of each signal.
    pub(crate) fn new(value: impl Fn(Signal) -> T) -> Self {
        Self {
            segments: value(Signal::Segments),
            logs: value(Signal::Logs),
            events: value(Signal::Events),
            meters: value(Signal::Meters),
        }
    }

    pub(crate) fn of(&self, signal: Signal) -> &T {
        match signal {
            Signal::Segments => &self.segments,
            Signal::Logs => &self.logs,
            Signal::Events => &self.events,
            Signal::Meters => &self.meters,
        }
    }

    pub(crate) fn of_mut(&mut self, signal: Signal) -> &mut T {
        match signal {
            Signal::Segments => &mut self.segments,
            Signal::Logs => &mut self.logs,
            Signal::Events => &mut self.events,
            Signal::Meters => &mut self.meters,
        }
    }
}

impl<T: Copy> PerSignal<T> {
    /// Creates the same value for each signal.
    pub(crate) const fn all(value: T) -> Self {
        Self { segments: value, logs: value, events: value, meters: value }
    }
}
