//! Events: logs of a span, reported logs, spans that are over, tags of a span.

mod log;

use std::time::Duration;

use skywalking_runtime::movable::{self, past};
use skywalking_runtime::{LogRecord, SpanKind, current, enabled};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::fields::{Fields, Value};
use crate::layer::description::describe_new;
use crate::layer::events::log::Log;
use crate::layer::{Spans, State, callsite};
use crate::meaning::{Meaning, tag_by_rule};
use crate::rules::{EventRule, Rule};

impl Spans {
    pub(super) fn record_event<S>(&self, event: &Event<'_>, context: &Context<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        if !enabled() || movable::is_own_thread() {
            return;
        }
        let is_recorded = match self.settings.rules.of_event(event.metadata()) {
            Some(EventRule::Past(rule, seconds)) => self.record_past(event, rule, seconds),
            Some(EventRule::Tags(rule)) => self.record_tags(event, rule),
            None => false,
        };
        if !is_recorded {
            self.record_log(event, context);
        }
    }

    fn fields(&self, event: &Event<'_>) -> Fields {
        Fields::record(self.settings.most_fields, "", |visitor| event.record(visitor))
    }

    /// Records a span that is over. Returns false if the event has no duration.
    fn record_past(&self, event: &Event<'_>, rule: &Rule, seconds: &'static str) -> bool {
        let fields = self.fields(event);
        let Some(took) = fields.get(seconds).and_then(duration) else { return false };
        let meaning = Meaning::of(Some(rule), &fields, None);
        let metadata = event.metadata();
        let target = self.settings.record_targets.then(|| metadata.target());
        let kind = meaning.kind.unwrap_or(SpanKind::Local);
        past(callsite(kind), took, |span| {
            describe_new(span, metadata.name(), Some(rule), &fields, &meaning, target);
        });
        true
    }

    /// Adds the fields that the rule names to the current span.
    fn record_tags(&self, event: &Event<'_>, rule: &Rule) -> bool {
        let span = current();
        if !span.is_recording() {
            return true;
        }
        let fields = self.fields(event);
        let mut span = span;
        tag_by_rule(&mut span, rule, &fields);
        if Meaning::of(Some(rule), &fields, None).failed {
            span.set_error();
        }
        true
    }

    fn record_log<S>(&self, event: &Event<'_>, context: &Context<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let metadata = event.metadata();
        let level = *metadata.level();
        let is_logged = level <= self.settings.event_level
            && !event.is_root()
            && (!event.is_contextual() || current().is_recording());
        let is_reported = level <= self.settings.reported_level;
        if !is_logged && !is_reported {
            return;
        }
        let is_error = level == Level::ERROR;
        let mut log = Log::new(self.settings.most_fields, is_reported);
        if is_error {
            log.add("event", "error");
        } else {
            log.add("level", level.as_str());
        }
        if self.settings.record_targets {
            log.add("target", metadata.target());
        }
        event.record(&mut log);
        if is_error {
            log.name_message();
        }
        let fails = is_error && self.settings.error_events;
        let mut reported = is_reported.then(|| log.reported(level, metadata.target()));
        if event.is_contextual() {
            if is_logged {
                let span = current().log_text("", log.text(), log.fields());
                if fails {
                    span.set_error();
                }
            }
        } else if let Some(span) = event.parent().and_then(|parent| context.span(parent))
            && let Some(state) = span.extensions_mut().get_mut::<State>()
        {
            if is_logged {
                state.span.log(log.text(), log.fields());
                if fails {
                    state.span.fail();
                }
            }
            reported = reported.map(|record| state.span.own(record));
        } else {
            reported = reported.map(LogRecord::without_context);
        }
        if let Some(record) = reported {
            record.report();
        }
    }
}

/// Reads a number of seconds.
fn duration(value: Value<'_>) -> Option<Duration> {
    let seconds = match value {
        Value::Text(text) => text.parse().ok()?,
        Value::Uint(number) => return Some(Duration::from_secs(number)),
        Value::Int(number) => return u64::try_from(number).ok().map(Duration::from_secs),
        Value::Bool(_) => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}
