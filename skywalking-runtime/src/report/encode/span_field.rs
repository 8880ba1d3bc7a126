//! Numbers of the fields of a `SpanObject`.

pub(super) const SPAN_ID: u32 = 1;
pub(super) const PARENT_SPAN_ID: u32 = 2;
pub(super) const START_TIME: u32 = 3;
pub(super) const END_TIME: u32 = 4;
pub(super) const REFS: u32 = 5;
pub(super) const OPERATION_NAME: u32 = 6;
pub(super) const PEER: u32 = 7;
pub(super) const SPAN_TYPE: u32 = 8;
pub(super) const SPAN_LAYER: u32 = 9;
pub(super) const COMPONENT_ID: u32 = 10;
pub(super) const IS_ERROR: u32 = 11;
pub(super) const TAGS: u32 = 12;
pub(super) const LOGS: u32 = 13;
pub(super) const SKIP_ANALYSIS: u32 = 14;
