//! The wrapper of a logger.

use std::fmt;

use log::{Level, LevelFilter, Log, Metadata, Record, RecordBuilder, SetLoggerError};
#[cfg(feature = "kv")]
use skywalking_runtime::SpanContext;
use skywalking_runtime::{LogLevel, LogRecord, current};

use crate::Ids;

/// The target of the agent's own lines.
const AGENT: &str = "skywalking_runtime";

/// Wraps a logger: reports its records, and gives it the ids of the current span.
///
/// ```no_run
/// # struct Lines;
/// # impl log::Log for Lines {
/// #     fn enabled(&self, _: &log::Metadata<'_>) -> bool { true }
/// #     fn log(&self, _: &log::Record<'_>) {}
/// #     fn flush(&self) {}
/// # }
/// # let logger = Lines;
/// skywalking_log::Wrapper::new(logger).install(log::LevelFilter::Info)?;
/// # Ok::<(), log::SetLoggerError>(())
/// ```
#[must_use = "a logger is used once it is installed"]
pub struct Wrapper<L> {
    logger: L,
    reported: LevelFilter,
    ids: Ids,
}

impl<L: Log + 'static> Wrapper<L> {
    /// Wraps a logger. Records of level `Info` and more severe are reported, and the logger's
    /// records are unchanged.
    pub fn new(logger: L) -> Self {
        Self { logger, reported: LevelFilter::Info, ids: Ids::None }
    }

    /// Sets which records are reported: those of this level and more severe. Default: `Info`.
    ///
    /// Records that the wrapped logger does not write are reported, too: its own filter counts for
    /// its lines only.
    pub fn report(mut self, most: LevelFilter) -> Self {
        self.reported = most;
        self
    }

    /// Sets how the logger receives the ids of the current span. Default: not at all.
    pub fn ids(mut self, ids: Ids) -> Self {
        self.ids = ids;
        self
    }

    /// Makes this the logger of the program. `most` becomes `log::max_level()`: records that are
    /// less severe are neither written nor reported.
    ///
    /// # Errors
    ///
    /// The program already has a logger.
    pub fn install(self, most: LevelFilter) -> Result<(), SetLoggerError> {
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(most);
        Ok(())
    }

    fn is_reported(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.reported && metadata.target() != AGENT
    }

    fn write(&self, record: &Record<'_>) {
        let context = || current().context();
        match self.ids {
            Ids::None => self.logger.log(record),
            Ids::Tid => self.write_after(record, format_args!("[{}] ", context().tid())),
            Ids::SwCtx => self.write_after(record, format_args!("{} ", context().sw_ctx())),
            #[cfg(feature = "kv")]
            Ids::Pairs => self.write_with(record, &context()),
        }
    }

    /// Writes a record with a text before its message.
    fn write_after(&self, record: &Record<'_>, text: fmt::Arguments<'_>) {
        let mut builder = copied(record);
        self.logger.log(&builder.args(format_args!("{text}{}", record.args())).build());
    }

    #[cfg(feature = "kv")]
    fn write_with(&self, record: &Record<'_>, context: &SpanContext) {
        let pairs = crate::pairs::WithIds { pairs: record.key_values(), context };
        self.logger.log(&copied(record).args(*record.args()).key_values(&pairs).build());
    }
}

impl<L: Log + 'static> Log for Wrapper<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.logger.enabled(metadata) || self.is_reported(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        self.write(record);
        if self.is_reported(record.metadata()) {
            let reported =
                LogRecord::format(level(record.level()), *record.args()).logger(record.target());
            #[cfg(feature = "kv")]
            let reported = crate::pairs::tagged(reported, record);
            reported.report();
        }
    }

    fn flush(&self) {
        self.logger.flush();
    }
}

impl<L> fmt::Debug for Wrapper<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { logger: _, reported, ids } = self;
        f.debug_struct("Wrapper")
            .field("reported", reported)
            .field("ids", ids)
            .finish_non_exhaustive()
    }
}

/// Returns a copy of a record, without its arguments.
fn copied<'a>(record: &'a Record<'a>) -> RecordBuilder<'a> {
    let mut builder = Record::builder();
    builder
        .metadata(record.metadata().clone())
        .module_path(record.module_path())
        .file(record.file())
        .line(record.line());
    #[cfg(feature = "kv")]
    builder.key_values(record.key_values());
    builder
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::Error => LogLevel::Error,
        Level::Warn => LogLevel::Warn,
        Level::Info => LogLevel::Info,
        Level::Debug => LogLevel::Debug,
        Level::Trace => LogLevel::Trace,
    }
}
