//! What spans and events of a target become.

mod built_in;
mod pattern;

use std::borrow::Cow;

use skywalking_runtime::{SpanKind, SpanLayer};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};

pub(crate) use built_in::all as built_in;
pub use built_in::{fred, sqlx, tarpc, tower_http, tower_http_responses};
pub(crate) use pattern::{clean_url, expand, path};

type Text = Cow<'static, str>;

/// What the spans or the events of a target become.
///
/// A rule names a target, which is the path of a module unless the library sets another one. It
/// matches this module and those below it. Of several matching rules the one that was added last
/// applies. Rules of the program come before those of the crate: see
/// [`TracingLayer::rule`](crate::TracingLayer::rule).
///
/// Texts are patterns: `{field}` is replaced by the value of the field, `{field|path}` by the path
/// of the address in it. A pattern whose fields are missing is not applied.
///
/// ```
/// use skywalking_runtime::{SpanKind, SpanLayer};
/// use skywalking_tracing::Rule;
///
/// // tracing::info_span!(target: "cache", "get", key = ..)
/// let rule = Rule::span("cache", "get")
///     .kind(SpanKind::Exit)
///     .layer(SpanLayer::Cache)
///     .named("Memcached/get")
///     .peer("memcached:11211")
///     .constant("cache.type", "memcached")
///     .tag("key", "cache.key");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rule does nothing until it is passed to `TracingLayer::rule`"]
pub struct Rule {
    target: Text,
    subject: Subject,
    pub(crate) level: LevelFilter,
    pub(crate) kind: Option<SpanKind>,
    pub(crate) layer: Option<SpanLayer>,
    pub(crate) component: Option<i32>,
    pub(crate) name: Option<Text>,
    pub(crate) peer: Option<Text>,
    /// Fields and the tags that they become. An empty tag removes the field.
    pub(crate) tags: Vec<(Text, &'static str)>,
    pub(crate) constants: Vec<(&'static str, Text)>,
    /// The field that holds all headers of the request.
    pub(crate) headers: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    /// Spans of this name.
    Span(Text),
    /// Events that are over when they are recorded, with the field that has their seconds.
    Past(&'static str),
    /// Events whose fields become tags of the current span.
    Tags,
    /// Neither spans nor events below WARN.
    Quiet,
}

impl Rule {
    fn new(target: Text, subject: Subject) -> Self {
        Self {
            target,
            subject,
            level: LevelFilter::DEBUG,
            kind: None,
            layer: None,
            component: None,
            name: None,
            peer: None,
            tags: Vec::new(),
            constants: Vec::new(),
            headers: "",
        }
    }

    /// Describes the spans of this name in this target.
    pub fn span(target: impl Into<Text>, name: impl Into<Text>) -> Self {
        Self::new(target.into(), Subject::Span(name.into()))
    }

    /// Turns the events of this target into spans that end when the event is recorded. The field
    /// has their duration in seconds. An event without that field stays an event.
    pub fn past(target: impl Into<Text>, seconds: &'static str) -> Self {
        Self::new(target.into(), Subject::Past(seconds)).kind(SpanKind::Exit)
    }

    /// Turns the fields of this target's events into tags of the current span: those that
    /// [`tag`](Self::tag) names.
    pub fn tags_of_events(target: impl Into<Text>) -> Self {
        Self::new(target.into(), Subject::Tags)
    }

    /// Leaves out all spans of this target, and its events below WARN.
    pub fn quiet(target: impl Into<Text>) -> Self {
        let mut rule = Self::new(target.into(), Subject::Quiet);
        rule.level = LevelFilter::WARN;
        rule
    }

    /// Sets the most verbose level at which the rule's spans and events are recorded, whatever the
    /// level of the layer is. Default: DEBUG.
    pub fn level(mut self, level: Level) -> Self {
        self.level = LevelFilter::from_level(level);
        self
    }

    /// Sets the kind of the span. Default: what its fields say, for [`past`](Self::past) Exit.
    pub fn kind(mut self, kind: SpanKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Sets the layer. Default: what the fields say.
    pub fn layer(mut self, layer: SpanLayer) -> Self {
        self.layer = Some(layer);
        self
    }

    /// Sets the component id. Default: what the fields say.
    pub fn component(mut self, component: i32) -> Self {
        self.component = Some(component);
        self
    }

    /// Sets the pattern of the operation name.
    pub fn named(mut self, pattern: impl Into<Text>) -> Self {
        self.name = Some(pattern.into());
        self
    }

    /// Sets the pattern of the peer of an Exit span.
    pub fn peer(mut self, pattern: impl Into<Text>) -> Self {
        self.peer = Some(pattern.into());
        self
    }

    /// Records a field under another key. Of a `url` query and credentials are removed.
    pub fn tag(mut self, field: impl Into<Text>, key: &'static str) -> Self {
        self.tags.push((field.into(), key));
        self
    }

    /// Removes a field.
    pub fn without(self, field: impl Into<Text>) -> Self {
        self.tag(field, "")
    }

    /// Adds a tag with this value to each span.
    pub fn constant(mut self, key: &'static str, value: impl Into<Text>) -> Self {
        self.constants.push((key, value.into()));
        self
    }

    /// Names the field that holds the `Debug` text of all headers. An Entry span that begins a
    /// trace continues the context in it. The field itself is never recorded.
    pub fn headers(mut self, field: &'static str) -> Self {
        self.headers = field;
        self
    }

    fn matches(&self, target: &str) -> bool {
        is_below(target, &self.target)
    }
}

/// Returns true for the target itself and modules below it.
pub(crate) fn is_below(target: &str, above: &str) -> bool {
    target.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Rules, and the levels of targets. The first match applies.
#[derive(Debug)]
pub(crate) struct Rules(pub(crate) Vec<Rule>);

/// How an event that a rule matches is recorded.
pub(crate) enum EventRule<'a> {
    Past(&'a Rule, &'static str),
    Tags(&'a Rule),
}

impl Rules {
    /// Returns the rule for a span and its number.
    pub(crate) fn of_span(&self, metadata: &Metadata<'_>) -> Option<(usize, &Rule)> {
        self.0.iter().enumerate().find(|(_, rule)| match &rule.subject {
            Subject::Span(name) => *name == metadata.name() && rule.matches(metadata.target()),
            _ => false,
        })
    }

    pub(crate) fn of_event(&self, metadata: &Metadata<'_>) -> Option<EventRule<'_>> {
        self.0.iter().find_map(|rule| match rule.subject {
            Subject::Past(seconds) if rule.matches(metadata.target()) => {
                Some(EventRule::Past(rule, seconds))
            }
            Subject::Tags if rule.matches(metadata.target()) => Some(EventRule::Tags(rule)),
            _ => None,
        })
    }

    pub(crate) fn get(&self, number: Option<usize>) -> Option<&Rule> {
        self.0.get(number?)
    }

    /// Returns the most verbose level for a callsite, if a rule decides it.
    pub(crate) fn level(&self, metadata: &Metadata<'_>) -> Option<LevelFilter> {
        let rule = self.0.iter().find(|rule| {
            rule.matches(metadata.target())
                && match &rule.subject {
                    Subject::Span(name) => metadata.is_span() && *name == metadata.name(),
                    Subject::Past(_) | Subject::Tags => metadata.is_event(),
                    Subject::Quiet => true,
                }
        })?;
        let is_off = rule.subject == Subject::Quiet && metadata.is_span();
        Some(if is_off { LevelFilter::OFF } else { rule.level })
    }
}
