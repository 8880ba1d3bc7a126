//! The settings of the agent's own log: where it goes, and which lines.

use super::env::Source;
use super::{Config, Given};
use crate::error::Error;

const PLACE: &str = "SW_AGENT_SELF_LOG";
const LEVEL: &str = "SW_LOGGING_LEVEL";

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

/// Which lines the agent logs about itself. [`Config::self_log_level`] sets it.
///
/// There are no lines below `Info`. A filter of the program's subscriber or logger applies too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum SelfLogLevel {
    /// None.
    Off,
    /// That an invalid setting turned the agent off.
    Error,
    /// Also losses and their causes, and settings without effect.
    Warn,
    /// Also that the agent runs, that a failure is over, and that files were read again.
    #[default]
    Info,
}

/// Both settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct LogSettings {
    pub(crate) place: SelfLog,
    pub(crate) level: SelfLogLevel,
}

impl LogSettings {
    /// Returns true if lines of this level are written.
    pub(crate) fn has(self, level: SelfLogLevel) -> bool {
        self.place != SelfLog::Off && level <= self.level
    }

    /// Overrides the settings by those of a source that are valid.
    pub(super) fn with_valid(mut self, source: &Source<'_>) -> Self {
        self.place = source.text(PLACE).and_then(place).ok().flatten().unwrap_or(self.place);
        self.level = source.text(LEVEL).and_then(level).ok().flatten().unwrap_or(self.level);
        self
    }
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
        self.self_log.place = self_log;
        self
    }

    /// Sets which lines the agent logs about itself. Default: [`SelfLogLevel::Info`].
    ///
    /// ```
    /// use skywalking_runtime::{Config, config::{Reporter, SelfLogLevel}};
    ///
    /// let _agent = Config::new("shop").reporter(Reporter::Discard).self_log_level(SelfLogLevel::Warn).start()?;
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn self_log_level(mut self, level: SelfLogLevel) -> Self {
        self.self_log.level = level;
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    if let Some(place) = place(source.text(PLACE)?)? {
        config.self_log.place = place;
    }
    if let Some(level) = level(source.text(LEVEL)?)? {
        config.self_log.level = level;
    }
    Ok(())
}

/// Parses the name of a place.
fn place(given: Option<Given>) -> Result<Option<SelfLog>, Error> {
    let Some(Given { text: value, setting }) = given else { return Ok(None) };
    match value.trim().to_ascii_lowercase().as_str() {
        "auto" => Ok(Some(SelfLog::Auto)),
        "program" => Ok(Some(SelfLog::Program)),
        "off" => Ok(Some(SelfLog::Off)),
        _ => Err(Error::SelfLog { setting, value }),
    }
}

/// Parses the name of a level, with those of the Java and Python agents.
fn level(given: Option<Given>) -> Result<Option<SelfLogLevel>, Error> {
    let Some(Given { text: value, setting }) = given else { return Ok(None) };
    match value.trim().to_ascii_lowercase().as_str() {
        "off" => Ok(Some(SelfLogLevel::Off)),
        "critical" | "error" | "fatal" => Ok(Some(SelfLogLevel::Error)),
        "warn" | "warning" => Ok(Some(SelfLogLevel::Warn)),
        "info" | "debug" | "trace" => Ok(Some(SelfLogLevel::Info)),
        _ => Err(Error::SelfLogLevel { setting, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_has_the_names_of_the_java_and_python_agents() {
        use SelfLogLevel::{Error as E, Info, Off, Warn};
        for (names, expected) in [
            (&["OFF", " off "][..], Off),
            (&["ERROR", "CRITICAL", "FATAL"], E),
            (&["WARN", "Warning"], Warn),
            (&["INFO", "DEBUG", "trace"], Info),
        ] {
            for name in names {
                assert_eq!(level(Some(Given::new("S", *name))), Ok(Some(expected)), "{name}");
            }
        }
        for wrong in ["loud", "5", "warn,error"] {
            let error = Error::SelfLogLevel { setting: "S", value: wrong.to_owned() };
            assert_eq!(level(Some(Given::new("S", wrong))), Err(error));
        }
    }

    #[test]
    fn level_has_the_lines_of_itself_and_above() {
        use SelfLogLevel::{Error as E, Info, Off, Warn};
        for (level, expected) in [
            (Off, [false, false, false]),
            (E, [true, false, false]),
            (Warn, [true, true, false]),
            (Info, [true, true, true]),
        ] {
            let has = |place| [E, Warn, Info].map(|line| LogSettings { place, level }.has(line));
            assert_eq!((has(SelfLog::Auto), has(SelfLog::Program)), (expected, expected));
            assert_eq!(has(SelfLog::Off), [false; 3]);
        }
    }
}
