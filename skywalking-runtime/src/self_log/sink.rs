//! Writes a line to a subscriber, a logger or standard error.

use std::fmt::Write as _;
use std::io::Write as _;

use tracing::Dispatch;
use tracing::field::display;
use tracing::subscriber::NoSubscriber;

use super::{Level, Line, TARGET};
use crate::config::self_log::{LogSettings, SelfLog};
use crate::util::catch_panic::catch_panic;

/// The destination of lines.
#[derive(Clone, Debug)]
pub(super) struct Sink {
    /// The subscriber of the calling thread.
    dispatch: Dispatch,
    settings: LogSettings,
}

impl Sink {
    /// Returns the sink of the calling thread. Runs no code of the program.
    pub(super) fn of_this_thread(settings: LogSettings) -> Self {
        Self { dispatch: tracing::dispatcher::get_default(Clone::clone), settings }
    }

    /// Writes a line that is in the settings. May block. Catches a panic of the program's code.
    pub(super) fn write(&self, line: &Line) {
        if !line.is_in(self.settings) {
            return;
        }
        catch_panic(|| {
            if !self.dispatch.is::<NoSubscriber>() {
                tracing::dispatcher::with_default(&self.dispatch, || to_tracing(line));
            } else if log::max_level() != log::LevelFilter::Off {
                to_log(line);
            } else if self.settings.place == SelfLog::Auto && !line.for_loggers {
                to_stderr(line);
            }
        });
    }
}

fn to_tracing(line: &Line) {
    let Line { level, text, backend, problem, suppressed, lost, .. } = line;
    // Without `Debug` quoting, so that the backend's own message stays readable.
    let [backend, problem] = [backend, problem].map(|text| text.as_ref().map(display));
    let [suppressed, lost] = [suppressed, lost].map(|count| (*count > 0).then_some(count));
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(target: TARGET, lost, backend, problem, suppressed, "{text}")
        };
    }
    match level {
        Level::Info => event!(info),
        Level::Warn => event!(warn),
        Level::Error => event!(error),
    }
}

fn to_log(line: &Line) {
    let level = match line.level {
        Level::Info => log::Level::Info,
        Level::Warn => log::Level::Warn,
        Level::Error => log::Level::Error,
    };
    log::log!(target: TARGET, level, "{}", plain(line));
}

/// Writes with one call, so that lines of other threads are not mixed with it.
fn to_stderr(line: &Line) {
    let level = match line.level {
        Level::Info => "INFO",
        Level::Warn => "WARN",
        Level::Error => "ERROR",
    };
    let text = format!("{TARGET} {level} {}\n", plain(line));
    // A failure to write cannot be reported anywhere.
    let _ = match unlocked_stderr() {
        Some(mut file) => file.write_all(text.as_bytes()),
        None => std::io::stderr().write_all(text.as_bytes()),
    };
}

/// Opens standard error without its lock, for a forked child: a thread of the parent may have held
/// the lock, and nothing in the child releases it.
fn unlocked_stderr() -> Option<std::fs::File> {
    #[cfg(unix)]
    if crate::sys::forks() > 0 {
        use std::os::fd::AsFd as _;
        return std::io::stderr().as_fd().try_clone_to_owned().ok().map(Into::into);
    }
    None
}

/// Formats the line as plain text.
fn plain(line: &Line) -> String {
    let Line { text, backend, problem, suppressed, lost, .. } = line;
    let mut plain = text.clone();
    // Writing to a string can't fail.
    if *lost > 0 {
        let _ = write!(plain, "; lost={lost}");
    }
    if let Some(backend) = backend {
        let _ = write!(plain, "; backend={backend}");
    }
    if let Some(problem) = problem {
        let _ = write!(plain, "; problem={problem:?}");
    }
    if *suppressed > 0 {
        let _ = write!(plain, "; suppressed={suppressed}");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_all_details() {
        let line = Line::warn("no answer");
        assert_eq!(plain(&line), "no answer");
        let line = line.backend("oap:11800").problem("a \"b\"\nc").suppressed(3).lost(7);
        assert_eq!(
            plain(&line),
            "no answer; lost=7; backend=oap:11800; problem=\"a \\\"b\\\"\\nc\"; suppressed=3"
        );
    }
}
