//! Event formats that add the ids of the current span to the lines of another format.

mod ids;
mod json;
mod text;

pub use json::JsonWithTraceId;
pub use text::TextWithTraceId;
