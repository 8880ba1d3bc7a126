//! What the fields of a span set on it.

use skywalking_runtime::movable::{MovableSpan, SpanFields};
use skywalking_runtime::{OpeningSpan, SpanLayer};

use crate::fields::{Fields, Value};
use crate::meaning::{Meaning, Sink, describe};
use crate::rules::Rule;

/// A span that has a component, a layer and a peer.
pub(super) trait Described: Sink {
    fn set_component(&mut self, component: i32);
    fn set_layer(&mut self, layer: SpanLayer);
    fn set_peer(&mut self, peer: &str);

    /// Sets what the meaning of the fields names.
    fn set(&mut self, meaning: &Meaning) {
        if let Some(component) = meaning.component {
            self.set_component(component);
        }
        if let Some(layer) = meaning.layer {
            self.set_layer(layer);
        }
        if let Some(peer) = &meaning.peer {
            self.set_peer(peer);
        }
    }
}

macro_rules! described {
    ($($span:ty),+) => {
        $(impl Described for $span {
            fn set_component(&mut self, component: i32) {
                let _ = self.component(component);
            }

            fn set_layer(&mut self, layer: SpanLayer) {
                let _ = self.layer(layer);
            }

            fn set_peer(&mut self, peer: &str) {
                let _ = self.peer(peer);
            }
        })+
    };
}
described!(OpeningSpan<'_>, SpanFields, MovableSpan);

/// A span that does not exist yet.
pub(super) trait NewSpan: Described {
    fn set_name(&mut self, name: &str);
    fn set_static_name(&mut self, name: &'static str);

    /// Returns false if the span takes only a name.
    fn is_recorded(&mut self) -> bool;
}

impl NewSpan for OpeningSpan<'_> {
    fn set_name(&mut self, name: &str) {
        self.name(name);
    }

    fn set_static_name(&mut self, name: &'static str) {
        self.static_name(name);
    }

    fn is_recorded(&mut self) -> bool {
        self.is_recording()
    }
}

impl NewSpan for SpanFields {
    fn set_name(&mut self, name: &str) {
        self.name(name);
    }

    fn set_static_name(&mut self, name: &'static str) {
        self.static_name(name);
    }

    fn is_recorded(&mut self) -> bool {
        true
    }
}

/// Describes a span that opens now or when it is entered.
pub(super) fn describe_new(
    span: &mut impl NewSpan,
    name: &'static str,
    rule: Option<&Rule>,
    fields: &Fields,
    meaning: &Meaning,
    target: Option<&'static str>,
) {
    match &meaning.name {
        Some(name) => span.set_name(name),
        None => span.set_static_name(name),
    }
    if !span.is_recorded() {
        return;
    }
    span.set(meaning);
    if let Some(target) = target {
        span.put("target", Value::Text(target));
    }
    describe(span, rule, meaning, fields, true);
}

/// Changes a span that exists.
pub(super) fn change(
    span: &mut MovableSpan,
    rule: Option<&Rule>,
    fields: &Fields,
    meaning: &Meaning,
) {
    if let Some(name) = &meaning.name {
        span.rename(name);
    }
    span.set(meaning);
    if meaning.failed {
        span.fail();
    }
    describe(span, rule, meaning, fields, false);
}
