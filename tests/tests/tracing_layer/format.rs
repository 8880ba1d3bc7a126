//! Lines of `tracing_subscriber::fmt` with trace ids. Each event is formatted twice: by the format
//! alone and by the wrapped format.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use skywalking_runtime::{Callsite, callsite, current, span, testing, trace_id};
use skywalking_tracing::{JsonWithTraceId, TextWithTraceId};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{self as lines, FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

static ENTRY: Callsite = callsite!(entry, "/entry", layer = http);

/// Collects the lines of one layer.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Starts the tracer, whose line at the start is not part of a test.
    fn new() -> Self {
        testing::run(|| ());
        Self::default()
    }

    /// Returns what was written since the last call.
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }

    fn writer(&self) -> impl Fn() -> Lines + use<> {
        let lines = self.clone();
        move || lines.clone()
    }
}

/// Writes events inside a `tracing` span, outside and inside a trace. Passes the id in the trace and
/// both lines of each event.
fn compare(
    subscriber: impl Subscriber + Send + Sync + 'static,
    [plain, wrapped]: [&Lines; 2],
    check: impl Fn(Option<&str>, &str, &str),
) {
    let events = || {
        tracing::info_span!("outer", user = 7, name = "a \"b\"").in_scope(|| {
            tracing::warn!(count = 3, "two\nlines {{}}");
            check(trace_id().as_deref(), &plain.take(), &wrapped.take());
            tracing::info!(target: "other", name = ?Some("x"), "second");
            check(trace_id().as_deref(), &plain.take(), &wrapped.take());
        });
    };
    tracing::subscriber::with_default(subscriber, || {
        events();
        let trees = testing::run(|| span(&ENTRY).run(events));
        assert_eq!(testing::text(&trees), "Entry /entry layer=Http\n");
    });
}

fn tid(id: Option<&str>) -> String {
    format!("TID:{}", id.unwrap_or("N/A"))
}

/// A subscriber with two layers of one format. The second one is wrapped.
macro_rules! both {
    ($layer:expr, $wrap:expr, $plain:expr, $wrapped:expr) => {
        tracing_subscriber::registry()
            .with($layer.with_writer($plain.writer()))
            .with($layer.map_event_format($wrap).with_writer($wrapped.writer()))
    };
}

// Feature: ids in formatted lines
#[test]
fn text_line_is_the_line_of_the_format_behind_the_id() {
    let (plain, wrapped) = (Lines::new(), Lines::new());
    let check = |id: Option<&str>, plain: &str, wrapped: &str| {
        assert!(plain.ends_with('\n') && plain.len() > 30, "{plain:?}");
        assert_eq!(wrapped, format!("{} {plain}", tid(id)));
    };
    macro_rules! case {
        ($layer:expr) => {
            let subscriber = both!($layer, TextWithTraceId::new, plain, wrapped);
            compare(subscriber, [&plain, &wrapped], check);
        };
    }

    case!(lines::layer().without_time());
    case!(lines::layer().without_time().compact().with_thread_ids(true));
    case!(lines::layer().without_time().with_file(true).with_line_number(true).with_target(false));
}

#[test]
fn json_line_has_the_id_as_its_first_field() {
    let (plain, wrapped) = (Lines::new(), Lines::new());
    let check = |id: Option<&str>, plain: &str, wrapped: &str| {
        let field = format!("\"TID\":\"{}\",", tid(id));
        assert_eq!(wrapped.replacen(&field, "", 1), plain);
        let mut line: serde_json::Value = serde_json::from_str(wrapped).unwrap();
        let value = line.as_object_mut().unwrap().remove("TID");
        assert_eq!(value, Some(tid(id).into()));
        assert_eq!(line, serde_json::from_str::<serde_json::Value>(plain).unwrap());
    };
    macro_rules! case {
        ($layer:expr) => {
            let subscriber = both!($layer, JsonWithTraceId::new, plain, wrapped);
            compare(subscriber, [&plain, &wrapped], check);
        };
    }

    case!(lines::layer().json().without_time());
    case!(lines::layer().json().without_time().flatten_event(true).with_current_span(false));
    case!(lines::layer().json().without_time().with_span_list(false).with_thread_names(true));
}

