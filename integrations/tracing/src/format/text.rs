//! Lines of text.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::format::ids::Ids;

/// Writes the trace id in front of the lines of another format: `TID:<trace id>` and a space, or
/// `TID:N/A` without a trace. The line itself is unchanged, with its colours.
///
/// ```
/// use skywalking_runtime::{entry_span, testing};
/// use skywalking_tracing::TextWithTraceId;
/// # use std::sync::{Arc, Mutex};
/// # #[derive(Clone, Default)]
/// # struct Lines(Arc<Mutex<Vec<u8>>>);
/// # impl std::io::Write for Lines {
/// #     fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
/// #         self.0.lock().unwrap().extend_from_slice(bytes);
/// #         Ok(bytes.len())
/// #     }
/// #     fn flush(&mut self) -> std::io::Result<()> {
/// #         Ok(())
/// #     }
/// # }
/// # let lines = Lines::default();
/// # let writer = lines.clone();
/// # testing::run(|| ());
///
/// #[entry_span(name = "/orders")]
/// fn order() {
///     tracing::info!("ordered");
/// }
///
/// let subscriber = tracing_subscriber::fmt()
///     .without_time()
///     .map_event_format(TextWithTraceId::new)
/// #   .with_writer(move || writer.clone())
///     .finish();
/// tracing::subscriber::with_default(subscriber, || {
///     testing::run(order);
///     tracing::info!("idle");
/// });
/// # let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
/// # let lines: Vec<_> = lines.lines().collect();
/// assert!(lines[0].starts_with("TID:") && lines[0].contains("INFO") && lines[0].ends_with("ordered"));
/// assert!(lines[1].starts_with("TID:N/A ") && lines[1].ends_with("idle"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TextWithTraceId<F> {
    inner: F,
    ids: Ids,
}

impl<F> TextWithTraceId<F> {
    /// Wraps a format.
    pub fn new(inner: F) -> Self {
        Self { inner, ids: Ids::Trace }
    }

    /// Writes all ids of the current span in place of the trace id:
    /// `SW_CTX:[<service>,<instance>,<trace id>,<segment id>,<span id>]`, or `SW_CTX:N/A`.
    #[must_use]
    pub fn with_context(self) -> Self {
        Self { ids: Ids::Context, ..self }
    }
}

impl<S, N, F> FormatEvent<S, N> for TextWithTraceId<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(writer, "{} ", self.ids)?;
        self.inner.format_event(context, writer, event)
    }
}
