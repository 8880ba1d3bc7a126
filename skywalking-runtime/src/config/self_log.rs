//! The settings of the agent's own log, as types for all modules: where it goes, and which lines.

/// Where the agent logs about itself: that it runs, lost segments and their causes.
/// [`Config::self_log`](crate::Config::self_log) sets it.
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

/// Which lines the agent logs about itself.
/// [`Config::self_log_level`](crate::Config::self_log_level) sets it.
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
