//! Starts an agent from its settings.

use super::shutdown::LOG_DEADLINE;
use super::{Agent, start};
use crate::config::Config;
use crate::error::Error;
use crate::self_log::{Delivery, Line, WithoutThread, emit_to};

impl Config {
    /// Starts the agent. Spans are recorded until the guard is dropped.
    ///
    /// The call does not wait for the backend, which can start later.
    ///
    /// # Errors
    ///
    /// Fails if a setting is invalid or if another agent runs. See [`Error`].
    pub fn start(self) -> Result<Agent, Error> {
        let config = self.resolve()?;
        if !config.is_enabled() {
            return Ok(Agent::off(config.given_service(), None, Delivery::default()));
        }
        let (self_log, warnings) = (config.log_settings(), config.warnings());
        config.check().and_then(start).inspect_err(|_| {
            // A missing setting may have been set under a wrong name.
            let lines = warnings.into_iter().map(Line::warn).collect();
            emit_to(self_log, lines, WithoutThread::WriteHere).wait(LOG_DEADLINE);
        })
    }

    /// Starts the agent, or continues without it: an invalid setting is logged once ([`SelfLog`](crate::config::SelfLog)),
    /// and [`Agent::error`] returns it.
    ///
    /// ```
    /// use skywalking_runtime::Config;
    ///
    /// let agent = Config::new("shop").backend("no port").start_or_off();
    /// assert!(agent.error().is_some_and(|error| error.to_string().contains("give host:port")));
    /// ```
    pub fn start_or_off(self) -> Agent {
        let given = self.clone();
        self.start().unwrap_or_else(|error| {
            let line = Line::error("the agent is off, and the program runs without it")
                .problem(error.to_string());
            let logged = emit_to(given.early_log_settings(), vec![line], WithoutThread::WriteHere);
            Agent::off(given.given_service(), Some(error), logged)
        })
    }
}

/// Starts an agent with the settings of the `SW_AGENT_*` variables.
///
/// Does the same as [`Config::from_env`] and [`Config::start`].
///
/// # Errors
///
/// Fails if a variable is invalid or if another agent runs. See [`Error`].
pub fn init() -> Result<Agent, Error> {
    Config::from_env()?.start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disabled_agent_starts_with_any_settings() {
        let agent =
            Config::new("").backend("nonsense").token("s3cret b").enabled(false).start().unwrap();
        assert!(agent.error().is_none());
    }

    #[test]
    fn start_or_off_keeps_the_error() {
        let agent = Config::new("s").backend("nonsense").start_or_off();
        assert!(matches!(agent.error(), Some(Error::Backend { setting: "Config::backend", .. })));
    }
}
