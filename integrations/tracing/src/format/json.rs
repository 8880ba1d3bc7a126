//! Lines of JSON.

use std::fmt::{self, Write as _};

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::format::ids::Ids;

/// Adds the trace id to the lines of a format that writes JSON objects, as the first field:
/// `"TID":"TID:<trace id>"`, or `"TID":"TID:N/A"` without a trace. The rest of the line is
/// unchanged. A line that does not begin with `{` stays as it is.
///
/// ```
/// use skywalking_tracing::JsonWithTraceId;
///
/// tracing_subscriber::fmt().json().map_event_format(JsonWithTraceId::new).init();
/// tracing::info!("idle"); // {"TID":"TID:N/A","timestamp":"..","level":"INFO",..}
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonWithTraceId<F> {
    inner: F,
    ids: Ids,
}

impl<F> JsonWithTraceId<F> {
    /// Wraps a format that writes JSON objects.
    pub fn new(inner: F) -> Self {
        Self { inner, ids: Ids::Trace }
    }

    /// Writes all ids of the current span in place of the trace id, as the field `SW_CTX`:
    /// `SW_CTX:[<service>,<instance>,<trace id>,<segment id>,<span id>]`, or `SW_CTX:N/A`.
    #[must_use]
    pub fn with_context(self) -> Self {
        Self { ids: Ids::Context, ..self }
    }
}

impl<S, N, F> FormatEvent<S, N> for JsonWithTraceId<F>
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
        let mut inserting = Inserting { out: &mut writer, ids: self.ids, at: Position::Start };
        self.inner.format_event(context, Writer::new(&mut inserting), event)
    }
}

/// Inserts a field behind the first brace.
struct Inserting<'a, 'w> {
    out: &'a mut Writer<'w>,
    ids: Ids,
    at: Position,
}

enum Position {
    /// Nothing was written yet.
    Start,
    /// The field was written. What follows decides whether it needs a comma.
    AfterField,
    /// The rest of the line.
    Rest,
}

impl Inserting<'_, '_> {
    fn write_field(&mut self) -> fmt::Result {
        write!(self.out, "{{\"{}\":\"", self.ids.key())?;
        write!(Escaping(self.out), "{}", self.ids)?;
        self.out.write_char('"')
    }
}

/// Writes the inside of a JSON string. Other services choose trace ids. `serde_json` would be a
/// dependency of the program that breaks the inference of other crates.
struct Escaping<'a, 'w>(&'a mut Writer<'w>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '"' | '\\' => write!(self.0, "\\{c}"),
            '\0'..' ' => write!(self.0, "\\u{:04x}", u32::from(c)),
            _ => self.0.write_char(c),
        })
    }
}

impl fmt::Write for Inserting<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        if matches!(self.at, Position::Start) && !rest.is_empty() {
            self.at = Position::Rest;
            if let Some(behind) = rest.strip_prefix('{') {
                self.write_field()?;
                self.at = Position::AfterField;
                rest = behind;
            }
        }
        if matches!(self.at, Position::AfterField) {
            // White space before the first key is kept, in front of the comma.
            let next = rest.trim_start();
            if let Some(blank) = rest.strip_suffix(next) {
                self.out.write_str(blank)?;
            }
            if next.is_empty() {
                return Ok(());
            }
            if !next.starts_with('}') {
                self.out.write_char(',')?;
            }
            self.at = Position::Rest;
            rest = next;
        }
        self.out.write_str(rest)
    }
}
