//! The settings of the layer.

use std::borrow::Cow;

use tracing::level_filters::LevelFilter;

use crate::rules::Rules;

/// What the layer and its filter share.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) level: LevelFilter,
    pub(crate) targets: Vec<(Cow<'static, str>, LevelFilter)>,
    pub(crate) rules: Rules,
    pub(crate) event_level: LevelFilter,
    pub(crate) reported_level: LevelFilter,
    pub(crate) root_spans: bool,
    pub(crate) error_events: bool,
    pub(crate) record_targets: bool,
    pub(crate) most_fields: usize,
}