#[test]
fn all_ids_are_written_on_request() {
    let (plain, text, json) = (Lines::new(), Lines::new(), Lines::new());
    let subscriber = tracing_subscriber::registry()
        .with(lines::layer().without_time().with_writer(plain.writer()))
        .with(
            lines::layer()
                .without_time()
                .map_event_format(|format| TextWithTraceId::new(format).with_context())
                .with_writer(text.writer()),
        )
        .with(
            lines::layer()
                .json()
                .map_event_format(|format| JsonWithTraceId::new(format).with_context())
                .with_writer(json.writer()),
        );
    let both = || {
        tracing::info!("x");
        let ids = current().context().sw_ctx().to_string();
        assert_eq!(text.take(), format!("{ids} {}", plain.take()));
        let line: serde_json::Value = serde_json::from_str(&json.take()).unwrap();
        assert_eq!(line["SW_CTX"], ids);
        ids
    };
    tracing::subscriber::with_default(subscriber, || {
        assert_eq!(both(), "SW_CTX:N/A");
        let mut ids = String::new();
        testing::run(|| span(&ENTRY).run(|| ids = both()));
        assert!(ids.starts_with("SW_CTX:[testing,testing,") && ids.ends_with(",0]"), "{ids}");
    });
}

#[test]
fn id_of_an_unsampled_request_is_written() {
    let lines = Lines::new();
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .map_event_format(TextWithTraceId::new)
        .with_writer(lines.writer())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let mut id = None;
        let trees = testing::Test::new().sampler(|_| false).run(|| {
            span(&ENTRY).run(|| {
                tracing::info!("x");
                id = trace_id();
            });
        });
        assert!(trees.is_empty() && id.is_some());
        assert!(lines.take().starts_with(&format!("{} ", tid(id.as_deref()))));
    });
}

#[test]
fn id_of_another_service_stays_valid_json() {
    let id = r#"quote"backslash\brace}"#;
    let part = |text: &str| BASE64_STANDARD.encode(text);
    let sw8 = format!(
        "sw8:1-{}-{}-0-{}-{}-{}-{}",
        part(id),
        part("segment"),
        part("caller"),
        part("caller-1"),
        part("/call"),
        part("here:1")
    );
    let lines = Lines::new();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .map_event_format(JsonWithTraceId::new)
        .with_writer(lines.writer())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        testing::run(|| span(&ENTRY).extract(&sw8).run(|| tracing::info!("x")));
    });
    let line: serde_json::Value = serde_json::from_str(&lines.take()).unwrap();
    assert_eq!(line["TID"], format!("TID:{id}"));
    assert_eq!(line["fields"]["message"], "x");
}

/// A format of the program that writes a constant text, in pieces of one character or at once.
struct Constant(&'static str, bool);

impl<S, N> FormatEvent<S, N> for Constant
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        _: &Event<'_>,
    ) -> fmt::Result {
        if self.1 {
            return writer.write_str(self.0);
        }
        self.0.chars().try_for_each(|c| writer.write_char(c))
    }
}

#[test]
fn objects_of_other_formats_get_the_field_other_lines_stay() {
    for (line, expected) in [
        ("{}", r#"{"TID":"TID:N/A"}"#),
        ("{ }\n", "{\"TID\":\"TID:N/A\" }\n"),
        (r#"{"a":{"b":1}}"#, r#"{"TID":"TID:N/A","a":{"b":1}}"#),
        ("{\n  \"a\": 1\n}\n", "{\"TID\":\"TID:N/A\"\n  ,\"a\": 1\n}\n"),
        ("", ""),
        ("[{}]", "[{}]"),
        ("text {\"a\":1}", "text {\"a\":1}"),
        (" {}", " {}"),
    ] {
        for at_once in [false, true] {
            let lines = Lines::new();
            let subscriber = tracing_subscriber::fmt()
                .event_format(JsonWithTraceId::new(Constant(line, at_once)))
                .with_writer(lines.writer())
                .finish();
            tracing::subscriber::with_default(subscriber, || tracing::info!("x"));
            assert_eq!(lines.take(), expected, "{line:?}");
        }
    }
}

#[test]
fn lines_of_other_layers_are_the_same_beside_the_layer() {
    let program = || {
        tracing::trace_span!("outer", user = 7, late = tracing::field::Empty).in_scope(|| {
            tracing::Span::current().record("late", "x");
            tracing::trace!("in outer");
            tracing::info_span!("inner", otel.kind = "client", otel.name = "renamed").in_scope(
                || {
                    tracing::error!(error = "broken", "failed");
                    tracing::debug!(target: "sqlx::query", elapsed_secs = 0.1, "query");
                    tracing::info!(target: "h2", headers = "all", "quiet");
                },
            );
        });
    };
    let written = |subscriber: Box<dyn Subscriber + Send + Sync>, lines: &Lines| {
        tracing::subscriber::with_default(subscriber, || {
            testing::run(program);
            lines.take()
        })
    };
    let lines = Lines::new();
    let layer = || lines::layer().without_time().with_writer(lines.writer());
    let alone = tracing_subscriber::registry().with(layer());
    let beside = tracing_subscriber::registry().with(layer()).with(skywalking_tracing::layer());

    let alone = written(Box::new(alone), &lines);

    assert_eq!(alone.lines().count(), 4, "{alone}");
    assert_eq!(written(Box::new(beside), &lines), alone);
}
