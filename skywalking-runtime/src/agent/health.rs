//! The health of the agent, for the health checks of the program.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::Agent;
use crate::report::accounts;
use crate::report::vitals::{ReporterState, Vitals};

/// Why the agent is not healthy. `Display` returns one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unhealthy {
    /// No agent runs in this process: none was started, or the last one has ended.
    NotRunning,
    /// The agent is off: disabled by a setting, or because a setting is invalid.
    Off {
        /// Why it is off.
        reason: String,
    },
    /// The agent has started, and no call to its backend has succeeded or failed yet.
    Starting,
    /// The backend can't be reached, or refuses this instance. Segments wait in the queue.
    Down {
        /// When the first call failed.
        since: SystemTime,
        /// The last error. It contains no token.
        problem: String,
    },
    /// The reporter panicked. See [`ReporterState::Dead`].
    Dead {
        /// When it panicked.
        since: SystemTime,
        /// The message of the panic.
        problem: String,
    },
}

impl Unhealthy {
    fn of(vitals: &Vitals) -> Result<(), Self> {
        let problem = || vitals.problem.clone();
        Err(match vitals.stats.state {
            ReporterState::Up => return Ok(()),
            ReporterState::Off if vitals.problem.is_empty() => Self::NotRunning,
            ReporterState::Off => Self::Off { reason: problem() },
            ReporterState::Starting => Self::Starting,
            ReporterState::Down { since } => Self::Down { since, problem: problem() },
            ReporterState::Dead { since } => Self::Dead { since, problem: problem() },
        })
    }
}

impl fmt::Display for Unhealthy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |since: &SystemTime| {
            SystemTime::now().duration_since(*since).unwrap_or(Duration::ZERO).as_secs()
        };
        match self {
            Self::NotRunning => f.write_str("no tracing agent runs"),
            Self::Off { reason } => write!(f, "the tracing agent is off: {reason}"),
            Self::Starting => f.write_str("the tracing backend has not answered yet"),
            Self::Down { since, problem } => {
                write!(f, "the tracing backend is down for {} s: {problem}", seconds(since))
            }
            Self::Dead { since, problem } => {
                write!(f, "the trace reporter panicked {} s ago: {problem}", seconds(since))
            }
        }
    }
}

impl std::error::Error for Unhealthy {}

/// Returns whether the agent of this process reports to its backend, or why it does not.
///
/// The call does not wait for the reporter or the backend. It takes a lock that is never held
/// during a call, so a probe can call it at any rate.
///
/// A service works without tracing, so its readiness must not depend on this: an unreachable
/// backend would take every instance out of rotation. Show the result in the body of a health
/// check, and alert on it. With a reporter without a backend, the result is `Ok` shortly after the
/// start.
///
/// ```
/// use std::time::Duration;
/// use skywalking_runtime::{Config, config::Reporter, health, stats::Unhealthy};
///
/// assert_eq!(health(), Err(Unhealthy::NotRunning));
/// let agent = Config::new("shop").reporter(Reporter::Discard).start()?;
/// assert!(agent.wait_until_registered(Duration::from_secs(5)));
/// let tracing = match health() {
///     Ok(()) => "up".to_owned(),
///     Err(problem) => problem.to_string(),
/// };
/// assert_eq!(tracing, "up");
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
///
/// # Errors
///
/// Fails if no agent runs, or if its backend has not confirmed the last heartbeat.
pub fn health() -> Result<(), Unhealthy> {
    accounts::with_vitals(Unhealthy::of)
}

impl Agent {
    /// Returns whether the agent reports to its backend, or why it does not. See
    /// [`health`](fn@crate::health).
    ///
    /// # Errors
    ///
    /// Fails if the agent is off, or if its backend has not confirmed the last heartbeat.
    pub fn health(&self) -> Result<(), Unhealthy> {
        match &self.running {
            Some(_) if self.running().is_some() => health(),
            Some(_) => Err(Unhealthy::NotRunning),
            None => Err(Unhealthy::Off { reason: self.reason() }),
        }
    }

    /// Returns why the agent is off.
    pub(super) fn reason(&self) -> String {
        self.error
            .as_ref()
            .map_or_else(|| "it is disabled by a setting".to_owned(), ToString::to_string)
    }
}
