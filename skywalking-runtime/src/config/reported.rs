//! Settings of what is reported beside segments: log records and events.

use super::Config;
use super::env::{Source, switch};
use super::limits::number;
use crate::error::Error;

const LOGS: &str = "SW_AGENT_LOG_REPORTER_ACTIVE";
const LOG_BYTES: &str = "SW_AGENT_MAX_LOG_QUEUE_BYTES";
const LIFECYCLE: &str = "SW_AGENT_LIFECYCLE_EVENTS";

impl Config {
    /// Sets whether log records are reported ([`LogRecord`](crate::LogRecord)). Default: true.
    pub fn report_logs(mut self, reported: bool) -> Self {
        self.settings.reported.logs = reported;
        self
    }

    /// Sets how many bytes of log records can wait for the reporter. Default: 8 MiB. Further records
    /// are dropped and counted. Logs do not use the queue of the segments.
    pub fn max_log_queue_bytes(mut self, bytes: usize) -> Self {
        self.settings.reported.log_queue_bytes = bytes;
        self
    }

    /// Sets whether the agent reports its start and its shutdown as events to a backend. Default:
    /// true.
    pub fn lifecycle_events(mut self, reported: bool) -> Self {
        self.settings.reported.lifecycle_events = reported;
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    let reported = &mut config.settings.reported;
    for (name, setting) in [(LOGS, &mut reported.logs), (LIFECYCLE, &mut reported.lifecycle_events)]
    {
        if let Some(given) = source.text(name)? {
            *setting = switch(given)?;
        }
    }
    if let Some(given) = source.text(LOG_BYTES)? {
        reported.log_queue_bytes = number(given)?;
    }
    Ok(())
}
