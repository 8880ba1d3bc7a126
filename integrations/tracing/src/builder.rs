//! The builder of the layer.

use std::borrow::Cow;
use std::sync::Arc;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::filter::ByTarget;
use crate::layer::Spans;
use crate::rules::{Rule, Rules, built_in};
use crate::settings::Settings;

/// Fields of a span or an event that are recorded.
const MOST_FIELDS: usize = 64;

/// Settings of the layer. [`layer`](crate::layer) uses the defaults.
///
/// ```
/// use skywalking_tracing::TracingLayer;
/// use tracing::level_filters::LevelFilter;
/// use tracing_subscriber::prelude::*;
///
/// let skywalking = TracingLayer::new()
///     .level(LevelFilter::DEBUG)
///     .target("shop::noisy", LevelFilter::WARN)
///     .root_spans(false)
///     .build();
/// tracing_subscriber::registry().with(skywalking).init();
/// ```
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until `build`"]
pub struct TracingLayer {
    level: LevelFilter,
    targets: Vec<(Cow<'static, str>, LevelFilter)>,
    rules: Vec<Rule>,
    event_level: LevelFilter,
    reported_level: LevelFilter,
    root_spans: bool,
    error_events: bool,
    record_targets: bool,
    most_fields: usize,
}

impl Default for TracingLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl TracingLayer {
    /// Creates settings with the defaults: level INFO, and the rules of [`rules`](crate::rules).
    pub fn new() -> Self {
        Self {
            level: LevelFilter::INFO,
            targets: Vec::new(),
            rules: Vec::new(),
            event_level: LevelFilter::TRACE,
            reported_level: LevelFilter::OFF,
            root_spans: true,
            error_events: true,
            record_targets: false,
            most_fields: MOST_FIELDS,
        }
    }

    /// Sets the most verbose level of spans and events. Default: INFO.
    pub fn level(mut self, level: impl Into<LevelFilter>) -> Self {
        self.level = level.into();
        self
    }

    /// Sets the level of a target and the modules below it. It takes precedence over the levels of
    /// rules. Of several targets the longest one applies.
    pub fn target(
        mut self,
        target: impl Into<Cow<'static, str>>,
        level: impl Into<LevelFilter>,
    ) -> Self {
        self.targets.push((target.into(), level.into()));
        self
    }

    /// Adds a rule for spans or events of a target. It takes precedence over rules that were added
    /// before, and over those of the crate.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Sets the most verbose level of events that become logs of their span, below the level of the
    /// layer. `LevelFilter::OFF` records no events. Default: all events that the layer sees.
    pub fn events(mut self, level: impl Into<LevelFilter>) -> Self {
        self.event_level = level.into();
        self
    }

    /// Sets the most verbose level of events that are reported as logs of their own, for the Log
    /// tab, below the level of the layer. Default: `LevelFilter::OFF`.
    ///
    /// The field `message` is the body, the target is the tag `logger`, other fields are tags. The
    /// log has the context of the current span, or of the span that `parent:` names. With
    /// `parent: None` it has none. An event can become a log of its span, a reported log, or both.
    /// An event that a rule turns into a span or tags is not reported.
    pub fn reported_events(mut self, level: impl Into<LevelFilter>) -> Self {
        self.reported_level = level.into();
        self
    }

    /// Sets whether a span begins a trace where none is current. Spans of the kind Entry always do.
    /// Default: true. The setting `Config::orphans` of the agent applies too.
    pub fn root_spans(mut self, begin: bool) -> Self {
        self.root_spans = begin;
        self
    }

    /// Sets whether an event of the level ERROR marks its span as failed. Default: true.
    pub fn error_events(mut self, fail: bool) -> Self {
        self.error_events = fail;
        self
    }

    /// Records the target of spans as the tag `target`, and of events as a field. Default: false.
    pub fn record_targets(mut self, record: bool) -> Self {
        self.record_targets = record;
        self
    }

    /// Sets how many fields of a span or an event are recorded, in their order. Default: 64.
    pub fn max_fields(mut self, most: usize) -> Self {
        self.most_fields = most;
        self
    }

    /// Returns the layer with its filter, for [`with`] of a subscriber.
    ///
    /// [`with`]: tracing_subscriber::layer::SubscriberExt::with
    pub fn build<S>(self) -> impl Layer<S> + Send + Sync + 'static
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let Self { level, targets, rules, event_level, reported_level, .. } = self;
        let rules = Rules(rules.into_iter().rev().chain(built_in()).collect());
        let settings = Arc::new(Settings {
            level,
            targets,
            rules,
            event_level,
            reported_level,
            root_spans: self.root_spans,
            error_events: self.error_events,
            record_targets: self.record_targets,
            most_fields: self.most_fields,
        });
        Spans::new(Arc::clone(&settings)).with_filter(ByTarget(settings))
    }
}
