//! The setting of the agent's own log.

use super::{Config, Given};
use crate::error::Error;

pub(super) const VARIABLE: &str = "SW_AGENT_SELF_LOG";

/// Where the agent logs about itself: that it runs, lost segments and their causes.
/// [`Config::self_log`] sets it.
///
/// The target of all lines is `skywalking_runtime`. A thread of the agent writes each line, so a
/// blocking subscriber or logger does not block the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SelfLog {
    /// To the program's `tracing` subscriber. Without one, to its `log` logger, if its maximum
    /// level is not off. Without both, to standard error. With
    /// [`Reporter::Log`](crate::config::Reporter::Log) the line at the start is not written to standard
    /// error, which receives the segments.
    #[default]
    Auto,
    /// Like `Auto`, but never to standard error.
    Program,
    /// Nowhere.
    Off,
}

impl Config {
    /// Sets where the agent logs about itself. Default: [`SelfLog::Auto`].
    ///
    /// ```
    /// use skywalking_runtime::{Config, config::{Reporter, SelfLog}};
    ///
    /// let _agent = Config::new("shop").reporter(Reporter::Discard).self_log(SelfLog::Program).start()?;
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn self_log(mut self, self_log: SelfLog) -> Self {
        self.self_log = self_log;
        self
    }
}

/// Parses the name of the setting.
pub(super) fn parse(Given { text: value, setting }: Given) -> Result<SelfLog, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "auto" => Ok(SelfLog::Auto),
        "program" => Ok(SelfLog::Program),
        "off" => Ok(SelfLog::Off),
        _ => Err(Error::SelfLog { setting, value }),
    }
}
