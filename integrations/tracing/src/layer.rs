//! Spans of `tracing` as spans of the runtime.
//!
//! No code of the program runs while the extensions of a span are locked: fields are formatted
//! before, and samplers run before the state of the span is stored.

mod description;
mod events;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use skywalking_runtime::movable::{self, MovableSpan, SpanFields};
use skywalking_runtime::propagation::{Snapshot, capture};
use skywalking_runtime::{Callsite, SpanKind, enabled};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::fields::Fields;
use crate::layer::description::{change, describe_new};
use crate::meaning::{Meaning, carrier};
use crate::rules::Rule;
use crate::settings::Settings;

static LOCAL: Callsite = Callsite::new(SpanKind::Local, "span").fallback();
static ENTRY: Callsite = Callsite::new(SpanKind::Entry, "span").fallback();
static EXIT: Callsite = Callsite::new(SpanKind::Exit, "span").fallback();

pub(crate) fn callsite(kind: SpanKind) -> &'static Callsite {
    match kind {
        SpanKind::Entry => &ENTRY,
        SpanKind::Exit => &EXIT,
        _ => &LOCAL,
    }
}

/// The layer without its filter.
#[derive(Debug)]
pub(crate) struct Spans {
    settings: Arc<Settings>,
    /// Makes the numbers of spans differ from those of another subscriber.
    salt: u64,
}

/// What the extensions of a span hold.
#[derive(Debug)]
struct State {
    span: MovableSpan,
    kind: SpanKind,
    rule: Option<usize>,
}

/// Where a new span belongs.
enum Parent {
    /// A new trace.
    None,
    Span(Snapshot),
}

impl Spans {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        static LAYERS: AtomicU64 = AtomicU64::new(0);
        let number = LAYERS.fetch_add(1, Ordering::Relaxed);
        Self { settings, salt: number.wrapping_mul(0x9e37_79b9_7f4a_7c15) }
    }

    /// Returns the number of a span for the runtime. The same function turns it back.
    fn number(&self, id: u64) -> u64 {
        id ^ self.salt
    }

    fn parent<S>(&self, attributes: &Attributes<'_>, id: &Id, context: &Context<'_, S>) -> Parent
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        if attributes.is_root() {
            return Parent::None;
        }
        // The nearest ancestor that the filter lets through, of an explicit parent or of the span
        // that is entered here.
        let known = || {
            let parent = context.span(id)?.parent()?;
            let mut extensions = parent.extensions_mut();
            let snapshot = extensions.get_mut::<State>()?.span.snapshot();
            (!snapshot.is_empty()).then_some(snapshot)
        };
        let here = || Some(capture()).filter(|snapshot| !snapshot.is_empty());
        let found = if attributes.is_contextual() {
            // What is current in the runtime can be the span of an annotated function.
            here().or_else(known)
        } else {
            known().or_else(here)
        };
        found.map_or(Parent::None, Parent::Span)
    }

    fn open(
        &self,
        parent: Parent,
        metadata: &'static Metadata<'static>,
        rule: Option<&Rule>,
        fields: &Fields,
        meaning: &Meaning,
    ) -> Option<MovableSpan> {
        let kind = meaning.kind.unwrap_or(SpanKind::Local);
        let target = self.settings.record_targets.then(|| metadata.target());
        let mut span = match parent {
            Parent::None if kind != SpanKind::Entry && !self.settings.root_spans => None,
            Parent::None => {
                let headers = rule.map_or("", |rule| rule.headers);
                let carrier = if kind == SpanKind::Entry { carrier(headers, fields) } else { None };
                MovableSpan::root(callsite(kind), |span| {
                    if let Some(lines) = &carrier {
                        span.extract(lines);
                    }
                    describe_new(span, metadata.name(), rule, fields, meaning, target);
                })
            }
            Parent::Span(parent) => {
                let mut described = SpanFields::new();
                describe_new(&mut described, metadata.name(), rule, fields, meaning, target);
                MovableSpan::below(callsite(kind), parent, described)
            }
        }?;
        if meaning.failed {
            span.fail();
        }
        Some(span)
    }
}

impl<S> Layer<S> for Spans
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !enabled() || movable::is_own_thread() {
            return;
        }
        let metadata = attributes.metadata();
        let rule = self.settings.rules.of_span(metadata);
        let (number, rule) = rule.unzip();
        let headers = rule.map_or("", |rule| rule.headers);
        let fields = Fields::record(self.settings.most_fields, headers, |visitor| {
            attributes.record(visitor);
        });
        let meaning = Meaning::of(rule, &fields, None);
        let parent = self.parent(attributes, id, &context);
        let Some(span) = self.open(parent, metadata, rule, &fields, &meaning) else { return };
        let kind = meaning.kind.unwrap_or(SpanKind::Local);
        if let Some(of) = context.span(id) {
            of.extensions_mut().insert(State { span, kind, rule: number });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let known = span.extensions().get::<State>().map(|state| (state.kind, state.rule));
        let Some((kind, rule)) = known else { return };
        let rule = self.settings.rules.get(rule);
        let fields =
            Fields::record(self.settings.most_fields, "", |visitor| values.record(visitor));
        let meaning = Meaning::of(rule, &fields, Some(kind));
        if let Some(state) = span.extensions_mut().get_mut::<State>() {
            change(&mut state.span, rule, &fields, &meaning);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let snapshot = context.span(follows).and_then(|span| {
            let mut extensions = span.extensions_mut();
            Some(extensions.get_mut::<State>()?.span.snapshot())
        });
        let Some(snapshot) = snapshot.filter(|snapshot| !snapshot.is_empty()) else { return };
        if let Some(span) = context.span(id)
            && let Some(state) = span.extensions_mut().get_mut::<State>()
        {
            state.span.refer_to(&snapshot);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.record_event(event, &context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(state) = span.extensions_mut().get_mut::<State>()
        {
            state.span.enter(self.number(id.into_u64()));
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        movable::leave(self.number(id.into_u64()), |home, left| {
            let id = self.number(home);
            let span = if id == 0 { None } else { context.span(&Id::from_u64(id)) };
            let Some(span) = span else { return left.finish() };
            let mut extensions = span.extensions_mut();
            if let Some(state) = extensions.get_mut::<State>() {
                return state.span.park(left);
            }
            drop(extensions);
            left.finish();
        });
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let state = context.span(&id).and_then(|span| span.extensions_mut().remove::<State>());
        // Outside of the lock.
        drop(state);
    }
}
