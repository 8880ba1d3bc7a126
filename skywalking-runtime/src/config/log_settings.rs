//! Reads the settings of the agent's own log.

use super::env::Source;
use super::{Config, Given, SelfLog, SelfLogLevel};
use crate::config::self_log::LogSettings;
use crate::error::Error;

const PLACE: &str = "SW_AGENT_SELF_LOG";
const LEVEL: &str = "SW_LOGGING_LEVEL";

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

/// Overrides the settings by those of a source that are valid.
pub(super) fn with_valid(settings: LogSettings, source: &Source<'_>) -> LogSettings {
    let (place, level) = (source.text(PLACE).and_then(place), source.text(LEVEL).and_then(level));
    LogSettings {
        place: place.ok().flatten().unwrap_or(settings.place),
        level: level.ok().flatten().unwrap_or(settings.level),
    }
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
}
