//! Which callsites the layer sees. The filter is the layer's own: callsites of other layers stay as
//! they are.

use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

use crate::rules::is_below;
use crate::settings::Settings;

/// The target of the agent's own lines.
const OWN: &str = "skywalking_runtime";

/// Decides by target and level alone, so the answer for a callsite never changes.
#[derive(Clone, Debug)]
pub(crate) struct ByTarget(pub(crate) Arc<Settings>);

impl ByTarget {
    fn level(&self, metadata: &Metadata<'_>) -> LevelFilter {
        let Self(settings) = self;
        let target = metadata.target();
        if is_below(target, OWN) {
            return LevelFilter::OFF;
        }
        let named = settings.targets.iter().filter(|(above, _)| is_below(target, above));
        let named = named.max_by_key(|(above, _)| above.len()).map(|(_, level)| *level);
        named.or_else(|| settings.rules.level(metadata)).unwrap_or(settings.level)
    }

    fn is_enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level(metadata)
    }
}

impl<S: Subscriber> Filter<S> for ByTarget {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.is_enabled(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.is_enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let Self(settings) = self;
        let named = settings.targets.iter().map(|(_, level)| *level);
        let rules = settings.rules.0.iter().map(|rule| rule.level);
        named.chain(rules).chain([settings.level]).max()
    }
}
